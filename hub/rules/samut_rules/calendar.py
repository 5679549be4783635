"""Open and closed days of one library."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LONGEST_CLOSURE = 366
"""Days in a row that may be closed before the calendar is held to be wrong."""


class NeverOpenError(Exception):
    """The calendar has no open day within a year."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """`weekly_closed` holds weekdays (Monday is 0); a date in `exceptions` is open (True) or closed (False)."""

    zone: str
    weekly_closed: frozenset[int] = frozenset()
    exceptions: Mapping[date, bool] = field(default_factory=dict)

    def is_open(self, day: date) -> bool:
        """A dated exception goes before the week."""
        return self.exceptions.get(day, day.weekday() not in self.weekly_closed)

    def local_day(self, moment: datetime) -> date:
        """The date at the library when it is `moment`."""
        return moment.astimezone(ZoneInfo(self.zone)).date()

    def end_of(self, day: date) -> datetime:
        """The last second of that day at the library, in UTC."""
        return datetime.combine(day, time(23, 59, 59), ZoneInfo(self.zone)).astimezone(UTC)

    def after_open_days(self, start: date, days: int) -> date:
        """The day that is `days` open days after `start`; with 0 the first open day from `start` on."""
        day, left, closed_run = start, days, 0
        while left > 0 or not self.is_open(day):
            day += timedelta(days=1)
            if self.is_open(day):
                left, closed_run = left - 1, 0
            else:
                closed_run += 1
                if closed_run > LONGEST_CLOSURE:
                    raise NeverOpenError(f"No open day within a year after {start}.")
        return day

    def closed_days(self, after: date, until: date) -> list[date]:
        """Closed days later than `after` and not later than `until`."""
        span = range(1, (until - after).days + 1)
        return [day for n in span if not self.is_open(day := after + timedelta(days=n))]

    def open_days_late(self, due: date, returned: date) -> int:
        """Days after the due date, up to and with the day of return, on which the library was open."""
        return max(0, (returned - due).days) - len(self.closed_days(due, returned))
