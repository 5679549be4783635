"""What was done to an item: written with each change, read on its page, taken back when it was a mistake.

No use case commits.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from samut_hub.catalogue.holdings import crossed, note_holdings
from samut_hub.catalogue.models import Item, ItemChange
from samut_hub.catalogue.policy import ItemEvent
from samut_hub.catalogue.service import note_changes
from samut_hub.errors import NotFoundError

KEPT = (
    "title_id",
    "accession_number",
    "barcode",
    "rfid",
    "call_number",
    "scheme",
    "place_id",
    "category_id",
    "source",
    "price",
    "service_charge",
    "loan_days",
    "fine_per_day",
    "serial_number",
    "received_on",
    "warranty_until",
    "parts",
    "status",
    "note",
)
"""The columns whose changes are written down."""
DATES = ("received_on", "warranty_until")
LISTED = 100

Values = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class By:
    """Who does something to an item, when and why; `happened_on` is the day that staff say, if it is another."""

    staff_id: int | None
    now: datetime
    reason: str = ""
    happened_on: date | None = None
    batch_id: int | None = None


class ChangedSinceError(Exception):
    """What was to be put back was changed again in the meantime: these columns."""

    def __init__(self, columns: Sequence[str]) -> None:
        super().__init__(f"Changed again since: {', '.join(columns)}.")
        self.columns = columns


def state_of(item: Item) -> Values:
    """The item as its history writes it down."""
    return {name: _plain(getattr(item, name)) for name in KEPT}


def note_change(
    session: Session, item: Item, before: Mapping[str, Any], by: By, event: ItemEvent = ItemEvent.EDITED
) -> ItemChange | None:
    """Write down what differs from `before`, as `state_of` gave it; nothing of an edit that changed nothing."""
    after = state_of(item)
    differing = [name for name in KEPT if before[name] != after[name]]
    if not differing and event is ItemEvent.EDITED:
        return None
    change = ItemChange(
        item_id=item.id,
        library_id=item.library_id,
        at=by.now,
        staff_id=by.staff_id,
        batch_id=by.batch_id,
        before={name: before[name] for name in differing},
        after={name: after[name] for name in differing},
        reason=by.reason,
        event=event.value,
        happened_on=by.happened_on,
    )
    session.add(change)
    return change


def finish_change(
    session: Session, item: Item, before: Mapping[str, Any], by: By, event: ItemEvent = ItemEvent.EDITED
) -> ItemChange | None:
    """Write down what differs, as `note_change` does, and tell the search index and harvesters."""
    change = note_change(session, item, before, by, event)
    session.flush()
    if change is not None and change.after:
        note_changes(session, [item.title_id])
        note_holdings(session, {item.id: crossed(before, item)}, now=by.now)
    return change


def history_of(session: Session, item: Item) -> Sequence[ItemChange]:
    """What was done to the item, the latest first."""
    wanted = select(ItemChange).where(ItemChange.item_id == item.id)
    return session.scalars(wanted.order_by(ItemChange.id.desc()).limit(LISTED)).all()


def change_of(session: Session, item: Item, change_id: int) -> ItemChange:
    """Raises NotFoundError."""
    found = session.get(ItemChange, change_id)
    if found is None or found.item_id != item.id:
        raise NotFoundError(f"There is no change {change_id} of item {item.id}.")
    return found


def changed_since(item: Item, change: ItemChange) -> list[str]:
    """The columns in which the item is no longer as the change left it."""
    return [name for name, value in change.after.items() if _plain(getattr(item, name)) != value]


def put_back(item: Item, change: ItemChange) -> None:
    """Make the item what it was before the change. Raises ChangedSinceError, and then nothing is changed."""
    again = changed_since(item, change)
    if again:
        raise ChangedSinceError(again)
    for name, value in change.before.items():
        setattr(item, name, date.fromisoformat(value) if name in DATES and value else value)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
