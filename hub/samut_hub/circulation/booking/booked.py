"""What bookings mean for lending: who may have a unit now, and until when. Nothing here commits."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from sqlalchemy import and_, bindparam, or_, select
from sqlalchemy.orm import Session

from samut_hub.catalogue.models import Item, MaterialType, Title
from samut_hub.catalogue.records.materials import MATERIALS
from samut_hub.circulation.booking.models import Booking, BookingState
from samut_hub.circulation.models import Loan
from samut_hub.db import prepared
from samut_hub.libraries.service import calendar_of, library_of
from samut_hub.members.models import Member
from samut_rules import fetching
from samut_rules.booking import Span, Wanted, arranged
from samut_rules.calendar import Calendar
from samut_rules.fetching import next_of_others
from samut_rules.loan import ItemFacts, ItemStatus

BOOKABLE = ("equipment", "game", "kit")
"""Kinds of material, and what is like them, of which units can be booked; which member may, the loan rules say."""
_KNOWN = {one.code for one in MATERIALS}
UNITS = (ItemStatus.AVAILABLE.value, ItemStatus.RESERVED.value, ItemStatus.TO_CHECK.value)
"""Items that can be booked."""


@dataclass(frozen=True, slots=True)
class Booked:
    """The member's own booking, which this unit fulfils now; and when the unit is next booked for somebody else."""

    own: Booking | None = None
    from_day: date | None = None
    from_hour: datetime | None = None

    def told(self, facts: ItemFacts) -> ItemFacts:
        """The facts with what bookings say of the item."""
        ends = None if self.own is None else self.own.ends_at
        return replace(facts, booked_from=self.from_day, free_until=self.from_hour, booked_until=ends)


NOT_BOOKED = Booked()


def is_bookable(session: Session, title: Title) -> bool:
    """Whether the title is of a kind of which units are booked; asks the database only of kinds that were added."""
    if title.material in _KNOWN:
        return title.material in BOOKABLE
    kind = session.get(MaterialType, title.material)
    return kind is not None and kind.like in BOOKABLE


def lock_units(session: Session, title: Title) -> None:
    """Those who lend, renew or book units of one title do so one after the other. This comes after locks of members
    and loans, and before those of holds; on SQLite whoever writes is alone already."""
    if session.get_bind().dialect.name != "sqlite" and is_bookable(session, title):
        session.execute(select(Title.id).where(Title.id == title.id).with_for_update(key_share=True))


def lock_all_units(session: Session, title_ids: Collection[int]) -> None:
    """The same for many titles at once, those with smaller ids first."""
    if session.get_bind().dialect.name == "sqlite":
        return
    alike = select(MaterialType.code).where(MaterialType.like.in_(BOOKABLE))
    of_units = or_(Title.material.in_(BOOKABLE), Title.material.in_(alike))
    wanted = select(Title.id).where(Title.id.in_(title_ids), of_units).order_by(Title.id)
    session.execute(wanted.with_for_update(key_share=True))


def booked(session: Session, item: Item, member: Member, now: datetime, *, is_to_fetch: bool = True) -> Booked:
    """What stands in the books for the item; nothing where nobody has booked a unit of its title. Who renews fetches
    nothing."""
    coming = bookings_of_title(session, item.title_id, now)
    calendar = calendar_of(session, library_of(session, item.library_id))
    mine = (one for one in coming if one.member_id == member.id and may_fetch(calendar, one, now))
    own = next(mine, None) if is_to_fetch else None
    if own is not None and _can_have(session, own, item, coming, now):
        return Booked(own)
    others = [one for one in coming if one.item_id == item.id and one.member_id != member.id]
    return Booked(None, *next_of_others(calendar, map(_reserved, others)))


def booked_titles(session: Session, title_ids: Collection[int]) -> set[int]:
    """Those of these titles of which a unit is booked."""
    wanted = select(Booking.title_id).where(Booking.title_id.in_(title_ids), Booking.state == BookingState.BOOKED)
    return set(session.scalars(wanted.distinct()))


def bookings_of_title(session: Session, title_id: int, now: datetime) -> Sequence[Booking]:
    """Those to come and those not yet collected, the first to begin first."""
    wanted = select(Booking).where(Booking.title_id == title_id, Booking.state == BookingState.BOOKED.value)
    return session.scalars(wanted.where(Booking.ends_at > now).order_by(Booking.starts_at, Booking.id)).all()


