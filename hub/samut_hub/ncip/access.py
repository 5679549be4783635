"""Which system speaks, by the login and password of its account: those of machines of other makers with “NCIP” on.

An Argon2id hash takes longer than most answers, and every message of HTTP brings the password anew: one that was
right is known again for as long as this process runs and the account keeps its hash, by a digest under its own key.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from samut_hub.db import Database
from samut_hub.libraries.models import Library
from samut_hub.sip2.accounts import Attempt, plain, sign_in
from samut_hub.sip2.models import Sip2Account
from samut_hub.sip2.policy import comes_from
from samut_hub.staff.attempts import SignInRefusedError
from samut_hub.staff.policy import SignInFault


@dataclass(frozen=True, slots=True)
class Partner:
    """The system that speaks, and the library that answers it."""

    account: Sip2Account
    library: Library
    address: str

    @property
    def source(self) -> str:
        """How loans and returns name the place where they were made."""
        return f"ncip:{self.account.login}"

    @property
    def agency(self) -> str:
        """How the library calls itself."""
        return self.account.institution or self.library.code


class Doorkeeper:
    """Lets partners in; one for each process."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._known: dict[int, tuple[str, bytes]] = {}

    def enter(self, database: Database, attempt: Attempt, now: datetime) -> Partner:
        """Raises SignInRefusedError; whatever is wrong is answered alike."""
        partner = self._known_partner(database, attempt)
        if partner is None:
            account_id = sign_in(database, attempt, now)
            partner = self._see(database, account_id, attempt, now)
        if not partner.account.ncip:
            raise SignInRefusedError(SignInFault.WRONG)
        return partner

    def _known_partner(self, database: Database, attempt: Attempt) -> Partner | None:
        with database.session(None, writes=False) as session:
            account = session.scalar(select(Sip2Account).where(Sip2Account.login == plain(attempt.login)))
            if account is None or not comes_from(attempt.address, account.networks):
                return None
            known_hash, digest = self._known.get(account.id, ("", b""))
            is_right = known_hash == account.password_hash and hmac.compare_digest(digest, self._digest(attempt))
            return (
                Partner(account, session.get_one(Library, account.library_id), attempt.address) if is_right else None
            )

    def _see(self, database: Database, account_id: int, attempt: Attempt, now: datetime) -> Partner:
        with database.session(None) as session:
            session.execute(update(Sip2Account).where(Sip2Account.id == account_id).values(seen_at=now))
            account = session.get_one(Sip2Account, account_id)
            self._known[account_id] = account.password_hash, self._digest(attempt)
            return Partner(account, session.get_one(Library, account.library_id), attempt.address)

    def _digest(self, attempt: Attempt) -> bytes:
        return hmac.new(self._key, attempt.password.encode(), hashlib.sha256).digest()
