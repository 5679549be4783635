"""What members owe and what they pay. Amounts are satang; `Member.debt` moves in the same transaction.

Giving back is in `samut_hub.charges.giving_back`.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from samut_hub.charges.books import Teller, Tender, WrongAmountError, count, count_parts, entry, lock, move_debt
from samut_hub.charges.models import Charge, ChargeKind, Payment, Receipt
from samut_hub.charges.numbering import next_number
from samut_hub.charges.policy import MOST_OWED, EntryKind, Method
from samut_hub.errors import NotFoundError
from samut_hub.members.models import Member


class TransferTakenError(Exception):
    """The library has written a receipt for this transfer already, and it is not void."""

    def __init__(self, receipt: Receipt) -> None:
        super().__init__(f"This transfer is on receipt {receipt.shown_number}.")
        self.receipt = receipt


HUB = "hub"
"""The till of what the hub does by itself: no money lies there."""


def add_charge(
    session: Session,
    *,
    member: Member,
    kind: ChargeKind,
    amount: int,
    now: datetime,
    loan_id: int | None = None,
    note: str = "",
) -> Charge:
    """Let the member owe `amount` more. Raises WrongAmountError."""
    if not 0 < amount <= MOST_OWED - member.debt:
        raise WrongAmountError(amount, MOST_OWED - member.debt)
    charge = Charge(
        member_id=member.id,
        library_id=member.library_id,
        kind=kind,
        amount=amount,
        loan_id=loan_id,
        note=note,
        made_at=now,
    )
    session.add(charge)
    move_debt(session, member, amount, now)
    return charge


def take_off(session: Session, *, member: Member, loan_id: int, now: datetime) -> None:
    """Drop what was charged for a loan that did not happen; what was paid of it stays in the books, with the rest
    waived."""
    charged = select(Charge).where(Charge.member_id == member.id, Charge.loan_id == loan_id)
    in_books = select(Payment.id).where(Payment.charge_id == Charge.id).exists()
    for charge in session.scalars(charged.where(~in_books)).all():
        session.delete(charge)
        move_debt(session, member, -charge.amount, now)
    for charge in session.scalars(charged.where(Charge.paid < Charge.amount)).all():
        waive(session, charge, amount=charge.left, reason="", teller=Teller(till=HUB, now=now))


def pay_fee(
    session: Session, member: Member, *, tender: Tender, teller: Teller, only: Collection[int] = ()
) -> Receipt:
    """Take money from a member for what is owed longest, and so on until it is used up; or for the charges with the
    ids in `only`. Raises WrongAmountError, TransferTakenError."""
    lock(session, member)
    _refuse_if_taken(session, tender)
    owed = [charge for charge in _open_charges_now(session, member) if not only or charge.id in only]
    left = sum(charge.left for charge in owed)
    if not 0 < tender.amount <= left:
        raise WrongAmountError(tender.amount, left)
    parts = list(_shares(owed, tender.amount))
    count_parts(session, parts)
    receipt = _receipt(session, member, tender, teller)
    receipt.entries = [_payment(charge, part, receipt, teller) for charge, part in parts]
    move_debt(session, member, -tender.amount, teller.now)
    return receipt


def waive(session: Session, charge: Charge, *, amount: int, reason: str, teller: Teller) -> Payment:
    """Let the member off all or a part of what is left of a charge. Raises WrongAmountError."""
    member = session.get_one(Member, charge.member_id)
    lock(session, member)
    if amount <= 0:
        raise WrongAmountError(amount, charge.left)
    count(session, charge, amount, waived=amount)
    waiver = entry(charge, EntryKind.WAIVER, amount, teller)
    waiver.reason = reason
    session.add(waiver)
    move_debt(session, member, -amount, teller.now)
    return waiver


def charge_by_id(session: Session, charge_id: int) -> Charge:
    """The library's charge; raises NotFoundError."""
    found = session.get(Charge, charge_id)
    if found is None:
        raise NotFoundError(f"There is no charge {charge_id} in this library.")
    return found


def open_charges(session: Session, member: Member, most: int | None = None) -> Sequence[Charge]:
    """What is not yet paid in full, the oldest first; all, or at most so many."""
    owed = select(Charge).where(Charge.member_id == member.id, Charge.paid < Charge.amount)
    in_order = owed.order_by(Charge.made_at, Charge.id).limit(most)
    return session.scalars(in_order.options(joinedload(Charge.own_kind))).all()


def charged_for(session: Session, loan_ids: Iterable[int]) -> dict[int, int]:
    """What was charged for each of these loans, whether paid or not."""
    charged = select(Charge.loan_id, func.sum(Charge.amount)).where(Charge.loan_id.in_(loan_ids))
    sums = session.execute(charged.group_by(Charge.loan_id))
    return {loan_id: int(amount) for loan_id, amount in sums if loan_id is not None}


def _open_charges_now(session: Session, member: Member) -> Sequence[Charge]:
    """As the database has them since the member is locked, whatever was read before."""
    owed = select(Charge).where(Charge.member_id == member.id, Charge.paid < Charge.amount)
    return session.scalars(owed.order_by(Charge.made_at, Charge.id).execution_options(populate_existing=True)).all()


def _shares(owed: Iterable[Charge], amount: int) -> Iterator[tuple[Charge, int]]:
    """How much of the amount goes to each, until it is used up."""
    for charge in owed:
        part = min(amount, charge.left)
        if part:
            yield charge, part
            amount -= part


def _receipt(session: Session, member: Member, tender: Tender, teller: Teller) -> Receipt:
    """The number is taken last: until this transaction ends nobody else gets one. So whoever took the same transfer
    at this moment is seen then."""
    year, number = next_number(session, member.library_id, teller.now)
    _refuse_if_taken(session, tender)
    receipt = Receipt(
        library_id=member.library_id,
        year=year,
        number=number,
        member_id=member.id,
        staff_id=teller.staff_id,
        till=teller.till,
        method=tender.method,
        reference=tender.reference,
        amount=tender.amount,
        paid_at=teller.now,
    )
    session.add(receipt)
    return receipt


def _refuse_if_taken(session: Session, tender: Tender) -> None:
    if tender.method is Method.CASH or not tender.reference or tender.is_own_count:
        return
    same = (Receipt.reference == tender.reference, Receipt.method == tender.method, Receipt.voided_at.is_(None))
    taken = session.scalar(select(Receipt).where(*same).limit(1))
    if taken is not None:
        raise TransferTakenError(taken)


def _payment(charge: Charge, part: int, receipt: Receipt, teller: Teller) -> Payment:
    payment = entry(charge, EntryKind.PAYMENT, part, teller)
    payment.method = receipt.method
    return payment
