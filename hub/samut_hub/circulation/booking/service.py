"""Book a unit of equipment for some days or hours, cancel, let lapse what nobody claims. No use case commits."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from samut_hub.catalogue.models import Item, Title
from samut_hub.circulation.booking.booked import (
    UNITS,
    bookings_of_title,
    busy,
    give_units,
    lock_units,
    rearrange,
    wanted_of,
)
from samut_hub.circulation.booking.models import Booking, BookingState
from samut_hub.circulation.facts import member_facts
from samut_hub.circulation.locking import lock
from samut_hub.circulation.models import Loan
from samut_hub.circulation.terms import title_terms
from samut_hub.db import Database
from samut_hub.errors import NotFoundError
from samut_hub.libraries.models import Library
from samut_hub.libraries.service import calendar_of, library_of
from samut_hub.members.models import Member
from samut_rules.booking import (
    BookerFacts,
    BookingTerms,
    Span,
    Wanted,
    arranged,
    booker_reasons,
    booking_reasons,
    hours_reasons,
)
from samut_rules.booking import Booking as Days
from samut_rules.calendar import Calendar, later
from samut_rules.reasons import Code, Reason

CLAIMED_WITHIN = timedelta(minutes=30)
"""What is booked by the hour lapses so long after its beginning, by the day at the end of the first day."""
AHEAD = 366
"""Days within which a booking must begin."""
LISTED = 200


class BookingRefusedError(Exception):
    """The member may not book it, or not then; `reasons` say why."""

    def __init__(self, reasons: Sequence[Reason]) -> None:
        super().__init__(", ".join(reason.code for reason in reasons))
        self.reasons = reasons


class BookingEndedError(Exception):
    """The booking was collected, cancelled or not claimed."""


class TooFarAheadError(Exception):
    """It would begin more than a year from now."""


@dataclass(frozen=True, slots=True)
class Wish:
    """From when until when, of `item` or of any unit; by the day both are days at the library, whole. `passing` are
    refusals that staff let pass."""

    span: Span
    by_hours: bool = False
    item: Item | None = None
    purpose: str = ""
    passing: frozenset[Code] = frozenset()


def book(session: Session, member: Member, title: Title, wish: Wish, *, now: datetime, source: str) -> Booking:
    """Keep a unit free. Others' bookings get another unit where that makes room.

    Raises BookingRefusedError and TooFarAheadError. Whoever books a title waits for those who book or lend a unit of
    it at the same moment.
    """
    lock(session, member)
    lock_units(session, title)
    calendar = calendar_of(session, library_of(session, member.library_id))
    if calendar.local_day(wish.span.starts) > later(calendar.local_day(now), AHEAD):
        raise TooFarAheadError
    coming, taken = bookings_of_title(session, title.id, now), busy(session, title.id, now)
    if not taken:
        raise BookingRefusedError((Reason(Code.NOTHING_TO_LEND),))
    against = _reasons(session, member, title, wish, now, (coming, taken))
    reasons = tuple(reason for reason in against if reason.code not in wish.passing)
    units = arranged([*map(wanted_of, coming), _wanted(wish)], taken)
    if units is None and not reasons:
        reasons = (Reason(Code.BOOKING_HOURS_TAKEN),)
    if reasons or units is None:
        raise BookingRefusedError(reasons)
    give_units(session, coming, units[:-1])
    booking = Booking(
        title=title,
        item_id=units[-1],
        member=member,
        starts_at=wish.span.starts,
        ends_at=wish.span.ends,
        by_hours=wish.by_hours,
        is_fixed=wish.item is not None,
        purpose=wish.purpose,
        source=source,
        made_at=now,
    )
    session.add(booking)
    session.flush()
    return booking


def cancel(session: Session, booking: Booking, now: datetime) -> None:
    """The unit is free again. Raises BookingEndedError."""
    _end(session, booking, BookingState.CANCELLED, now)


def lapse_unclaimed(database: Database, clock: Callable[[], datetime]) -> int:
    """What nobody fetched is free again; what lost its unit, as one in repair, gets another. How many lapsed."""
    with database.session(None, writes=False) as session:
        begun = (Booking.state == BookingState.BOOKED, Booking.starts_at < clock())
        of_each = Booking.library_id.in_(select(Library.id))
        late = [tuple(row) for row in session.execute(select(Booking.library_id, Booking.id).where(of_each, *begun))]
    done = sum(_lapse(database, library_id, booking_id, clock()) for library_id, booking_id in late)
    _give_other_units(database, clock())
    return done


def booking_by_id(session: Session, booking_id: int) -> Booking:
    """The library's booking; raises NotFoundError."""
    found = session.scalar(select(Booking).where(Booking.id == booking_id))
    if found is None:
        raise NotFoundError(f"There is no booking {booking_id} in this library.")
    return found


