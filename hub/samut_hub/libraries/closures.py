"""Dated exceptions of the week: holidays, and days on which the library opens all the same."""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from samut_hub.errors import NotFoundError
from samut_hub.libraries.models import Closure

LONGEST = 120
"""Days that can be entered at once: a school's longest holidays, not a slip of the year."""


class TooLongError(Exception):
    """The span has no day, or more than LONGEST."""


def closures_from(session: Session, first: date) -> Sequence[Closure]:
    """What is entered for `first` and later, in order."""
    return session.scalars(select(Closure).where(Closure.on >= first).order_by(Closure.on)).all()


def enter_closures(session: Session, first: date, last: date, *, name: str, is_open: bool) -> int:
    """Enter every day from `first` to `last`; a day that was entered before takes the new meaning.

    Returns the number of days. Due dates of loans that were made already stay as the members were told.
    """
    days = (last - first).days + 1
    if not 1 <= days <= LONGEST:
        raise TooLongError(days)
    known = {row.on: row for row in session.scalars(select(Closure).where(Closure.on.between(first, last)))}
    for number in range(days):
        on = first + timedelta(days=number)
        row = known.get(on) or Closure(on=on)
        row.name, row.open = name, is_open
        session.add(row)
    return days


def remove_closure(session: Session, closure_id: int) -> None:
    """Raises NotFoundError, also for a day of another library."""
    found = session.scalar(select(Closure).where(Closure.id == closure_id))
    if found is None:
        raise NotFoundError(f"There is no closure {closure_id}.")
    session.delete(found)
