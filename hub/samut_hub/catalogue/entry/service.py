"""Entering many books one after another: each saved once, with its title where that was new, and taken back whole.

No use case commits.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from samut_hub.catalogue import service as catalogue
from samut_hub.catalogue.entry.models import Entry
from samut_hub.catalogue.holdings import note_holdings
from samut_hub.catalogue.items import ItemFields, add_items
from samut_hub.catalogue.models import Item, ItemChange, Title
from samut_hub.errors import NotFoundError

MOST_SHOWN = 100


class Obstacle(StrEnum):
    """Why an entry cannot be taken back."""

    USED = "used"
    CHANGED = "changed"


class CannotUndoError(Exception):
    def __init__(self, obstacle: Obstacle) -> None:
        super().__init__(obstacle.value)
        self.obstacle = obstacle


@dataclass(frozen=True, slots=True)
class Book:
    """What is entered: the title, new or known, comes from `title` when the entry is carried out."""

    title: Callable[[], Title]
    is_new_title: bool
    fields: ItemFields
    copies: int = 1


def enter(session: Session, token: str, book: Book, *, staff_id: int, now: datetime) -> Entry:
    """The book with its copies; what came of the same form before, if it was sent before. Raises a NumberError."""
    before = session.scalar(select(Entry).where(Entry.token == token))
    if before is not None:
        return before
    with session.begin_nested():
        title = book.title()
        added = add_items(session, title, book.fields, copies=book.copies, now=now)
        entry = Entry(
            token=token,
            staff_id=staff_id,
            at=now,
            title_id=title.id,
            title=title.title,
            is_new_title=book.is_new_title,
            item_ids=[item.id for item in added],
            numbers=_span([item.accession_number for item in added]),
        )
        session.add(entry)
    return entry


def entries_since(session: Session, staff_id: int, since: datetime) -> Sequence[Entry]:
    """What this person entered, the last first; not what was taken back."""
    wanted = select(Entry).where(Entry.staff_id == staff_id, Entry.at >= since, Entry.undone_at.is_(None))
    return session.scalars(wanted.order_by(Entry.at.desc(), Entry.id.desc()).limit(MOST_SHOWN)).all()


def entry_by_id(session: Session, entry_id: int) -> Entry:
    """Raises NotFoundError."""
    found = session.get(Entry, entry_id)
    if found is None:
        raise NotFoundError(f"There is no entry {entry_id} in this library.")
    return found


def numbers_of(session: Session, entries: Sequence[Entry]) -> list[str]:
    """The accession numbers of their copies, in the order in which they were entered."""
    ids = [item_id for entry in entries for item_id in entry.item_ids]
    return list(session.scalars(select(Item.accession_number).where(Item.id.in_(ids)).order_by(Item.id)))


def undo(session: Session, entry: Entry, *, now: datetime) -> None:
    """Take the copies out again, and the title with them if it came with them and nobody uses it.

    Raises CannotUndoError when a copy was changed since, or something stands on it: a loan, a count of stock.
    """
    if entry.undone_at is not None:
        return
    found = session.scalars(select(Item).where(Item.id.in_(entry.item_ids))).all()
    if any(item.changed_at > entry.at for item in found) or _is_changed(session, entry):
        raise CannotUndoError(Obstacle.CHANGED)
    try:
        with session.begin_nested():
            for item in found:
                session.delete(item)
            session.flush()
    except IntegrityError:
        raise CannotUndoError(Obstacle.USED) from None
    entry.undone_at = now
    catalogue.note_changes(session, [entry.title_id])
    note_holdings(session, {item_id: [entry.title_id] for item_id in entry.item_ids}, now=now)
    if entry.is_new_title:
        _remove_unused(session, entry.title_id, now)


def _is_changed(session: Session, entry: Entry) -> bool:
    wanted = select(ItemChange.id).where(ItemChange.item_id.in_(entry.item_ids)).limit(1)
    return session.scalar(wanted) is not None


def _remove_unused(session: Session, title_id: int, now: datetime) -> None:
    title = session.get(Title, title_id)
    try:
        if title is not None:
            catalogue.remove_title(session, title, now=now)
    except catalogue.TitleInUseError:
        return


def _span(numbers: Sequence[str]) -> str:
    return numbers[0] if len(numbers) == 1 else f"{numbers[0]}–{numbers[-1]}"
