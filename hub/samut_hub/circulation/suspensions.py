"""Days without borrowing after a late return, where the rules say so. Nothing here commits."""

from datetime import datetime

from sqlalchemy.orm import Session

from samut_hub.circulation.models import Loan
from samut_hub.circulation.terms import terms_of
from samut_hub.libraries.service import calendar_of, library_of
from samut_hub.members.models import Member
from samut_rules.fines import suspended_until

SUSPENDED = "borrowing suspended"


def is_suspended_for(loan: Loan) -> bool:
    """Whether a late return or renewal of this loan suspended its member, and no one has let the member off."""
    return loan.borrower.suspended_until is not None and any(step.startswith(SUSPENDED) for step in loan.trace)


def suspend(session: Session, loan: Loan, at: datetime) -> None:
    """Work out from the loan that has just ended how long its member may not borrow. The member is locked."""
    terms = terms_of(session, loan.borrower, loan.item, at)
    if terms is None or not terms.suspension_days:
        return
    calendar, running = calendar_of(session, library_of(session, loan.library_id)), loan.borrower.suspended_until
    ended = at if loan.claimed_at is None else min(at, loan.claimed_at)
    until = suspended_until(terms, calendar, loan.due_at, ended, running_until=running)
    if until is None or (running is not None and until <= running):
        return
    loan.trace = [*loan.trace, f"{SUSPENDED} until {until}, {terms.source('suspension_days')}"]
    loan.borrower.suspended_until, loan.borrower.changed_at = until, at
    session.flush()


def lift(session: Session, member: Member, now: datetime) -> None:
    """The member may borrow again at once."""
    member.suspended_until, member.changed_at = None, now
    session.flush()
