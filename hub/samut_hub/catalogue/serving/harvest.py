"""What harvesters are told: titles and removed titles in the order in which they changed, from any point on.

A page is found by the moment and number of the last title told, which the database looks up in an index: the last
page of a million titles costs what the first one costs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import ColumnElement, Select, false, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session, undefer

from samut_hub.catalogue.holdings import holds_few
from samut_hub.catalogue.models import Item, RemovedTitle, Title
from samut_hub.libraries.models import Library
from samut_rules.loan import ItemStatus

PAGE = 100
_KEPT = Item.status != ItemStatus.WITHDRAWN.value
Row = TypeVar("Row", Title, RemovedTitle)
Order = tuple[InstrumentedAttribute[datetime], InstrumentedAttribute[int]]


@dataclass(frozen=True, slots=True)
class Told:
    """A title as it stands, or that it is no longer there: then `title` is None. `sets` are codes of libraries."""

    id: int
    at: datetime
    title: Title | None
    sets: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """What is harvested: changes from `since` to `until`, both included; `library`, if named, of its titles only."""

    since: datetime | None = None
    until: datetime | None = None
    library: str = ""


def page_after(session: Session, span: Span, last: tuple[datetime, int] | None, *, whole: bool) -> list[Told]:
    """At most `PAGE` changes and one more, which says that the list goes on. `whole` loads the records too.

    The session sees all libraries. That a title is gone is told to those who harvest one library as well. That a
    library no longer has one is told by its sets, to those who harvest all.
    """
    titles = select(Title).options(undefer(Title.marc)) if whole else select(Title)
    if span.library:
        titles = titles.where(_held_by(session, span.library))
    there = _following(session, titles, (Title.changed_at, Title.id), span, last)
    gone = _following(session, select(RemovedTitle), (RemovedTitle.removed_at, RemovedTitle.title_id), span, last)
    sets = _sets(session, [title.id for title in there])
    told = [_told(title, sets) for title in there] + [Told(row.title_id, row.removed_at, None) for row in gone]
    return sorted(told, key=lambda one: (one.at, one.id))[: PAGE + 1]


def one_title(session: Session, title_id: int) -> Told | None:
    """None when there never was such a title."""
    title = session.get(Title, title_id, options=[undefer(Title.marc)])
    if title is not None:
        return _told(title, _sets(session, [title_id]))
    row = session.get(RemovedTitle, title_id)
    return None if row is None else Told(row.title_id, row.removed_at, None)


def earliest(session: Session) -> datetime | None:
    """The oldest change there is."""
    moments = [session.scalar(select(func.min(of))) for of in (Title.changed_at, RemovedTitle.removed_at)]
    return min((at for at in moments if at is not None), default=None)


def all_sets(session: Session) -> Sequence[Library]:
    """Each library is a set: the titles of which it has copies."""
    return session.scalars(select(Library).order_by(Library.code)).all()


def _told(title: Title, sets: dict[int, list[str]]) -> Told:
    """A title that went into another is gone, though it may still stand as a pointer."""
    gone = title.merged_into_id is not None
    return Told(title.id, title.changed_at, None if gone else title, sets.get(title.id, []))


def _following(
    session: Session, rows: Select[Row], order: Order, span: Span, last: tuple[datetime, int] | None
) -> list[Row]:
    """The next rows: those of the last moment told, then those of later ones.

    Two questions, because SQLite finds a place by both columns at once only by reading all rows of the moment, and
    an import gives thousands of titles the same.
    """
    at, number = order
    limits = [at >= span.since] if span.since is not None else []
    limits += [at <= span.until] if span.until is not None else []
    starts = [[]] if last is None else [[at == last[0], number > last[1]], [at > last[0]]]
    found: list[Row] = []
    for start in starts:
        if len(found) <= PAGE:
            wanted = rows.where(*limits, *start).order_by(at, number).limit(PAGE + 1 - len(found))
            found += session.scalars(wanted)
    return found


def _held_by(session: Session, code: str) -> ColumnElement[bool]:
    """Of all titles in order each is tried; but those of a library that has few are gathered first."""
    library_id = session.scalar(select(Library.id).where(Library.code == code))
    if library_id is None:
        return false()
    if holds_few(session, library_id):
        return Title.id.in_(select(Item.title_id).where(Item.library_id == library_id, _KEPT))
    return select(Item.id).where(Item.library_id == library_id, Item.title_id == Title.id, _KEPT).exists()


def _sets(session: Session, title_ids: Sequence[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    holdings = select(Item.title_id, Library.code).join(Library, Item.library_id == Library.id).distinct()
    for title_id, code in session.execute(holdings.where(Item.title_id.in_(title_ids), _KEPT).order_by(Library.code)):
        found.setdefault(title_id, []).append(code)
    return found
