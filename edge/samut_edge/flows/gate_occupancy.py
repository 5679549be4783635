"""How many are inside, and who came in last by which way: kept over restarts, begun anew at night. Pure."""

from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from typing import Literal

from samut_edge.events import Direction
from samut_rules.calendar import Calendar
from samut_wire import messages as m

Reset = Literal["midnight", "closing", "never"]


@dataclass(frozen=True, slots=True)
class Last:
    """The last allowed passage of a person."""

    direction: Direction
    at: datetime


@dataclass(frozen=True, slots=True)
class Occupancy:
    """`persons` are inside, counted since `since`. `last` is by member number, or by the hash of a guest pass."""

    since: datetime
    persons: int = 0
    last: dict[str, Last] = field(default_factory=dict)


def passed(occupancy: Occupancy, direction: Direction, persons: int = 1) -> Occupancy:
    """More are inside, or fewer; never fewer than nobody, whatever was missed before."""
    change = persons if direction == "in" else -persons
    return replace(occupancy, persons=max(0, occupancy.persons + change))


def noted(occupancy: Occupancy, key: str, direction: Direction, at: datetime) -> Occupancy:
    """Which way this person went last; nothing is noted of somebody unknown."""
    return replace(occupancy, last={**occupancy.last, key: Last(direction, at)}) if key else occupancy


def is_inside(occupancy: Occupancy, key: str, now: datetime, hours: float) -> bool:
    """Whether the person came in within so many hours and has not gone out."""
    last = occupancy.last.get(key)
    return last is not None and last.direction == "in" and timedelta() <= now - last.at < timedelta(hours=hours)


def is_reset_due(occupancy: Occupancy, now: datetime, calendar: Calendar, reset: Reset) -> bool:
    """Whether the library has closed, or the day has ended, since the count began. A clock set back ends no day."""
    if now <= occupancy.since:
        return False
    if reset == "closing":
        return calendar.last_closing(now, after=occupancy.since) is not None
    return calendar.local_day(now) > calendar.local_day(occupancy.since)


def began_anew(now: datetime, persons: int = 0) -> Occupancy:
    """Where the count is never reset so many stay inside; but who went which way is forgotten every night."""
    return Occupancy(now, persons)


def day_begins(now: datetime, calendar: Calendar) -> datetime:
    """When the day began at the library: what a gate counts from that has no count of its own yet."""
    return calendar.moment(calendar.local_day(now), time(0))


def recounted(occupancy: Occupancy, event: m.Message, at: datetime, *, by_beams: bool) -> Occupancy:
    """With one event of the outbox that the count may have missed, as the power went before it was noted."""
    match event:
        case m.PassageRecorded(allowed=True, direction=direction, member=member, guest=guest) if (
            at >= occupancy.since
        ):
            counted = occupancy if by_beams else passed(occupancy, direction, event.persons)
            return noted(counted, member or guest, direction, at)
        case m.PersonsCounted(direction=direction, persons=persons) if at >= occupancy.since:
            return passed(occupancy, direction, persons)
    return occupancy
