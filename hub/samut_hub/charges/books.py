"""How sums move: the database counts them, with the member locked first, so that no two desks move the same money."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from samut_hub.charges.models import Charge, Payment
from samut_hub.charges.policy import EntryKind, Method
from samut_hub.members.models import Member


class WrongAmountError(Exception):
    """An amount that is not above zero, or more than there is. `left` is how much there is, in satang."""

    def __init__(self, amount: int, left: int) -> None:
        super().__init__(f"{amount} satang cannot be moved when there are {left}.")
        self.left = left


@dataclass(frozen=True, slots=True, kw_only=True)
class Teller:
    """Who takes money or gives it back, and when. `till` is where it lies: “desk:dao”, or a device."""

    till: str
    now: datetime
    staff_id: int | None = None


@dataclass(frozen=True, slots=True)
class Tender:
    """Money on the table, in satang. `reference` is the bank's number of a transfer, or what else proves it; one that
    `is_own_count` was counted by the machine that took the money, which may count the same again."""

    amount: int
    method: Method = Method.CASH
    reference: str = ""
    is_own_count: bool = False


def lock(session: Session, member: Member) -> None:
    """Nobody else moves what this member owes until the transaction ends. Comes before every other lock."""
    session.refresh(member, ["debt"], with_for_update={"of": Member})


def count(session: Session, charge: Charge, paid: int, *, waived: int = 0) -> None:
    """Move what is paid and waived of a charge. Raises WrongAmountError when more would be paid than charged, or
    less than nothing."""
    after = Charge.paid + paid
    change = (
        update(Charge)
        .where(Charge.id == charge.id, after >= 0, after <= Charge.amount)
        .values(paid=after, waived=Charge.waived + waived)
        .returning(Charge.paid, Charge.waived)
    )
    counted = session.execute(change, execution_options={"synchronize_session": False}).one_or_none()
    if counted is None:
        session.refresh(charge, ["paid"])
        raise WrongAmountError(paid, charge.left)
    set_committed_value(charge, "paid", counted.paid)
    set_committed_value(charge, "waived", counted.waived)


def count_parts(session: Session, parts: Sequence[tuple[Charge, int]]) -> None:
    """Count what is paid of many charges of a locked member at once. Raises WrongAmountError."""
    after = Charge.paid + bindparam("part")
    change = update(Charge).where(Charge.id == bindparam("charge"), after <= Charge.amount).values(paid=after)
    counted = session.connection().execute(change, [{"charge": charge.id, "part": part} for charge, part in parts])
    if counted.rowcount != len(parts):
        raise WrongAmountError(sum(part for _, part in parts), 0)
    for charge, part in parts:
        set_committed_value(charge, "paid", charge.paid + part)


def move_debt(session: Session, member: Member, amount: int, now: datetime) -> None:
    """By the session's unit of work, so that edge devices learn of it, but counted by the database."""
    member.debt = Member.debt + amount
    member.changed_at = now
    session.flush()


def entry(charge: Charge, kind: EntryKind, amount: int, teller: Teller) -> Payment:
    """A line in the books of the charge; not yet in the session."""
    return Payment(
        library_id=charge.library_id,
        charge=charge,
        kind=kind,
        method="" if kind is EntryKind.WAIVER else Method.CASH,
        staff_id=teller.staff_id,
        till=teller.till,
        amount=amount,
        paid_at=teller.now,
    )
