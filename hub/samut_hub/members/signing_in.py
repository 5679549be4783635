"""Members sign in with their number, or their card's, and a password; the first one is made by staff.

As with staff a password is tried between two short transactions and in none of them.
"""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from samut_hub.db import Database
from samut_hub.members.models import CardKind, Member, MemberPassword, MemberSession
from samut_hub.members.policy import is_national_id
from samut_hub.members.service import member_by_card, member_by_number
from samut_hub.staff import passwords
from samut_hub.staff.attempts import (
    AT_ONCE,
    Guess,
    SignInRefusedError,
    count_failure,
    forget_all_failures,
    forget_failures,
    refuse_if_too_often,
)
from samut_hub.staff.policy import SignInFault, origin_of
from samut_hub.staff.service import hash_of
from samut_wire.cards import card_hash
from samut_wire.numbers import member_number

SESSION_LASTS = timedelta(days=30)
"""Without a visit."""
KEPT_ON_AFTER = timedelta(days=1)
"""A session is made longer at most so often."""
MIN_PASSWORD = 8
TEMPORARY_LENGTH = 10
_CLEAR = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without letters and digits that look alike on paper: 48 bits in ten of them."""


class PasswordFault(StrEnum):
    WRONG = "wrong"
    OWN_NUMBER = "own_number"
    UNCHANGED = "unchanged"


class PasswordRefusedError(Exception):
    """The password cannot be changed like that; `fault` says why."""

    def __init__(self, fault: PasswordFault) -> None:
        super().__init__(fault)
        self.fault = fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What was typed at which library's pages, and the address of the computer where. `card_key` is the library's."""

    library_id: int
    name: str
    password: str = field(repr=False)
    address: str
    card_key: bytes = field(repr=False)

    @property
    def guess(self) -> Guess:
        return Guess(_name_hash(self.library_id, self.name), origin_of(self.address))


def give_password(session: Session, member: Member, now: datetime) -> str:
    """A temporary one, told once; it must be changed at the first sign-in. Ends every session of the member."""
    password = "".join(secrets.choice(_CLEAR) for _ in range(TEMPORARY_LENGTH))
    _set(session, member, password, must_change=True, now=now)
    return password


def change_password(session: Session, member: Member, old: str, new: str, now: datetime) -> None:
    """Only with the old one. Ends every session of the member. Raises PasswordRefusedError."""
    own = session.get(MemberPassword, member.id)
    if own is None or not passwords.fits(own.password_hash, old):
        raise PasswordRefusedError(PasswordFault.WRONG)
    if member_number(new) == member.number:
        raise PasswordRefusedError(PasswordFault.OWN_NUMBER)
    if new == old:
        raise PasswordRefusedError(PasswordFault.UNCHANGED)
    _set(session, member, new, must_change=False, now=now)


def must_change(session: Session, member: Member) -> bool:
    """Whether the member's password is the temporary one."""
    own = session.get(MemberPassword, member.id)
    return own is None or own.must_change


def has_password(session: Session, member: Member) -> bool:
    return session.get(MemberPassword, member.id) is not None


def sign_in(database: Database, attempt: Attempt, now: datetime) -> str:
    """The token of the new session, in transactions of its own. Raises SignInRefusedError.

    An unknown number, one without a password and a wrong password get the same answers and are the same work.
    """
    with AT_ONCE:
        known_hash = _hash_on_record(database, attempt, now)
        fits = passwords.fits(known_hash, attempt.password)
        with database.session(attempt.library_id) as session:
            own = _own_password(session, attempt) if fits else None
            if own is not None and own.password_hash == known_hash:
                forget_failures(session, attempt.guess)
                return start_session(session, session.get_one(Member, own.member_id), now)
            count_failure(session, attempt.guess, now)
    raise SignInRefusedError(SignInFault.WRONG)


def start_session(session: Session, member: Member, now: datetime) -> str:
    """The token of a new session in one browser; only its hash is kept. Ended ones of the member are forgotten."""
    ended = (MemberSession.member_id == member.id, MemberSession.expires_at <= now)
    session.execute(delete(MemberSession).where(*ended))
    token = secrets.token_urlsafe(32)
    session.add(
        MemberSession(
            library_id=member.library_id,
            token_hash=hash_of(token),
            member_id=member.id,
            started_at=now,
            expires_at=now + SESSION_LASTS,
        )
    )
    return token


def session_of(session: Session, token: str, now: datetime) -> MemberSession | None:
    """The session of this token while it lasts, in the libraries that `session` sees."""
    found = session.scalar(select(MemberSession).where(MemberSession.token_hash == hash_of(token)))
    return found if found is not None and found.expires_at > now else None


def is_to_keep_on(found: MemberSession, now: datetime) -> bool:
    """Whether the session was last made longer a while ago; see `keep_on`."""
    return found.expires_at - now < SESSION_LASTS - KEPT_ON_AFTER


def keep_on(session: Session, token: str, now: datetime) -> None:
    """The member is here: the session ends so much later."""
    found = session_of(session, token, now)
    if found is not None:
        found.expires_at = now + SESSION_LASTS


def sign_out(session: Session, token: str) -> None:
    """End the session of this token; it may have ended before."""
    session.execute(delete(MemberSession).where(MemberSession.token_hash == hash_of(token)))


def _set(session: Session, member: Member, password: str, *, must_change: bool, now: datetime) -> None:
    own = session.get(MemberPassword, member.id) or MemberPassword(member_id=member.id, library_id=member.library_id)
    own.password_hash, own.must_change, own.set_at = passwords.hash_password(password), must_change, now
    session.add(own)
    session.execute(delete(MemberSession).where(MemberSession.member_id == member.id))
    forget_all_failures(session, _name_hash(member.library_id, member.number))
    session.flush()


def _hash_on_record(database: Database, attempt: Attempt, now: datetime) -> str:
    nobodys = passwords.nobodys_hash()
    with database.session(attempt.library_id, writes=False) as session:
        refuse_if_too_often(session, attempt.guess, now)
        own = _own_password(session, attempt)
        return nobodys if own is None else own.password_hash


def _own_password(session: Session, attempt: Attempt) -> MemberPassword | None:
    number = member_number(attempt.name)
    kind = CardKind.NATIONAL_ID if is_national_id(number) else CardKind.UID
    member = member_by_number(session, number)
    member = member or member_by_card(session, card_hash(attempt.card_key, kind, number))
    return None if member is None else session.get(MemberPassword, member.id)


def _name_hash(library_id: int, name: str) -> str:
    return hash_of(f"member:{library_id}:{member_number(name)}")
