"""Kits: their parts are checked off when they leave and when they come back. No use case commits.

A kit that comes back, wherever, waits to be checked; nobody borrows it until a member of staff has looked. The fine
stops with the return, and who had it last is known.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from samut_hub.catalogue.item_history import By
from samut_hub.catalogue.item_status import change_status
from samut_hub.catalogue.models import Item
from samut_hub.circulation.damages import charge_damage
from samut_hub.circulation.kits.models import PartsCheck
from samut_hub.circulation.loans import open_loan_of
from samut_hub.circulation.models import Hold, Loan
from samut_hub.circulation.setting_aside import set_aside
from samut_rules.loan import ItemStatus

TO_SEE_TO = (ItemStatus.TO_CHECK.value, ItemStatus.INCOMPLETE.value)
LISTED = 200
LAST = 10


@dataclass(frozen=True, slots=True)
class Seen:
    """What a member of staff saw: the parts that are there, by their names. `amount` (satang) is charged for those
    that are not, to the member of `loan`."""

    there: Collection[str]
    by: By
    loan: Loan | None = None
    amount: int = 0


@dataclass(frozen=True, slots=True)
class Checked:
    """`hold`: for whom the complete kit is set aside now."""

    check: PartsCheck
    missing: Sequence[str]
    hold: Hold | None = None


@dataclass(frozen=True, slots=True)
class Kit:
    """A kit to see to, and what was missing when its parts were last checked."""

    item: Item
    missing: str


def parts_of(item: Item) -> list[str]:
    """In the order in which they were written down."""
    return [part.strip() for part in item.parts.splitlines() if part.strip()]


def check(session: Session, item: Item, seen: Seen) -> Checked:
    """Write down what is there; a kit that is here and whole can be lent, one that is not is incomplete.

    Raises WrongAmountError, and then nothing is charged.
    """
    missing = [part for part in parts_of(item) if part not in seen.there]
    is_out = open_loan_of(session, item) is not None
    made = PartsCheck(
        item_id=item.id,
        loan_id=None if seen.loan is None else seen.loan.id,
        at=seen.by.now,
        staff_id=seen.by.staff_id,
        at_lending=is_out,
        missing="\n".join(missing),
        note=seen.by.reason,
    )
    session.add(made)
    session.flush()
    if seen.amount and missing and seen.loan is not None:
        charge_damage(session, seen.loan, amount=seen.amount, note=", ".join(missing), now=seen.by.now)
    if is_out:
        return Checked(made, missing)
    status = ItemStatus.INCOMPLETE.value if missing else ItemStatus.AVAILABLE.value
    if item.status in (*TO_SEE_TO, ItemStatus.AVAILABLE) and item.status != status:
        change_status(session, item, status, seen.by)
    return Checked(made, missing, set_aside(session, item, seen.by.now))


def missing_before(session: Session, item: Item) -> list[str]:
    """What was missing when the parts were last checked."""
    last = session.scalar(_checks(item).limit(1))
    return [] if last is None else last.missing.splitlines()


def last_checks(session: Session, item: Item) -> Sequence[PartsCheck]:
    """The latest first."""
    return session.scalars(_checks(item).limit(LAST)).all()


def kits_to_see_to(session: Session) -> list[Kit]:
    """Those that came back unchecked, and those of which parts are missing; two queries."""
    wanted = select(Item).where(Item.status.in_(TO_SEE_TO)).order_by(Item.status.desc(), Item.changed_at, Item.id)
    items = session.scalars(wanted.limit(LISTED)).all()
    of = PartsCheck.item_id.in_([item.id for item in items])
    last = {one.item_id: one.missing for one in session.scalars(select(PartsCheck).where(of).order_by(PartsCheck.id))}
    return [Kit(item, last.get(item.id, "")) for item in items]


def _checks(item: Item) -> Select[PartsCheck]:
    return select(PartsCheck).where(PartsCheck.item_id == item.id).order_by(PartsCheck.id.desc())
