"""Wrong passwords, of staff and of members: counted by name and place, and after a few the place must wait.

A password is tried, and a new one hashed, between two short transactions and in none of them: it takes long, and on
SQLite nobody else writes meanwhile.
"""

import threading
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from samut_hub.staff import passwords
from samut_hub.staff.models import FailedSignIn
from samut_hub.staff.policy import LOCKED_FOR, MAX_FAILURES, MAX_FROM_ORIGIN, SignInFault

AT_ONCE = threading.BoundedSemaphore(2)
"""Passwords that are tried at the same moment. Others wait, and then count the failures of those before them."""


class SignInRefusedError(Exception):
    """The sign-in failed; a wrong password is counted by now."""

    def __init__(self, fault: SignInFault) -> None:
        super().__init__(fault)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Guess:
    """Under which name, of which only the SHA-256 is known here, and from where: see `policy.origin_of`."""

    name_hash: str
    origin: str


def refuse_if_too_often(session: Session, guess: Guess, now: datetime) -> None:
    """Raises SignInRefusedError."""
    lately = select(func.count()).select_from(FailedSignIn).where(FailedSignIn.at > now - LOCKED_FOR)
    of_name = session.scalar(lately.where(*_same(guess))) or 0
    from_there = session.scalar(lately.where(FailedSignIn.origin == guess.origin)) or 0
    if of_name >= MAX_FAILURES or from_there >= MAX_FROM_ORIGIN:
        raise SignInRefusedError(SignInFault.TOO_OFTEN)


def hash_in_turn(password: str) -> str:
    """The hash of a new password, made while no more are tried than at other times; in no transaction that writes."""
    with AT_ONCE:
        return passwords.hash_password(password)


def count_failure(session: Session, guess: Guess, now: datetime) -> None:
    session.add(FailedSignIn(name_hash=guess.name_hash, origin=guess.origin, at=now))


def forget_failures(session: Session, guess: Guess) -> None:
    """After the right password."""
    session.execute(delete(FailedSignIn).where(*_same(guess)))


def forget_all_failures(session: Session, name_hash: str) -> None:
    """After a new password: from everywhere one may try at once."""
    session.execute(delete(FailedSignIn).where(FailedSignIn.name_hash == name_hash))


def _same(guess: Guess) -> tuple[ColumnElement[bool], ...]:
    return FailedSignIn.name_hash == guess.name_hash, FailedSignIn.origin == guess.origin
