"""Which items get labels: by numbers, by day added, by place or category, of one title, or those without a label."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from samut_hub.catalogue.models import Item, Title
from samut_hub.catalogue.naming import items_named
from samut_hub.catalogue.policy import match_key, normal_number, order_of
from samut_hub.catalogue.service import places
from samut_rules.loan import ItemStatus

MOST_ITEMS = 5_000
"""Items, and labels, of one making."""
AT_ONCE = 500
_GONE = (ItemStatus.WITHDRAWN, ItemStatus.LOST)


class Which(StrEnum):
    """How the items are chosen."""

    NEW = "new"
    NUMBERS = "numbers"
    RANGE = "range"
    ADDED = "added"
    PLACE = "place"
    CATEGORY = "category"
    TITLE = "title"


class Order(StrEnum):
    """In which order the labels stand on the sheets."""

    ACCESSION = "accession"
    SHELF = "shelf"
    GIVEN = "given"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What the person asks for; only what belongs to `which` counts. `zone` tells when a day begins."""

    which: Which = Which.NEW
    order: Order = Order.ACCESSION
    numbers: str = ""
    first: str = ""
    last: str = ""
    added_from: date | None = None
    added_until: date | None = None
    place_id: int | None = None
    category_id: int | None = None
    title_id: int | None = None
    zone: str = "Asia/Bangkok"


@dataclass(frozen=True, slots=True)
class Chosen:
    """Items in their order, at most MOST_ITEMS of all `total`; `unknown` are numbers of no item here."""

    ids: Sequence[int]
    total: int
    unknown: Sequence[str] = ()


def choose(session: Session, choice: Choice) -> Chosen:
    """The items that are asked for."""
    if choice.which is Which.NUMBERS:
        return _by_numbers(session, choice)
    conditions = _conditions(session, choice)
    if conditions is None:
        return Chosen((), 0)
    total = session.scalar(select(func.count()).select_from(Item).where(*conditions)) or 0
    wanted = _in_order(select(Item.id).where(*conditions), choice.order).limit(MOST_ITEMS)
    ids = session.scalars(wanted).all()
    return Chosen(ids, total)


def numbers_in(text: str) -> list[str]:
    """The numbers of a text, one in a line or with commas, tabs or semicolons between; each only once."""
    parts = (normal_number(part) for part in re.split(r"[\n\r,;\t]+", text))
    return list(dict.fromkeys(part for part in parts if part))


def _by_numbers(session: Session, choice: Choice) -> Chosen:
    """Accession numbers or bar codes."""
    numbers = numbers_in(choice.numbers)
    keys = {match_key(number) for number in numbers}
    named = items_named(session, accessions=keys, barcodes=keys)
    known = {key: one.item_id for one in named for key in (one.barcode, one.accession)}
    unknown = [number for number in numbers if match_key(number) not in known]
    ids = list(dict.fromkeys(known[key] for number in numbers if (key := match_key(number)) in known))
    wanted = ids if choice.order is Order.GIVEN else _sorted(session, ids, choice.order)
    return Chosen(wanted[:MOST_ITEMS], len(ids), unknown)


def _sorted(session: Session, ids: Sequence[int], order: Order) -> list[int]:
    found: list[tuple[object, str, int]] = []
    for start in range(0, len(ids), AT_ONCE):
        chunk = (
            select(shelf_place(), Item.accession_order, Item.id)
            .join(Title)
            .where(Item.id.in_(ids[start : start + AT_ONCE]))
        )
        found += [(row[0] or b"\xff", row[1], row[2]) for row in session.execute(chunk)]
    key = (lambda row: row) if order is Order.SHELF else (lambda row: row[1:])
    return [row[2] for row in sorted(found, key=key)]


def _conditions(session: Session, choice: Choice) -> list[ColumnElement[bool]] | None:
    """None where what the choice needs is not said yet."""
    there = Item.status.not_in([status.value for status in _GONE])
    match choice.which:
        case Which.NEW:
            return [Item.label_printed_at.is_(None), there]
        case Which.RANGE if choice.first:
            last = choice.last or choice.first
            return [Item.accession_order.between(_order(choice.first), _order(last))]
        case Which.ADDED if choice.added_from is not None:
            until = choice.added_until or choice.added_from
            return [
                Item.added_at >= midnight(choice.added_from, choice.zone),
                Item.added_at < midnight(until + timedelta(days=1), choice.zone),
            ]
        case Which.PLACE if choice.place_id is not None:
            return [Item.place_id.in_(with_those_below(session, choice.place_id)), there]
        case Which.CATEGORY if choice.category_id is not None:
            return [Item.category_id == choice.category_id, there]
        case Which.TITLE if choice.title_id is not None:
            return [Item.title_id == choice.title_id, there]
        case _:
            return None


def _in_order(wanted: Select[int], order: Order) -> Select[int]:
    if order is Order.SHELF:
        return wanted.join(Title).order_by(shelf_place().is_(None), shelf_place(), Item.accession_order, Item.id)
    return wanted.order_by(Item.accession_order, Item.id)


def shelf_place() -> ColumnElement[bytes | None]:
    """The item's own place on the shelf, else that of its title; None without a call number."""
    return func.coalesce(func.nullif(Item.call_key, b""), func.nullif(Title.call_key, b""))


def _order(number: str) -> str:
    return order_of(normal_number(number))


def midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone))


def with_those_below(session: Session, place_id: int) -> Iterable[int]:
    """A place and all that lies in it."""
    inside = {place_id}
    for place, _ in places(session):
        if place.parent_id in inside:
            inside.add(place.id)
    return inside
