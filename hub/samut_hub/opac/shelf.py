"""The shelf as one walks along it: a library's in the order of its items, that of all in the order of the titles.

A library's walk begins with its own items, so that a small one costs little beside a large one. Questions are put
together once: that would cost more than most of the answers. They name the library themselves, as they ask tables.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    LargeBinary,
    Select,
    bindparam,
    func,
    literal,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.orm import Session

from samut_hub.catalogue.models import Item, Title
from samut_hub.media.models import Medium
from samut_rules.loan import ItemStatus

ITEMS: FromClause = Item.__table__
TITLES: FromClause = Title.__table__
_MEDIA: FromClause = Medium.__table__
_ITEM, _TITLE = ITEMS.c, TITLES.c
_EARLIER = ITEMS.alias("earlier")
_NONE = literal(b"", LargeBinary)
_LIBRARY = bindparam("library", type_=Integer)


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a title stands: its key, and a number among those of the same key (of its first item, or its own)."""

    key: bytes
    number: int


START = Spot(b"", 0)


def spot_of(session: Session, title_id: int) -> Spot | None:
    """Where the site's first copy of the title stands, or one would; None where there is no call number."""
    library_id = session.info["library_id"]
    given = {"library": library_id, "title": title_id}
    row = session.connection().execute(_spot(is_union=library_id is None), given).first()
    return Spot(*row) if row else None


def titles_from(session: Session, spot: Spot, count: int, *, backwards: bool = False) -> Sequence[int]:
    """The ids of so many titles that follow this spot, or stand before it: then the nearest is the first."""
    library_id = session.info["library_id"]
    given = {"library": library_id, "key": spot.key, "number": spot.number, "count": count}
    rows = session.connection().execute(walk(is_union=library_id is None, backwards=backwards), given)
    return [row.title_id for row in rows]


@cache
def walk(*, is_union: bool, backwards: bool) -> Select[*tuple[Any, ...]]:
    """`title_id`, `key` and `number` of `:count` titles beyond a spot, of `:library` or of all."""
    key, number, title_id = _line(is_union=is_union)
    here = tuple_(bindparam("key", type_=LargeBinary), bindparam("number", type_=Integer))
    beyond = tuple_(key, number) < here if backwards else tuple_(key, number) > here
    wanted: Select[*tuple[Any, ...]] = select(
        title_id.label("title_id"), key.label("key"), number.label("number")
    ).where(key != _NONE, beyond)
    wanted = wanted.where(has_copies(title_id, is_union=True)) if is_union else wanted.where(*_first_of_library())
    order = (key.desc(), number.desc()) if backwards else (key, number)
    return wanted.order_by(*order).limit(bindparam("count", type_=Integer))


def has_copies(title_id: ColumnElement[int], *, is_union: bool) -> ColumnElement[bool]:
    """Whether `:library`, or any, has an item of the title that is not written off, or it is online."""
    there = select(_EARLIER.c.id).where(_EARLIER.c.title_id == title_id, _stands(_EARLIER))
    there = there if is_union else there.where(_EARLIER.c.library_id == _LIBRARY)
    online = select(_MEDIA.c.id).where(_MEDIA.c.title_id == title_id, _MEDIA.c.is_public)
    return union_all(there, online).exists()


@cache
def _spot(*, is_union: bool) -> Select[*tuple[Any, ...]]:
    title = _TITLE.id == bindparam("title", type_=Integer)
    own = select(_TITLE.call_key, (_TITLE.id if is_union else literal(0)).label("number"), literal(1).label("rank"))
    own = own.where(title, _TITLE.call_key != _NONE)
    if is_union:
        return own.with_only_columns(_TITLE.call_key, _TITLE.id)
    held = select(_ITEM.call_key, _ITEM.id.label("number"), literal(0).label("rank"))
    held = held.where(_ITEM.title_id == bindparam("title"), *_of_library())
    both = union_all(held, own).subquery().c
    return select(both.call_key, both.number).order_by(both.rank, both.call_key, both.number).limit(1)


def _line(*, is_union: bool) -> tuple[ColumnElement[bytes], ColumnElement[int], ColumnElement[int]]:
    return (_TITLE.call_key, _TITLE.id, _TITLE.id) if is_union else (_ITEM.call_key, _ITEM.id, _ITEM.title_id)


def _of_library() -> tuple[ColumnElement[bool], ...]:
    return _ITEM.library_id == _LIBRARY, _stands(ITEMS), _ITEM.call_key != _NONE


def _first_of_library() -> tuple[ColumnElement[bool], ...]:
    """Each title once: by the first of its items on the shelf. The others are found by their title, not their key."""
    key = func.coalesce(_EARLIER.c.call_key, _NONE)
    same = (_EARLIER.c.library_id == _LIBRARY, _EARLIER.c.title_id == _ITEM.title_id, _stands(_EARLIER), key != _NONE)
    before = tuple_(key, _EARLIER.c.id) < tuple_(_ITEM.call_key, _ITEM.id)
    return *_of_library(), ~select(_EARLIER.c.id).where(*same, before).exists()


def _stands(items: FromClause) -> ColumnElement[bool]:
    return items.c.status != literal(ItemStatus.WITHDRAWN.value, literal_execute=True)
