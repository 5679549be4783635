"""When a member came and went, as the gates told (requirement X-10)."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from samut_hub.members.models import Member
from samut_hub.visits.models import Visit

PAGE = 50
LATEST = 5


@dataclass(frozen=True, slots=True)
class FoundVisits:
    """One page, the latest first, and how many there are on all pages."""

    visits: Sequence[Visit]
    total: int
    page: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE))


def visits_of(session: Session, member: Member, page: int = 1) -> FoundVisits:
    """Of this member only: the index leads to those."""
    mine = select(Visit).where(Visit.library_id == member.library_id, Visit.member_id == member.id)
    total = session.scalar(mine.with_only_columns(func.count())) or 0
    page = min(max(1, page), max(1, -(-total // PAGE)))
    in_order = mine.order_by(Visit.at.desc(), Visit.id.desc()).limit(PAGE).offset((page - 1) * PAGE)
    return FoundVisits(session.scalars(in_order).all(), total, page)


def latest_visits(session: Session, member: Member) -> Sequence[Visit]:
    mine = select(Visit).where(Visit.library_id == member.library_id, Visit.member_id == member.id)
    return session.scalars(mine.order_by(Visit.at.desc(), Visit.id.desc()).limit(LATEST)).all()
