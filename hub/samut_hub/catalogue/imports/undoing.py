"""Undoing an import: items and titles it added go, titles it changed get their former record back.

What was changed since, or is used by others, stays and is named. Each step is a transaction of its own and leaves
less to do, so undoing goes on after a power cut as if nothing had been.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, undefer

from samut_hub.catalogue.authorities.linking import headings_of, link_headings, variants_of
from samut_hub.catalogue.holdings import note_holdings
from samut_hub.catalogue.imports.entries import columns_of
from samut_hub.catalogue.imports.models import Import, ImportedItem, OverlaidTitle
from samut_hub.catalogue.models import Item, RemovedTitle, Title
from samut_hub.catalogue.records.iso2709 import read_record
from samut_hub.catalogue.records.marc import describe
from samut_hub.catalogue.service import note_changes
from samut_hub.db import Database

STEP = 200
NAMED = 500


class Kept(StrEnum):
    """Why something of an import stays."""

    ITEM = "item"
    CHANGED = "changed"
    CHANGED_AGAIN = "changed_again"
    IN_USE = "in_use"


@dataclass
class Undoing:
    """The steps, one after the other; `done` counts what was looked at."""

    database: Database
    library_id: int
    run_id: int
    now: datetime
    done: int = 0

    def steps(self) -> Iterator[int]:
        """Carry out what is left; after each step, how much was looked at."""
        for step in (self._items, self._overlaid, self._titles):
            last = 0
            while True:
                with self.database.session(self.library_id) as session:
                    looked_at = step(session, last)
                if not looked_at:
                    break
                last = looked_at[-1]
                self.done += len(looked_at)
                yield self.done

    def _items(self, session: Session, last: int) -> Sequence[int]:
        mine = (ImportedItem.import_id == self.run_id, ImportedItem.item_id > last)
        rows = session.scalars(select(ImportedItem).where(*mine).order_by(ImportedItem.item_id).limit(STEP)).all()
        added = {row.item_id: row.added_at for row in rows}
        items = {item.id: item for item in session.scalars(select(Item).where(Item.id.in_(added)))}
        unchanged = [one for one in items.values() if one.changed_at == added[one.id] == one.added_at]
        title_ids = {one.id: one.title_id for one in unchanged}
        gone = _delete(session, unchanged) | (added.keys() - items.keys())
        session.execute(delete(ImportedItem).where(ImportedItem.item_id.in_(gone)))
        changed = {title_ids[item_id] for item_id in gone if item_id in title_ids}
        if changed:
            note_changes(session, sorted(changed))
            came = {item_id: [title_ids[item_id]] for item_id in gone if item_id in title_ids}
            note_holdings(session, came, now=self.now)
        return [row.item_id for row in rows]

    def _overlaid(self, session: Session, last: int) -> Sequence[int]:
        mine = (OverlaidTitle.import_id == self.run_id, OverlaidTitle.id > last)
        rows = session.scalars(select(OverlaidTitle).where(*mine).order_by(OverlaidTitle.id).limit(STEP)).all()
        ids = [row.title_id for row in rows]
        found = session.scalars(select(Title).where(Title.id.in_(ids)).options(undefer(Title.marc)))
        titles = {title.id: title for title in found}
        back = [row for row in rows if _is_as_left(titles.get(row.title_id), row)]
        for row in back:
            _put_back(titles[row.title_id], row, self.now)
        session.flush()
        _follow(session, [titles[row.title_id] for row in back], self.now)
        session.execute(delete(OverlaidTitle).where(OverlaidTitle.id.in_([row.id for row in back])))
        return [row.id for row in rows]

    def _titles(self, session: Session, last: int) -> Sequence[int]:
        mine = (Title.import_id == self.run_id, Title.id > last)
        wanted = select(Title.id, _is_unchanged(self.run_id), _has_items()).where(*mine)
        rows = session.execute(wanted.order_by(Title.id).limit(STEP)).all()
        free = [title_id for title_id, is_unchanged, is_used in rows if is_unchanged and not is_used]
        gone = _delete_titles(session, free, self.now)
        if gone:
            removed = [{"title_id": title_id, "removed_at": self.now} for title_id in gone]
            session.execute(insert(RemovedTitle), removed)
            former = (OverlaidTitle.import_id == self.run_id, OverlaidTitle.title_id.in_(gone))
            session.execute(delete(OverlaidTitle).where(*former))
            note_changes(session, gone)
        return [row[0] for row in rows]


def left_to_do(session: Session, run_id: int) -> int:
    """How many rows an undoing looks at."""
    conditions = (
        (ImportedItem, ImportedItem.import_id == run_id),
        (OverlaidTitle, _replaced_by(run_id)),
        (Title, Title.import_id == run_id),
    )
    counts = (select(func.count()).select_from(one).where(condition) for one, condition in conditions)
    return sum(session.scalar(count) or 0 for count in counts)


def finish_undoing(session: Session, run_id: int, *, now: datetime) -> Import:
    """Note what could not be undone, and why, by title."""
    run = session.get_one(Import, run_id)
    named = [*_kept_items(session, run_id), *_kept_overlays(session, run_id), *_kept_titles(session, run_id)]
    run.undone_at = now
    run.undone = {"kept": left_to_do(session, run_id), "named": named[:NAMED]}
    return run


def _kept_items(session: Session, run_id: int) -> Iterator[dict[str, Any]]:
    wanted = select(Item).join(ImportedItem, ImportedItem.item_id == Item.id).where(ImportedItem.import_id == run_id)
    for item in session.scalars(wanted.order_by(Item.id).limit(NAMED)):
        yield _named(item.title_id, item.title.title, Kept.ITEM, item.accession_number)


def _kept_overlays(session: Session, run_id: int) -> Iterator[dict[str, Any]]:
    wanted = select(Title.id, Title.title).join(OverlaidTitle, OverlaidTitle.title_id == Title.id)
    for title_id, title in session.execute(wanted.where(_replaced_by(run_id)).order_by(Title.id).limit(NAMED)):
        yield _named(title_id, title, Kept.CHANGED_AGAIN)


def _kept_titles(session: Session, run_id: int) -> Iterator[dict[str, Any]]:
    wanted = select(Title.id, Title.title, _is_unchanged(run_id)).where(Title.import_id == run_id)
    for title_id, title, is_unchanged in session.execute(wanted.order_by(Title.id).limit(NAMED)):
        yield _named(title_id, title, Kept.IN_USE if is_unchanged else Kept.CHANGED)


def _named(title_id: int, title: str, why: Kept, number: str = "") -> dict[str, Any]:
    return {"title_id": title_id, "title": title[:200], "why": why.value, "number": number}


def _replaced_by(run_id: int) -> ColumnElement[bool]:
    """Titles that were there before; those that the import added itself are taken out whole."""
    added = select(Title.id).where(Title.id == OverlaidTitle.title_id, Title.import_id == run_id)
    return (OverlaidTitle.import_id == run_id) & ~exists(added.correlate(OverlaidTitle))


def _is_unchanged(run_id: int) -> Any:
    """Whether an added title is as the import left it: that may have replaced its record once more."""
    mine = (OverlaidTitle.import_id == run_id, OverlaidTitle.title_id == Title.id)
    last = select(func.max(OverlaidTitle.version)).where(*mine).correlate(Title).scalar_subquery()
    return Title.version == func.coalesce(last, 1)


def _has_items() -> Any:
    """Of any library: the table is asked, which no session's library narrows."""
    items = Item.__table__
    return exists(select(items.c.id).where(items.c.title_id == Title.id).correlate(Title))


