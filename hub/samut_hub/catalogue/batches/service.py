"""Change many items at once: see what would change, do it, put it back. No use case commits."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from samut_hub.catalogue.batches.policy import Chosen, Wanted, changed
from samut_hub.catalogue.holdings import crossed, note_holdings
from samut_hub.catalogue.item_history import By, changed_since, note_change, put_back, state_of
from samut_hub.catalogue.items import default_scheme, numbers_typed, shelf_key
from samut_hub.catalogue.lending import lent_among
from samut_hub.catalogue.models import BatchEdit, Item, ItemChange
from samut_hub.catalogue.naming import NamedItem, items_named
from samut_hub.catalogue.policy import (
    ItemEvent,
    StatusFault,
    match_key,
    status_fault,
)
from samut_hub.catalogue.service import note_changes, places
from samut_hub.errors import NotFoundError
from samut_hub.tasks import Task

AT_ONCE = 2_000
"""Items that are changed while the person waits; more are a task."""
PART = 500
SHOWN = 50
MOST_NUMBERS = 10_000


class TooManyNumbersError(Exception):
    """More numbers were pasted than MOST_NUMBERS."""


class GoingOnError(Exception):
    """The task of the batch edit has not ended yet."""


class TakenBackError(Exception):
    """The batch edit was put back, or another task sees to it: this one may not go on."""


@dataclass(frozen=True, slots=True)
class Line:
    """One item and what becomes of it; `fault` is what stands against it."""

    item: Item
    before: dict[str, Any]
    after: dict[str, Any]
    fault: StatusFault | None = None


@dataclass
class Preview:
    """`total` items are chosen; of the first AT_ONCE of them `changing` change. `mark` stands for exactly these."""

    total: int
    lines: list[Line] = field(default_factory=list)
    changing: int = 0
    unchanged: int = 0
    refused: int = 0
    unknown: Sequence[str] = ()
    mark: str = ""


@dataclass
class Done:
    """How many items changed, and the accession numbers of those that could not be."""

    items: int = 0
    refused: list[str] = field(default_factory=list)


def numbers_in(text: str) -> tuple[str, ...]:
    """The numbers pasted or scanned, in their order: in lines, with commas, also as ranges.

    Raises WrongRangeError and TooManyNumbersError.
    """
    found: dict[str, None] = {}
    for piece in text.replace(",", "\n").replace(";", "\n").splitlines():
        number = piece.strip()
        if number:
            found.update(dict.fromkeys(numbers_typed(number, most=MOST_NUMBERS)))
        if len(found) > MOST_NUMBERS:
            raise TooManyNumbersError
    return tuple(found)


def place_and_below(session: Session, place_id: int) -> tuple[int, ...]:
    """The place and all places in it."""
    found = {place_id}
    for place, _depth in places(session):
        if place.parent_id in found:
            found.add(place.id)
    return tuple(sorted(found))


def preview(session: Session, chosen: Chosen, wanted: Wanted) -> Preview:
    """What would change, the first SHOWN lines of it."""
    total = session.scalar(select(func.count()).select_from(_ids(session, chosen).subquery())) or 0
    seen = Preview(total, unknown=_unknown(session, chosen.numbers))
    mark = sha256(str(total).encode())
    for items in _parts(session, chosen, AT_ONCE):
        for line in _lines(session, items, wanted):
            seen.refused += line.fault is not None
            seen.changing += line.fault is None and bool(line.after)
            seen.unchanged += line.fault is None and not line.after
            if len(seen.lines) < SHOWN and (line.after or line.fault):
                seen.lines.append(line)
            mark.update(f"{line.item.id}:{line.before}:{line.after}".encode())
    seen.mark = mark.hexdigest()
    return seen


def begin(session: Session, about: str, by: By) -> BatchEdit:
    """The row under which the changes are kept together."""
    batch = BatchEdit(at=by.now, staff_id=by.staff_id, about=about)
    session.add(batch)
    session.flush()
    return batch


def apply(session: Session, batch: BatchEdit, chosen: Chosen, wanted: Wanted, by: By) -> Done:
    """Change all that are chosen; those that stand against it are told."""
    done = Done()
    for items in list(_parts(session, chosen, None)):
        _add(done, apply_to(session, batch, items, wanted, by))
    return done


def apply_to(session: Session, batch: BatchEdit, items: Sequence[Item], wanted: Wanted, by: By) -> Done:
    """Change these items and count them at the batch."""
    done, default = Done(), default_scheme(session)
    titles: set[int] = set()
    moved: dict[int, set[int]] = {}
    mine = By(staff_id=by.staff_id, now=by.now, reason=wanted.reason, batch_id=batch.id)
    for line in _lines(session, items, wanted):
        if line.fault is not None:
            done.refused.append(line.item.accession_number)
        elif line.after:
            _set(line.item, line.after, by)
            line.item.call_key = shelf_key(line.item, default) or None
            note_change(session, line.item, line.before, mine)
            titles.add(line.item.title_id)
            moved[line.item.id] = crossed(line.before, line.item)
            done.items += 1
    batch.items += done.items
    session.flush()
    _tell(session, titles, moved, by)
    return done


def changes_of(session: Session, batch: BatchEdit, *, after: int = 0, limit: int = SHOWN) -> Sequence[ItemChange]:
    """What the batch changed, in parts: those behind the change with that id."""
    wanted = select(ItemChange).where(ItemChange.batch_id == batch.id, ItemChange.id > after)
    return session.scalars(wanted.order_by(ItemChange.id).limit(limit)).all()


def items_by_id(session: Session, ids: Iterable[int]) -> dict[int, Item]:
    return {item.id: item for item in session.scalars(select(Item).where(Item.id.in_(list(ids))))}


def is_going_on(session: Session, batch: BatchEdit) -> bool:
    """Whether a task still makes the changes, or puts them back."""
    task = None if batch.task_id is None else session.get(Task, batch.task_id)
    return task is not None and not task.is_over


def batch_to_undo(session: Session, batch_id: int) -> BatchEdit:
    """The batch edit, locked: what its task does at this moment is waited for, and seen. Raises GoingOnError."""
    batch = _locked(session, batch_id)
    if is_going_on(session, batch):
        raise GoingOnError
    return batch


def batch_of_task(session: Session, batch_id: int, task_id: int) -> BatchEdit:
    """The batch edit, locked, for the task that sees to it. Raises TakenBackError."""
    batch = _locked(session, batch_id)
    if batch.undone_at is not None or batch.task_id != task_id:
        raise TakenBackError
    return batch


def undo(session: Session, batch: BatchEdit, by: By) -> Done:
    """Put everything back but what was changed again since, which is told."""
    done, last = Done(), 0
    while changes := changes_of(session, batch, after=last, limit=PART):
        _add(done, undo_part(session, changes, by))
        last = changes[-1].id
    batch.undone_at = by.now
    return done


def undo_part(session: Session, changes: Sequence[ItemChange], by: By) -> Done:
    """Put these changes back. What is as it was already is passed over, so that this can be done again."""
    done, default = Done(), default_scheme(session)
    found = items_by_id(session, {change.item_id for change in changes})
    lent = lent_among(session, list(found))
    titles: set[int] = set()
    moved: dict[int, set[int]] = {}
    for change in changes:
        item = found[change.item_id]
        before = state_of(item)
        if all(before[name] == value for name, value in change.before.items()):
            continue
        if changed_since(item, change) or ("status" in change.before and item.id in lent):
            done.refused.append(item.accession_number)
            continue
        put_back(item, change)
        item.changed_at, item.call_key = by.now, shelf_key(item, default) or None
        note_change(session, item, before, by, ItemEvent.UNDONE)
        titles.add(item.title_id)
        moved[item.id] = crossed(before, item)
        done.items += 1
    session.flush()
    _tell(session, titles, moved, by)
    return done


def _tell(session: Session, titles: set[int], moved: dict[int, set[int]], by: By) -> None:
    if titles:
        note_changes(session, sorted(titles))
        note_holdings(session, {item_id: ids for item_id, ids in moved.items() if ids}, now=by.now)


def batch_by_id(session: Session, batch_id: int) -> BatchEdit:
    """Raises NotFoundError."""
    found = session.get(BatchEdit, batch_id)
    if found is None:
        raise NotFoundError(f"There is no batch edit {batch_id} in this library.")
    return found


def latest(session: Session, limit: int = 20) -> Sequence[BatchEdit]:
    return session.scalars(select(BatchEdit).order_by(BatchEdit.id.desc()).limit(limit)).all()


def part_after(session: Session, chosen: Chosen, last: int) -> Sequence[Item]:
    """The next PART of the chosen items behind the item with that id."""
    ids = session.scalars(_ids(session, chosen, last).order_by(Item.id).limit(PART)).all()
    return session.scalars(select(Item).where(Item.id.in_(ids)).order_by(Item.id)).all()


def _locked(session: Session, batch_id: int) -> BatchEdit:
    batch_by_id(session, batch_id)
    return session.get_one(BatchEdit, batch_id, with_for_update=True, populate_existing=True)


def _parts(session: Session, chosen: Chosen, most: int | None) -> Iterable[Sequence[Item]]:
    last, seen = 0, 0
    while (most is None or seen < most) and (items := part_after(session, chosen, last)):
        yield items
        last, seen = items[-1].id, seen + len(items)


def _ids(session: Session, chosen: Chosen, last: int = 0) -> Select[int]:
    """Those behind that id."""
    wanted = select(Item.id)
    if chosen.numbers:
        named = (one.item_id for one in _named(session, chosen.numbers))
        wanted = wanted.where(Item.id.in_([item_id for item_id in named if item_id > last]))
    else:
        wanted = wanted.where(Item.id > last)
    if chosen.place_ids:
        wanted = wanted.where(Item.place_id.in_(chosen.place_ids))
    if chosen.category_id is not None:
        wanted = wanted.where(Item.category_id == chosen.category_id)
    if chosen.status:
        wanted = wanted.where(Item.status == chosen.status)
    if chosen.title_ids is not None:
        wanted = wanted.where(Item.title_id.in_(chosen.title_ids))
    return wanted


def _unknown(session: Session, numbers: Sequence[str]) -> list[str]:
    """Those that no item has."""
    known = {key for one in _named(session, numbers) for key in (one.accession, one.barcode)}
    return [number for number in numbers if match_key(number) not in known]


def _named(session: Session, numbers: Sequence[str]) -> list[NamedItem]:
    keys = {match_key(number) for number in numbers}
    return items_named(session, accessions=keys, barcodes=keys)


def _lines(session: Session, items: Sequence[Item], wanted: Wanted) -> list[Line]:
    lent = lent_among(session, [item.id for item in items]) if "status" in wanted.values else set()
    default = default_scheme(session)
    return [_line(item, wanted, is_lent=item.id in lent, default=default) for item in items]


def _line(item: Item, wanted: Wanted, *, is_lent: bool, default: str) -> Line:
    before = state_of(item)
    scheme = item.scheme or item.title.scheme or default
    after = changed(before, wanted, item.call_number or item.title.call_number, scheme)
    fault = None
    if "status" in after:
        fault = status_fault(item.status, after["status"], is_lent=is_lent, reason=wanted.reason)
    return Line(item, before, after, fault)


def _set(item: Item, values: dict[str, Any], by: By) -> None:
    for name, value in values.items():
        setattr(item, name, value)
    item.changed_at = by.now


def _add(done: Done, more: Done) -> None:
    done.items += more.items
    done.refused += more.refused
