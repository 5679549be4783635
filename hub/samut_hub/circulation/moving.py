"""Due dates that were given before a day was declared closed, moved to the next open day. Nothing here commits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session, joinedload

from samut_hub.circulation.models import Loan
from samut_hub.libraries.models import Library
from samut_hub.libraries.service import calendar_of
from samut_hub.tasks import Work
from samut_rules.calendar import Calendar, later

KIND = "move_due_dates"
PART = 500
SHOWN = 50


@dataclass(frozen=True, slots=True)
class Span:
    """Days of the library's clock, both with. `weekdays` (Monday is 0) are closed every week only since now."""

    first: date
    last: date
    weekdays: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Moved:
    """Loans that are due on a day that is closed now, and the day to which they would move."""

    on: date
    to: date
    count: int


def to_move(session: Session, library: Library, span: Span, now: datetime) -> list[Moved]:
    """By day; what is late already stays late. Raises NeverOpenError and OutOfRangeError."""
    calendar = calendar_of(session, library)
    counts: dict[date, int] = {}
    for due_at, count in session.execute(
        _due_in(calendar, span, now, Loan.due_at, func.count()).group_by(Loan.due_at)
    ):
        on = calendar.local_day(due_at)
        counts[on] = counts.get(on, 0) + count
    closed = (on for on in sorted(counts) if _was_closed(calendar, on, span))
    return [Moved(on, calendar.first_open(on), counts[on]) for on in closed]


def shown(session: Session, library: Library, days: Sequence[Moved]) -> Sequence[Loan]:
    """The first of these loans, with members and titles."""
    if not days:
        return []
    calendar = calendar_of(session, library)
    wanted = select(Loan).where(Loan.returned_at.is_(None), _within(calendar, [day.on for day in days]))
    in_order = wanted.order_by(Loan.due_at, Loan.id).limit(SHOWN)
    return session.scalars(in_order.options(joinedload(Loan.item), joinedload(Loan.member))).all()


def move_part(session: Session, library: Library, span: Span, now: datetime) -> int:
    """Move some of them; 0 when none is left. A moved loan is not due on a closed day, so none is moved twice."""
    calendar, days = calendar_of(session, library), to_move(session, library, span, now)
    if not days:
        return 0
    due_then = _within(calendar, [day.on for day in days])
    wanted = select(Loan).where(Loan.returned_at.is_(None), Loan.due_at >= now, due_then)
    loans = session.scalars(wanted.order_by(Loan.id).limit(PART).with_for_update(of=Loan)).all()
    for loan in loans:
        on, loan.due_at = calendar.local_day(loan.due_at), _moved(calendar, loan.due_at)
        loan.trace = [*loan.trace, f"moved from {on} to {calendar.local_day(loan.due_at)}"]
    return len(loans)


def carry_out(work: Work) -> dict[str, Any]:
    """Move all, a part in each transaction; devices learn of each."""
    first, last = (date.fromisoformat(work.args[name]) for name in ("first", "last"))
    span = Span(first, last, frozenset(work.args.get("weekdays", ())))
    since, done = datetime.fromisoformat(work.args["since"]), 0
    while not work.is_cancelled():
        with work.database.session(work.library_id) as session:
            count = move_part(session, session.get_one(Library, work.library_id), span, since)
        if not count:
            break
        done += count
        work.tell(done, work.args["total"])
    return {"loans": done}


def _due_in(calendar: Calendar, span: Span, now: datetime, *what: Any) -> Select[Any]:
    start, end = calendar.moment(span.first, time()), calendar.moment(later(span.last, 1), time())
    return select(*what).where(Loan.returned_at.is_(None), Loan.due_at >= max(start, now), Loan.due_at < end)


def _within(calendar: Calendar, days: Sequence[date]) -> Any:
    """Due on one of these days."""
    ends = ((calendar.moment(on, time()), calendar.moment(later(on, 1), time())) for on in days)
    return or_(*(and_(Loan.due_at >= start, Loan.due_at < end) for start, end in ends))


def _moved(calendar: Calendar, due_at: datetime) -> datetime:
    """What is due at the end of a day, to that of the next open day; what is due at an hour, to the next opening."""
    on = calendar.local_day(due_at)
    return (
        calendar.end_of(calendar.first_open(on)) if due_at == calendar.end_of(on) else calendar.next_opening(due_at)
    )


def _was_closed(calendar: Calendar, on: date, span: Span) -> bool:
    """What is due on a day that was closed every week before was lent by a rule that says so."""
    if calendar.is_open(on):
        return False
    by_date = calendar.exceptions.get(on) is False or (on.month, on.day) in calendar.yearly_closed
    return by_date or on.weekday() in span.weekdays