def _delete(session: Session, items: Sequence[Item]) -> set[int]:
    """Delete those that nothing refers to, as many at once as the database allows; returns their ids."""
    if not items:
        return set()
    try:
        with session.begin_nested():
            for item in items:
                session.delete(item)
    except IntegrityError:
        if len(items) == 1:
            return set()
        half = len(items) // 2
        return _delete(session, items[:half]) | _delete(session, items[half:])
    return {item.id for item in items}


def _delete_titles(session: Session, ids: Sequence[int], now: datetime) -> list[int]:
    """The same for titles with their headings."""
    if not ids:
        return []
    try:
        with session.begin_nested():
            link_headings(session, {title_id: [] for title_id in ids}, now=now)
            session.execute(delete(Title).where(Title.id.in_(ids)).execution_options(synchronize_session=False))
    except IntegrityError:
        if len(ids) == 1:
            return []
        half = len(ids) // 2
        return _delete_titles(session, ids[:half], now) + _delete_titles(session, ids[half:], now)
    return list(ids)


def _is_as_left(title: Title | None, row: OverlaidTitle) -> bool:
    return title is not None and title.version == row.version and title.import_id != row.import_id


def _put_back(title: Title, row: OverlaidTitle, now: datetime) -> None:
    record = read_record(row.marc)
    columns = columns_of(record, describe(record)) | {"material": row.material, "origin_key": row.origin_key}
    for name, value in (columns | {"marc": row.marc, "changed_at": now}).items():
        setattr(title, name, value)


def _follow(session: Session, titles: Sequence[Title], now: datetime) -> None:
    if not titles:
        return
    records = {title.id: read_record(title.marc) for title in titles if title.marc is not None}
    variants = [variant for record in records.values() for variant in variants_of(record)]
    headings = {title_id: headings_of(record) for title_id, record in records.items()}
    link_headings(session, headings, now=now, variants=variants)
    note_changes(session, sorted(records))
