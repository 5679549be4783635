"""Titles and items: find, add, change. No use case commits.

Titles are shared by all libraries of the hub, items are those of the session's library.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec
from pymarc import Record
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from samut_hub.catalogue.authorities.linking import headings_of, link_headings, variants_of
from samut_hub.catalogue.models import Item, MaterialType, Place, Title, TitleChange
from samut_hub.catalogue.policy import match_key, normal_number, number_fault
from samut_hub.catalogue.records.iso2709 import read_record, write_record
from samut_hub.catalogue.records.marc import Description, cleaned, split_values, title_for_sorting
from samut_hub.catalogue.records.marc_writing import change_record, new_record
from samut_hub.catalogue.records.materials import MATERIALS
from samut_hub.errors import NotFoundError
from samut_hub.members.service import sort_key

STAFF = "staff"


class TitleChangedError(Exception):
    """Someone else changed the title after it was read for editing."""

    def __init__(self, title_id: int) -> None:
        super().__init__(f"Title {title_id} was changed by someone else in the meantime.")


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
    if number_fault(normal_number(barcode), shortest=1) is not None:
        return None
    return session.scalar(select(Item).where(Item.barcode_key == match_key(barcode)))


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


def places(session: Session) -> list[tuple[Place, int]]:
    """The library's places as a tree read from the top, each with its depth."""
    below: dict[int | None, list[Place]] = {}
    for place in session.scalars(select(Place).order_by(Place.position, Place.id)):
        below.setdefault(place.parent_id, []).append(place)
    return list(_walk(below, None, 0))


def place_names(session: Session, language: str) -> dict[int, str]:
    """Each place with those it lies in: `Main hall, shelf 3`."""
    names: dict[int, str] = {}
    for place, _ in places(session):
        above = names.get(place.parent_id or 0)
        names[place.id] = f"{above}, {place.shown(language)}" if above else place.shown(language)
    return names


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
    title, record = Title(source=source), new_record(wanted)
    _fill(title, wanted, record, now)
    session.add(title)
    session.flush()
    link_record(session, title.id, record, now=now)
    note_changes(session, [title.id])
    return title


def edit_title(session: Session, title: Title, wanted: Description, *, version: int, now: datetime) -> None:
    """Change what the form says and the MARC fields it stands for. Raises TitleChangedError.

    `version` is that of the title when the form was filled with it.
    """
    title_id = title.id
    if title.version != version:
        raise TitleChangedError(title_id)
    said, wanted = description_of(title), cleaned(wanted)
    if said == wanted:
        return
    record = record_of(session, title)
    change_record(record, said, wanted)
    _fill(title, wanted, record, now)
    try:
        session.flush()
    except StaleDataError:
        raise TitleChangedError(title_id) from None
    link_record(session, title_id, record, now=now)
    note_changes(session, [title_id])


def link_record(session: Session, title_id: int, record: Record, *, now: datetime) -> None:
    """Let the title stand under the headings of its record."""
    link_headings(session, {title_id: headings_of(record)}, now=now, variants=variants_of(record))


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


def note_changes(session: Session, title_ids: Sequence[int]) -> None:
    """Leave word for the search index, in the same transaction as the change."""
    session.execute(insert(TitleChange), [{"title_id": title_id} for title_id in title_ids])


def titles_in_order(session: Session, title_ids: Sequence[int]) -> list[Title]:
    """These titles, in this order; those that are gone are left out."""
    found = {title.id: title for title in session.scalars(select(Title).where(Title.id.in_(title_ids)))}
    return [found[title_id] for title_id in title_ids if title_id in found]


def _walk(below: dict[int | None, list[Place]], parent: int | None, depth: int) -> Iterator[tuple[Place, int]]:
    for place in below.get(parent, ()):
        yield place, depth
        yield from _walk(below, place.id, depth + 1)


def _fill(title: Title, wanted: Description, record: Record, now: datetime) -> None:
    for name, value in {**msgspec.structs.asdict(wanted), **sort_keys(wanted, record)}.items():
        setattr(title, name, value)
    title.marc, title.changed_at = write_record(record), now
