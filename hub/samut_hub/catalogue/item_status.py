"""What becomes of an item: repair, loss, writing off. No use case commits; each leaves a line in its history."""

from sqlalchemy.orm import Session

from samut_hub.catalogue.item_history import By, finish_change, state_of
from samut_hub.catalogue.lending import lent_among
from samut_hub.catalogue.models import Item
from samut_hub.catalogue.policy import ItemEvent, StatusFault, status_fault
from samut_rules.loan import ItemStatus


class WrongStatusError(Exception):
    """The item cannot be given this status."""

    def __init__(self, fault: StatusFault) -> None:
        super().__init__(f"The status cannot be changed: {fault}.")
        self.fault = fault


def change_status(session: Session, item: Item, status: str, by: By) -> None:
    """Raises WrongStatusError, and then nothing is changed. Writing off wants a reason."""
    refuse_status(session, item, status, by.reason)
    _set(session, item, status, by, ItemEvent.STATUS)


def note_damage(session: Session, item: Item, by: By, status: str = ItemStatus.IN_REPAIR.value) -> None:
    """It goes to repair, or where else `status` says; one that is out or set aside is only noted, and its desk sees
    to it when it comes back."""
    is_held = item.status == ItemStatus.RESERVED or is_lent(session, item)
    _set(session, item, item.status if is_held else status, by, ItemEvent.DAMAGED)


def note_claim(session: Session, item: Item, by: By) -> None:
    """The borrower says it was returned: the loan goes on until it is found. Raises WrongStatusError."""
    if not is_lent(session, item):
        raise WrongStatusError(StatusFault.NOT_ON_LOAN)
    _set(session, item, item.status, by, ItemEvent.CLAIMED_RETURNED)


def hand_in(session: Session, item: Item, by: By) -> None:
    """It is here: one that was thought missing or lost can be lent again."""
    if item.status in (ItemStatus.MISSING, ItemStatus.LOST):
        _set(session, item, ItemStatus.AVAILABLE.value, by, ItemEvent.HANDED_IN)


def refuse_status(session: Session, item: Item, status: str, reason: str = "") -> None:
    """Raise WrongStatusError if something stands against the change."""
    fault = status_fault(item.status, status, is_lent=is_lent(session, item), reason=reason)
    if fault is not None:
        raise WrongStatusError(fault)


def is_lent(session: Session, item: Item) -> bool:
    return bool(lent_among(session, [item.id]))


def _set(session: Session, item: Item, status: str, by: By, event: ItemEvent) -> None:
    before = state_of(item)
    if item.status != status:
        item.status, item.changed_at = status, by.now
    finish_change(session, item, before, by, event)
