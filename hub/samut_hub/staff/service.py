"""Accounts of staff and their signed-in sessions, which are kept in the database."""

import hashlib
import secrets
from datetime import datetime

from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import Session

from samut_hub.db import prepared
from samut_hub.errors import NotFoundError
from samut_hub.libraries.models import Library
from samut_hub.staff.models import FailedSignIn, StaffAccount, StaffSession
from samut_hub.staff.policy import SESSION_LASTS, AccountFault
from samut_hub.staff.roles import AccountRefusedError, AnyRole, check_within, give_role, keep_administrator

_WITH_LIBRARY = prepared(
    select(StaffSession, Library)
    .join(Library, Library.id == StaffSession.library_id)
    .where(StaffSession.token_hash == bindparam("token"))
)


def start_session(session: Session, account: StaffAccount, now: datetime) -> str:
    """The token of a new session in one browser; only its hash is kept. Ended ones of the account are forgotten."""
    session.execute(delete(StaffSession).where(StaffSession.staff_id == account.id, StaffSession.expires_at <= now))
    token = secrets.token_urlsafe(32)
    session.add(
        StaffSession(
            library_id=account.library_id,
            token_hash=hash_of(token),
            staff_id=account.id,
            started_at=now,
            expires_at=now + SESSION_LASTS,
        )
    )
    return token


def session_of(session: Session, token: str, now: datetime) -> StaffSession | None:
    """The session of this token while it lasts and its account is open. `session` must see all libraries; that of the
    person is known to it afterwards, as nearly every page asks for it."""
    row = session.execute(_WITH_LIBRARY, {"token": hash_of(token)}).unique().one_or_none()
    if row is None or row[0].expires_at <= now or not row[0].staff.active:
        return None
    found, session.info["library"] = row
    return found


def sign_out(session: Session, token: str) -> None:
    """End the session of this token; it may have ended before."""
    session.execute(delete(StaffSession).where(StaffSession.token_hash == hash_of(token)))


def create_account(
    session: Session,
    library_id: int,
    *,
    username: str,
    name: str,
    password_hash: str,
    role: AnyRole,
    language: str = "th",
    email: str = "",
    by: StaffAccount | None = None,
) -> StaffAccount:
    """A new account. Raises AccountRefusedError when the name is taken on the hub, or the role is more than `by` has.

    The hash is made before: see `attempts.hash_in_turn`. `by` is None for who keeps the hub itself.
    """
    account = StaffAccount(
        library_id=library_id,
        username=plain(username),
        name=name.strip(),
        email=plain(email),
        password_hash=password_hash,
        language=language,
        granted=[],
        removed=[],
    )
    give_role(account, role)
    if by is not None:
        check_within(by, account)
    if _is_taken(session, account.username):
        raise AccountRefusedError(AccountFault.NAME_TAKEN)
    session.add(account)
    session.flush()
    return account


def set_password(session: Session, account: StaffAccount, new_hash: str) -> None:
    """For one who forgot it, and may try at once. Ends every session of the account: who knew the old one is out."""
    account.password_hash = new_hash
    session.execute(delete(FailedSignIn).where(FailedSignIn.name_hash == hash_of(account.username)))
    _end_sessions(session, account)


def give_password(session: Session, by: StaffAccount, account: StaffAccount, new_hash: str) -> None:
    """As `set_password`, of another; raises AccountRefusedError."""
    check_within(by, account)
    set_password(session, account, new_hash)


def change_account(
    session: Session, by: StaffAccount, account: StaffAccount, *, name: str, email: str, role: AnyRole
) -> None:
    """Nobody takes away their own rights: a library must keep its administrator. Raises AccountRefusedError.

    Another e-mail address means another account of the school.
    """
    check_within(by, account)
    if role != (account.own_role or account.role):
        if account.id == by.id:
            raise AccountRefusedError(AccountFault.OWN_ACCOUNT)
        was_administrator = account.is_administrator
        give_role(account, role)
        check_within(by, account)
        keep_administrator(session, account, was_administrator=was_administrator)
    if plain(email) != account.email:
        account.email, account.school_subject = plain(email), None
    account.name = name.strip()


def set_active(session: Session, by: StaffAccount, account: StaffAccount, *, active: bool) -> None:
    """Close an account, at once and everywhere, or open it again. Raises AccountRefusedError."""
    if account.id == by.id:
        raise AccountRefusedError(AccountFault.OWN_ACCOUNT)
    check_within(by, account)
    was_administrator, account.active = account.is_administrator, active
    keep_administrator(session, account, was_administrator=was_administrator)
    if not active:
        _end_sessions(session, account)


def accounts(session: Session) -> list[StaffAccount]:
    """Everybody who works in the session's library, open accounts first."""
    order = (StaffAccount.active.desc(), StaffAccount.name, StaffAccount.id)
    return list(session.scalars(select(StaffAccount).order_by(*order)))


def account_of(session: Session, staff_id: int) -> StaffAccount:
    """Raises NotFoundError, also for staff of another library."""
    found = session.scalar(select(StaffAccount).where(StaffAccount.id == staff_id))
    if found is None:
        raise NotFoundError(f"There is no account {staff_id}.")
    return found


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def plain(username: str) -> str:
    """The user name as it is kept."""
    return username.strip().lower()


def _end_sessions(session: Session, account: StaffAccount) -> None:
    session.execute(delete(StaffSession).where(StaffSession.staff_id == account.id))


def _is_taken(session: Session, username: str) -> bool:
    """Names are unique on the whole hub, so this looks past the session's library by the bare table."""
    table = StaffAccount.__table__
    return session.scalar(select(table.c.id).where(table.c.username == username)) is not None
