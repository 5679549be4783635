"""A month of a piece of equipment: on which days how many units are free."""

from calendar import Calendar as Weeks
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from samut_hub.catalogue.models import Item, Title
from samut_hub.circulation.booking.booked import UNITS, busy, days_span
from samut_hub.circulation.booking.models import Booking, BookingState
from samut_hub.libraries.models import Library
from samut_hub.libraries.service import calendar_of
from samut_rules.booking import Span
from samut_rules.calendar import Calendar

FIRST_WEEKDAY = 6
"""Weeks begin on Sunday, as on calendars in Thailand."""
_LONGEST_MONTH = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class Cell:
    """One day. `free` units are there the whole day; `partly`: others for some hours."""

    day: date
    is_open: bool
    is_past: bool
    free: int
    partly: bool


@dataclass(frozen=True, slots=True)
class Month:
    """Weeks of seven days; None stands for days of other months. `bookings` are those that touch the month."""

    first: date
    weeks: Sequence[Sequence[Cell | None]]
    units: Sequence[Item]
    bookings: Sequence[Booking]

    @property
    def before(self) -> date:
        return (self.first - timedelta(days=1)).replace(day=1)

    @property
    def after(self) -> date:
        return (self.first + _LONGEST_MONTH).replace(day=1)


def month_of(session: Session, library: Library, title: Title, first: date, now: datetime) -> Month:
    """The month that begins with that day."""
    calendar = calendar_of(session, library)
    weeks = Weeks(FIRST_WEEKDAY).monthdatescalendar(first.year, first.month)
    last = max(day for week in weeks for day in week if day.month == first.month)
    bookings = _bookings(session, title, days_span(calendar, first, last))
    taken = busy(session, title.id, now)
    for one in bookings:
        taken.setdefault(one.item_id, []).append(Span(one.starts_at, one.ends_at))
    today = calendar.local_day(now)

    def cell(day: date) -> Cell | None:
        return _cell(calendar, day, taken, today) if day.month == first.month else None

    units = session.scalars(select(Item).where(Item.title_id == title.id, Item.status.in_(UNITS)).order_by(Item.id))
    return Month(first, [[cell(day) for day in week] for week in weeks], units.all(), bookings)


def _cell(calendar: Calendar, day: date, taken: dict[int, list[Span]], today: date) -> Cell:
    whole = days_span(calendar, day, day)
    away = [[span for span in spans if span.overlaps(whole)] for spans in taken.values()]
    partly = any(spans and not any(_covers(span, whole) for span in spans) for spans in away)
    return Cell(day, calendar.is_open(day), day < today, sum(not spans for spans in away), partly)


def _covers(span: Span, whole: Span) -> bool:
    return span.starts <= whole.starts and whole.ends <= span.ends


def _bookings(session: Session, title: Title, span: Span) -> Sequence[Booking]:
    wanted = select(Booking).where(Booking.title_id == title.id, Booking.state == BookingState.BOOKED)
    within = wanted.where(Booking.starts_at < span.ends, Booking.ends_at > span.starts)
    whole = (joinedload(Booking.member), joinedload(Booking.item))
    return session.scalars(within.order_by(Booking.starts_at, Booking.id).options(*whole)).all()
