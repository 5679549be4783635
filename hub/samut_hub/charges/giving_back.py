"""Receipts declared void, and money given back: nothing is erased, each is a line of its own in the books."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.orm.attributes import set_committed_value

from samut_hub.charges.books import Teller, WrongAmountError, count, entry, lock, move_debt
from samut_hub.charges.models import Payment, Receipt
from samut_hub.charges.policy import EntryKind, Method
from samut_hub.errors import NotFoundError
from samut_hub.members.models import Member


class VoidFault(StrEnum):
    ALREADY_VOID = "already_void"
    REFUNDED = "refunded"  # a part of its money went back already


class VoidRefusedError(Exception):
    """The receipt cannot be declared void."""

    def __init__(self, receipt: Receipt, fault: VoidFault) -> None:
        super().__init__(f"Receipt {receipt.shown_number} cannot be declared void: {fault}.")
        self.fault = fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund:
    """Money that goes back, in satang. `reopens`: the member owes it again; else it is waived."""

    amount: int
    reason: str
    method: Method = Method.CASH
    reopens: bool = False


def receipt_by_id(session: Session, receipt_id: int) -> Receipt:
    """The library's receipt; raises NotFoundError."""
    found = session.get(Receipt, receipt_id)
    if found is None:
        raise NotFoundError(f"There is no receipt {receipt_id} in this library.")
    return found


def payment_by_id(session: Session, payment_id: int) -> Payment:
    """Money that was taken for one charge; raises NotFoundError."""
    found = session.get(Payment, payment_id)
    if found is None or found.kind != EntryKind.PAYMENT:
        raise NotFoundError(f"There is no payment {payment_id} in this library.")
    return found


def lines_of(session: Session, receipt: Receipt) -> Sequence[Payment]:
    """What the receipt says: what was paid, and what became of it."""
    lines = select(Payment).where(Payment.receipt_id == receipt.id).order_by(Payment.id)
    return session.scalars(lines.options(joinedload(Payment.charge), joinedload(Payment.staff))).all()


def void_receipt(session: Session, receipt: Receipt, *, reason: str, teller: Teller) -> None:
    """All of its money goes back as it came, and the charges are owed again; the number stays used.

    Raises VoidRefusedError.
    """
    member = session.get_one(Member, receipt.member_id)
    lock(session, member)
    session.refresh(receipt, ["voided_at"])
    payments = [line for line in _lines_now(session, receipt) if line.kind == EntryKind.PAYMENT]
    if receipt.voided_at is not None:
        raise VoidRefusedError(receipt, VoidFault.ALREADY_VOID)
    if any(payment.reversed for payment in payments):
        raise VoidRefusedError(receipt, VoidFault.REFUNDED)
    for payment in payments:
        _send_back(session, payment, payment.amount)
        count(session, payment.charge, -payment.amount)
        session.add(_opposite(payment, EntryKind.VOID, payment.amount, reason=reason, teller=teller))
    receipt.voided_at, receipt.voided_by, receipt.void_reason = teller.now, teller.staff_id, reason
    move_debt(session, member, receipt.amount, teller.now)


def refund(session: Session, payment: Payment, *, wanted: Refund, teller: Teller) -> Payment:
    """Give back all or a part of what was paid for one charge. Raises WrongAmountError."""
    member = session.get_one(Member, payment.charge.member_id)
    lock(session, member)
    _send_back(session, payment, wanted.amount)
    back = _opposite(payment, EntryKind.REFUND, wanted.amount, reason=wanted.reason, teller=teller)
    back.method = wanted.method
    session.add(back)
    if wanted.reopens:
        count(session, payment.charge, -wanted.amount)
        move_debt(session, member, wanted.amount, teller.now)
    else:
        count(session, payment.charge, 0, waived=wanted.amount)
        waiver = entry(payment.charge, EntryKind.WAIVER, wanted.amount, teller)
        waiver.reason, waiver.receipt_id = wanted.reason, payment.receipt_id
        session.add(waiver)
        session.flush()
    return back


def _lines_now(session: Session, receipt: Receipt) -> Sequence[Payment]:
    lines = select(Payment).where(Payment.receipt_id == receipt.id).order_by(Payment.id)
    return session.scalars(lines.options(joinedload(Payment.charge)).execution_options(populate_existing=True)).all()


def _send_back(session: Session, payment: Payment, amount: int) -> None:
    """Counted by the database: the same money does not go back twice."""
    after = Payment.reversed + amount
    fits = (Payment.id == payment.id, Payment.kind == EntryKind.PAYMENT, after <= Payment.amount)
    change = update(Payment).where(*fits).values(reversed=after).returning(Payment.reversed)
    counted = session.scalar(change, execution_options={"synchronize_session": False}) if amount > 0 else None
    if counted is None:
        session.refresh(payment, ["reversed"])
        raise WrongAmountError(amount, payment.amount - payment.reversed)
    set_committed_value(payment, "reversed", counted)


def _opposite(payment: Payment, kind: EntryKind, amount: int, *, reason: str, teller: Teller) -> Payment:
    back = entry(payment.charge, kind, -amount, teller)
    back.method, back.receipt_id = payment.method, payment.receipt_id
    back.of_id, back.reason = payment.id, reason
    return back
