"""Titles and items: find, add, change. No use case commits.

Titles are shared by all libraries of the hub, items are those of the session's library.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from pymarc import Record
from sqlalchemy import bindparam, func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from samut_hub.bulk import insert_rows
from samut_hub.catalogue.authorities.linking import heading_key, headings_of, link_headings, variants_of
from samut_hub.catalogue.classification.keys import call_key, scheme_of
from samut_hub.catalogue.models import Category, Item, MaterialType, Place, RemovedTitle, Title, TitleChange
from samut_hub.catalogue.policy import sought_key
from samut_hub.catalogue.records.iso2709 import read_record, write_record
from samut_hub.catalogue.records.marc import Description, cleaned, describe, split_values, title_for_sorting
from samut_hub.catalogue.records.marc_writing import change_record, new_record
from samut_hub.catalogue.records.materials import MATERIALS, control_text, material_of
from samut_hub.db import prepared
from samut_hub.errors import NotFoundError
from samut_hub.members.service import sort_key

STAFF = "staff"
LONGEST_NUMBER = 200
"""Characters of a control number that are kept apart from the record."""
SAVED_TOGETHER = 25
"""So many titles a person may save in one go and look for at once; more are the work of an import or of a batch."""
_BARCODED = prepared(select(Item).where(Item.barcode_key == bindparam("key")))
_CONTROL = dict.fromkeys((*range(32), *range(127, 160)))

Said = tuple[Description, Record]
"""What is shown of a title, and the record that says it."""


class TitleChangedError(Exception):
    """Someone else changed the title after it was read for editing."""

    def __init__(self, title_id: int) -> None:
        super().__init__(f"Title {title_id} was changed by someone else in the meantime.")


class TitleInUseError(Exception):
    """A library has items of the title, or something else stands on it: it cannot be removed."""

    def __init__(self, title_id: int, items: int) -> None:
        super().__init__(f"Title {title_id} has {items} items, or other records that belong to it.")
        self.items = items


@dataclass(frozen=True, slots=True)
class Copies:
    """How many items of a title the library has, and how many of them can be used: not lost, not in repair."""

    total: int = 0
    usable: int = 0


def title_by_id(session: Session, title_id: int) -> Title:
    """Raises NotFoundError."""
    found = session.get(Title, title_id)
    if found is None:
        raise NotFoundError(f"There is no title {title_id}.")
    return found


def item_by_id(session: Session, item_id: int) -> Item:
    """The library's item; raises NotFoundError."""
    found = session.get(Item, item_id)
    if found is None:
        raise NotFoundError(f"There is no item {item_id} in this library.")
    return found


def item_by_barcode(session: Session, barcode: str) -> Item | None:
    """The library's item with this bar code; Thai digits, spaces around it and small letters are understood."""
    key = sought_key(barcode)
    return None if key is None else session.scalar(_BARCODED, {"key": key})


def items_of(session: Session, title_id: int) -> Sequence[Item]:
    """The library's items of the title, by accession number."""
    wanted = select(Item).where(Item.title_id == title_id).order_by(func.length(Item.accession_number))
    return session.scalars(wanted.order_by(Item.accession_number)).all()


def copies_of(session: Session, title_ids: Sequence[int]) -> dict[int, Copies]:
    """For each of these titles that the library has items of."""
    usable = func.count().filter(Item.status.in_(("available", "reference")))
    wanted = select(Item.title_id, func.count(), usable).where(Item.title_id.in_(title_ids)).group_by(Item.title_id)
    return {title_id: Copies(total, good) for title_id, total, good in session.execute(wanted)}


def material_types(session: Session) -> Sequence[MaterialType]:
    """All kinds of material, in the order in which they were added."""
    order = {material.code: place for place, material in enumerate(MATERIALS)}
    found = session.scalars(select(MaterialType)).all()
    return sorted(found, key=lambda row: (order.get(row.code, len(order)), row.code))


