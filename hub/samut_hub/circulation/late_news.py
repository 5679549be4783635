"""What a device tells of a loan after a lateness of it was judged for good: whether the fine and the suspension are
still right, staff look."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from samut_hub.charges.models import Charge
from samut_hub.circulation.fines import ENDED
from samut_hub.circulation.models import Conflict, ConflictKind, Loan
from samut_hub.circulation.suspensions import is_suspended_for

TOLD_LATE = timedelta(hours=1)


def was_judged(session: Session, loan: Loan) -> bool:
    """Whether a lateness of the loan has ended with a fine or days without borrowing."""
    ended = select(Charge.id).where(Charge.loan_id == loan.id, *ENDED).limit(1)
    return is_suspended_for(loan) or session.scalar(ended) is not None


def leave_to_staff(session: Session, loan: Loan, *, device: str, at: datetime) -> None:
    """`at`: when that happened of which `device` tells only now."""
    conflict = Conflict(
        kind=ConflictKind.LATENESS_IN_DOUBT,
        device=device,
        member=loan.borrower.number,
        barcode=loan.item.barcode,
        happened_at=at,
        detail="",
    )
    session.add(conflict)
    session.flush()
