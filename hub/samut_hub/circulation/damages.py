"""An item that came back damaged, seen at once or after its return was scanned. No use case commits."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from samut_hub.catalogue.item_history import By
from samut_hub.catalogue.item_status import note_damage
from samut_hub.catalogue.models import Item
from samut_hub.charges.models import ChargeKind
from samut_hub.charges.service import add_charge
from samut_hub.circulation.found_again import GONE
from samut_hub.circulation.loans import open_loan_of
from samut_hub.circulation.locking import lock
from samut_hub.circulation.models import Hold, Loan
from samut_hub.circulation.service import take_back
from samut_hub.circulation.setting_aside import set_aside, wait_again
from samut_rules.loan import ItemStatus


class Becomes(StrEnum):
    """What becomes of the item."""

    REPAIRED = "repaired"
    LENT_ON = "lent_on"  # it is only noted
    WRITTEN_OFF = "written_off"


STATUS = {Becomes.REPAIRED: ItemStatus.IN_REPAIR.value, Becomes.WRITTEN_OFF: ItemStatus.WITHDRAWN.value}


class NobodyToChargeError(Exception):
    """Nobody is known any more who had the item."""


class NotHereError(Exception):
    """The item is thought lost or missing, or was written off: it is scanned as returned first."""


class LentAgainError(Exception):
    """Somebody else has the item by now."""


@dataclass(frozen=True, slots=True)
class Damage:
    """What staff saw, and the loan with which the item came back. `amount` (satang) is charged to whose loan that
    was; nothing is charged unasked."""

    becomes: Becomes
    by: By
    source: str
    loan: Loan | None
    amount: int = 0


@dataclass(frozen=True, slots=True)
class Noted:
    """`loan` is that with which the item came back, None where its member is forgotten or it was never lent. `hold`:
    for whom it is set aside now."""

    loan: Loan | None
    hold: Hold | None


def damage(session: Session, item: Item, seen: Damage) -> Noted:
    """End that loan if it is open, write the damage down, and charge what staff said.

    Raises NobodyToChargeError, NotHereError, LentAgainError and WrongAmountError, and then nothing may be kept.
    """
    now, loan = seen.by.now, None if seen.loan is None or seen.loan.member is None else seen.loan
    if open_loan_of(session, item) is not None:
        ended = take_back(session, item=item, now=now, source=seen.source, sets_aside=False).loan
        if ended is not None and ended is not loan:
            raise LentAgainError(item.barcode)
    if item.status in (*GONE, ItemStatus.WITHDRAWN):
        raise NotHereError(item.status)
    if seen.amount and loan is None:
        raise NobodyToChargeError(item.barcode)
    if seen.amount and loan is not None:
        lock(session, loan.borrower)  # before its hold, as everywhere
    if seen.becomes is not Becomes.LENT_ON and item.status == ItemStatus.RESERVED:
        wait_again(session, item, now)
    note_damage(session, item, seen.by, STATUS.get(seen.becomes, item.status))
    if seen.amount and loan is not None:
        charge_damage(session, loan, amount=seen.amount, note=seen.by.reason, now=now)
    return Noted(loan, set_aside(session, item, now))


def charge_damage(session: Session, loan: Loan, *, amount: int, note: str, now: datetime) -> None:
    """Whose loan it was pays for what is damaged or gone of the item. Raises WrongAmountError."""
    owes = loan.borrower
    lock(session, owes)
    add_charge(session, member=owes, kind=ChargeKind.DAMAGE, amount=amount, now=now, loan_id=loan.id, note=note)
