"""Overdue fines as they stand: one charge for each lateness, changed as the days go by, never doubled."""

from datetime import datetime

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from samut_hub.charges.books import move_debt
from samut_hub.charges.models import Charge, ChargeKind
from samut_hub.charges.service import add_charge
from samut_hub.circulation.models import Loan
from samut_hub.circulation.terms import terms_of
from samut_hub.libraries.service import calendar_of, library_of
from samut_hub.members.models import Member
from samut_rules.fines import Ceilings, Fine, change_of_fine, fine_for

OVERDUE = ChargeKind.OVERDUE.value
RUNNING = (Charge.kind == OVERDUE, ~Charge.is_final)
"""Conditions for the one charge of a loan that changes with the days."""
ENDED = (Charge.kind == OVERDUE, Charge.is_final)
NO_FINE = Fine(days_late=0, amount=0)


def charge_fine(session: Session, loan: Loan, amount: int, now: datetime) -> int:
    """Let the overdue charge of this lateness be the fine of now, in satang; returns by how much it changed.

    What was paid or waived of it stays so. The member is locked by the caller.
    """
    return change_charge(session, loan, _running(session, loan), amount=amount, now=now)


def lower_fine(session: Session, loan: Loan, returned: datetime, now: datetime) -> int:
    """The loan has ended, and was less late than was thought: charge what its last lateness costs, in satang.

    It is not raised, though a ceiling that held it down may have room by now: what the member was told at the return
    stands. The member is locked by the caller.
    """
    found = _running(session, loan)
    amount = min(0 if found is None else found.amount, fine_of(session, loan, returned).amount)
    change_charge(session, loan, found, amount=amount, now=now)
    return amount


def _running(session: Session, loan: Loan) -> Charge | None:
    return session.scalar(select(Charge).where(Charge.loan_id == loan.id, *RUNNING))


def change_charge(session: Session, loan: Loan, found: Charge | None, *, amount: int, now: datetime) -> int:
    """The same for a charge that was looked for before."""
    if found is None:
        if amount:
            owes = loan.borrower
            add_charge(session, member=owes, kind=ChargeKind.OVERDUE, amount=amount, now=now, loan_id=loan.id)
        return amount
    change = change_of_fine(amount, charged=found.amount, settled=found.paid)
    if change:
        session.execute(update(Charge).where(Charge.id == found.id).values(amount=Charge.amount + change))
        move_debt(session, loan.borrower, change, now)
    return change


def end_lateness(session: Session, loan: Loan, now: datetime) -> Fine:
    """The loan is late until now and goes on: what is owed until now stays. The member is locked by the caller."""
    fine = fine_of(session, loan, now)
    charge_fine(session, loan, fine.amount, now)
    session.flush()
    ended = update(Charge).where(Charge.loan_id == loan.id, *RUNNING)
    session.execute(ended.values(is_final=True, late_from=loan.due_at, late_until=now))
    return fine


def owed_for_others(session: Session, member: Member, loan: Loan) -> int:
    """Overdue fines that the member owes for other loans, and for what of this one has ended, in satang."""
    other = or_(Charge.loan_id.is_distinct_from(loan.id), Charge.is_final)
    owed = select(func.coalesce(func.sum(Charge.amount - Charge.paid), 0)).where(
        Charge.member_id == member.id, Charge.kind == OVERDUE, other
    )
    return int(session.scalar(owed) or 0)


def fine_of(session: Session, loan: Loan, at: datetime) -> Fine:
    """The whole fine as it stands at that moment."""
    return fine_between(session, loan, loan.due_at, at)


def fine_between(session: Session, loan: Loan, due: datetime, at: datetime, *, own: Charge | None = None) -> Fine:
    """What a lateness of the loan costs from `due` until `at`; `own` is what was charged for it before."""
    if at <= due:
        return NO_FINE
    calendar = calendar_of(session, library_of(session, loan.library_id))
    terms = terms_of(session, loan.borrower, loan.item, at)
    is_capped = terms is not None and terms.fine_cap_of_member is not None
    others = owed_for_others(session, loan.borrower, loan) if is_capped else 0
    before = _charged_before(session, loan) if loan.renewals else 0
    if own is not None:
        others, before = max(0, others - own.left), max(0, before - own.amount + own.waived)
    ceilings = Ceilings(price=loan.item.price, others=others, before=before, stopped_at=loan.claimed_at)
    return fine_for(terms, calendar, due, at, ceilings=ceilings)


def _charged_before(session: Session, loan: Loan) -> int:
    """For latenesses of the loan that have ended, in satang, without what was waived."""
    ended = select(func.sum(Charge.amount - Charge.waived)).where(Charge.loan_id == loan.id, *ENDED)
    return int(session.scalar(ended) or 0)
