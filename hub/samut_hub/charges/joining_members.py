"""What two members owe who become one."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from samut_hub.charges.models import Charge
from samut_hub.members.merging.joining import counts_of_member
from samut_hub.members.models import Member


@counts_of_member
def count_debt_anew(session: Session, member: Member) -> None:
    """In satang."""
    owed = select(func.sum(Charge.amount - Charge.paid)).where(Charge.member_id == member.id)
    member.debt = int(session.scalar(owed) or 0)
