"""What a title's page shows beside it: its neighbours on the shelf, what is borrowed with it, its author's others."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import FromClause, Integer, LargeBinary, Select, bindparam, func, literal, select, union_all
from sqlalchemy.orm import Session

from samut_hub.catalogue.authorities.models import TitleHeading
from samut_hub.catalogue.models import Title
from samut_hub.opac.models import TitleCompany
from samut_hub.opac.shelf import START, TITLES, has_copies, spot_of, walk

NEIGHBOURS, TOGETHER, OTHERS = 4, 6, 6
_BEFORE, _AFTER, _TOGETHER, _OTHERS = range(4)
_COMPANY: FromClause = TitleCompany.__table__
_LINKS: FromClause = TitleHeading.__table__


@dataclass(frozen=True, slots=True)
class Tile:
    """As much of a title as a tile shows."""

    id: int
    title: str
    author: str
    cover: str


@dataclass(frozen=True, slots=True)
class Beside:
    """`around` is the title between its neighbours on the shelf, empty where it has no call number.

    `together` is what those who borrowed it borrowed too, most of them first; `others` are its author's, the last
    recorded first.
    """

    around: Sequence[Tile]
    together: Sequence[Tile]
    others: Sequence[Tile]


def beside(session: Session, title: Title, author_id: int | None) -> Beside:
    """One question for all of it; `author_id` is the heading of its author."""
    library_id, spot = session.info["library_id"], spot_of(session, title.id)
    here = spot or START
    given = {"library": library_id, "title": title.id, "heading": author_id, "key": here.key, "number": here.number}
    rows = session.connection().execute(_asked(is_union=library_id is None), given | {"count": NEIGHBOURS}).all()
    parts = {part: list(_tiles(rows, part)) for part in range(4)}
    own = Tile(title.id, title.title, title.author, title.cover)
    around = [*parts[_BEFORE], own, *parts[_AFTER]] if spot else []
    return Beside(around, parts[_TOGETHER], parts[_OTHERS])


def _tiles(rows: Sequence[Any], part: int) -> Iterator[Tile]:
    own = sorted((row for row in rows if row.part == part), key=lambda row: (row.key, row.number, row.id))
    return (Tile(row.id, row.title, row.author, row.cover) for row in own)


@cache
def _asked(*, is_union: bool) -> Select[*tuple[Any, ...]]:
    parts = (
        walk(is_union=is_union, backwards=True),
        walk(is_union=is_union, backwards=False),
        _together(is_union=is_union),
        _others(is_union=is_union),
    )
    all_parts = union_all(*(_part(number, wanted) for number, wanted in enumerate(parts))).subquery()
    own, shown = all_parts.c, TITLES.c
    wanted = select(own.part, own.key, own.number, shown.id, shown.title, shown.author, shown.cover)
    return wanted.join(TITLES, TITLES.c.id == all_parts.c.title_id).where(TITLES.c.id != bindparam("title"))


def _part(number: int, wanted: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    rows = wanted.subquery().c
    return select(literal(number).label("part"), rows.title_id, rows.key, rows.number)


def _together(*, is_union: bool) -> Select[*tuple[Any, ...]]:
    members = func.sum(_COMPANY.c.members)
    wanted = select(_COMPANY.c.other_id.label("title_id"), _NO_KEY, (-members).label("number"))
    wanted = wanted.where(_COMPANY.c.title_id == bindparam("title", type_=Integer))
    if not is_union:
        wanted = wanted.where(_COMPANY.c.library_id == bindparam("library", type_=Integer))
    return wanted.group_by(_COMPANY.c.other_id).order_by(members.desc(), _COMPANY.c.other_id).limit(TOGETHER)


def _others(*, is_union: bool) -> Select[*tuple[Any, ...]]:
    link = _LINKS.c
    wanted = select(link.title_id, _NO_KEY, (-link.title_id).label("number"))
    wanted = wanted.where(link.heading_id == bindparam("heading", type_=Integer), link.title_id != bindparam("title"))
    return wanted.where(has_copies(link.title_id, is_union=is_union)).order_by(link.title_id.desc()).limit(OTHERS)


_NO_KEY = literal(b"", LargeBinary).label("key")
