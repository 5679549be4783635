"""Signing in: who may try, whether name and password fit, and the session that begins.

A password is tried between two short transactions and in none of them, so that wrong ones hold up nobody who writes.
"""

import threading
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from samut_hub.db import Database
from samut_hub.staff import passwords
from samut_hub.staff.models import FailedSignIn, StaffAccount
from samut_hub.staff.policy import LOCKED_FOR, MAX_FAILURES, SignInFault, origin_of
from samut_hub.staff.service import hash_of, plain, start_session

_AT_ONCE = threading.BoundedSemaphore(2)
"""Passwords that are tried at the same moment. Others wait, and then count the failures of those before them."""


class SignInRefusedError(Exception):
    """The sign-in failed; a wrong password is counted by now."""

    def __init__(self, fault: SignInFault) -> None:
        super().__init__(fault)
        self.fault = fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What was typed, and the address of the computer where."""

    username: str
    password: str = field(repr=False)
    address: str


def sign_in(database: Database, attempt: Attempt, now: datetime) -> tuple[StaffAccount, str]:
    """The account and the token of its new session, in transactions of its own. Raises SignInRefusedError.

    An unknown name, a wrong password and a closed account get the same answers, count alike and are the same work:
    one look-up, one password tried, one row written.
    """
    with _AT_ONCE:
        known_hash = _hash_on_record(database, attempt, now)
        fits = passwords.fits(known_hash, attempt.password)
        new_hash = passwords.hash_password(attempt.password) if fits and passwords.is_weak(known_hash) else known_hash
        with database.session(None) as session:
            account = _open_account(session, attempt, known_hash) if fits else None
            if account is not None:
                account.password_hash = new_hash
                session.execute(delete(FailedSignIn).where(*_same(attempt)))
                return account, start_session(session, account, now)
            session.add(FailedSignIn(name_hash=_name(attempt), origin=origin_of(attempt.address), at=now))
    raise SignInRefusedError(SignInFault.WRONG)


def _hash_on_record(database: Database, attempt: Attempt, now: datetime) -> str:
    """The hash to try the password with; nobody's for an unknown name. Refuses who failed too often."""
    nobodys = passwords.nobodys_hash()
    lately = (*_same(attempt), FailedSignIn.at > now - LOCKED_FOR)
    with database.session(None, writes=False) as session:
        failures = session.scalar(select(func.count()).select_from(FailedSignIn).where(*lately)) or 0
        wanted = select(StaffAccount.password_hash).where(StaffAccount.username == plain(attempt.username))
        known = session.scalar(wanted)
    if failures >= MAX_FAILURES:
        raise SignInRefusedError(SignInFault.TOO_OFTEN)
    return known or nobodys


def _open_account(session: Session, attempt: Attempt, known_hash: str) -> StaffAccount | None:
    """The account, unless it was closed, or got another password while this one was tried."""
    account = session.scalar(select(StaffAccount).where(StaffAccount.username == plain(attempt.username)))
    return account if account and account.active and account.password_hash == known_hash else None


def _same(attempt: Attempt) -> tuple[ColumnElement[bool], ...]:
    """Failures with this name from this place."""
    return FailedSignIn.name_hash == _name(attempt), FailedSignIn.origin == origin_of(attempt.address)


def _name(attempt: Attempt) -> str:
    return hash_of(plain(attempt.username))
