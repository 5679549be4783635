"""What the first page tells: who is in, what was lent and returned today, what needs a look."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import Session

from samut_hub.circulation.models import Conflict, Loan
from samut_hub.fleet.models import Device
from samut_hub.libraries.models import Library
from samut_hub.members.models import Member
from samut_hub.visits.models import Visit
from samut_hub.visits.today import inside

NAMES_SHOWN = 12


@dataclass(frozen=True)
class Figures:
    """Counts of today, by the library's own clock; `overdue` and `conflicts` are as of now."""

    loans: int
    returns: int
    visits: int
    overdue: int
    conflicts: int


@dataclass(frozen=True)
class Inside:
    """A member whose last passage today was on the way in."""

    member: Member
    since: datetime


@dataclass(frozen=True)
class Today:
    """`inside` holds the latest comers, `inside_count` counts all."""

    figures: Figures
    inside: Sequence[Inside]
    inside_count: int
    devices: Sequence[Device]


def today(session: Session, library: Library, now: datetime) -> Today:
    """Four queries, however full the library is."""
    start = _start_of_day(library.zone, now)
    there = inside(library.id, start)
    latest = select(Member, there.c.at).join(Member, Member.id == there.c.member_id)
    return Today(
        figures=_figures(session, library.id, start, now),
        inside=[
            Inside(member, since)
            for member, since in session.execute(latest.order_by(there.c.at.desc()).limit(NAMES_SHOWN))
        ],
        inside_count=session.scalar(select(func.count()).select_from(there)) or 0,
        devices=session.scalars(_devices(library.id)).all(),
    )


def _start_of_day(zone: str, now: datetime) -> datetime:
    there = ZoneInfo(zone)
    return datetime.combine(now.astimezone(there).date(), time(), there).astimezone(UTC)


def _figures(session: Session, library_id: int, start: datetime, now: datetime) -> Figures:
    counts = select(
        _count(Loan, and_(Loan.library_id == library_id, Loan.lent_at >= start)),
        _count(Loan, and_(Loan.library_id == library_id, Loan.returned_at >= start)),
        _count(
            Visit,
            and_(Visit.library_id == library_id, Visit.at >= start, Visit.allowed, Visit.direction == "in"),
        ),
        _count(Loan, and_(Loan.library_id == library_id, Loan.returned_at.is_(None), Loan.due_at < now)),
        _count(Conflict, and_(Conflict.library_id == library_id, Conflict.settled_at.is_(None))),
    )
    return Figures(*session.execute(counts).one())


def _count(table: type[Loan | Visit | Conflict], where: ColumnElement[bool]) -> ColumnElement[int]:
    return select(func.count()).select_from(table).where(where).scalar_subquery()


def _devices(library_id: int) -> Select[Device]:
    mine = select(Device).where(Device.library_id == library_id, Device.revoked_at.is_(None))
    return mine.order_by(Device.online, Device.name)