def may_fetch(calendar: Calendar, booking: Booking, now: datetime) -> bool:
    """From shortly before its time until it is over."""
    return fetching.may_fetch(calendar, _reserved(booking), now)


_FETCHED = prepared(
    select(Booking)
    .where(
        Booking.title_id == bindparam("title"),
        Booking.member_id == bindparam("member"),
        Booking.ends_at > bindparam("at"),
        or_(
            Booking.state == BookingState.BOOKED.value,
            and_(Booking.state == BookingState.LAPSED.value, Booking.ended_at > bindparam("at")),
        ),
    )
    .order_by(Booking.starts_at, Booking.id)
)


def own_fetched(session: Session, item: Item, member: Member, *, at: datetime) -> Booking | None:
    """The booking of the member that was fetched with this unit at that moment, though the hub hears of it only now:
    one that was let lapse since was fetched all the same."""
    found = session.scalars(_FETCHED, {"title": item.title_id, "member": member.id, "at": at}).all()
    if not found:
        return None
    calendar = calendar_of(session, library_of(session, item.library_id))
    return next((one for one in found if may_fetch(calendar, one, at)), None)


def fetch(session: Session, booking: Booking, item: Item, loan: Loan, now: datetime) -> None:
    """The loan takes the place of the booking; those who had this unit get another. The loan tells of those for whom
    there is none."""
    booking.state, booking.item = BookingState.COLLECTED.value, item
    booking.loan_id, booking.ended_at = loan.id, now
    session.flush()
    without = rearrange(session, item.title_id, now)
    loan.trace = [*loan.trace, *(f"no unit is left for booking {one.id} from {one.starts_at}" for one in without)]


def rearrange(session: Session, title_id: int, now: datetime) -> Sequence[Booking]:
    """Give every booking of the title a unit that can be had. Where they are not enough, as one is lost, those that
    begin first come first; the others keep the unit that they cannot have, and are answered."""
    coming, taken = bookings_of_title(session, title_id, now), busy(session, title_id, now)
    units = arranged([wanted_of(one) for one in coming], taken)
    if units is not None:
        give_units(session, coming, units)
        return ()
    kept: list[Booking] = []
    for one in coming:
        tried = arranged([wanted_of(other) for other in (*kept, one)], taken)
        if tried is not None:
            kept, units = [*kept, one], tried
    give_units(session, kept, units or ())
    return [one for one in coming if one not in kept]


def give_units(session: Session, bookings: Sequence[Booking], units: Sequence[int]) -> None:
    for one, unit in zip(bookings, units, strict=True):
        one.item_id = unit
    session.flush()
    for one in bookings:
        session.expire(one, ["item"])


def busy(session: Session, title_id: int, now: datetime) -> dict[int, list[Span]]:
    """The library's units of the title, and until when each that is out is away."""
    out = select(Item.id, Loan.lent_at, Loan.due_at).where(Item.title_id == title_id, Item.status.in_(UNITS))
    is_out = (Loan.item_id == Item.id) & (Loan.library_id == Item.library_id) & Loan.returned_at.is_(None)
    found: dict[int, list[Span]] = {}
    for item_id, lent_at, due_at in session.execute(out.outerjoin(Loan, is_out).order_by(Item.id)):
        spans = found.setdefault(item_id, [])
        if lent_at is not None:
            spans.append(Span(lent_at, max(due_at, now)))
    return found


def days_span(calendar: Calendar, first: date, last: date) -> Span:
    """From the beginning of the first day at the library to the end of the last."""
    return Span(calendar.moment(first, time()), calendar.end_of(last))


def wanted_of(booking: Booking) -> Wanted:
    only = booking.item_id if booking.is_fixed else None
    return Wanted(Span(booking.starts_at, booking.ends_at), only, booking.item_id)


def _can_have(session: Session, own: Booking, item: Item, coming: Sequence[Booking], now: datetime) -> bool:
    """Whether the member may take this unit for the booking: all others still get one."""
    others = [one for one in coming if one is not own]
    span = Span(now, own.ends_at)
    if own.item_id == item.id and not any(one.item_id == item.id and span.overlaps(_span(one)) for one in others):
        return True
    taken = busy(session, item.title_id, now)
    taken.setdefault(item.id, []).append(span)
    return arranged([wanted_of(one) for one in others], taken) is not None


def _span(booking: Booking) -> Span:
    return Span(booking.starts_at, booking.ends_at)


def _reserved(booking: Booking) -> fetching.Reserved:
    return fetching.Reserved(booking.starts_at, booking.ends_at, booking.by_hours)
