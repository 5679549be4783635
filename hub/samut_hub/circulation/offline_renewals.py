"""Renewals that an edge device granted while the hub was away, brought into the hub's books. The due date that the
member was told stands (but see `told_dates`), and is never made earlier."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from samut_hub.catalogue.service import item_by_barcode
from samut_hub.circulation.fines import charge_fine, fine_of, lower_fine
from samut_hub.circulation.late_news import leave_to_staff, renewed_before, was_judged
from samut_hub.circulation.locking import lock_open
from samut_hub.circulation.models import Conflict, ConflictKind, Loan
from samut_hub.circulation.suspensions import is_suspended_for
from samut_hub.circulation.told_dates import due_of_renewal
from samut_hub.members.service import member_by_number


@dataclass(frozen=True, slots=True)
class OfflineRenewal:
    """Granted at `at` by `device`, and `heard` of now. `seen`: the item was at hand. `by` is who of the staff worked
    at the device, if one did."""

    device: str
    member: str
    barcode: str
    at: datetime
    heard: datetime
    due: datetime
    seen: bool
    by: str = ""

    @property
    def source(self) -> str:
        return f"desk:{self.by}" if self.by else self.device


def record_renewal(session: Session, made: OfflineRenewal) -> None:
    """Give the loan the due date that was told, also where the hub knows of its return already; what fits no loan
    waits for a librarian. A loan that the hub itself let run longer meanwhile stays as it is."""
    loan = _loan_of_then(session, made)
    if loan is None:
        _leave(session, made)
        return
    lock_open(session, loan)
    due = due_of_renewal(session, made, loan) if made.due > loan.due_at else made.due
    if was_judged(session, loan) and not _is_clear(session, loan, made, due):
        leave_to_staff(session, loan, device=made.device, at=made.at)
    if due <= loan.due_at:
        return
    was_late = made.heard > loan.due_at
    loan.due_at, loan.source = due, made.source
    loan.renewals, loan.unseen_renewals = loan.renewals + 1, loan.unseen_renewals + (not made.seen)
    session.flush()
    if was_late and loan.returned_at is not None:
        lower_fine(session, loan, loan.returned_at, made.heard)
    elif was_late:  # a fine may have run on, for want of this news
        charge_fine(session, loan, fine_of(session, loan, made.heard).amount, made.heard)


def _is_clear(session: Session, loan: Loan, made: OfflineRenewal, due: datetime) -> bool:
    """Whether what was judged is right or could be put right; of a return that suspended the member it is not."""
    was_worked_out = renewed_before(session, loan, made.at, due, made.heard)
    return was_worked_out and not (loan.returned_at is not None and is_suspended_for(loan))


def _loan_of_then(session: Session, made: OfflineRenewal) -> Loan | None:
    """The member's loan of the item at that moment."""
    item, member = item_by_barcode(session, made.barcode), member_by_number(session, made.member)
    if item is None or member is None:
        return None
    of_then = (Loan.lent_at <= made.at, or_(Loan.returned_at.is_(None), Loan.returned_at >= made.at))
    wanted = select(Loan).where(Loan.item_id == item.id, Loan.member_id == member.id, *of_then)
    return session.scalar(wanted.order_by(Loan.lent_at.desc()).limit(1))


def _leave(session: Session, made: OfflineRenewal) -> None:
    session.add(
        Conflict(
            kind=ConflictKind.RENEWAL_WITHOUT_LOAN,
            device=made.device,
            member=made.member,
            barcode=made.barcode,
            happened_at=made.at,
            detail=f"due {made.due:%Y-%m-%d}",
        )
    )
    session.flush()
