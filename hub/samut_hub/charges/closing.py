"""Closing a till in the evening: what should be there is compared with what was counted, and kept for good."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from samut_hub.charges.accounts import MONEY
from samut_hub.charges.books import Teller
from samut_hub.charges.models import Payment, TillClosing
from samut_hub.charges.policy import Method
from samut_hub.errors import NotFoundError

PAGE = 25


class NothingToCloseError(Exception):
    """No money was moved at the till since it was closed last."""


def close_till(session: Session, till: str, *, counted: int, note: str, teller: Teller) -> TillClosing:
    """Count all that was moved at the till and that no closing has counted yet. Raises NothingToCloseError.

    What is paid later comes to the next closing: each line is counted once.
    """
    still_open = (*_open_at(till), Payment.paid_at <= teller.now)
    if session.scalar(select(Payment.id).where(*still_open).limit(1)) is None:
        raise NothingToCloseError(till)
    closing = TillClosing(
        till=till, counted=counted, note=note, staff_id=teller.staff_id, closed_at=teller.now, expected=None
    )
    session.add(closing)
    session.flush()
    mark = update(Payment).where(*still_open).values(closing_id=closing.id)
    session.execute(mark, execution_options={"synchronize_session": False})
    if session.scalar(select(Payment.id).where(Payment.closing_id == closing.id).limit(1)) is None:
        raise NothingToCloseError(till)  # another closing of this till ended since it was looked at
    closing.expected = _cash(session, Payment.closing_id == closing.id)
    session.flush()
    return closing


def open_cash(session: Session, till: str) -> tuple[int, int]:
    """How many lines no closing has counted yet, and the cash of them in satang."""
    lines = session.scalar(select(func.count()).select_from(Payment).where(*_open_at(till))) or 0
    return lines, _cash(session, *_open_at(till))


def closing_by_id(session: Session, closing_id: int) -> TillClosing:
    """The library's closing; raises NotFoundError."""
    found = session.get(TillClosing, closing_id)
    if found is None:
        raise NotFoundError(f"There is no closing {closing_id} in this library.")
    return found


def closings(session: Session, till: str | None, page: int) -> tuple[Sequence[TillClosing], int]:
    """One page of closings, the latest first, of one till or of all; and how many there are."""
    wanted = [] if till is None else [TillClosing.till == till]
    total = session.scalar(select(func.count()).select_from(TillClosing).where(*wanted)) or 0
    latest = select(TillClosing).where(*wanted).order_by(TillClosing.closed_at.desc(), TillClosing.id.desc())
    return session.scalars(latest.limit(PAGE).offset((page - 1) * PAGE)).all(), total


def _open_at(till: str) -> tuple[ColumnElement[bool], ...]:
    return (Payment.till == till, Payment.closing_id.is_(None))


def _cash(session: Session, *which: ColumnElement[bool]) -> int:
    cash = (Payment.method == Method.CASH, Payment.kind.in_(MONEY))
    return int(session.scalar(select(func.coalesce(func.sum(Payment.amount), 0)).where(*which, *cash)) or 0)
