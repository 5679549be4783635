"""What a device tells of a loan after a lateness of it was judged: the fines are worked out anew from what happened,
in its order. Staff look at what that leaves in doubt: money to be given back, and days without borrowing."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from samut_hub.charges.models import Charge
from samut_hub.circulation.fines import ENDED, RUNNING, change_charge, fine_between
from samut_hub.circulation.models import Conflict, ConflictKind, Loan
from samut_hub.circulation.suspensions import is_suspended_for

TOLD_LATE = timedelta(hours=1)

Span = tuple[datetime, datetime]
"""From when until when the item was late."""


def was_judged(session: Session, loan: Loan) -> bool:
    """Whether a lateness of the loan has ended with a fine or days without borrowing."""
    ended = select(Charge.id).where(Charge.loan_id == loan.id, *ENDED).limit(1)
    return is_suspended_for(loan) or session.scalar(ended) is not None


def returned_before(session: Session, loan: Loan, at: datetime, heard: datetime) -> bool:
    """The item was handed in at that moment: what was charged for later days is taken off. Whether nothing is left
    in doubt. The member is locked by the caller."""

    def span(since: datetime, until: datetime) -> Span:
        return since, max(since, min(until, at))

    return _worked_out(session, loan, span, heard)


def renewed_before(session: Session, loan: Loan, at: datetime, due: datetime, heard: datetime) -> bool:
    """The loan was renewed at that moment until `due`: it was not late before that. As `returned_before`."""

    def span(since: datetime, until: datetime) -> Span | None:
        if since < at < until:
            return None
        return (since, until) if at >= until else (min(max(since, due), until), until)

    return _worked_out(session, loan, span, heard)


def is_overpaid(session: Session, loan: Loan, amount: int) -> bool:
    """Whether more was paid of the fine of the last lateness than it is now."""
    more = select(Charge.id).where(Charge.loan_id == loan.id, *RUNNING, Charge.paid - Charge.waived > amount)
    return session.scalar(more) is not None


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


def _worked_out(
    session: Session, loan: Loan, span: Callable[[datetime, datetime], Span | None], heard: datetime
) -> bool:
    """Charge the latenesses that renewals ended as they really were, which is shorter or not at all. Days without
    borrowing stay as they are: what else added to them is not known.

    None is raised, though a ceiling that held it down may have room by now, as other fines are less or paid, or the
    rules have changed: what the member was told when the lateness ended stands.
    """
    ended = select(Charge).where(Charge.loan_id == loan.id, *ENDED).order_by(Charge.id)
    charges = session.scalars(ended.execution_options(populate_existing=True)).all()
    is_clear, has_changed = bool(charges), False
    for charge in charges:
        known = (
            None if charge.late_from is None or charge.late_until is None else (charge.late_from, charge.late_until)
        )
        really = None if known is None else span(*known)
        if really is None:
            is_clear = False
        elif really != known:
            has_changed = True
            is_clear = _charge_anew(session, loan, charge, really, heard) and is_clear
    return is_clear and not (has_changed and is_suspended_for(loan))


def _charge_anew(session: Session, loan: Loan, charge: Charge, really: Span, heard: datetime) -> bool:
    """Whether no more was paid of it than it is now."""
    amount = min(charge.amount, fine_between(session, loan, *really, own=charge).amount)
    change_charge(session, loan, charge, amount=amount, now=heard)
    charge.late_from, charge.late_until = really
    session.flush()
    return charge.paid - charge.waived <= amount
