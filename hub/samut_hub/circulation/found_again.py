"""An item that was thought lost or missing is here: its record is put right, and what was charged is looked at."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from samut_hub.catalogue.item_history import By
from samut_hub.catalogue.item_status import hand_in
from samut_hub.catalogue.models import Item
from samut_hub.charges.books import Teller, lock
from samut_hub.charges.models import Charge, ChargeKind
from samut_hub.charges.service import HUB, waive
from samut_hub.circulation.models import Loan
from samut_hub.circulation.terms import terms_of
from samut_hub.libraries.service import calendar_of, library_of
from samut_rules.loan import ItemStatus
from samut_rules.mishaps import Refund, found_again

GONE = (ItemStatus.MISSING, ItemStatus.LOST)
REASON = "found again"


@dataclass(frozen=True, slots=True)
class Found:
    """Who had lost it; what of the charges was taken off, and what was paid and is to be given back, in satang."""

    loan: Loan
    taken_off: int
    give_back: int


def put_right(session: Session, item: Item, now: datetime) -> Found | None:
    """Whoever scans the item, it is here: it can be lent again. Answers with the loan in which it was lost.

    Money goes back only from a till, by a member of staff; what is not paid yet is taken off at once.
    """
    if item.status not in GONE:
        return None
    hand_in(session, item, By(staff_id=None, now=now))
    loan = session.scalar(
        select(Loan)
        .where(Loan.item_id == item.id, Loan.lost_at.is_not(None), Loan.member_id.is_not(None))
        .order_by(Loan.lost_at.desc())
        .options(joinedload(Loan.member))
        .limit(1)
    )
    if loan is None or loan.lost_at is None:
        return None
    lock(session, loan.borrower)  # who pays for it at this moment is waited for
    charges = {
        charge.kind: charge
        for charge in session.scalars(
            select(Charge).where(Charge.loan_id == loan.id, Charge.kind.in_(_REFUNDED), ~Charge.is_final)
        )
    }
    refund = _refund(session, loan, loan.lost_at, charges, now)
    loan.lost_at, loan.trace = None, [*loan.trace, *refund.trace]
    parts = ((ChargeKind.LOST, refund.price), (ChargeKind.OVERDUE, refund.fine))
    off = [_take_off(session, charges.get(kind), amount, now) for kind, amount in parts]
    return Found(loan, sum(done for done, _left in off), sum(left for _done, left in off))


def loser_of(session: Session, item: Item) -> int | None:
    """The id of the member who had lost what is thought gone."""
    if item.status not in GONE:
        return None
    is_lost = (Loan.lost_at.is_not(None), Loan.member_id.is_not(None))
    lost = select(Loan.member_id).where(Loan.item_id == item.id, *is_lost)
    return session.scalar(lost.order_by(Loan.lost_at.desc()).limit(1))


_REFUNDED = (ChargeKind.LOST.value, ChargeKind.OVERDUE.value)


def _refund(session: Session, loan: Loan, lost_at: datetime, charges: dict[str, Charge], now: datetime) -> Refund:
    terms = terms_of(session, loan.borrower, loan.item, lost_at)
    if terms is None:
        return Refund()
    calendar = calendar_of(session, library_of(session, loan.library_id))
    price, fine = (charges[kind].amount - charges[kind].waived if kind in charges else 0 for kind in _REFUNDED)
    return found_again(terms, calendar, lost_at=lost_at, now=now, price=price, fine=fine)


def _take_off(session: Session, charge: Charge | None, amount: int, now: datetime) -> tuple[int, int]:
    """What was not paid yet is waived; the rest is to be given back."""
    if charge is None or not amount:
        return 0, 0
    off = min(amount, charge.left)
    if off:
        waive(session, charge, amount=off, reason=REASON, teller=Teller(till=HUB, now=now))
    return off, amount - off
