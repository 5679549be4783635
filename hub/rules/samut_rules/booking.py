"""Equipment booked by the day, in units and with parts: does a wish overlap, when is it free, what is missing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from samut_rules.calendar import Calendar, later
from samut_rules.reasons import Code, Reason

LOOK_AHEAD = 366
"""Days within which a free time is looked for."""


@dataclass(frozen=True, slots=True)
class Booking:
    """From the day of collection to the day of return, both belonging to it."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True)
class BookingTerms:
    """`units`: how many there are alike. `apart`: days between two bookings of one, as for charging it.

    `most_days`: None is no limit.
    """

    units: int = 1
    apart: int = 0
    most_days: int | None = None


def booking_reasons(
    wish: Booking, taken: Sequence[Booking], calendar: Calendar, *, terms: BookingTerms, today: date
) -> tuple[Reason, ...]:
    """What stands against the wish; empty when nothing does. `taken` are the bookings of all units."""
    if wish.last < wish.first:
        return (Reason(Code.BOOKING_BACKWARDS),)
    found = (
        Reason(Code.BOOKING_PAST) if wish.first < today else None,
        _too_long(wish, terms),
        _closed(wish, calendar),
        _taken(wish, taken, terms),
    )
    return tuple(reason for reason in found if reason is not None)


def most_at_once(wish: Booking, taken: Sequence[Booking], *, apart: int = 0) -> int:
    """How many bookings at most need a unit on one and the same day of the wish."""
    reached = [(one.first - timedelta(days=apart), one.last + timedelta(days=apart)) for one in taken]
    starts = {wish.first} | {first for first, _last in reached if wish.first < first <= wish.last}
    return max(sum(first <= day <= last for first, last in reached) for day in starts)


def free_from(wish: Booking, taken: Sequence[Booking], *, terms: BookingTerms) -> date | None:
    """The first day, not before that of the wish, from which so many days are free; None within a year."""
    for number in range(LOOK_AHEAD):
        moved = Booking(later(wish.first, number), later(wish.last, number))
        if most_at_once(moved, taken, apart=terms.apart) < terms.units:
            return moved.first
    return None


def missing_parts(kit: Mapping[str, int], handed_in: Mapping[str, int]) -> dict[str, int]:
    """Parts that did not come back, and how many of each; more than the kit has is no harm."""
    short = {part: count - handed_in.get(part, 0) for part, count in kit.items()}
    return {part: count for part, count in short.items() if count > 0}


def _too_long(wish: Booking, terms: BookingTerms) -> Reason | None:
    if terms.most_days is None or wish.days <= terms.most_days:
        return None
    return Reason(Code.BOOKING_TOO_LONG, {"limit": terms.most_days})


def _closed(wish: Booking, calendar: Calendar) -> Reason | None:
    """On the days of collection and return the library must be open."""
    closed = next((day for day in (wish.first, wish.last) if not calendar.is_open(day)), None)
    return None if closed is None else Reason(Code.BOOKING_CLOSED, {"day": closed.isoformat()})


def _taken(wish: Booking, taken: Sequence[Booking], terms: BookingTerms) -> Reason | None:
    if most_at_once(wish, taken, apart=terms.apart) < terms.units:
        return None
    free = free_from(wish, taken, terms=terms)
    return Reason(Code.BOOKING_TAKEN, {} if free is None else {"from": free.isoformat()})
