"""Records going out: the whole catalogue, what a library has, or single titles, in memory that stays flat."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from pymarc import Record
from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session, undefer

from samut_hub.catalogue.imports.holdings import Copy, Holdings, put_copies
from samut_hub.catalogue.models import Category, Item, Title
from samut_hub.catalogue.records.iso2709 import kept_record, write_record
from samut_hub.catalogue.records.marc_writing import new_record
from samut_hub.catalogue.records.marcxml import FOOT, HEAD, write_marcxml
from samut_hub.catalogue.service import description_of, place_names
from samut_hub.libraries.models import Library

STEP = 500
Reading = Callable[[], AbstractContextManager[Session]]
"""Opens a session that reads."""


class Which(StrEnum):
    """Which titles go out."""

    OURS = "ours"
    ALL = "all"
    CHOSEN = "chosen"


class Shape(StrEnum):
    """In what form."""

    MARC = "marc"
    MARCXML = "marcxml"


@dataclass(frozen=True)
class Export:
    """What is wanted; `ids` are the chosen titles, else empty."""

    which: Which = Which.OURS
    shape: Shape = Shape.MARC
    holdings: Holdings = Holdings.NONE
    ids: tuple[int, ...] = ()

    @classmethod
    def from_args(cls, args: dict[str, Any]) -> "Export":
        which, shape, holdings = Which(args["which"]), Shape(args["shape"]), Holdings(args["holdings"])
        return cls(which, shape, holdings, tuple(args["ids"]))

    def args(self) -> dict[str, Any]:
        return asdict(replace(self, ids=self.ids)) | {"ids": list(self.ids)}

    def file_name(self, now: datetime) -> str:
        return f"catalogue-{now:%Y%m%d-%H%M%S}.{'mrc' if self.shape is Shape.MARC else 'xml'}"


def count(session: Session, wanted: Export) -> int:
    return session.scalar(select(func.count()).select_from(_titles(wanted).subquery())) or 0


def records_out(reading: Reading, wanted: Export) -> Iterator[tuple[int, bytes]]:
    """The file in parts, each with the number of records written so far; none is handed out within a session."""
    done = 0
    if wanted.shape is Shape.MARCXML:
        yield done, HEAD
    write = write_marcxml if wanted.shape is Shape.MARCXML else write_record
    for records in _in_steps(reading, wanted):
        done += len(records)
        yield done, b"".join(map(write, records))
    if wanted.shape is Shape.MARCXML:
        yield done, FOOT


def _titles(wanted: Export) -> Select[int]:
    chosen = select(Title.id).where(Title.merged_into_id.is_(None))
    if wanted.which is Which.CHOSEN:
        return chosen.where(Title.id.in_(wanted.ids))
    if wanted.which is Which.OURS:
        return chosen.where(exists(select(Item.id).where(Item.title_id == Title.id)))
    return chosen


def _in_steps(reading: Reading, wanted: Export) -> Iterator[list[Record]]:
    last: int | None = 0
    while last is not None:
        with reading() as session:
            records, last = _step(session, wanted, last)
        yield records


def _step(session: Session, wanted: Export, last: int) -> tuple[list[Record], int | None]:
    """The records after that title, and the last title among them; None when there are no more."""
    ids = session.scalars(_titles(wanted).where(Title.id > last).order_by(Title.id).limit(STEP)).all()
    titles = session.scalars(select(Title).where(Title.id.in_(ids)).order_by(Title.id).options(undefer(Title.marc)))
    marks = _Marks.of(session)
    copies = _copies(session, ids, marks) if wanted.holdings else {}
    records = [_record(title, copies.get(title.id, ()), wanted.holdings, marks.library) for title in titles]
    return records, ids[-1] if len(ids) == STEP else None


@dataclass(frozen=True)
class _Marks:
    """What the library calls itself, its places and its categories."""

    library: str
    places: dict[int, str]
    categories: dict[int, str]

    @classmethod
    def of(cls, session: Session) -> "_Marks":
        own = session.get(Library, session.info.get("library_id") or 0)
        categories = {row[0]: row[1] for row in session.execute(select(Category.id, Category.name))}
        return cls("" if own is None else own.code, place_names(session, "th"), categories)


def _record(title: Title, copies: Sequence[Copy], holdings: Holdings, library: str) -> Record:
    record = kept_record(title.marc) or new_record(description_of(title))
    if copies:
        put_copies(record, copies, holdings, library)
    return record


def _copies(session: Session, ids: Sequence[int], marks: _Marks) -> dict[int, list[Copy]]:
    found: dict[int, list[Copy]] = defaultdict(list)
    for item in session.scalars(select(Item).where(Item.title_id.in_(ids)).order_by(Item.id)):
        found[item.title_id].append(
            Copy(
                accession_number=item.accession_number,
                barcode=item.barcode,
                call_number=item.call_number,
                place=marks.places.get(item.place_id or 0, ""),
                category=marks.categories.get(item.category_id or 0, ""),
                price=item.price,
                source=item.source,
                received_on=item.received_on,
                status=item.status,
                note=item.note,
            )
        )
    return found
