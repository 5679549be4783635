"""Loans of the whole library: what is overdue, what was lent and what came back on a day. Nothing here commits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, joinedload

from samut_hub.catalogue.models import Item
from samut_hub.circulation.models import Loan
from samut_hub.libraries.models import Library
from samut_hub.libraries.service import calendar_of

PAGE = 50


class Which(StrEnum):
    """`overdue` is as of now; the others are of a day by the library's clock."""

    OVERDUE = "overdue"
    LENT = "lent"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class DayList:
    """One page of loans with items, titles and members, and how many there are on all pages."""

    loans: Sequence[Loan]
    total: int
    page: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE))


def day_list(session: Session, library: Library, which: Which, *, now: datetime, page: int = 1) -> DayList:
    """What is overdue longest comes first; of a day the latest."""
    start = start_of(session, library, now)
    wanted, order = _wanted(which, start, now)
    total = session.scalar(select(func.count()).select_from(Loan).where(*wanted)) or 0
    page = min(max(1, page), max(1, -(-total // PAGE)))
    with_all = (joinedload(Loan.member), joinedload(Loan.item).joinedload(Item.title))
    in_order = select(Loan).where(*wanted).order_by(order, Loan.id).limit(PAGE).offset((page - 1) * PAGE)
    return DayList(session.scalars(in_order.options(*with_all)).all(), total, page)


def start_of(session: Session, library: Library, now: datetime) -> datetime:
    """The midnight before, by the library's clock."""
    calendar = calendar_of(session, library)
    today: date = calendar.local_day(now)
    return calendar.end_of(today - timedelta(days=1))


def _wanted(
    which: Which, start: datetime, now: datetime
) -> tuple[tuple[ColumnElement[bool], ...], ColumnElement[Any]]:
    match which:
        case Which.OVERDUE:
            return (Loan.returned_at.is_(None), Loan.due_at < now), Loan.due_at.asc()
        case Which.LENT:
            return (Loan.lent_at > start,), Loan.lent_at.desc()
        case Which.RETURNED:
            return (Loan.returned_at > start,), Loan.returned_at.desc()
