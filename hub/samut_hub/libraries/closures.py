"""Exceptions of the week: holidays of one year or of every year, and days on which the library opens all the same."""

from calendar import isleap
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from samut_hub.errors import NotFoundError
from samut_hub.libraries.models import Closure, Library, YearlyClosure
from samut_hub.libraries.service import calendar_of

LONGEST = 120
"""Days that can be entered at once: a school's longest holidays, not a slip of the year."""


LEAP_YEAR = 2028
"""A day of every year may be 29 February."""
LONGEST_LEAP = 8
"""Years from one 29 February to the next, around a year as 2100."""


class NoSuchDayError(Exception):
    """No year has this month and day."""


class TooLongError(Exception):
    """The span has no day, or more than LONGEST."""


def closures_from(session: Session, first: date) -> Sequence[Closure]:
    """What is entered for `first` and later, in order."""
    return session.scalars(select(Closure).where(Closure.on >= first).order_by(Closure.on)).all()


def enter_closures(session: Session, first: date, last: date, *, name: str, is_open: bool, hours: str = "") -> int:
    """Enter every day from `first` to `last`, open ones with their hours; a day that was entered before takes the new
    meaning.

    Returns the number of days. Due dates of loans that were made already stay as the members were told, until staff
    move them.
    """
    days = (last - first).days + 1
    if not 1 <= days <= LONGEST:
        raise TooLongError(days)
    known = {row.on: row for row in session.scalars(select(Closure).where(Closure.on.between(first, last)))}
    for number in range(days):
        on = first + timedelta(days=number)
        row = known.get(on) or Closure(on=on)
        row.name, row.open, row.hours = name, is_open, hours
        session.add(row)
    return days


def close_on(session: Session, named: Iterable[tuple[date, str]]) -> int:
    """Close on each of these days that nobody has entered yet; returns how many."""
    wanted = dict(named)
    known = set(session.scalars(select(Closure.on).where(Closure.on.in_(wanted))))
    new = [Closure(on=on, name=name) for on, name in wanted.items() if on not in known]
    session.add_all(new)
    return len(new)


def yearly_closures(session: Session) -> Sequence[YearlyClosure]:
    """In the order of the year."""
    return session.scalars(select(YearlyClosure).order_by(YearlyClosure.month, YearlyClosure.day)).all()


def enter_yearly(session: Session, month: int, day: int, name: str) -> None:
    """Close on that day of every year; one that was entered before takes the new name. Raises NoSuchDayError."""
    try:
        date(LEAP_YEAR, month, day)
    except ValueError:
        raise NoSuchDayError(month, day) from None
    same = (YearlyClosure.month == month, YearlyClosure.day == day)
    row = session.scalar(select(YearlyClosure).where(*same)) or YearlyClosure(month=month, day=day)
    row.name = name
    session.add(row)


def next_time(month: int, day: int, since: date) -> date:
    """When this day of the year comes next, from `since` on; 29 February only in a leap year."""
    years = range(since.year, since.year + LONGEST_LEAP + 1)
    days = (date(year, month, day) for year in years if (month, day) != (2, 29) or isleap(year))
    return next(on for on in days if on >= since)


def remove_yearly(session: Session, yearly_id: int) -> None:
    """Raises NotFoundError, also for a day of another library."""
    found = session.scalar(select(YearlyClosure).where(YearlyClosure.id == yearly_id))
    if found is None:
        raise NotFoundError(f"There is no yearly closure {yearly_id}.")
    session.delete(found)


def check_opens(session: Session, library: Library, since: date) -> None:
    """Raise NeverOpenError when the library has no open day within a year after a closed one from `since` on."""
    session.flush()
    calendar = calendar_of(session, library)
    for on in (since, *(closure.on for closure in closures_from(session, since))):
        calendar.first_open(on)


def remove_closure(session: Session, closure_id: int) -> None:
    """Raises NotFoundError, also for a day of another library."""
    found = session.scalar(select(Closure).where(Closure.id == closure_id))
    if found is None:
        raise NotFoundError(f"There is no closure {closure_id}.")
    session.delete(found)
