"""Equipment booked by the day or hour, in units and with parts: does a wish overlap, who gets which unit, what is
missing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from samut_rules.calendar import Calendar, later
from samut_rules.loan import MemberFacts
from samut_rules.matrix import LoanTerms
from samut_rules.reasons import Code, Reason
from samut_rules.standing import (
    card_is_not_lost,
    member_is_not_blocked,
    member_is_not_suspended,
    membership_is_current,
)

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


@dataclass(frozen=True, slots=True)
class Span:
    """From one moment to another, which does not belong to it any more."""

    starts: datetime
    ends: datetime

    def overlaps(self, other: "Span") -> bool:
        return self.starts < other.ends and other.starts < self.ends


@dataclass(frozen=True, slots=True)
class Wanted:
    """A booking that needs a unit: this one (`only`), or any, `now_on` if that can be."""

    span: Span
    only: int | None = None
    now_on: int | None = None


@dataclass(frozen=True, slots=True)
class BookerFacts:
    """Who wants to book; `to_come` counts the bookings that this member has already."""

    member: MemberFacts
    calendar: Calendar
    terms: LoanTerms | None
    to_come: int


def below_the_limit_of_bookings(facts: BookerFacts, now: datetime) -> Reason | None:
    most = 0 if facts.terms is None else facts.terms.max_bookings
    if most == 0:
        return Reason(Code.NO_BOOKINGS)
    return Reason(Code.BOOKING_LIMIT_REACHED, {"limit": most}) if facts.to_come >= most else None


BOOKER_RULES: tuple[Callable[[BookerFacts, datetime], Reason | None], ...] = (
    membership_is_current,
    member_is_not_blocked,
    card_is_not_lost,
    member_is_not_suspended,
    below_the_limit_of_bookings,
)


def booker_reasons(facts: BookerFacts, now: datetime) -> tuple[Reason, ...]:
    """What stands against this member's booking anything of the kind; empty when nothing does."""
    found = (rule(facts, now) for rule in BOOKER_RULES)
    return tuple(reason for reason in found if reason is not None)


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


def hours_reasons(
    wish: Span, calendar: Calendar, *, now: datetime, most_hours: int | None = None
) -> tuple[Reason, ...]:
    """What stands against booking these hours of one day, whether or not a unit is free then."""
    if wish.ends <= wish.starts:
        return (Reason(Code.BOOKING_BACKWARDS),)
    first, last = calendar.local_day(wish.starts), calendar.local_day(wish.ends)
    found = (
        Reason(Code.BOOKING_PAST) if wish.ends <= now else None,
        Reason(Code.BOOKING_ONE_DAY) if first != last else None,
        _too_many_hours(wish, most_hours),
        _shut(wish, calendar),
    )
    return tuple(reason for reason in found if reason is not None)


def arranged(wanted: Sequence[Wanted], busy: Mapping[int, Sequence[Span]]) -> list[int] | None:
    """Which unit each gets, in the order of `wanted`; None when these units are not enough.

    `busy` names all units and when each cannot be had. Those that want one unit only come first, then whoever begins
    first: where nobody does, that finds a way whenever there is one (Kleinberg and Tardos, Algorithm Design, 4.1).
    """
    taken = {unit: list(spans) for unit, spans in busy.items()}
    got = dict[int, int]()
    for place in sorted(range(len(wanted)), key=lambda n: (wanted[n].only is None, wanted[n].span.starts)):
        one = wanted[place]
        units = [one.only] if one.only is not None else sorted(taken, key=lambda unit: unit != one.now_on)
        free = (unit for unit in units if unit in taken and not any(map(one.span.overlaps, taken[unit])))
        unit = next(free, None)
        if unit is None:
            return None
        taken[unit].append(one.span)
        got[place] = unit
    return [got[place] for place in range(len(wanted))]


def missing_parts(kit: Mapping[str, int], handed_in: Mapping[str, int]) -> dict[str, int]:
    """Parts that did not come back, and how many of each; more than the kit has is no harm."""
    short = {part: count - handed_in.get(part, 0) for part, count in kit.items()}
    return {part: count for part, count in short.items() if count > 0}


def _too_long(wish: Booking, terms: BookingTerms) -> Reason | None:
    if terms.most_days is None or wish.days <= terms.most_days:
        return None
    return Reason(Code.BOOKING_TOO_LONG, {"limit": terms.most_days})


def _too_many_hours(wish: Span, most: int | None) -> Reason | None:
    if most is None or wish.ends - wish.starts <= timedelta(hours=most):
        return None
    return Reason(Code.BOOKING_TOO_MANY_HOURS, {"limit": most})


def _shut(wish: Span, calendar: Calendar) -> Reason | None:
    """At the times of collection and return the library must be open."""
    is_open = calendar.is_open_at(wish.starts) and calendar.is_open_at(wish.ends)
    return None if is_open else Reason(Code.BOOKING_SHUT)


def _closed(wish: Booking, calendar: Calendar) -> Reason | None:
    """On the days of collection and return the library must be open."""
    closed = next((day for day in (wish.first, wish.last) if not calendar.is_open(day)), None)
    return None if closed is None else Reason(Code.BOOKING_CLOSED, {"day": closed.isoformat()})


def _taken(wish: Booking, taken: Sequence[Booking], terms: BookingTerms) -> Reason | None:
    if most_at_once(wish, taken, apart=terms.apart) < terms.units:
        return None
    free = free_from(wish, taken, terms=terms)
    return Reason(Code.BOOKING_TAKEN, {} if free is None else {"from": free.isoformat()})
