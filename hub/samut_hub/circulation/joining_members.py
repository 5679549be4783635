"""Loans and holds of two members who become one."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, aliased

from samut_hub.circulation.booking.models import Booking, BookingState
from samut_hub.circulation.models import OPEN_HOLD, Hold, Loan
from samut_hub.circulation.setting_aside import join_pairs
from samut_hub.circulation.telling import Changed, tell
from samut_hub.members.merging.joining import counts_of_member, joins_members
from samut_hub.members.models import Member


@joins_members
def join_holds_of_members(session: Session, from_id: int, into_id: int, now: datetime) -> Iterator[Hold]:
    """Who waits twice for a title waits once, from the earlier day on, and for what is set aside already.

    Two that are set aside are one too many: the later one is cancelled and goes on to the next.
    """
    other = aliased(Hold)
    same = and_(other.library_id == Hold.library_id, other.title_id == Hold.title_id, other.member_id == into_id)
    both = select(Hold, other).join(other, same).where(Hold.member_id == from_id, Hold.state.in_(OPEN_HOLD))
    yield from join_pairs(session, both.where(other.state.in_(OPEN_HOLD)), now)


@counts_of_member
def count_loans_anew(session: Session, member: Member) -> None:
    """What is on loan, and what of it is for use in the library; copies elsewhere are told whose loans and bookings
    these are."""
    is_open = (Loan.member_id == member.id, Loan.returned_at.is_(None))
    wanted = select(func.count(), func.count().filter(Loan.on_site)).select_from(Loan).where(*is_open)
    member.open_loans, member.on_site_loans = session.execute(wanted).one()
    tell(session, Changed.ITEM, session.scalars(select(Loan.item_id).where(*is_open)).all())
    booked = select(Booking.item_id).where(Booking.member_id == member.id, Booking.state == BookingState.BOOKED.value)
    tell(session, Changed.ITEM, session.scalars(booked).all())
    tell(session, Changed.MEMBER, [member.id])
