"""All that a member was charged and paid, for staff and for the member."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from samut_hub.charges.models import Charge, Payment
from samut_hub.members.models import Member

PAGE = 25


def charges_of(session: Session, member: Member, page: int) -> tuple[Sequence[Charge], int]:
    """One page of all charges, the latest first, and how many there are."""
    total = session.scalar(select(func.count()).select_from(Charge).where(Charge.member_id == member.id)) or 0
    wanted = select(Charge).where(Charge.member_id == member.id).order_by(Charge.made_at.desc(), Charge.id.desc())
    found = wanted.options(joinedload(Charge.own_kind)).limit(PAGE).offset((page - 1) * PAGE)
    return session.scalars(found).all(), total


def entries_of(session: Session, member: Member, page: int) -> tuple[Sequence[Payment], int]:
    """One page of what was paid, waived and given back, the latest first, and how many lines there are."""
    of_member = (Charge.member_id == member.id,)
    total = session.scalar(select(func.count()).select_from(Payment).join(Payment.charge).where(*of_member)) or 0
    wanted = (
        select(Payment).join(Payment.charge).where(*of_member).order_by(Payment.paid_at.desc(), Payment.id.desc())
    )
    told = (
        joinedload(Payment.charge).joinedload(Charge.own_kind),
        joinedload(Payment.receipt),
        joinedload(Payment.staff),
    )
    return session.scalars(wanted.options(*told).limit(PAGE).offset((page - 1) * PAGE)).all(), total