def bookings_of(session: Session, member: Member) -> Sequence[Booking]:
    """What the member has booked and not yet fetched, the next first."""
    own = select(Booking).where(Booking.member_id == member.id, Booking.state == BookingState.BOOKED)
    return session.scalars(own.order_by(Booking.starts_at).limit(LISTED).options(*_WHOLE)).all()


def to_hand_out(session: Session, until: datetime) -> Sequence[Booking]:
    """What begins before that moment, the next first: for the desk to make ready."""
    wanted = select(Booking).where(Booking.state == BookingState.BOOKED, Booking.starts_at < until)
    return session.scalars(wanted.order_by(Booking.starts_at, Booking.id).limit(LISTED).options(*_WHOLE)).all()


def out_now(session: Session) -> Sequence[tuple[Booking, Loan]]:
    """What was booked and is out, that due first."""
    wanted = select(Booking, Loan).join(Loan, Booking.loan_id == Loan.id)
    out = wanted.where(Booking.state == BookingState.COLLECTED, Loan.returned_at.is_(None))
    found = session.execute(out.order_by(Loan.due_at, Loan.id).limit(LISTED).options(*_WHOLE))
    return [(booking, loan) for booking, loan in found]


def lapsed_since(session: Session, since: datetime) -> Sequence[Booking]:
    """What nobody fetched, the latest first."""
    gone = select(Booking).where(Booking.state == BookingState.LAPSED, Booking.ended_at >= since)
    return session.scalars(gone.order_by(Booking.ended_at.desc()).limit(LISTED).options(*_WHOLE)).all()


_WHOLE = (joinedload(Booking.title), joinedload(Booking.item), joinedload(Booking.member))


def _reasons(
    session: Session,
    member: Member,
    title: Title,
    wish: Wish,
    now: datetime,
    books: tuple[Sequence[Booking], dict[int, list[Span]]],
) -> tuple[Reason, ...]:
    calendar = calendar_of(session, library_of(session, member.library_id))
    terms = title_terms(session, member, title, now)
    own = select(func.count()).select_from(Booking).where(Booking.member_id == member.id)
    to_come = session.scalar(own.where(Booking.state == BookingState.BOOKED)) or 0
    found = booker_reasons(BookerFacts(member_facts(session, member, now), calendar, terms, to_come), now)
    if wish.by_hours:
        most = None if terms is None else terms.loan_hours
        return (*found, *hours_reasons(wish.span, calendar, now=now, most_hours=most))
    coming, taken = books
    days = [_days(calendar, span) for span in _spans_on(wish, coming, taken)]
    units = 1 if wish.item is not None else len(taken)
    limits = BookingTerms(units=units, most_days=None if terms is None else terms.booking_days)
    wanted, today = _days(calendar, wish.span), calendar.local_day(now)
    return (*found, *booking_reasons(wanted, days, calendar, terms=limits, today=today))


def _days(calendar: Calendar, span: Span) -> Days:
    return Days(calendar.local_day(span.starts), calendar.local_day(span.ends))


