"""What members owe and what they paid. Amounts are satang; `Member.debt` moves in the same transaction."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from samut_hub.charges.models import Charge, ChargeKind, Payment
from samut_hub.members.models import Member


class WrongAmountError(Exception):
    """An amount that is not above zero, or more than is still owed. `left` is what is owed, in satang."""

    def __init__(self, amount: int, left: int) -> None:
        super().__init__(f"{amount} satang cannot be paid when {left} are owed.")
        self.left = left


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
    """Let the member owe `amount` more."""
    if amount <= 0:
        raise WrongAmountError(amount, 0)
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
    _move_debt(session, member, amount, now)
    return charge


def take_off(session: Session, *, member: Member, loan_id: int, now: datetime) -> None:
    """Drop what was charged for a loan that did not happen; what was paid of it stays in the books."""
    charged = select(Charge).where(Charge.member_id == member.id, Charge.loan_id == loan_id)
    for charge in session.scalars(charged.where(Charge.paid == 0)):
        session.delete(charge)
        _move_debt(session, member, -charge.amount, now)


def pay(session: Session, *, charge: Charge, amount: int, staff_id: int, now: datetime) -> Payment:
    """Take money for a charge, all or a part of what is left of it. Raises WrongAmountError."""
    paid = _raise_paid(session, charge, amount)
    if paid is None:
        session.refresh(charge, ["paid"])
        raise WrongAmountError(amount, charge.amount - charge.paid)
    set_committed_value(charge, "paid", paid)
    payment = Payment(
        library_id=charge.library_id, charge_id=charge.id, staff_id=staff_id, amount=amount, paid_at=now
    )
    session.add(payment)
    _move_debt(session, session.get_one(Member, charge.member_id), -amount, now)
    return payment


def settle(session: Session, *, member: Member, amount: int, staff_id: int, now: datetime) -> list[Payment]:
    """Take money from a member for what is owed longest, and so on until it is used up. Raises WrongAmountError."""
    owed = open_charges(session, member)
    left = sum(charge.amount - charge.paid for charge in owed)
    if not 0 < amount <= left:
        raise WrongAmountError(amount, left)
    payments = []
    for charge in owed:
        part = min(amount, charge.amount - charge.paid)
        if part:
            payments.append(pay(session, charge=charge, amount=part, staff_id=staff_id, now=now))
            amount -= part
    return payments


def payments_of(session: Session, member: Member, limit: int = 20) -> Sequence[tuple[Payment, Charge]]:
    """What the member paid last and for what, the latest first."""
    paid = select(Payment, Charge).join(Charge, Charge.id == Payment.charge_id).where(Charge.member_id == member.id)
    return [(payment, charge) for payment, charge in session.execute(paid.order_by(Payment.id.desc()).limit(limit))]


def open_charges(session: Session, member: Member) -> Sequence[Charge]:
    """What is not yet paid in full, the oldest first."""
    owed = select(Charge).where(Charge.member_id == member.id, Charge.paid < Charge.amount)
    return session.scalars(owed.order_by(Charge.made_at, Charge.id)).all()


def charged_for(session: Session, loan_ids: Iterable[int]) -> dict[int, int]:
    """What was charged for each of these loans, whether paid or not."""
    charged = select(Charge.loan_id, func.sum(Charge.amount)).where(Charge.loan_id.in_(loan_ids))
    sums = session.execute(charged.group_by(Charge.loan_id))
    return {loan_id: int(amount) for loan_id, amount in sums if loan_id is not None}


def _raise_paid(session: Session, charge: Charge, amount: int) -> int | None:
    """The new sum paid, counted by the database so that two desks cannot both take the last baht."""
    if amount <= 0:
        return None
    fits = (Charge.id == charge.id, Charge.paid + amount <= Charge.amount)
    change = update(Charge).where(*fits).values(paid=Charge.paid + amount).returning(Charge.paid)
    return session.scalar(change, execution_options={"synchronize_session": False})


def _move_debt(session: Session, member: Member, amount: int, now: datetime) -> None:
    """By the session's unit of work, so that edge devices learn of it, but counted by the database."""
    member.debt = Member.debt + amount
    member.changed_at = now
    session.flush()