def places(session: Session, library_ids: Sequence[int] | None = None) -> list[tuple[Place, int]]:
    """The places of these libraries, or of the session's, as trees read from the top, each with its depth."""
    wanted = select(Place) if library_ids is None else select(Place).where(Place.library_id.in_(library_ids))
    below: dict[int | None, list[Place]] = {}
    for place in session.scalars(wanted.order_by(Place.position, Place.id)):
        below.setdefault(place.parent_id, []).append(place)
    return list(_walk(below, None, 0))


def place_names(session: Session, language: str, library_ids: Sequence[int] | None = None) -> dict[int, str]:
    """Each place, of these libraries if they are named, with those it lies in: `Main hall, shelf 3`."""
    names: dict[int, str] = {}
    for place, _ in places(session, library_ids):
        above = names.get(place.parent_id or 0)
        names[place.id] = f"{above}, {place.shown(language)}" if above else place.shown(language)
    return names


def categories(session: Session) -> Sequence[Category]:
    """The library's divisions of its items, in its own order."""
    return session.scalars(select(Category).order_by(Category.position, Category.id)).all()


def add_place(session: Session, name: str, *, parent: Place | None = None) -> Place:
    """A new place, the last of those beside it."""
    place = Place(name=name, parent_id=None if parent is None else parent.id)
    session.add(place)
    session.flush()
    place.position = place.id
    return place


def material_type(session: Session, code: str) -> MaterialType:
    return session.get_one(MaterialType, code)


def add_material_types(session: Session) -> None:
    """Add those of `materials.MATERIALS` that are not there yet."""
    there = set(session.scalars(select(MaterialType.code)))
    session.add_all(
        MaterialType(code=one.code, name_th=one.name_th, name_en=one.name_en)
        for one in MATERIALS
        if one.code not in there
    )
    session.flush()


def add_title(session: Session, wanted: Description, *, now: datetime, source: str = STAFF) -> Title:
    """A new title, with a MARC record that says the same."""
    wanted = cleaned(wanted)
    return _add(session, Title(source=source), (wanted, new_record(_in_marc(session, wanted))), now)


def add_record(session: Session, record: Record, *, now: datetime, source: str = STAFF) -> Title:
    """A new title of which the whole record is given."""
    return _add(session, Title(source=source), (describe(record), record), now)


def edit_title(session: Session, title: Title, wanted: Description, *, version: int, now: datetime) -> None:
    """Change what the form says and the MARC fields it stands for. Raises TitleChangedError.

    `version` is that of the title when the form was filled with it.
    """
    _refuse_changed(title, version)
    said, wanted = description_of(title), cleaned(wanted)
    if said == wanted:
        return
    record = record_of(session, title)
    change_record(record, _in_marc(session, said), _in_marc(session, wanted))
    _save(session, title, (wanted, record), now)


def edit_record(session: Session, title: Title, record: Record, *, version: int, now: datetime) -> None:
    """Put this record in the place of the title's own; what is shown follows it. Raises TitleChangedError.

    The kind of material stays, unless the record says another one than before: leaders know fewer kinds.
    """
    _refuse_changed(title, version)
    before = record_of(session, title)
    if write_record(before) == write_record(record):
        return
    wanted = describe(record)
    if material_of(before) == wanted.material:
        wanted = msgspec.structs.replace(wanted, material=title.material)
    _save(session, title, (wanted, record), now)


def remove_title(session: Session, title: Title, *, now: datetime) -> None:
    """Take out a title of which no library has items; a tombstone stays. Raises TitleInUseError."""
    copies = copies_anywhere(session, title.id)
    if copies:
        raise TitleInUseError(title.id, copies)
    try:
        with session.begin_nested():
            link_headings(session, {title.id: []}, now=now)
            session.delete(title)
    except IntegrityError:
        raise TitleInUseError(title.id, 0) from None
    session.add(RemovedTitle(title_id=title.id, removed_at=now))
    note_changes(session, [title.id])


def copies_anywhere(session: Session, title_id: int) -> int:
    """How many items of the title all libraries have; the table is asked, which no session's library narrows."""
    items = Item.__table__.c
    return session.scalar(select(func.count()).where(items.title_id == title_id)) or 0


