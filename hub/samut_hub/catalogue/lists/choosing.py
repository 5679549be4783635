"""Which items, or titles, stand on a list, and in what order."""

from array import array
from collections.abc import Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, FunctionElement, LargeBinary, Select, case, func, literal, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session, aliased
from sqlalchemy.sql.compiler import SQLCompiler

from samut_hub.catalogue.authorities.models import Heading, TitleHeading
from samut_hub.catalogue.authorities.policy import HeadingKind
from samut_hub.catalogue.labels.choosing import Choice as Numbers
from samut_hub.catalogue.labels.choosing import Order as GivenOrder
from samut_hub.catalogue.labels.choosing import Which, choose, midnight, shelf_place, with_those_below
from samut_hub.catalogue.models import Item, Title
from samut_hub.catalogue.policy import normal_number, order_of
from samut_hub.members.service import sort_key

_AT_ONCE = 10_000
_THAI_KEYS = sort_key("ก"), sort_key("a")
"""Between these stand the keys of all Thai words."""


class Order(StrEnum):
    """What a list is sorted by."""

    ACCESSION = "accession"
    CALL_NUMBER = "call_number"
    CLASS = "class"
    TITLE = "title"
    AUTHOR = "author"
    SUBJECT = "subject"
    ISBN = "isbn"
    YEAR = "year"
    ADDED = "added"
    CITED = "cited"
    CITED_THAI_LAST = "cited_thai_last"
    """As citations stand in a bibliography: by author, by title where there is none. Thai ones come first or last."""


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """What of the library's stock is wanted; what is not given does not count. `titles` are ids, `numbers` what was
    pasted: accession numbers or bar codes. `zone` tells when a day begins."""

    numbers: str = ""
    first: str = ""
    last: str = ""
    place_id: int | None = None
    category_id: int | None = None
    material: str = ""
    status: str = ""
    added_from: date | None = None
    added_until: date | None = None
    titles: tuple[int, ...] = ()
    zone: str = "Asia/Bangkok"


class Chosen(msgspec.Struct, frozen=True):
    """Ids in their order; `unknown` are pasted numbers of no item here."""

    ids: Sequence[int]
    total: int
    unknown: Sequence[str] = ()


def chosen_items(
    session: Session, choice: Choice, order: Order, *, start: int = 0, most: int | None = None
) -> Chosen:
    """All of them, or `most` from `start`."""
    conditions, unknown = _of_items(session, choice)
    if choice.titles:
        conditions.append(Item.title_id.in_(choice.titles))
    if choice.material:
        conditions.append(Title.material == choice.material)
    counted = select(func.count()).select_from(Item).join(Title, Title.id == Item.title_id).where(*conditions)
    total = session.scalar(counted) or 0
    wanted = select(Item.id).join(Title, Title.id == Item.title_id).where(*conditions)
    wanted = wanted.order_by(*_order(order, shelf_place()), Item.accession_order, Item.id)
    return Chosen(_ids(session, wanted, start, most), total, unknown)


def chosen_titles(
    session: Session, choice: Choice, order: Order, *, start: int = 0, most: int | None = None
) -> Chosen:
    """Titles of which the library has such items; of `titles` also those that it has no item of."""
    of_items, unknown = _of_items(session, choice)
    conditions: list[ColumnElement[bool]] = [Title.merged_into_id.is_(None)]
    if choice.titles:
        conditions.append(Title.id.in_(choice.titles))
    if of_items or not choice.titles:
        conditions.append(select(Item.id).where(Item.title_id == Title.id, *of_items).exists())
    if choice.material:
        conditions.append(Title.material == choice.material)
    total = session.scalar(select(func.count()).select_from(Title).where(*conditions)) or 0
    wanted = select(Title.id).where(*conditions)
    first = aliased(Item)
    number = select(func.min(first.accession_order)).where(first.title_id == Title.id).scalar_subquery()
    key = func.nullif(Title.call_key, b"")
    sorting = [number] if order is Order.ACCESSION else _order(order, key, _first_added())
    return Chosen(_ids(session, wanted.order_by(*sorting, Title.sort_title, Title.id), start, most), total, unknown)


def _ids(session: Session, wanted: Select[int], start: int, most: int | None) -> Sequence[int]:
    """Packed: eight bytes for each."""
    if most is not None:
        wanted = wanted.offset(start).limit(most)
    return array("q", session.scalars(wanted, execution_options={"yield_per": _AT_ONCE}))


