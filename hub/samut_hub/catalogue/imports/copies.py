"""Items that come with records: numbers checked in bulk, places and categories made when they are new."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from samut_hub.catalogue.holdings import note_holdings
from samut_hub.catalogue.imports.holdings import Copy
from samut_hub.catalogue.imports.models import Import, ImportedItem
from samut_hub.catalogue.imports.policy import Refusal
from samut_hub.catalogue.items import arrange, next_number
from samut_hub.catalogue.models import Category, Item, Title
from samut_hub.catalogue.policy import match_key, normal_number, number_fault
from samut_hub.catalogue.service import add_place, place_names, places
from samut_hub.members.policy import number_after
from samut_rules.loan import ItemStatus

TRIES = 3
"""How often numbers are looked up again that somebody else gave out in the same moment."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A copy that a record tells of, and the title it is of. `line` is where it stands."""

    line: int
    title_id: int
    copy: Copy


@dataclass(frozen=True, slots=True)
class NotAdded:
    """Why a copy is not added."""

    line: int
    reason: Refusal
    detail: str


@dataclass
class _Taken:
    """Numbers that items have, each with its title."""

    titles: dict[str, int] = field(default_factory=dict)


def add_copies(session: Session, run: Import, wanted: Sequence[Wanted], *, now: datetime) -> list[NotAdded]:
    """Add the copies; one that the same title has already is passed over. Returns those that cannot be added."""
    items, refused = _added(session, wanted, now=now)
    if items:
        rows = [{"item_id": item.id, "import_id": run.id, "library_id": run.library_id} for item in items]
        session.execute(insert(ImportedItem), [{**row, "added_at": now} for row in rows])
        note_holdings(session, {item.id: [item.title_id] for item in items if _is_kept(item)}, now=now)
    run.copies += len(items)
    return refused


def _is_kept(item: Item) -> bool:
    return item.status != ItemStatus.WITHDRAWN


def _added(
    session: Session, wanted: Sequence[Wanted], *, now: datetime, tries: int = TRIES
) -> tuple[list[Item], list[NotAdded]]:
    """The items, and what cannot be one; a number that is given out meanwhile refuses its copy only."""
    good, refused = _judged(session, wanted)
    try:
        with session.begin_nested():
            items = _items(session, good, now)
            session.add_all(items)
    except IntegrityError:
        if tries == 1:
            raise
        return _added(session, wanted, now=now, tries=tries - 1)
    return items, refused


def _judged(session: Session, wanted: Sequence[Wanted]) -> tuple[list[Wanted], list[NotAdded]]:
    numbered = list(_numbered(session, wanted))
    taken = _taken(session, numbered)
    refused: list[NotAdded] = []
    good: list[Wanted] = []
    for one in numbered:
        fault = _fault(one, taken)
        if fault is None:
            good.append(one)
        elif fault.detail:
            refused.append(fault)
    return good, refused


def _numbered(session: Session, wanted: Sequence[Wanted]) -> Iterator[Wanted]:
    """With normal numbers; those without get the next free ones."""
    following = ""
    own = {normal_number(one.copy.accession_number or one.copy.barcode) for one in wanted}
    for one in wanted:
        number = normal_number(one.copy.accession_number or one.copy.barcode)
        if not number:
            following = number_after(following) if following else next_number(session)
            while following in own:
                following = number_after(following)
            number = following
        barcode = normal_number(one.copy.barcode) or number
        yield replace(one, copy=replace(one.copy, accession_number=number, barcode=barcode))


def _taken(session: Session, wanted: Iterable[Wanted]) -> _Taken:
    """Each column is asked by itself, by its index: SQLite reads all items for a question about either."""
    keys = {match_key(number) for one in wanted for number in (one.copy.accession_number, one.copy.barcode)}
    columns = (Item.accession_key, Item.barcode_key) if keys else ()
    found = (session.execute(select(column, Item.title_id).where(column.in_(keys))) for column in columns)
    return _Taken({key: title_id for rows in found for key, title_id in rows})


def _fault(one: Wanted, taken: _Taken) -> NotAdded | None:
    """None for a good copy, which then has its numbers; without detail for one that is there."""
    copy = one.copy
    if number_fault(copy.accession_number) or number_fault(copy.barcode, shortest=1):
        return NotAdded(one.line, Refusal.WRONG_NUMBER, copy.accession_number)
    for number, reason in ((copy.accession_number, Refusal.NUMBER_TAKEN), (copy.barcode, Refusal.BARCODE_TAKEN)):
        holder = taken.titles.get(match_key(number))
        if holder is not None:
            return NotAdded(one.line, reason, "" if holder == one.title_id else number)
    taken.titles.update({match_key(number): one.title_id for number in (copy.accession_number, copy.barcode)})
    return None


def _items(session: Session, wanted: Sequence[Wanted], now: datetime) -> list[Item]:
    shelves = _places(session, {one.copy.place for one in wanted} - {""})
    kinds = _categories(session, {one.copy.category for one in wanted} - {""})
    ids = {one.title_id for one in wanted}
    titles = {title.id: title for title in session.scalars(select(Title).where(Title.id.in_(ids)))} if ids else {}
    return [_item(session, one, (titles[one.title_id], shelves, kinds), now) for one in wanted]


def _item(session: Session, one: Wanted, known: tuple[Title, dict[str, int], dict[str, int]], now: datetime) -> Item:
    title, shelves, kinds = known
    copy = one.copy
    item = Item(
        title=title,
        accession_number=copy.accession_number,
        barcode=copy.barcode,
        call_number=copy.call_number or title.call_number,
        place_id=shelves.get(copy.place),
        category_id=kinds.get(copy.category),
        price=copy.price,
        source=copy.source,
        received_on=copy.received_on,
        status=copy.status,
        note=copy.note,
        added_at=now,
        changed_at=now,
    )
    arrange(session, item)
    return item


def _places(session: Session, names: set[str]) -> dict[str, int]:
    """Places by their names, alone or with those they lie in; new ones are made at the top of the tree."""
    if not names:
        return {}
    known = {name: place.id for place, _ in places(session) for name in (place.name, place.name_en) if name}
    known |= {name: place_id for place_id, name in place_names(session, "th").items()}
    return known | {name: add_place(session, name).id for name in sorted(names - known.keys())}


def _categories(session: Session, names: set[str]) -> dict[str, int]:
    if not names:
        return {}
    found = session.scalars(select(Category))
    known = {name: one.id for one in found for name in (one.name, one.name_en) if name}
    made = [Category(name=name) for name in sorted(names - known.keys())]
    session.add_all(made)
    session.flush()
    return known | {one.name: one.id for one in made}
