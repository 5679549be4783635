"""Until when an item is lent, and how that was counted."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from samut_rules.calendar import Calendar, OutOfRangeError, later
from samut_rules.choices import AtClosing, CalendarMode, FixedDue
from samut_rules.matrix import LoanTerms

WEEKS_OF_A_YEAR = 53


@dataclass(frozen=True, slots=True)
class Bound:
    """A day after which the item cannot be away, and what says so in a trace."""

    day: date
    why: str


@dataclass(frozen=True, slots=True)
class Due:
    """`steps` tell how it was counted, in the order of the counting. `bound` is what cut it short."""

    at: datetime
    steps: tuple[str, ...]
    bound: Bound | None = None


def due_after_days(
    terms: LoanTerms, calendar: Calendar, start: date, *, days: int, bounds: Iterable[Bound] = ()
) -> Due:
    """The end of the due day of a loan that is counted from `start`. Raises NeverOpenError, OutOfRangeError."""
    day, steps = _counted(calendar, terms.calendar_mode, start, days)
    day = _fixed(terms, calendar, day, start, steps)
    day, bound = _bounded(terms, calendar, day, start, bounds, steps)
    return Due(calendar.end_of(day), (*steps, f"due {day}"), bound)


def due_after_hours(terms: LoanTerms, calendar: Calendar, start: datetime, bounds: Iterable[Bound] = ()) -> Due:
    """When a loan of some hours ends: straight, or by the opening hours. Raises NeverOpenError, OutOfRangeError."""
    straight = _hours_later(start, terms.loan_hours or 0)
    at, steps = straight, list[str]()
    if terms.calendar_mode != CalendarMode.IGNORE and not calendar.is_open_at(straight):
        at = _by_opening_hours(terms, calendar, start, straight)
        change = "shortened to the closing time" if at < straight else "extended to the next opening"
        steps.append(f"{change}, {terms.source('at_closing')}")
    day, bound = _bounded(terms, calendar, calendar.local_day(at), calendar.local_day(start), bounds, steps)
    if bound is not None:
        at = _closing_on(calendar, day, after=start)
    return Due(at, (*steps, f"due {at.isoformat()}"), bound)


def due_on_site(calendar: Calendar, now: datetime) -> Due:
    """What is read in the library goes back on the same day, when it closes."""
    at = _closing_on(calendar, calendar.local_day(now), after=now)
    return Due(at, (f"due {at.isoformat()}",))


def _counted(calendar: Calendar, mode: CalendarMode, start: date, days: int) -> tuple[date, list[str]]:
    if mode == CalendarMode.SKIP:
        day = calendar.after_open_days(start, days)
        closed = calendar.closed_days(start, day)
        return day, [f"closed days left out: {', '.join(map(str, closed)) or 'none'}"]
    straight = later(start, days)
    if mode == CalendarMode.IGNORE:
        return straight, []
    stays = mode == CalendarMode.SAME_WEEKDAY and days > 0 and days % 7 == 0
    day = _on_weekday(calendar, straight) if stays else calendar.first_open(straight)
    return day, [f"moved from {straight} to {day}"] if day != straight else []


def _on_weekday(calendar: Calendar, day: date) -> date:
    """The first open day of this weekday; the next open day of any, where the library never opens on this one."""
    if day.weekday() in calendar.weekly_closed:
        return calendar.first_open(day)
    weeks = (later(day, 7 * n) for n in range(WEEKS_OF_A_YEAR))
    return next((one for one in weeks if calendar.is_open(one)), None) or calendar.first_open(day)


def _fixed(terms: LoanTerms, calendar: Calendar, day: date, start: date, steps: list[str]) -> date:
    """By the fixed due date, unless it has passed. Where closed days matter it is moved to an open one: a floor on,
    others back."""
    fixed = terms.fixed_due
    if fixed is None:
        return day
    if fixed < start:
        steps.append(f"fixed due date {fixed} has passed, {terms.source('fixed_due')}")
        return day
    kept = {FixedDue.CEILING: day <= fixed, FixedDue.FLOOR: day >= fixed, FixedDue.EXACT: False}
    if kept[terms.fixed_due_is]:
        return day
    steps.append(f"fixed due date {fixed} ({terms.fixed_due_is}), {terms.source('fixed_due')}")
    if terms.calendar_mode == CalendarMode.IGNORE:
        return fixed
    if terms.fixed_due_is == FixedDue.FLOOR:
        return calendar.first_open(fixed)
    return calendar.last_open(fixed, since=start) or fixed


def _bounded(
    terms: LoanTerms, calendar: Calendar, day: date, start: date, bounds: Iterable[Bound], steps: list[str]
) -> tuple[date, Bound | None]:
    """Not beyond the nearest bound; from there back to an open day. If none is left, due on the bound itself."""
    bound = min(bounds, key=lambda one: one.day, default=None)
    if bound is None or day <= bound.day:
        return day, None
    steps.append(f"not beyond {bound.day}: {bound.why}")
    if terms.calendar_mode == CalendarMode.IGNORE:
        return bound.day, bound
    return calendar.last_open(bound.day, since=start) or bound.day, bound


def _hours_later(start: datetime, hours: int) -> datetime:
    try:
        return start + timedelta(hours=hours)
    except OverflowError:
        raise OutOfRangeError(f"{hours} hours after {start} is beyond all calendars.") from None


def _by_opening_hours(terms: LoanTerms, calendar: Calendar, start: datetime, straight: datetime) -> datetime:
    """Lent while closed there may be no closing time to shorten to; then it is due at the next opening."""
    closing = None
    if terms.at_closing == AtClosing.SHORTEN:
        closing = calendar.last_closing(straight, after=start)
    return closing or calendar.next_opening(straight)


def _closing_on(calendar: Calendar, day: date, *, after: datetime) -> datetime:
    """The last closing time of the day, or its end where none is to come."""
    ends = (closes for _opens, closes in calendar.open_spans(day) if closes > after)
    return max(ends, default=calendar.end_of(day))
