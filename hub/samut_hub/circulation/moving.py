"""Due dates that were given before a day was declared closed, moved to the next open day: not beyond the end of the
membership, nor into the time for which others have booked the item. Nothing here commits."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from samut_hub.circulation.booking.models import Booking, BookingState
from samut_hub.circulation.models import Loan
from samut_hub.libraries.models import Library
from samut_hub.libraries.service import calendar_of
from samut_hub.members.models import Member
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
    """Loans that are due on a day that is closed now, and the day to which they would move; `stay` more cannot."""

    on: date
    to: date
    count: int
    stay: int = 0


@dataclass(frozen=True, slots=True)
class Staying:
    """A loan that stays due on a closed day: others have booked the item by the next open one, or the membership has
    ended."""

    loan: Loan
    is_booked: bool


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
    days = [Moved(on, calendar.first_open(on), counts[on]) for on in closed]
    stay = _staying_by_day(session, calendar, days, now)
    return [replace(one, count=one.count - stay.get(one.on, 0), stay=stay.get(one.on, 0)) for one in days]


def staying(session: Session, library: Library, days: Sequence[Moved], now: datetime) -> Sequence[Staying]:
    """The first of those that cannot be moved."""
    if not any(one.stay for one in days):
        return []
    calendar = calendar_of(session, library)
    is_booked = or_(*(and_(_due_on(calendar, one.on), _is_booked(calendar, one, now)) for one in days))
    wanted = select(Loan, is_booked).join(Loan.member).where(Loan.returned_at.is_(None), Loan.due_at >= now)
    stays = wanted.where(_stays(calendar, days, now)).order_by(Loan.due_at, Loan.id).limit(SHOWN)
    found = session.execute(stays.options(joinedload(Loan.item), contains_eager(Loan.member)))
    return [Staying(loan, bool(for_others)) for loan, for_others in found]


def shown(session: Session, library: Library, days: Sequence[Moved], now: datetime) -> Sequence[Loan]:
    """The first of those that move, with members and titles."""
    if not days:
        return []
    in_order = _moving(calendar_of(session, library), days, now).order_by(Loan.due_at, Loan.id).limit(SHOWN)
    return session.scalars(in_order.options(joinedload(Loan.item), contains_eager(Loan.member))).all()


def move_part(session: Session, library: Library, span: Span, now: datetime) -> int:
    """Move some of them; 0 when none is left. A moved loan is not due on a closed day, so none is moved twice."""
    calendar, days = calendar_of(session, library), to_move(session, library, span, now)
    if not any(one.count for one in days):
        return 0
    wanted = _moving(calendar, days, now).order_by(Loan.id).limit(PART)
    loans = session.scalars(wanted.with_for_update(of=Loan)).all()
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


def _moving(calendar: Calendar, days: Sequence[Moved], now: datetime) -> Select[Loan]:
    """Loans that are due on one of these days and can be moved, with their members."""
    due_then = or_(*(_due_on(calendar, one.on) for one in days))
    out = select(Loan).join(Loan.member).where(Loan.returned_at.is_(None), Loan.due_at >= now, due_then)
    return out.where(~_stays(calendar, days, now))


def _staying_by_day(session: Session, calendar: Calendar, days: Sequence[Moved], now: datetime) -> dict[date, int]:
    if not days:
        return {}
    wanted = select(Loan.due_at, func.count()).join(Loan.member).group_by(Loan.due_at)
    found: dict[date, int] = {}
    stays = (Loan.returned_at.is_(None), Loan.due_at >= now, _stays(calendar, days, now))
    for due_at, count in session.execute(wanted.where(*stays)):
        on = calendar.local_day(due_at)
        found[on] = found.get(on, 0) + count
    return found


def _stays(calendar: Calendar, days: Sequence[Moved], now: datetime) -> ColumnElement[bool]:
    """Condition for loans, joined with their members, that cannot be moved to the day to which others are."""
    has_ended = (and_(Member.expires_on.is_not(None), Member.expires_on < one.to) for one in days)
    against = (or_(ended, _is_booked(calendar, one, now)) for ended, one in zip(has_ended, days, strict=True))
    return or_(*(and_(_due_on(calendar, one.on), why) for why, one in zip(against, days, strict=True)))


def _is_booked(calendar: Calendar, one: Moved, now: datetime) -> ColumnElement[bool]:
    """Whether others have booked the item for a time that begins by the end of the day to which it would move."""
    return exists().where(
        Booking.library_id == Loan.library_id,
        Booking.item_id == Loan.item_id,
        Booking.state == BookingState.BOOKED.value,
        Booking.member_id != Loan.member_id,
        Booking.starts_at < calendar.end_of(one.to),
        Booking.ends_at > now,
    )


def _due_on(calendar: Calendar, on: date) -> ColumnElement[bool]:
    return and_(Loan.due_at >= calendar.moment(on, time()), Loan.due_at < calendar.moment(later(on, 1), time()))


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