def _spans_on(wish: Wish, coming: Sequence[Booking], taken: dict[int, list[Span]]) -> list[Span]:
    """When units are away for certain: of all, or of the one that is wanted."""
    if wish.item is None:
        return [
            *(Span(one.starts_at, one.ends_at) for one in coming),
            *(s for spans in taken.values() for s in spans),
        ]
    fixed = (Span(one.starts_at, one.ends_at) for one in coming if one.is_fixed and one.item_id == wish.item.id)
    return [*fixed, *taken.get(wish.item.id, ())]


def _wanted(wish: Wish) -> Wanted:
    return Wanted(wish.span, None if wish.item is None else wish.item.id)


def _end(session: Session, booking: Booking, state: BookingState, now: datetime) -> None:
    lock_units(session, booking.title)
    if session.get_bind().dialect.name != "sqlite":
        session.refresh(booking, ["state"], with_for_update={"of": Booking})
    if booking.state != BookingState.BOOKED:
        raise BookingEndedError(booking.id)
    booking.state, booking.ended_at = state.value, now
    session.flush()


def _lapse(database: Database, library_id: int, booking_id: int, now: datetime) -> bool:
    with database.session(library_id) as session:
        booking = session.get_one(Booking, booking_id)
        calendar = calendar_of(session, library_of(session, library_id))
        if now <= claimed_until(calendar, booking):
            return False
        try:
            _end(session, booking, BookingState.LAPSED, now)
        except BookingEndedError:
            return False
        return True


def claimed_until(calendar: Calendar, booking: Booking) -> datetime:
    """Until when it must have been fetched."""
    if booking.by_hours:
        return min(booking.starts_at + CLAIMED_WITHIN, booking.ends_at)
    return calendar.end_of(calendar.local_day(booking.starts_at))


def without_unit(session: Session, now: datetime) -> Sequence[Booking]:
    """Bookings to come whose unit can no longer be had, will still be out when they begin, or is booked for others
    then: staff find another, or tell the members. The first to begin first."""
    other = aliased(Booking)
    is_taken = exists().where(
        other.library_id == Booking.library_id,
        other.item_id == Booking.item_id,
        other.state == BookingState.BOOKED.value,
        other.id < Booking.id,
        other.starts_at < Booking.ends_at,
        other.ends_at > Booking.starts_at,
    )
    wanted = _with_loans(select(Booking)).where(or_(_cannot_have(now), is_taken), Booking.ends_at > now)
    return session.scalars(wanted.order_by(Booking.starts_at, Booking.id).limit(LISTED).options(*_WHOLE)).all()


def _give_other_units(database: Database, now: datetime) -> None:
    """Where others are free; those that are not enough stay on the page of bookings."""
    with database.session(None, writes=False) as session:
        wanted = _with_loans(select(Booking.library_id, Booking.title_id)).where(
            Booking.library_id.in_(select(Library.id)), _cannot_have(now)
        )
        found = [tuple(row) for row in session.execute(wanted.distinct())]
    for library_id, title_id in found:
        with database.session(library_id) as session:
            lock_units(session, session.get_one(Title, title_id))
            rearrange(session, title_id, now)


def _with_loans(wanted: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """Bookings that nobody has fetched, with the units they are to get, and the loans in which those are."""
    out = (Loan.item_id == Booking.item_id) & (Loan.library_id == Booking.library_id) & Loan.returned_at.is_(None)
    units = wanted.join(Item, Booking.item_id == Item.id).outerjoin(Loan, out)
    return units.where(Booking.state == BookingState.BOOKED.value)


def _cannot_have(now: datetime) -> ColumnElement[bool]:
    of_another = Loan.member_id != Booking.member_id
    return or_(Item.status.not_in(UNITS), and_(of_another, or_(Loan.due_at > Booking.starts_at, Loan.due_at < now)))
