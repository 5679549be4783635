"""Rows of a list as they are printed or written into a spreadsheet: read in steps, no more in memory than one."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from samut_hub.catalogue.models import Category, Item, Title
from samut_hub.catalogue.records.marc import SEPARATOR, split_values
from samut_hub.catalogue.service import material_types, place_names
from samut_hub.members.service import sort_key

STEP = 1_000
NUMBERS_SHOWN = 5

_OF_TITLE = {
    "title_id": Title.id,
    "title": Title.title,
    "author": Title.author,
    "edition": Title.edition,
    "publication_place": Title.publication_place,
    "publisher": Title.publisher,
    "year": Title.year,
    "isbn": Title.isbn,
    "issn": Title.issn,
    "subjects": Title.subjects,
    "extent": Title.extent,
    "series": Title.series,
    "material": Title.material,
    "call_number": Title.call_number,
    "summary": Title.summary,
    "cover": Title.cover,
}
_ITEMS = Item.__table__.c
"""The table itself: with the library's condition beside their ids SQLite would read all items of the library, for
every step. The ids were found in a session of the library."""
_OF_ITEM = {
    **_OF_TITLE,
    "call_number": func.coalesce(func.nullif(_ITEMS.call_number, ""), Title.call_number),
    "accession_number": _ITEMS.accession_number,
    "barcode": _ITEMS.barcode,
    "place": _ITEMS.place_id,
    "category": _ITEMS.category_id,
    "source": _ITEMS.source,
    "price": _ITEMS.price,
    "received_on": _ITEMS.received_on,
    "added_on": _ITEMS.added_at,
    "status": _ITEMS.status,
    "note": _ITEMS.note,
}


class Line(msgspec.Struct, kw_only=True):
    """An item with its title, or a title; what does not apply is empty. `price` is satang, `year` of the Common
    Era. `copies` of the library are counted for titles only, which have all their accession numbers, the first ones
    at least. `number` counts the rows of the list from 1; `citation` is for bibliographies."""

    number: int = 0
    title_id: int = 0
    title: str = ""
    author: str = ""
    edition: str = ""
    publication_place: str = ""
    publisher: str = ""
    year: int | None = None
    isbn: str = ""
    issn: str = ""
    subjects: str = ""
    extent: str = ""
    series: str = ""
    material: str = ""
    call_number: str = ""
    summary: str = ""
    cover: str = ""
    accession_number: str = ""
    barcode: str = ""
    place: str = ""
    category: str = ""
    source: str = ""
    price: int | None = None
    received_on: date | None = None
    added_on: date | None = None
    status: str = ""
    note: str = ""
    copies: int = 0
    citation: str = ""


class Names(msgspec.Struct, frozen=True, kw_only=True):
    """What codes stand for, in one language."""

    places: dict[int, str]
    categories: dict[int, str]
    materials: dict[str, str]
    statuses: dict[str, str]
    zone: str

    @classmethod
    def of(cls, session: Session, language: str, statuses: dict[str, str], zone: str) -> "Names":
        return cls(
            places=place_names(session, language),
            categories={row.id: row.shown(language) for row in session.scalars(select(Category))},
            materials={row.code: row.name(language) for row in material_types(session)},
            statuses=statuses,
            zone=zone,
        )


def item_lines(session: Session, ids: Sequence[int], names: Names, *, first: int = 1) -> Iterator[Line]:
    """The items in this order, numbered from `first`; those that are gone meanwhile are left out."""
    for start in range(0, len(ids), STEP):
        some = ids[start : start + STEP]
        wanted = select(_ITEMS.id, *_OF_ITEM.values()).join(Title, Title.id == _ITEMS.title_id)
        found = {row[0]: row for row in session.execute(wanted.where(_ITEMS.id.in_(list(some))))}
        for place, one in enumerate(some, start=first + start):
            if one in found:
                yield _item_line(dict(zip(_OF_ITEM, found[one][1:], strict=True)), place, names)


def title_lines(session: Session, ids: Sequence[int], names: Names, *, first: int = 1) -> Iterator[Line]:
    """The same of titles, with the copies that the library has."""
    for start in range(0, len(ids), STEP):
        some = list(ids[start : start + STEP])
        found = {row[0]: row for row in session.execute(select(*_OF_TITLE.values()).where(Title.id.in_(some)))}
        numbers = _numbers_of(session, some)
        for place, one in enumerate(some, start=first + start):
            if one in found:
                said: dict[str, Any] = dict(zip(_OF_TITLE, found[one], strict=True))
                said["material"] = names.materials.get(said["material"], "")
                own = numbers.get(one, [])
                shown = ", ".join(own[:NUMBERS_SHOWN]) + " …" * (len(own) > NUMBERS_SHOWN)
                yield Line(**said, number=place, copies=len(own), accession_number=shown)


def by_subject(line: Line) -> Line:
    """With the subjects in the order of a dictionary, so that the first is the one a list by subject goes by."""
    line.subjects = SEPARATOR.join(sorted(split_values(line.subjects), key=sort_key))
    return line


def _numbers_of(session: Session, title_ids: list[int]) -> dict[int, list[str]]:
    """The accession numbers of the library's items of these titles."""
    wanted = select(Item.title_id, Item.accession_number).where(Item.title_id.in_(title_ids))
    numbers: dict[int, list[str]] = defaultdict(list)
    for title_id, number in session.execute(wanted.order_by(Item.accession_order, Item.id)):
        numbers[title_id].append(number)
    return numbers


def _item_line(said: dict[str, Any], number: int, names: Names) -> Line:
    added: datetime = said["added_on"]
    said["added_on"] = added.astimezone(ZoneInfo(names.zone)).date()
    said["place"] = names.places.get(said["place"] or 0, "")
    said["category"] = names.categories.get(said["category"] or 0, "")
    said["material"] = names.materials.get(said["material"], "")
    said["status"] = names.statuses.get(said["status"], said["status"])
    return Line(**said, number=number)
