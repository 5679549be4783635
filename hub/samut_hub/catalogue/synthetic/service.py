"""Putting made-up titles into a catalogue: made by all processors, written in batches, some with items."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from random import Random
from typing import Any

import msgspec
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from samut_hub.bulk import add_numbered, insert_rows
from samut_hub.catalogue.authorities.linking import HeadingKind, headings_of, link_headings
from samut_hub.catalogue.models import Item, Place, Title
from samut_hub.catalogue.policy import order_of
from samut_hub.catalogue.records.iso2709 import write_record
from samut_hub.catalogue.records.marc_writing import new_record
from samut_hub.catalogue.service import add_material_types, add_place, keys_of, note_changes
from samut_hub.catalogue.synthetic.titles import description
from samut_hub.db import Database

SOURCE = "synthetic"
BATCH = 1_000
SHARE_HELD = 0.6
"""Of the titles the library has items; the others are records of the shared catalogue only."""
_AHEAD = 6
_ROOMS = ("ห้องใหญ่", "ห้องเด็ก", "ห้องสื่อ")


@dataclass(frozen=True)
class Made:
    """A title's row, its headings, and its place in the sequence of made-up titles."""

    number: int
    row: dict[str, Any]
    headings: list[tuple[HeadingKind, str]]


def add_synthetic_titles(
    database: Database, library_id: int, count: int, *, now: datetime, tell: Callable[[int], None] = lambda done: None
) -> None:
    """Add `count` made-up titles, and items of some of them to the library. One after the last time goes on there."""
    with database.session(library_id) as session:
        add_material_types(session)
        places = [_room(session, name).id for name in _ROOMS]
        first = session.scalar(select(func.count()).select_from(Title).where(Title.source == SOURCE)) or 0
    for done, batch in enumerate(_batches(first, first + count), start=1):
        with database.session(library_id) as session:
            _add(session, batch, places, now)
        tell(min(done * BATCH, count))


def is_held(number: int) -> bool:
    """Whether the library gets items of the title of this number."""
    return Random(number + 0.5).random() < SHARE_HELD


def made(first: int, last: int) -> list[Made]:
    """The titles of these numbers."""
    return [_made(number) for number in range(first, last)]


def _batches(first: int, last: int) -> Iterator[list[Made]]:
    """In order; a few are made ahead, so memory does not grow with their number."""
    starts = iter(range(first, last, BATCH))
    with ProcessPoolExecutor() as makers:

        def begin(start: int) -> Future[list[Made]]:
            return makers.submit(made, start, min(start + BATCH, last))

        waiting = [begin(start) for start in islice(starts, _AHEAD)]
        while waiting:
            yield waiting.pop(0).result()
            waiting += [begin(start) for start in islice(starts, 1)]


def _made(number: int) -> Made:
    said = description(number)
    record = new_record(said)
    row = {
        **msgspec.structs.asdict(said),
        **keys_of(said, record),
        "marc": write_record(record),
        "source": SOURCE,
        "origin_key": f"{SOURCE} {number}",
    }
    return Made(number, row, headings_of(record))


def _add(session: Session, batch: list[Made], places: list[int], now: datetime) -> None:
    rows = [{**one.row, "changed_at": now} for one in batch]
    ids = add_numbered(session, Title.metadata.tables[Title.__tablename__], rows)
    link_headings(session, {title: one.headings for title, one in zip(ids, batch, strict=True)}, now=now)
    note_changes(session, ids)
    items = [
        item
        for title, one in zip(ids, batch, strict=True)
        for item in _items(title, one, places, session.info["library_id"])
    ]
    if items:
        insert_rows(session, insert(Item), [{**item, "added_at": now, "changed_at": now} for item in items])


def _items(title_id: int, one: Made, places: list[int], library_id: int) -> Iterator[dict[str, Any]]:
    if not is_held(one.number):
        return
    chance = Random(-one.number - 1)
    for copy in range(chance.choice((1, 1, 1, 2, 3))):
        number = f"S{one.number:07d}-{copy + 1}"
        yield {
            "library_id": library_id,
            "title_id": title_id,
            "accession_number": number,
            "accession_order": order_of(number),
            "barcode": number,
            "call_number": "",
            "scheme": one.row["scheme"],
            "call_key": one.row["call_key"],
            "place_id": chance.choice(places),
            "status": "available",
        }


def _room(session: Session, name: str) -> Place:
    found = session.scalar(select(Place).where(Place.name == name, Place.parent_id.is_(None)).limit(1))
    return found or add_place(session, name)
