"""Visits of a period, counted by who came and when (requirements R-28, R-29). Nothing here commits.

A visit is one passage inwards that was allowed. Members are counted by times (passages) or by persons (each once);
guests, classes that came with one tap, and people whom beams counted are told apart, as nobody knows who they were.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, SQLColumnExpression, cast, distinct, extract, func, or_, select
from sqlalchemy.orm import Session

from samut_hub.members.models import Member
from samut_hub.visits.models import GateCount, Visit

PAGE = 100
AT_ONCE = 1_000
_HOUR, _DAY = 3_600, 86_400
_THURSDAY = 3
"""The weekday on which seconds are counted from, 1 January 1970; Monday is 0."""


class By(StrEnum):
    LEVEL = "level"
    TYPE = "type"
    GROUP = "group"
    MEMBER = "member"
    HOUR = "hour"
    WEEKDAY = "weekday"


class Unit(StrEnum):
    TIMES = "times"
    PERSONS = "persons"


@dataclass(frozen=True, slots=True)
class Period:
    """From `since` on, before `until`. `offset`: seconds by which the library's clock is ahead of UTC all along."""

    since: datetime
    until: datetime
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """What was counted under `key`: a level, a type's code, a group's name, an hour or a weekday (Monday is 0)."""

    key: Any
    times: int
    persons: int


@dataclass(frozen=True, slots=True)
class Frequent:
    """One member and how often they came."""

    member: Member
    times: int


@dataclass(frozen=True, slots=True)
class Totals:
    """`members` came `times` by their own cards; of `unnamed` of these nobody knows any more who it was.

    `with_class` came with a teacher's tap, `by_beams` were counted without a card (or all, where a gate counts so).
    """

    times: int
    members: int
    unnamed: int
    guests: int
    with_class: int
    by_beams: int


def counted(session: Session, library_id: int, period: Period, by: By) -> list[Line]:
    """Members' visits in the order of their keys; where there is none, the key is None and stands last."""
    key = _key(by, period)
    counts: Select[*tuple[Any, ...]] = select(key.label("key"), func.count(), func.count(distinct(Visit.member_id)))
    rows = session.execute(_members(counts, library_id, period).group_by("key")).all()
    lines = [Line(key, times, persons) for key, times, persons in rows]
    return sorted(lines, key=lambda line: (line.key is None, line.key))


def frequent(session: Session, library_id: int, period: Period, page: int) -> Sequence[Frequent]:
    """A page of members, those who came most often first."""
    wanted = _by_member(library_id, period).limit(PAGE).offset((page - 1) * PAGE)
    return [Frequent(*row) for row in session.execute(wanted)]


def everybody(session: Session, library_id: int, period: Period) -> Iterator[Frequent]:
    """All of them, for a file."""
    for row in session.execute(_by_member(library_id, period).execution_options(yield_per=AT_ONCE)):
        yield Frequent(*row)


def totals(session: Session, library_id: int, period: Period) -> Totals:
    members = _members(
        select(func.count(), func.count(distinct(Visit.member_id)), func.count(Visit.member_id)), library_id, period
    )
    times, persons, named = session.execute(members).one()
    whole = func.coalesce(func.sum(Visit.persons), 0)
    came = _came(select(whole, func.count()), library_id, period)
    guests, _passes = session.execute(came.where(Visit.guest_pass_id.is_not(None))).one()
    together, taps = session.execute(came.where(Visit.persons > 1, Visit.guest_pass_id.is_(None))).one()
    beams = select(func.coalesce(func.sum(GateCount.persons), 0)).where(
        GateCount.library_id == library_id,
        GateCount.at >= period.since,
        GateCount.at < period.until,
        GateCount.direction == "in",
    )
    by_beams = session.scalar(beams) or 0
    return Totals(times, persons, times - named, int(guests), int(together) - taps, int(by_beams))


def _by_member(library_id: int, period: Period) -> Select[Member, int]:
    times = func.count().label("times")
    counts = _members(select(Visit.member_id, times), library_id, period).where(Visit.member_id.is_not(None))
    found = counts.group_by(Visit.member_id).subquery()
    rows = select(Member, found.c.times).join(found, found.c.member_id == Member.id)
    return rows.order_by(found.c.times.desc(), Member.sort_name, Member.id)


def _members(wanted: Select[*tuple[Any, ...]], library_id: int, period: Period) -> Select[*tuple[Any, ...]]:
    """Of a member whose visit was parted from her the type stays."""
    by_card = or_(Visit.member_id.is_not(None), Visit.member_type.is_not(None))
    return _came(wanted, library_id, period).where(by_card)


def _came(wanted: Select[*tuple[Any, ...]], library_id: int, period: Period) -> Select[*tuple[Any, ...]]:
    in_time = (Visit.library_id == library_id, Visit.at >= period.since, Visit.at < period.until)
    return wanted.select_from(Visit).where(*in_time, Visit.allowed, Visit.direction == "in")


def _key(by: By, period: Period) -> SQLColumnExpression[Any]:
    match by:
        case By.LEVEL:
            return Visit.member_level
        case By.TYPE:
            return Visit.member_type
        case By.GROUP:
            return Visit.member_group
        case By.MEMBER:
            return Visit.member_id
        case By.HOUR:
            return cast(_whole(_seconds(period), _HOUR) % 24, Integer)
        case By.WEEKDAY:
            return cast((_whole(_seconds(period), _DAY) + _THURSDAY) % 7, Integer)


def _seconds(period: Period) -> ColumnElement[int]:
    """The library's clock, in seconds since 1970; PostgreSQL tells fractions too."""
    return extract("epoch", Visit.at) + period.offset


def _whole(seconds: ColumnElement[int], span: int) -> ColumnElement[int]:
    """How many whole spans; rounded down on both databases."""
    return cast((seconds - seconds % span) / span, Integer)
