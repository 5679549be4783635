"""What befalls an item while it is out: lost, or said to have been returned. No use case commits."""

from dataclasses import dataclass
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
from samut_rules.mishaps import Mishap, claimed_returned, lost
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
    """Who says so, at which desk."""

    by: By
    source: str


def note_lost(session: Session, loan: Loan, told: Told, *, price: int) -> int:
    """End the loan and charge the price (satang) and the work; what is charged together.

    Raises LoanEndedError and WrongAmountError, and then nothing may be kept.
    """
    _still_out(session, loan)
    mishap, at = what_is_lost(session, loan, told.by), told.by.now
    loan.trace = [*loan.trace, f"{What.LOST} on {at.date()}", *mishap.trace]
    close_loan(session, loan, at=at, source=told.source)
    loan.lost_at = at
    session.flush()
    if loan.item.status != mishap.status:
        change_status(session, loan.item, mishap.status, told.by)
    for kind, amount in ((ChargeKind.LOST, price), (ChargeKind.PROCESSING, mishap.processing_fee)):
        if amount:
            add_charge(session, member=loan.borrower, kind=kind, amount=amount, now=at, loan_id=loan.id)
    return price + mishap.processing_fee


def note_claimed(session: Session, loan: Loan, told: Told) -> None:
    """It is looked for, and stays with the member. Raises LoanEndedError and MishapRefusedError."""
    _still_out(session, loan)
    mishap = what_is_claimed(session, loan, told.by)
    if mishap.reason is not None:
        raise MishapRefusedError(mishap.reason)
    loan.trace = [*loan.trace, f"{What.CLAIMED} on {told.by.now.date()}", *mishap.trace]
    loan.claimed_at = loan.claimed_at or told.by.now
    note_claim(session, loan.item, told.by)


def what_is_lost(session: Session, loan: Loan, by: By) -> Mishap:
    """What the rules ask for it; nothing is written down. The price is 0 where neither item nor rule has one."""
    return lost(terms_of(session, loan.borrower, loan.item, by.now) or LoanTerms(), loan.item.price)


def what_is_claimed(session: Session, loan: Loan, by: By) -> Mishap:
    """Whether the rules believe it; nothing is written down."""
    return claimed_returned(terms_of(session, loan.borrower, loan.item, by.now), _claims(session, loan.borrower))


def _still_out(session: Session, loan: Loan) -> None:
    if not lock_open(session, loan):
        raise LoanEndedError(loan.id)


def _claims(session: Session, member: Member) -> int:
    """How often the member said so before."""
    said = select(func.count()).select_from(Loan).where(Loan.member_id == member.id, Loan.claimed_at.is_not(None))
    return session.scalar(said) or 0
