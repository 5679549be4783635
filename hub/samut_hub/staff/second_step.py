"""The second step of signing in: a code from an app (RFC 6238: six digits, thirty seconds), or a recovery code.

No code is good twice, codes may be one step early or late, and wrong ones are counted for the account wherever they
are typed: who gets so far has the password.
"""

import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor import InvalidToken
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from samut_hub.auditing import Action, Actor, Deed, note
from samut_hub.db import Database
from samut_hub.staff.attempts import Guess, SignInRefusedError, count_failure, forget_all_failures
from samut_hub.staff.models import FailedSignIn, RecoveryCode, SecondStep, SignInSettings, StaffAccount
from samut_hub.staff.policy import LOCKED_FOR, MAX_FAILURES, SignInFault, origin_of
from samut_hub.staff.roles import check_within
from samut_hub.staff.seals import Seal
from samut_hub.staff.service import hash_of, start_session

SECRET_BYTES = 20
"""160 bits, as RFC 4226 (section 4, R6) recommends."""
DIGITS, PERIOD, DRIFT = 6, 30, 1
CODES, CODE_LENGTH = 10, 12
ISSUER = "Samut"
_CLEAR = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without letters and digits that look alike on paper: 59 bits in twelve of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What was typed as the second step of whose sign-in, and the address of the computer where."""

    staff_id: int
    code: str
    address: str

    @property
    def guess(self) -> Guess:
        return Guess(hash_of(f"second step:{self.staff_id}"), origin_of(self.address))


def is_on(session: Session, account: StaffAccount) -> bool:
    """Whether a code is asked of this person."""
    step = session.get(SecondStep, account.id)
    return step is not None and step.confirmed_at is not None


def is_required(session: Session, account: StaffAccount) -> bool:
    """Whether the library wants a second step of everybody with this role."""
    return role_key(account) in required_roles(session, account.library_id)


def required_roles(session: Session, library_id: int) -> Sequence[str]:
    settings = session.get(SignInSettings, library_id)
    return () if settings is None else settings.second_step_roles


def require_of(session: Session, library_id: int, roles: Sequence[str]) -> None:
    """From the next sign-in of everybody with one of these roles."""
    settings = session.get(SignInSettings, library_id) or SignInSettings(library_id=library_id)
    settings.second_step_roles = sorted(roles)
    session.add(settings)
    session.flush()


def role_key(account: StaffAccount) -> str:
    """The code of a built-in role, or the id of one of the library's own."""
    return account.role if account.role_id is None else str(account.role_id)


def begin(session: Session, seal: Seal, account: StaffAccount) -> None:
    """A new secret, asked for only when a code of it was typed. One that is in use stays."""
    step = session.get(SecondStep, account.id) or SecondStep(
        staff_id=account.id, library_id=account.library_id, last_step=0
    )
    if step.confirmed_at is None:
        step.sealed_secret = seal.close(secrets.token_bytes(SECRET_BYTES), _about(account.id))
        session.add(step)
        session.flush()


def address_of(session: Session, seal: Seal, account: StaffAccount) -> str | None:
    """What the app reads as a QR code (otpauth://), until the step is confirmed."""
    step = session.get(SecondStep, account.id)
    if step is None or step.confirmed_at is not None:
        return None
    return _generator(seal, step).get_provisioning_uri(account.username, ISSUER)


def confirm(session: Session, seal: Seal, account: StaffAccount, code: str, now: datetime) -> list[str] | None:
    """From now on a code is asked for: the recovery codes, told once; None when the code is wrong."""
    step = session.get(SecondStep, account.id, with_for_update=True)
    if step is None or step.confirmed_at is not None or not _uses_up(seal, step, code, now):
        return None
    step.confirmed_at = now
    return new_recovery_codes(session, seal, account)


