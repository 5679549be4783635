"""What the rules look at: a member, an item, and all that a decision about both needs, in few queries."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Integer, ScalarSelect, SQLColumnExpression, and_, bindparam, exists, func, select
from sqlalchemy.orm import Session, aliased

from samut_hub.catalogue.models import Item
from samut_hub.circulation.booking.booked import NOT_BOOKED, Booked, booked
from samut_hub.circulation.booking.models import Booking, BookingState
from samut_hub.circulation.loans import overdue_loans
from samut_hub.circulation.member_loans import had_before, held_by_kind
from samut_hub.circulation.models import OPEN_HOLD, Hold, HoldState, Loan
from samut_hub.circulation.setting_aside import locked_if_open
from samut_hub.circulation.terms import terms_of
from samut_hub.db import prepared
from samut_hub.libraries.models import Library
from samut_hub.libraries.service import calendar_of, library_of
from samut_hub.members.models import Member
from samut_rules.age import age_on
from samut_rules.loan import ItemFacts, ItemStatus, LoanFacts, MemberFacts
from samut_rules.reasons import Reason
from samut_rules.standing import member_reasons

_IS_BOOKED = exists().where(
    Booking.library_id == Item.library_id,
    Booking.title_id == Item.title_id,
    Booking.state == BookingState.BOOKED.value,
)


def how_many_late(library: SQLColumnExpression[int], member: SQLColumnExpression[int]) -> ScalarSelect[int]:
    """How many items a member has too long at the moment `now` (a parameter), as `overdue_loans` counts them, as a
    column of a larger statement."""
    late = aliased(Loan)
    of_member = (late.library_id == library, late.member_id == member, late.returned_at.is_(None))
    too_long = (late.due_at < bindparam("now"), late.claimed_at.is_(None))
    counted = select(func.count()).select_from(late).where(*of_member, *too_long)
    return counted.correlate(Item, Member).scalar_subquery()


_LEFT = aliased(Hold)
_IS_LEFT_ASIDE = exists().where(_LEFT.library_id == Item.library_id, _LEFT.item_id == Item.id, _LEFT.left_aside)
_WHERE = (
    select(Member.number, Loan.due_at, Loan.renewals, Hold.id, _IS_BOOKED, _IS_LEFT_ASIDE)
    .add_columns(how_many_late(Item.library_id, bindparam("member", type_=Integer)))
    .select_from(Item)
    .outerjoin(Loan, and_(Loan.library_id == Item.library_id, Loan.item_id == Item.id, Loan.returned_at.is_(None)))
    .outerjoin(Member, Loan.member_id == Member.id)
    .outerjoin(
        Hold,
        and_(
            Hold.library_id == Item.library_id,
            Hold.title_id == Item.title_id,
            Hold.member_id == bindparam("member"),
            Hold.state.in_(OPEN_HOLD),
        ),
    )
    .where(Item.id == bindparam("item"))
)
_WITH_LIBRARY = prepared(_WHERE.add_columns(Library).join(Library, Library.id == Item.library_id))


class _Found(NamedTuple):
    """A row of `_WHERE`: three of the loan, None where there is none, then the hold of who wants the item."""

    borrower: str | None
    due_at: datetime | None
    renewals: int | None
    hold_id: int | None
    is_booked: bool
    is_left_aside: bool
    late: int


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """What the rules look at in an item, and the open hold of the member who wants it, and what is booked. `late`:
    how many items that member has too long. `is_left_aside`: it was not collected, and not scanned since."""

    facts: ItemFacts
    hold: Hold | None
    late: int
    is_left_aside: bool
    booked: Booked = NOT_BOOKED


def standing(session: Session, member: Member, now: datetime, *, late: int | None = None) -> tuple[Reason, ...]:
    """Why the member may borrow nothing at all now; empty when nothing stands against it. `late` is that of
    `member_facts`."""
    library = library_of(session, member.library_id)
    facts = member_facts(session, member, now, late=late)
    return member_reasons(facts, calendar_of(session, library), library.debt_limit, now)


def member_facts(session: Session, member: Member, now: datetime, *, late: int | None = None) -> MemberFacts:
    """What the rules look at in a member. `late`: how many items are, where that was counted before."""
    return MemberFacts(
        number=member.number,
        expires_on=member.expires_on,
        blocked=member.blocked,
        open_loans=member.open_loans - member.on_site_loans,
        on_site_loans=member.on_site_loans,
        suspended_until=member.suspended_until,
        overdue_loans=overdue_loans(session, member, now) if late is None else late,
        debt=member.debt,
        card_lost=member.card_lost,
        age=_age(session, member, now),
        level=member.education,
    )


def _age(session: Session, member: Member, now: datetime) -> int | None:
    if not member.born:
        return None
    return age_on(member.born, calendar_of(session, library_of(session, member.library_id)).local_day(now))


def loan_facts(
    session: Session, member: Member, item: Item, whereabouts: ItemFacts, now: datetime, *, late: int | None = None
) -> LoanFacts:
    """All that a decision about this member and this item looks at. `late`: see `member_facts`."""
    library, terms = library_of(session, member.library_id), terms_of(session, member, item, now)
    return LoanFacts(
        member=replace(member_facts(session, member, now, late=late), held=held_by_kind(session, member, terms)),
        item=replace(whereabouts, earlier=had_before(session, member, item.title_id, terms)),
        terms=terms,
        calendar=calendar_of(session, library),
        debt_limit=library.debt_limit,
    )


def whereabouts(session: Session, item: Item, member: Member, now: datetime) -> Whereabouts:
    """The item's status, who has it, and the member's own open hold, then locked; one query where there is none and
    nothing is booked.

    Where the session does not know the library yet, it comes with them, so that nobody asks for it.
    """
    asked = {"item": item.id, "member": member.id, "now": now}
    found = _found(session, asked)
    hold = None if found.hold_id is None else locked_if_open(session, found.hold_id)
    if found.borrower is not None:
        lent = _as_lent(item, found.borrower, found.due_at, found.renewals or 0)
        return Whereabouts(lent, hold, found.late, found.is_left_aside)
    is_own = hold is not None and hold.state == HoldState.READY and hold.item_id == item.id
    reserved_for = member.number if is_own else ""
    facts = ItemFacts(item.barcode, ItemStatus(item.status), reserved_for=reserved_for)
    books = booked(session, item, member, now) if found.is_booked else NOT_BOOKED
    return Whereabouts(books.told(facts), hold, found.late, found.is_left_aside, books)


def _found(session: Session, asked: dict[str, Any]) -> _Found:
    """Values only, and no rows for the session, unless it has to know the library: that takes half the time. All are
    of the item's library."""
    if "library" in session.info:
        session.flush()
        return _Found(*session.connection().execute(_WHERE, asked).one())
    *found, session.info["library"] = session.execute(_WITH_LIBRARY, asked).one()
    return _Found(*found)


def renewal_facts(loan: Loan, *, is_waited_for: bool) -> ItemFacts:
    """What the rules look at in an item that is to be renewed; what is said to be back is asked for, not renewed."""
    facts = _as_lent(loan.item, loan.borrower.number, loan.due_at, loan.renewals)
    return replace(
        facts,
        status=ItemStatus.MISSING if loan.claimed_at else facts.status,
        unseen_renewals=loan.unseen_renewals,
        is_recalled=loan.recalled_at is not None,
        is_waited_for=is_waited_for,
    )


def _as_lent(item: Item, number: str, due_at: datetime | None, renewals: int) -> ItemFacts:
    return ItemFacts(item.barcode, ItemStatus(item.status), number, due_at, renewals)
