"""Which issue probably comes next, and issues in as few words as a library needs."""

import calendar
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import groupby

from samut_hub.catalogue.policy import order_of


class Frequency(StrEnum):
    """How often a serial appears."""

    DAILY = "daily"
    WEEKLY = "weekly"
    FORTNIGHTLY = "fortnightly"
    MONTHLY = "monthly"
    BIMONTHLY = "bimonthly"
    QUARTERLY = "quarterly"
    HALF_YEARLY = "half_yearly"
    YEARLY = "yearly"
    IRREGULAR = "irregular"


DAYS = {Frequency.DAILY: 1, Frequency.WEEKLY: 7, Frequency.FORTNIGHTLY: 14}
MONTHS = {
    Frequency.MONTHLY: 1,
    Frequency.BIMONTHLY: 2,
    Frequency.QUARTERLY: 3,
    Frequency.HALF_YEARLY: 6,
    Frequency.YEARLY: 12,
}


@dataclass(frozen=True, slots=True)
class Numbering:
    """What is printed on an issue: volume and number as written, and the day or month of publication."""

    volume: str
    number: str
    published_on: date | None


def next_issue(last: Numbering, frequency: Frequency) -> Numbering:
    """The issue that probably follows. After a year's numbers a new volume begins, if there are any."""
    on = _next_day(last.published_on, frequency)
    if not last.number.isdecimal():
        return Numbering(last.volume, "", on)
    in_a_year = 12 // MONTHS[frequency] if frequency in MONTHS else 0
    if in_a_year and int(last.number) == in_a_year and last.volume.isdecimal():
        return Numbering(str(int(last.volume) + 1), "1", on)
    return Numbering(last.volume, str(int(last.number) + 1), on)


def issue_order(volume: str, number: str) -> str:
    """Puts issues in the order of volume and number; a volume is the larger part."""
    return f"{order_of(volume)}\t{order_of(number)}"


def runs(numbers: Iterable[str]) -> str:
    """`1–6, 8, พิเศษ`: numbers that follow each other in one run, all others as they are."""
    plain = sorted({int(number) for number in numbers_of(numbers)})
    parts = []
    for _, group in groupby(enumerate(plain), key=lambda pair: pair[1] - pair[0]):
        run = [number for _, number in group]
        parts.append(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}")
    return ", ".join([*parts, *dict.fromkeys(number for number in numbers if not number.isdecimal())])


def numbers_of(numbers: Iterable[str]) -> list[str]:
    return [number for number in numbers if number.isdecimal()]


def by_volume(issues: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Volumes with the runs of their numbers, of issues (volume, number) in order."""
    volumes = dict.fromkeys(volume for volume, _ in issues)
    return [(volume, runs([number for its, number in issues if its == volume])) for volume in volumes]


def _next_day(on: date | None, frequency: Frequency) -> date | None:
    if on is None:
        return None
    if frequency in DAYS:
        return on + timedelta(days=DAYS[frequency])
    if frequency not in MONTHS:
        return None
    months = on.year * 12 + on.month - 1 + MONTHS[frequency]
    year, month = months // 12, months % 12 + 1
    return on.replace(year=year, month=month, day=min(on.day, calendar.monthrange(year, month)[1]))
