"""What capabilities after members have a say in when two members become one."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from samut_hub.members.models import Member

Join = Callable[[Session, int, int, datetime], Iterator[Any]]
"""Of the one who goes and the one who stays (ids): gives each row that is to be dropped, kept with the merge."""
Count = Callable[[Session, Member], None]
"""Sets the counters of a member anew, after rows have come or gone."""
_joins: list[Join] = []
_counts: list[Count] = []


def joins_members(join: Join) -> Join:
    """Decorates the function that settles rows of its own of which a member may have only one."""
    _joins.append(join)
    return join


def counts_of_member(count: Count) -> Count:
    """Decorates the function that counts rows of its own for the member's counters."""
    _counts.append(count)
    return count


def rows_to_drop(session: Session, from_id: int, into_id: int, now: datetime) -> Iterator[Any]:
    for join in _joins:
        yield from join(session, from_id, into_id, now)


def count_anew(session: Session, member: Member) -> None:
    """All counters of the member."""
    for count in _counts:
        count(session, member)
    session.flush()
