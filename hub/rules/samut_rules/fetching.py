"""What bookings mean for lending a unit: when what is booked may be fetched, and until when others may have it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from samut_rules.calendar import Calendar, later

HOURS_EARLY = timedelta(minutes=15)
"""So long before its time what is booked by the hour may be fetched; by the day on the open day before."""
LONGEST_CLOSURE = 31


@dataclass(frozen=True, slots=True)
class Reserved:
    """From when until when something is booked; `by_hours`: by moments, else by whole days."""

    starts_at: datetime
    ends_at: datetime
    by_hours: bool


def may_fetch(calendar: Calendar, booking: Reserved, now: datetime) -> bool:
    """From shortly before its time until it is over."""
    if booking.by_hours:
        return booking.starts_at - HOURS_EARLY <= now < booking.ends_at
    first, today = calendar.local_day(booking.starts_at), calendar.local_day(now)
    before = calendar.last_open(later(first, -1), since=later(first, -LONGEST_CLOSURE)) or first
    return before <= today and now < booking.ends_at


def next_of_others(calendar: Calendar, others: Iterable[Reserved]) -> tuple[date | None, datetime | None]:
    """The first day from which a unit is booked for somebody else, and the first moment."""
    coming = list(others)
    days = (calendar.local_day(one.starts_at) for one in coming if not one.by_hours)
    hours = (one.starts_at for one in coming if one.by_hours)
    return min(days, default=None), min(hours, default=None)
