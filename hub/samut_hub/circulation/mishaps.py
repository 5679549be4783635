"""What befalls an item while it is out: lost, said to have been returned, damaged. No use case commits."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from samut_hub.catalogue.item_history import By
from samut_hub.catalogue.item_status import change_status, note_claim
from samut_hub.charges.models import ChargeKind
from samut_hub.charges.service import add_charge
from samut_hub.circulation.locking import lock_open
from samut_hub.circulation.models import Loan
from samut_hub.circulation.service import close_loan
from samut_hub.circulation.terms import terms_of
from samut_hub.members.models import Member
from samut_rules.matrix import LoanTerms
from samut_rules.mishaps import Mishap, claimed_returned, damaged, lost
from samut_rules.reasons import Reason


class What(StrEnum):
    """What befell it."""

    LOST = "lost"
    CLAIMED = "claimed"
    DAMAGED = "damaged"


class LoanEndedError(Exception):
    """Another desk ended the loan meanwhile."""


class MishapRefusedError(Exception):
    """The rules do not allow it, as one more claim that an item came back."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(f"It cannot be noted: {reason.code}.")
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Told:
    """What staff say of it. `repair` is satang; None: it cannot be repaired. `source` is the desk."""

    what: What
    by: By
    source: str
    repair: int | None = None


def note_mishap(session: Session, loan: Loan, told: Told) -> Mishap:
    """Write it down, charge it, and end the loan where the member no longer has the item.

    Raises LoanEndedError and MishapRefusedError, and then nothing is changed.
    """
    if not lock_open(session, loan):
        raise LoanEndedError(loan.id)
    mishap = what_it_means(session, loan, told.what, now=told.by.now, repair=told.repair)
    if mishap.reason is not None:
        raise MishapRefusedError(mishap.reason)
    loan.trace = [*loan.trace, f"{told.what} on {told.by.now.date()}", *mishap.trace]
    if told.what is What.CLAIMED:
        loan.claimed_at = loan.claimed_at or told.by.now
        note_claim(session, loan.item, told.by)
        return mishap
    close_loan(session, loan, at=told.by.now, source=told.source)
    loan.lost_at = told.by.now if told.what is What.LOST else None
    session.flush()
    if loan.item.status != mishap.status:
        change_status(session, loan.item, mishap.status, told.by)
    kind = ChargeKind.LOST if told.what is What.LOST else ChargeKind.DAMAGE
    for of, amount in ((kind, mishap.price), (ChargeKind.PROCESSING, mishap.processing_fee)):
        if amount:
            add_charge(session, member=loan.member, kind=of, amount=amount, now=told.by.now, loan_id=loan.id)
    return mishap


def what_it_means(session: Session, loan: Loan, what: What, *, now: datetime, repair: int | None = None) -> Mishap:
    """What the rules say; nothing is written down. Where no rule covers the loan only the item's own price counts."""
    terms = terms_of(session, loan.member, loan.item, now)
    if what is What.CLAIMED:
        return claimed_returned(terms, _claims(session, loan.member))
    if what is What.LOST:
        return lost(terms or LoanTerms(), loan.item.price)
    return damaged(terms or LoanTerms(), loan.item.price, repair=repair)


def _claims(session: Session, member: Member) -> int:
    """How often the member said so before."""
    said = select(func.count()).select_from(Loan).where(Loan.member_id == member.id, Loan.claimed_at.is_not(None))
    return session.scalar(said) or 0