def new_recovery_codes(session: Session, seal: Seal, account: StaffAccount) -> list[str]:
    """In place of those there were, told once."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.staff_id == account.id))
    codes = ["".join(secrets.choice(_CLEAR) for _ in range(CODE_LENGTH)) for _ in range(CODES)]
    hashes = [seal.fingerprint(_about(account.id), code) for code in codes]
    session.add_all(RecoveryCode(library_id=account.library_id, staff_id=account.id, code_hash=one) for one in hashes)
    session.flush()
    return ["-".join(code[start : start + 4] for start in range(0, CODE_LENGTH, 4)) for code in codes]


def enter(database: Database, seal: Seal, typed: Typed, now: datetime) -> str:
    """The token of the new session, in a transaction of its own. Raises SignInRefusedError."""
    with database.session(None) as session:
        account = session.get(StaffAccount, typed.staff_id)
        if account is not None and account.active and accepts(session, seal, typed, now):
            return let_in(session, account, typed, now)
    raise SignInRefusedError(SignInFault.WRONG)


def let_in(session: Session, account: StaffAccount, typed: Typed, now: datetime) -> str:
    """The token of a new session, for who did the second step."""
    note(session, _deed(account, Action.SIGNED_IN, typed), now=now, actor=Actor(account.id, account.username))
    return start_session(session, account, now)


def accepts(session: Session, seal: Seal, typed: Typed, now: datetime) -> bool:
    """Whether the code is right, and used up now; wrong ones are counted. Raises SignInRefusedError after many."""
    since = (FailedSignIn.name_hash == typed.guess.name_hash, FailedSignIn.at > now - LOCKED_FOR)
    if (session.scalar(select(func.count()).select_from(FailedSignIn).where(*since)) or 0) >= MAX_FAILURES:
        raise SignInRefusedError(SignInFault.TOO_OFTEN)
    step = session.get(SecondStep, typed.staff_id, with_for_update=True)
    if step is not None and (_uses_up(seal, step, typed.code, now) or _recovers(session, seal, typed)):
        forget_all_failures(session, typed.guess.name_hash)
        return True
    count_failure(session, typed.guess, now)
    account = session.get_one(StaffAccount, typed.staff_id)
    note(session, _deed(account, Action.SIGN_IN_FAILED, typed), now=now, actor=Actor(None, ""))
    return False


def end(session: Session, account: StaffAccount) -> None:
    """No code is asked for any more, and none is good."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.staff_id == account.id))
    step = session.get(SecondStep, account.id)
    if step is not None:
        session.delete(step)
        session.flush()


def reset(session: Session, by: StaffAccount, account: StaffAccount) -> None:
    """For one who lost the telephone and the recovery codes. Raises AccountRefusedError."""
    check_within(by, account)
    end(session, account)


def _uses_up(seal: Seal, step: SecondStep, code: str, now: datetime) -> bool:
    digits = "".join(code.split())
    present = int(now.timestamp()) // PERIOD
    for counter in range(max(step.last_step + 1, present - DRIFT), present + DRIFT + 1):
        try:
            _generator(seal, step).verify(digits.encode(), counter * PERIOD)
        except InvalidToken:
            continue
        step.last_step = counter
        return True
    return False


def _recovers(session: Session, seal: Seal, typed: Typed) -> bool:
    code = "".join(character for character in typed.code.lower() if character.isalnum())
    wanted = seal.fingerprint(_about(typed.staff_id), code)
    found = session.scalars(select(RecoveryCode).where(RecoveryCode.staff_id == typed.staff_id)).all()
    fitting = [one for one in found if hmac.compare_digest(one.code_hash, wanted)]
    for one in fitting:
        session.delete(one)
    session.flush()
    return bool(fitting)


def _generator(seal: Seal, step: SecondStep) -> TOTP:
    return TOTP(seal.open(step.sealed_secret, _about(step.staff_id)), DIGITS, SHA1(), PERIOD)  # noqa: S303 — RFC 6238


def _deed(account: StaffAccount, action: Action, typed: Typed) -> Deed:
    return Deed(
        library_id=account.library_id,
        action=action,
        kind="staff",
        thing=str(account.id),
        name=account.username,
        changes={"address": [None, origin_of(typed.address)], "step": [None, 2]},
    )


def _about(staff_id: int) -> str:
    return f"second step of {staff_id}"