def _of_items(session: Session, choice: Choice) -> tuple[list[ColumnElement[bool]], Sequence[str]]:
    """What the items themselves must be like, and pasted numbers that are unknown."""
    conditions: list[ColumnElement[bool]] = []
    unknown: Sequence[str] = ()
    if choice.numbers.strip():
        given = Numbers(which=Which.NUMBERS, order=GivenOrder.GIVEN, numbers=choice.numbers)
        found = choose(session, given)
        unknown = found.unknown
        conditions.append(Item.id.in_(found.ids))
    if choice.first:
        conditions.append(Item.accession_order >= order_of(normal_number(choice.first)))
    if choice.last:
        conditions.append(Item.accession_order <= order_of(normal_number(choice.last)))
    if choice.place_id is not None:
        conditions.append(Item.place_id.in_(with_those_below(session, choice.place_id)))
    if choice.category_id is not None:
        conditions.append(Item.category_id == choice.category_id)
    if choice.status:
        conditions.append(Item.status == choice.status)
    if choice.added_from is not None:
        conditions.append(Item.added_at >= midnight(choice.added_from, choice.zone))
    if choice.added_until is not None:
        conditions.append(Item.added_at < midnight(choice.added_until + timedelta(days=1), choice.zone))
    return conditions, unknown


def _order(order: Order, shelf: ColumnElement[Any], added: ColumnElement[Any] | None = None) -> list[Any]:
    """What has no value comes last. Keys are ICU's: Thai words stand as in the dictionary."""
    match order:
        case Order.CALL_NUMBER:
            return [shelf.is_(None), shelf]
        case Order.CLASS:
            return [shelf.is_(None), func.substr(shelf, 1, 1), class_in(shelf), shelf]
        case Order.ADDED:
            return [Item.added_at if added is None else added]
        case Order.ACCESSION:
            return []
    return [*_order_of_titles(order), Title.sort_title]


def _order_of_titles(order: Order) -> list[Any]:
    """The same for what is said of titles; those alike stand by their titles."""
    match order:
        case Order.AUTHOR:
            return [case((Title.author == "", 1), else_=0), Title.sort_author]
        case Order.SUBJECT:
            subject = _first_subject()
            return [subject.is_(None), subject]
        case Order.ISBN:
            return [case((Title.isbn == "", 1), else_=0), Title.isbn]
        case Order.YEAR:
            return [Title.year.is_(None), Title.year]
        case Order.CITED:
            return [_first_words()]
        case Order.CITED_THAI_LAST:
            return [case((_first_words().between(*_THAI_KEYS), 1), else_=0), _first_words()]
    return []


def _first_added() -> ColumnElement[Any]:
    first = aliased(Item)
    return select(func.min(first.added_at)).where(first.title_id == Title.id).scalar_subquery()


def _first_words() -> ColumnElement[bytes]:
    """The key of what a citation begins with."""
    return case((Title.author == "", Title.sort_title), else_=Title.sort_author)


def _first_subject() -> ColumnElement[Any]:
    kinds = (HeadingKind.SUBJECT.value, HeadingKind.PLACE.value)
    of_title = select(Heading.sort_key).join(TitleHeading, TitleHeading.heading_id == Heading.id)
    first = of_title.where(TitleHeading.title_id == Title.id, Heading.kind.in_(kinds)).order_by(Heading.sort_key)
    return first.limit(1).scalar_subquery()


class _EndOfPrefix(FunctionElement[int]):
    """Where the letters of the collection end in a shelf key (`classification.keys`), counted from 1; 0 for none."""

    inherit_cache = True
    name = "end_of_prefix"


@compiles(_EndOfPrefix)
def _in_sqlite(element: _EndOfPrefix, compiler: SQLCompiler, **options: Any) -> str:
    return f"instr({compiler.process(element.clauses, **options)}, x'01')"


@compiles(_EndOfPrefix, "postgresql")
def _in_postgresql(element: _EndOfPrefix, compiler: SQLCompiler, **options: Any) -> str:
    return rf"position('\x01'::bytea in {compiler.process(element.clauses, **options)})"


def class_in(shelf: ColumnElement[Any]) -> ColumnElement[Any]:
    """The part of a shelf key behind the collection's letters: `อ 030` and `030` are of one class."""
    return func.substr(shelf, _EndOfPrefix(shelf) + literal(1), type_=LargeBinary)
