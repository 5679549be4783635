"""Accounts of clients: make, change, remove them, and let clients in. Only `sign_in` opens transactions.

A password is made by the hub, told once and kept as its Argon2id hash. It is tried between two short transactions and
in none of them.
"""

import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from samut_hub.db import Database
from samut_hub.errors import NotFoundError
from samut_hub.sip2.codec import Encoding
from samut_hub.sip2.models import Sip2Account
from samut_hub.sip2.policy import comes_from, is_one_address
from samut_hub.staff import passwords
from samut_hub.staff.attempts import (
    AT_ONCE,
    Guess,
    SignInRefusedError,
    count_failure,
    forget_all_failures,
    hash_in_turn,
    refuse_if_too_often,
)
from samut_hub.staff.policy import SignInFault, origin_of
from samut_hub.staff.service import hash_of

PASSWORD_BYTES = 12


class LoginTakenError(Exception):
    """Another account of this hub has the login."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountFields:
    """What is chosen for an account; see `Sip2Account`."""

    networks: Sequence[str]
    by_address: bool = False
    encoding: str = Encoding.UTF8.value
    language: str = "th"
    institution: str = ""
    currency: str = "THB"
    checksum_required: bool = True
    pin_needed: bool = False
    renewals: bool = True
    alerts: bool = True
    fulfil_holds: bool = True
    blocks: bool = False
    payments: str = ""
    ncip: bool = False
    connections: int = 10


@dataclass(frozen=True, slots=True)
class NewPassword:
    """Made outside of any transaction, as its hash takes a while. `text` is told once and kept nowhere."""

    text: str = field(repr=False)
    hash: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What a client sent, and where it is."""

    login: str
    password: str = field(repr=False)
    address: str

    @property
    def guess(self) -> Guess:
        return Guess(_name_hash(self.login), origin_of(self.address))


def make_password() -> NewPassword:
    text = secrets.token_urlsafe(PASSWORD_BYTES)
    return NewPassword(text, hash_in_turn(text))


def add_account(
    session: Session, login: str, password: NewPassword, fields: AccountFields, *, now: datetime
) -> Sip2Account:
    """Raises LoginTakenError."""
    account = Sip2Account(login=plain(login), password_hash=password.hash, added_at=now)
    _fill(account, fields, now)
    try:
        with session.begin_nested():
            session.add(account)
    except IntegrityError:
        raise LoginTakenError(login) from None
    return account


def edit_account(session: Session, account: Sip2Account, fields: AccountFields, *, now: datetime) -> None:
    _fill(account, fields, now)
    session.flush()


def set_password(session: Session, account: Sip2Account, password: NewPassword, *, now: datetime) -> None:
    """Whoever signed in with the old one is cut off within seconds, and may try again at once."""
    account.password_hash, account.changed_at = password.hash, now
    forget_all_failures(session, _name_hash(account.login))
    session.flush()


def remove_account(session: Session, account: Sip2Account) -> None:
    session.delete(account)
    session.flush()


def account_by_id(session: Session, account_id: int) -> Sip2Account:
    """The library's account; raises NotFoundError."""
    found = session.scalar(select(Sip2Account).where(Sip2Account.id == account_id))
    if found is None:
        raise NotFoundError(f"There is no SIP2 account {account_id} in this library.")
    return found


def accounts(session: Session) -> Sequence[Sip2Account]:
    return session.scalars(select(Sip2Account).order_by(Sip2Account.login)).all()


def fields_of(account: Sip2Account) -> AccountFields:
    return AccountFields(**{name: getattr(account, name) for name in AccountFields.__slots__})


def sign_in(database: Database, attempt: Attempt, now: datetime) -> int:
    """The id of the account. Raises SignInRefusedError; the answers to all that is wrong are the same."""
    with AT_ONCE:
        nobodys = passwords.nobodys_hash()
        with database.session(None, writes=False) as session:
            refuse_if_too_often(session, attempt.guess, now)
            known = session.scalar(select(Sip2Account).where(Sip2Account.login == plain(attempt.login)))
        fits = passwords.fits(nobodys if known is None else known.password_hash, attempt.password)
        if fits and known is not None and comes_from(attempt.address, known.networks):
            return known.id
        with database.session(None) as session:
            count_failure(session, attempt.guess, now)
    raise SignInRefusedError(SignInFault.WRONG)


def at_address(known: Sequence[Sip2Account], address: str) -> Sip2Account | None:
    """The only account that needs no sign-in from this address; of several none, and none for a whole network."""
    found = [
        account
        for account in known
        if account.by_address and comes_from(address, filter(is_one_address, account.networks))
    ]
    return found[0] if len(found) == 1 else None


def plain(login: str) -> str:
    """Logins are the same whatever their case."""
    return login.strip().lower()


def _fill(account: Sip2Account, fields: AccountFields, now: datetime) -> None:
    for name, value in asdict(fields).items():
        setattr(account, name, list(value) if name == "networks" else value)
    account.changed_at = now


def _name_hash(login: str) -> str:
    return hash_of(f"sip2:{plain(login)}")
