"""Signing in: who may try, whether name and password fit, and the session that begins. Changing one's password.

A password is tried between two short transactions and in none of them, so that wrong ones hold up nobody who writes.
"""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from samut_hub.auditing import Action, Actor, Deed, note
from samut_hub.db import Database
from samut_hub.staff import passwords, second_step
from samut_hub.staff.attempts import (
    AT_ONCE,
    Guess,
    SignInRefusedError,
    count_failure,
    forget_failures,
    refuse_if_too_often,
)
from samut_hub.staff.models import StaffAccount
from samut_hub.staff.policy import AccountFault, SignInFault, origin_of
from samut_hub.staff.roles import AccountRefusedError
from samut_hub.staff.seals import Seal
from samut_hub.staff.service import hash_of, plain, set_password, start_session


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What was typed, and the address of the computer where."""

    username: str
    password: str = field(repr=False)
    address: str

    @property
    def guess(self) -> Guess:
        return Guess(hash_of(plain(self.username)), origin_of(self.address))


@dataclass(frozen=True, slots=True)
class Entered:
    """Whose name and password fit. Without a `token` a second step is asked first, or (`enrols`) is to be set up."""

    account: StaffAccount
    token: str | None
    enrols: bool = False


def sign_in(database: Database, seal: Seal, attempt: Attempt, now: datetime) -> Entered:
    """With the token of a new session where no more is asked, in transactions of its own. Raises SignInRefusedError.

    An unknown name, a wrong password and a closed account get the same answers, count alike and are the same work:
    one look-up, one password tried, one row written.
    """
    with AT_ONCE:
        known_hash = _hash_on_record(database, attempt, now)
        fits = passwords.fits(known_hash, attempt.password)
        new_hash = passwords.hash_password(attempt.password) if fits and passwords.is_weak(known_hash) else known_hash
        with database.session(None) as session:
            account = _open_account(session, attempt, known_hash) if fits else None
            if account is not None:
                account.password_hash = new_hash
                forget_failures(session, attempt.guess)
                return let_in(session, seal, account, attempt.address, now)
            count_failure(session, attempt.guess, now)
            if (known := _account(session, attempt)) is not None:
                _note(session, known, attempt.address, Action.SIGN_IN_FAILED, now)
    raise SignInRefusedError(SignInFault.WRONG)


def change_password(database: Database, attempt: Attempt, new: str, now: datetime) -> None:
    """Only with the old one, which is counted as at sign-in, in transactions of its own.

    Raises SignInRefusedError after too many wrong ones, AccountRefusedError for a wrong one.
    """
    with AT_ONCE:
        known_hash = _hash_on_record(database, attempt, now)
        new_hash = passwords.hash_password(new) if passwords.fits(known_hash, attempt.password) else ""
        with database.session(None) as session:
            account = _open_account(session, attempt, known_hash) if new_hash else None
            if account is not None:
                set_password(session, account, new_hash)
                return
            count_failure(session, attempt.guess, now)
    raise AccountRefusedError(AccountFault.WRONG_PASSWORD)


def _hash_on_record(database: Database, attempt: Attempt, now: datetime) -> str:
    """The hash to try the password with; nobody's for an unknown name. Refuses who failed too often."""
    nobodys = passwords.nobodys_hash()
    with database.session(None, writes=False) as session:
        refuse_if_too_often(session, attempt.guess, now)
        wanted = select(StaffAccount.password_hash).where(StaffAccount.username == plain(attempt.username))
        return session.scalar(wanted) or nobodys


def _open_account(session: Session, attempt: Attempt, known_hash: str) -> StaffAccount | None:
    """The account, unless it was closed, or got another password while this one was tried."""
    account = _account(session, attempt)
    return account if account and account.active and account.password_hash == known_hash else None


def let_in(session: Session, seal: Seal, account: StaffAccount, address: str, now: datetime) -> Entered:
    """Of whom it is known who it is: to a session, or to the second step first."""
    if second_step.is_on(session, account):
        return Entered(account, None)
    if second_step.is_required(session, account):
        second_step.begin(session, seal, account)
        return Entered(account, None, enrols=True)
    _note(session, account, address, Action.SIGNED_IN, now)
    return Entered(account, start_session(session, account, now))


def _account(session: Session, attempt: Attempt) -> StaffAccount | None:
    return session.scalar(select(StaffAccount).where(StaffAccount.username == plain(attempt.username)))


def _note(session: Session, account: StaffAccount, address: str, action: Action, now: datetime) -> None:
    """Of a wrong password it is not known who typed it."""
    deed = Deed(
        library_id=account.library_id,
        action=action,
        kind="staff",
        thing=str(account.id),
        name=account.username,
        changes={"address": [None, origin_of(address)]},
    )
    actor = Actor(account.id, account.username) if action is Action.SIGNED_IN else Actor(None, "")
    note(session, deed, now=now, actor=actor)
