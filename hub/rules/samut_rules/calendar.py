"""Open and closed days and hours of one library."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LONGEST_CLOSURE = 366
"""Days in a row that may be closed before the calendar is held to be wrong."""
LAST_DAY = date(9998, 12, 31)
"""No day is counted beyond: whatever the zone, the end of this one can still be told in UTC."""
ONE_DAY = timedelta(days=1)


class NeverOpenError(Exception):
    """The calendar has no open day within a year."""


class OutOfRangeError(Exception):
    """A day that no calendar of people reaches, as of the year 9999."""


@dataclass(frozen=True, slots=True)
class Span:
    """From when until when a library is open, by its own clock."""

    opens: time
    closes: time


WHOLE_DAY = (Span(time(0), time(23, 59, 59)),)
"""The hours of an open day for which none are stated."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """`weekly_closed` holds weekdays (Monday is 0); a date in `exceptions` is open (True) or closed (False).

    `yearly_closed` holds (month, day). Hours are stated by weekday or by date, in order, and count on open days only.
    """

    zone: str
    weekly_closed: frozenset[int] = frozenset()
    exceptions: Mapping[date, bool] = field(default_factory=dict)
    yearly_closed: frozenset[tuple[int, int]] = frozenset()
    weekly_hours: Mapping[int, tuple[Span, ...]] = field(default_factory=dict)
    dated_hours: Mapping[date, tuple[Span, ...]] = field(default_factory=dict)

    def is_open(self, day: date) -> bool:
        """A dated exception goes before the week, and the week before the dates of every year."""
        said = self.exceptions.get(day)
        if said is not None:
            return said
        return day.weekday() not in self.weekly_closed and (day.month, day.day) not in self.yearly_closed

    def local_day(self, moment: datetime) -> date:
        """The date at the library when it is `moment`; raises OutOfRangeError."""
        try:
            day = moment.astimezone(ZoneInfo(self.zone)).date()
        except OverflowError:
            raise OutOfRangeError(f"{moment} is no moment that can be told in {self.zone}.") from None
        return within_range(day)

    def end_of(self, day: date) -> datetime:
        """The last second of that day at the library, in UTC."""
        return self.moment(day, time(23, 59, 59))

    def moment(self, day: date, clock: time) -> datetime:
        """When the library's clock shows that, in UTC."""
        return datetime.combine(day, clock, ZoneInfo(self.zone)).astimezone(UTC)

    def after_open_days(self, start: date, days: int) -> date:
        """The day that is `days` open days after `start`; with 0 the first open day from `start` on.

        Raises NeverOpenError, OutOfRangeError, and ValueError when `days` is negative.
        """
        if days < 0:
            raise ValueError(f"{days} open days cannot be counted; it must be 0 or more.")
        day = self.first_open(start) if days == 0 else start
        for _count in range(days):
            day = self.first_open(later(day, 1))
        return day

    def first_open(self, start: date) -> date:
        """The first open day from `start` on; raises NeverOpenError, OutOfRangeError."""
        for number in range(LONGEST_CLOSURE + 1):
            if self.is_open(day := later(start, number)):
                return day
        raise NeverOpenError(f"No open day within a year after {start}.")

    def last_open(self, until: date, *, since: date) -> date | None:
        """The last open day not later than `until` and not before `since`."""
        span = range(max(0, (until - since).days + 1))
        return next((day for n in span if self.is_open(day := until - n * ONE_DAY)), None)

    def closed_days(self, after: date, until: date) -> list[date]:
        """Closed days later than `after` and not later than `until`."""
        span = range(1, (until - after).days + 1)
        return [day for n in span if not self.is_open(day := after + timedelta(days=n))]

    def open_days_late(self, due: date, returned: date) -> int:
        """Days after the due date, up to and with the day of return, on which the library was open."""
        return max(0, (returned - due).days) - len(self.closed_days(due, returned))

    def open_spans(self, day: date) -> list[tuple[datetime, datetime]]:
        """When the library opens and closes on that day, in UTC; nothing when it is closed."""
        if not self.is_open(day):
            return []
        spans = self.dated_hours.get(day, self.weekly_hours.get(day.weekday(), WHOLE_DAY))
        return [(self.moment(day, span.opens), self.moment(day, span.closes)) for span in spans]

    def is_open_at(self, moment: datetime) -> bool:
        """Opening and closing time belong to the time that is open."""
        return any(opens <= moment <= closes for opens, closes in self.open_spans(self.local_day(moment)))

    def next_opening(self, moment: datetime) -> datetime:
        """The first opening time not before `moment`; raises NeverOpenError, OutOfRangeError."""
        day = self.local_day(moment)
        for number in range(LONGEST_CLOSURE + 1):
            for opens, _closes in self.open_spans(later(day, number)):
                if opens >= moment:
                    return opens
        raise NeverOpenError(f"No opening within a year after {moment}.")

    def last_closing(self, moment: datetime, *, after: datetime) -> datetime | None:
        """The last closing time not later than `moment`, if one is later than `after` and within a year."""
        last, first = self.local_day(moment), self.local_day(after)
        for number in range(min((last - first).days, LONGEST_CLOSURE) + 1):
            closings = [closes for _opens, closes in self.open_spans(last - number * ONE_DAY)]
            found = [closes for closes in closings if after < closes <= moment]
            if found:
                return found[-1]
        return None

    def open_seconds(self, start: datetime, end: datetime) -> int:
        """Seconds between the two moments during which the library was open; a begun one is whole.

        A closing time of 23:59:59 is midnight.
        """
        first, found = self.local_day(start), timedelta()
        for number in range((self.local_day(end) - first).days + 1):
            for opens, closes in self.open_spans(first + number * ONE_DAY):
                until = closes + timedelta(seconds=closes.second == 59)
                found += max(timedelta(), min(end, until) - max(start, opens))
        return -(-found // timedelta(seconds=1))


def later(day: date, days: int) -> date:
    """So many days after (or before); raises OutOfRangeError."""
    try:
        return within_range(day + timedelta(days=days))
    except OverflowError:
        raise OutOfRangeError(f"{days} days after {day} is beyond all calendars.") from None


def within_range(day: date) -> date:
    """The day itself; raises OutOfRangeError when it is later than `LAST_DAY`."""
    if day > LAST_DAY:
        raise OutOfRangeError(f"{day} is later than {LAST_DAY}, the last day that is counted.")
    return day