def description_of(title: Title) -> Description:
    """The title as the simple form shows it."""
    return msgspec.convert(title, Description, from_attributes=True)


def record_of(session: Session, title: Title) -> Record:
    """The whole MARC record of the title."""
    session.refresh(title, ["marc"])
    return new_record(description_of(title)) if title.marc is None else read_record(title.marc)


def sort_keys(wanted: Description, record: Record) -> dict[str, bytes]:
    """Where the title stands in lists by title and by author."""
    return {
        "sort_title": sort_key(title_for_sorting(record) or wanted.title),
        "sort_author": sort_key(next(iter(split_values(wanted.author)), "")),
    }


def keys_of(wanted: Description, record: Record) -> dict[str, Any]:
    """All columns of a title that follow from its description and its record; wherever titles are written."""
    scheme = scheme_of(wanted.call_number).value if wanted.call_number else ""
    return {
        **sort_keys(wanted, record),
        "scheme": scheme,
        "call_key": call_key(wanted.call_number, scheme) if scheme else None,
        "match_key": match_key_of(wanted.title, wanted.author),
        "control_number": control_text(record, "001").translate(_CONTROL).strip()[:LONGEST_NUMBER],
    }


def match_key_of(title: str, author: str) -> str:
    """The same for records that are probably of one work: title and first author, however they are typed.

    `Rowling, J. K.` and `J. K. Rowling` are the same. Empty without a title.
    """
    name = " ".join(sorted(heading_key(next(iter(split_values(author)), "")).split()))
    key = heading_key(title)
    return f"{key}|{name}" if key else ""


def note_changes(session: Session, title_ids: Sequence[int]) -> None:
    """Leave word for the search index, in the same transaction as the change.

    Nobody looks at once for each of many titles that change together.
    """
    is_awaited = len(title_ids) <= SAVED_TOGETHER
    rows = [{"title_id": title_id, "is_awaited": is_awaited} for title_id in title_ids]
    if rows:
        insert_rows(session, insert(TitleChange), rows)


def titles_in_order(session: Session, title_ids: Sequence[int]) -> list[Title]:
    """These titles, in this order; those that are gone are left out."""
    found = {title.id: title for title in session.scalars(select(Title).where(Title.id.in_(title_ids)))}
    return [found[title_id] for title_id in title_ids if title_id in found]


def _walk(below: dict[int | None, list[Place]], parent: int | None, depth: int) -> Iterator[tuple[Place, int]]:
    for place in below.get(parent, ()):
        yield place, depth
        yield from _walk(below, place.id, depth + 1)


def _refuse_changed(title: Title, version: int) -> None:
    if title.version != version:
        raise TitleChangedError(title.id)


def _in_marc(session: Session, description: Description) -> Description:
    """With the kind of material that MARC is told for one that was added: the kind it is like."""
    added = session.scalar(select(MaterialType.like).where(MaterialType.code == description.material))
    return msgspec.structs.replace(description, material=added) if added else description


def _add(session: Session, title: Title, said: Said, now: datetime) -> Title:
    _fill(title, said, now)
    session.add(title)
    session.flush()
    _follow(session, title, said[1], now)
    return title


def _save(session: Session, title: Title, said: Said, now: datetime) -> None:
    title_id = title.id
    _fill(title, said, now)
    try:
        session.flush()
    except StaleDataError:
        raise TitleChangedError(title_id) from None
    _follow(session, title, said[1], now)


def _fill(title: Title, said: Said, now: datetime) -> None:
    wanted, record = said
    for name, value in {**msgspec.structs.asdict(wanted), **keys_of(wanted, record)}.items():
        setattr(title, name, value)
    title.marc, title.changed_at = write_record(record), now


def _follow(session: Session, title: Title, record: Record, now: datetime) -> None:
    """What stands beside a title changes with it."""
    link_headings(session, {title.id: headings_of(record)}, now=now, variants=variants_of(record))
    note_changes(session, [title.id])
