"""What the index holds of a title, read from the database: a few questions for a whole batch of titles."""

from collections import defaultdict
from collections.abc import Iterable, Sequence, Set
from typing import Any

import msgspec
from sqlalchemy import BindParameter, Integer, Select, bindparam, select
from sqlalchemy.orm import Session

from samut_hub.catalogue.authorities.models import Heading, TitleHeading
from samut_hub.catalogue.models import Item, Place, Title
from samut_hub.catalogue.opening import open_among

SUBJECT = "subject"
_COLUMNS = (
    Title.id,
    Title.title,
    Title.author,
    Title.publisher,
    Title.series,
    Title.subjects,
    Title.summary,
    Title.annotation,
    Title.promotion,
    Title.call_number,
    Title.isbn,
    Title.issn,
    Title.language,
    Title.material,
    Title.year,
    Title.sort_title,
    Title.sort_author,
    Title.marc,
)


class ItemFacts(msgspec.Struct, frozen=True, gc=False):
    """Of one item; `places` are its own and all in which that lies."""

    library: int
    category: int | None
    places: tuple[int, ...]
    call_number: str
    numbers: tuple[str, ...]


class TitleFacts(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """`names` and `topics` are all forms, used or referred from, of the headings under which the title stands.

    `is_online`: everybody can open it, whether or not a library has an item.
    """

    id: int
    title: str
    author: str
    publisher: str
    series: str
    subjects: str
    summary: str
    annotation: str
    promotion: str
    call_number: str
    isbn: str
    issn: str
    language: str
    material: str
    year: int | None
    sort_title: bytes
    sort_author: bytes
    marc: bytes | None
    items: Sequence[ItemFacts] = ()
    names: Sequence[str] = ()
    topics: Sequence[str] = ()
    is_online: bool = False


def facts_of(session: Session, title_ids: Iterable[int]) -> list[TitleFacts]:
    """Of those of the titles that are there and were not merged into another. The session must see all libraries."""
    return _read(session, select(*_COLUMNS).where(Title.id.in_(_written(title_ids))))


def facts_between(session: Session, first: int, last: int) -> list[TitleFacts]:
    """Of the titles with these numbers and all between them, in order."""
    return _read(session, select(*_COLUMNS).where(Title.id.between(first, last)).order_by(Title.id))


def _written(numbers: Iterable[int]) -> BindParameter[int]:
    """They stand in the text of the statement itself: to bind thousands of them takes longer than to ask."""
    return bindparam("numbers", list(numbers), Integer, unique=True, expanding=True, literal_execute=True)


def _read(session: Session, wanted: Select[*tuple[Any, ...]]) -> list[TitleFacts]:
    rows = session.execute(wanted.where(Title.merged_into_id.is_(None))).mappings().all()
    ids = [row["id"] for row in rows]
    items, names, topics, online = _items(session, ids), *_headings(session, ids), open_among(session, ids)
    return [
        TitleFacts(
            **row,
            items=items[row["id"]],
            names=names[row["id"]],
            topics=topics[row["id"]],
            is_online=row["id"] in online,
        )
        for row in rows
    ]


def _items(session: Session, title_ids: Sequence[int]) -> dict[int, list[ItemFacts]]:
    found: dict[int, list[ItemFacts]] = defaultdict(list)
    columns = (Item.title_id, Item.library_id, Item.category_id, Item.place_id, Item.call_number)
    rows = session.execute(
        select(*columns, Item.accession_key, Item.barcode_key).where(Item.title_id.in_(_written(title_ids)))
    )
    within: dict[int | None, tuple[int, ...]] = {}
    for title_id, library, category, place, call_number, *numbers in rows:
        if not within:
            within = _places(session)
        places = within.get(place, ())
        found[title_id].append(ItemFacts(library, category, places, call_number, tuple(dict.fromkeys(numbers))))
    return found


def _places(session: Session) -> dict[int | None, tuple[int, ...]]:
    """Each place with all in which it lies."""
    above = {row.id: row.parent_id for row in session.execute(select(Place.id, Place.parent_id))}
    return {place: _way_up(above, place) for place in above}


def _way_up(above: dict[int, int | None], place: int) -> tuple[int, ...]:
    way: list[int] = []
    at: int | None = place
    while at is not None and at not in way:
        way.append(at)
        at = above.get(at)
    return tuple(way)


def _headings(session: Session, title_ids: Sequence[int]) -> tuple[dict[int, list[str]], dict[int, list[str]]]:
    stands = select(TitleHeading.title_id, TitleHeading.heading_id)
    links = session.execute(stands.where(TitleHeading.title_id.in_(_written(title_ids)))).all()
    forms = _forms(session, {heading_id for _, heading_id in links})
    names: dict[int, list[str]] = defaultdict(list)
    topics: dict[int, list[str]] = defaultdict(list)
    for title_id, heading_id in links:
        for kind, text in forms[heading_id]:
            (topics if kind == SUBJECT else names)[title_id].append(text)
    return names, topics


def _forms(session: Session, heading_ids: Set[int]) -> dict[int, list[tuple[str, str]]]:
    """Kind and text of all other forms of each heading: what refers to it, what it refers to, what refers to that.

    Asked step by step: to join it all, PostgreSQL reads every heading that there is.
    """
    refers = select(Heading.id, Heading.see_id).where(Heading.see_id.is_not(None))
    used = {row.id: row.see_id for row in session.execute(refers.where(Heading.id.in_(_written(heading_ids))))}
    forms = select(Heading.id, Heading.see_id, Heading.kind, Heading.text)
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for row in session.execute(forms.where(Heading.see_id.in_(_written({*heading_ids, *used.values()})))):
        found[row.see_id].append((row.kind, row.text))
    if used:
        for row in session.execute(forms.where(Heading.id.in_(_written(used.values())))):
            found[row.id].append((row.kind, row.text))
    return {one: [*found[one], *(found[used[one]] if one in used else ())] for one in heading_ids}
