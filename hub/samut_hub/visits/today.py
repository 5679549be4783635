"""Who is in, and who came in on a day. Nothing here commits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Subquery, and_, func, select
from sqlalchemy.orm import Session

from samut_hub.members.models import Member
from samut_hub.visits.models import Visit

PAGE = 50


@dataclass(frozen=True, slots=True)
class Comer:
    """`member` is None where the card was not known, or nobody knows any more whose it was. `device` is the gate."""

    member: Member | None
    at: datetime
    device: str


@dataclass(frozen=True, slots=True)
class Comers:
    """One page, the latest first, and how many there are on all pages."""

    people: Sequence[Comer]
    total: int
    page: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE))


def inside(library_id: int, start: datetime) -> Subquery:
    """Members and the time of their last allowed passage since `start`, where that led in."""
    latest_first = func.row_number().over(partition_by=Visit.member_id, order_by=(Visit.at.desc(), Visit.id.desc()))
    passages = (
        select(Visit.member_id, Visit.at, Visit.device, Visit.direction, latest_first.label("place"))
        .where(Visit.library_id == library_id, Visit.at >= start, Visit.allowed, Visit.member_id.is_not(None))
        .subquery()
    )
    came_in = and_(passages.c.place == 1, passages.c.direction == "in")
    return select(passages.c.member_id, passages.c.at, passages.c.device).where(came_in).subquery()


def who_is_in(session: Session, library_id: int, start: datetime, page: int = 1) -> Comers:
    there = inside(library_id, start)
    total = session.scalar(select(func.count()).select_from(there)) or 0
    page = _page(page, total)
    latest = select(Member, there.c.at, there.c.device).join(Member, Member.id == there.c.member_id)
    rows = session.execute(latest.order_by(there.c.at.desc()).limit(PAGE).offset((page - 1) * PAGE))
    return Comers([Comer(*row) for row in rows], total, page)


def who_came(session: Session, start: datetime, page: int = 1) -> Comers:
    """All passages inwards since then, whoever it was."""
    came = (Visit.at >= start, Visit.allowed, Visit.direction == "in")
    total = session.scalar(select(func.count()).select_from(Visit).where(*came)) or 0
    page = _page(page, total)
    latest = select(Member, Visit.at, Visit.device).select_from(Visit).outerjoin(Member, Member.id == Visit.member_id)
    in_order = latest.where(*came).order_by(Visit.at.desc(), Visit.id.desc()).limit(PAGE).offset((page - 1) * PAGE)
    return Comers([Comer(*row) for row in session.execute(in_order)], total, page)


def _page(page: int, total: int) -> int:
    return min(max(1, page), max(1, -(-total // PAGE)))
