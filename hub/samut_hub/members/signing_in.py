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
    hash_in_turn,
    refuse_if_too_often,
)
from samut_hub.staff.guessing import is_easily_guessed
from samut_hub.staff.policy import SignInFault, origin_of
from samut_hub.staff.service import hash_of
from samut_wire.cards import card_hash
from samut_wire.numbers import member_number

OWN_DEVICE_LASTS = timedelta(days=30)
SHARED_DEVICE_LASTS = timedelta(minutes=20)
"""How long a session goes on after the last visit; on the library's own computers the next pupil sits down soon."""
KEPT_ON_AFTER = 30
"""A session is made longer when this part of its time is over, and not with every page."""
MIN_PASSWORD = 8
TEMPORARY_LENGTH = 10
_CLEAR = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without letters and digits that look alike on paper: 48 bits in ten of them."""


class PasswordFault(StrEnum):
    WRONG = "wrong"
    EASY = "easy"
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


@dataclass(frozen=True, slots=True)
class TemporaryPassword:
    """Told once; it must be changed at the first sign-in."""

    password: str = field(repr=False)
    password_hash: str


def temporary_password() -> TemporaryPassword:
    """Made before the transaction in which it is given: see `attempts.hash_in_turn`."""
    password = "".join(secrets.choice(_CLEAR) for _ in range(TEMPORARY_LENGTH))
    return TemporaryPassword(password, hash_in_turn(password))


def give_password(session: Session, member: Member, temporary: TemporaryPassword, now: datetime) -> None:
    """Ends every session of the member."""
    _set(session, member, temporary.password_hash, must_change=True, now=now)


def change_password(database: Database, attempt: Attempt, new: str, now: datetime) -> None:
    """Only with the old one, which is counted as at sign-in, in transactions of its own; the name is the number.

    Ends every session of the member. Raises PasswordRefusedError, and SignInRefusedError after too many wrong ones.
    """
    _refuse_new(attempt, new)
    with AT_ONCE:
        known_hash = _hash_on_record(database, attempt, now)
        new_hash = passwords.hash_password(new) if passwords.fits(known_hash, attempt.password) else ""
        with database.session(attempt.library_id) as session:
            own = _own_password(session, attempt) if new_hash else None
            if own is not None and own.password_hash == known_hash:
                _set(session, session.get_one(Member, own.member_id), new_hash, must_change=False, now=now)
                return
            count_failure(session, attempt.guess, now)
    raise PasswordRefusedError(PasswordFault.WRONG)


def must_change(session: Session, member: Member) -> bool:
    """Whether the member's password is the temporary one; who has none signs in with an account elsewhere."""
    own = session.get(MemberPassword, member.id)
    return own is not None and own.must_change


def has_password(session: Session, member: Member) -> bool:
    return session.get(MemberPassword, member.id) is not None


def sign_in(database: Database, attempt: Attempt, now: datetime, *, own_device: bool = False) -> str:
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
                member = session.get_one(Member, own.member_id)
                return start_session(session, member, now, own_device=own_device)
            count_failure(session, attempt.guess, now)
    raise SignInRefusedError(SignInFault.WRONG)


def start_session(session: Session, member: Member, now: datetime, *, own_device: bool = False) -> str:
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
            expires_at=now + _lasts(own_device),
            own_device=own_device,
        )
    )
    return token


def session_of(session: Session, token: str, now: datetime) -> MemberSession | None:
    """The session of this token while it lasts, in the libraries that `session` sees."""
    found = session.scalar(select(MemberSession).where(MemberSession.token_hash == hash_of(token)))
    return found if found is not None and found.expires_at > now else None


def is_to_keep_on(found: MemberSession, now: datetime) -> bool:
    """Whether the session was last made longer a while ago; see `keep_on`."""
    lasts = _lasts(found.own_device)
    return not lasts - lasts / KEPT_ON_AFTER <= found.expires_at - now <= lasts


def keep_on(session: Session, token: str, now: datetime) -> None:
    """The member is here: the session ends so much later."""
    found = session_of(session, token, now)
    if found is not None:
        found.expires_at = now + _lasts(found.own_device)


def sign_out(session: Session, token: str) -> None:
    """End the session of this token; it may have ended before."""
    session.execute(delete(MemberSession).where(MemberSession.token_hash == hash_of(token)))


def _lasts(own_device: bool) -> timedelta:
    return OWN_DEVICE_LASTS if own_device else SHARED_DEVICE_LASTS


def _refuse_new(attempt: Attempt, new: str) -> None:
    if member_number(attempt.name) in member_number(new):
        raise PasswordRefusedError(PasswordFault.OWN_NUMBER)
    if is_easily_guessed(new):
        raise PasswordRefusedError(PasswordFault.EASY)
    if new == attempt.password:
        raise PasswordRefusedError(PasswordFault.UNCHANGED)


def _set(session: Session, member: Member, password_hash: str, *, must_change: bool, now: datetime) -> None:
    own = session.get(MemberPassword, member.id) or MemberPassword(member_id=member.id, library_id=member.library_id)
    own.password_hash, own.must_change, own.set_at = password_hash, must_change, now
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
