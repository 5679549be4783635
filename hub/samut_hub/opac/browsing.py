"""Walks through the catalogue without a question: shelves, headings, what is new. Every page begins after a row.

No page costs more than the rows it shows and those it steps over, however far one has walked.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, Tuple, bindparam, func, select, true, tuple_
from sqlalchemy.orm import Session, aliased

from samut_hub.catalogue.authorities.models import Heading, HeadingRelation, TitleHeading
from samut_hub.catalogue.authorities.policy import HeadingKind, heading_key
from samut_hub.catalogue.classification.keys import call_key, scheme_of
from samut_hub.catalogue.holdings import FEW, holds_few
from samut_hub.catalogue.models import Item, Title
from samut_hub.catalogue.service import titles_in_order
from samut_hub.db import prepared
from samut_hub.errors import NotFoundError
from samut_hub.media.models import Medium
from samut_hub.members.service import sort_key
from samut_hub.opac.copies import has_items
from samut_hub.opac.shelf import Spot, spot_of, titles_from
from samut_rules.loan import ItemStatus

PER_PAGE = 20
HEADINGS_PER_PAGE = 40

_EARLIER, _THIS, _USED = aliased(Item), aliased(Item), aliased(Heading)
"""Made once: an alias of so many columns costs more than the query in which it stands."""
_OF_TITLE = prepared(
    select(Heading.key, Heading.id)
    .join(TitleHeading, TitleHeading.heading_id == Heading.id)
    .where(TitleHeading.title_id == bindparam("title"))
)
_ONLINE = select(Medium.title_id).where(Medium.is_public)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a row of titles. `before` and `after` are the ids from which one walks on, None at an end."""

    titles: Sequence[Title]
    before: int | None = None
    after: int | None = None


@dataclass(frozen=True, slots=True)
class Headings:
    """Some headings in Thai order. `see` gives those to use instead, `also` those to look at too."""

    rows: Sequence[Heading]
    see: dict[int, Heading] = field(default_factory=dict)
    also: dict[int, list[Heading]] = field(default_factory=dict)
    after: int | None = None


def shelf_from(session: Session, number: str) -> Stretch:
    """Titles in the order of call numbers, from this number on; from the first without one."""
    key = call_key(number, scheme_of(number)) if number.strip() else b""
    ids = titles_from(session, Spot(key, 0), PER_PAGE + 1)
    return Stretch(titles_in_order(session, ids[:PER_PAGE]), _first(ids) if key else None, _last(ids, PER_PAGE))


def shelf_after(session: Session, title_id: int, *, count: int = PER_PAGE) -> Stretch:
    """The titles that follow this one on the shelf."""
    spot = spot_of(session, title_id)
    ids = titles_from(session, spot, count + 1) if spot else []
    return Stretch(titles_in_order(session, ids[:count]), _first(ids), _last(ids, count))


def shelf_before(session: Session, title_id: int, *, count: int = PER_PAGE) -> Stretch:
    """The titles that stand before this one, in the order of the shelf."""
    spot = spot_of(session, title_id)
    ids = titles_from(session, spot, count + 1, backwards=True) if spot else []
    shown = ids[:count][::-1]
    return Stretch(titles_in_order(session, shown), _last(ids, count), shown[-1] if shown else None)


def newest(session: Session, *, after: int | None = None, count: int = PER_PAGE) -> Stretch:
    """What came last, each title once: by its first item in the site's libraries. `after` is an item's id."""
    earlier_of = select(_EARLIER.id).where(
        _EARLIER.title_id == Item.title_id, _EARLIER.id < Item.id, _same_library(session)
    )
    wanted = select(Item.id, Item.title_id).where(~earlier_of.exists(), Item.status != ItemStatus.WITHDRAWN.value)
    if after is not None:
        wanted = wanted.where(_latest(session, Item) < _latest_of(session, after))
    order = (Item.id,) if session.info["library_id"] is None else (Item.added_at, Item.id)
    rows = session.execute(wanted.order_by(*(column.desc() for column in order)).limit(count + 1)).all()
    titles = titles_in_order(session, [row.title_id for row in rows[:count]])
    return Stretch(titles, after=rows[count - 1].id if len(rows) > count else None)


def headings_from(session: Session, kind: HeadingKind, text: str) -> Headings:
    """Headings in Thai dictionary order, from this text on."""
    return _headings(session, kind, Heading.sort_key >= sort_key(text))


def headings_after(session: Session, kind: HeadingKind, heading_id: int) -> Headings:
    """Headings that follow this one."""
    place = select(Heading.sort_key, Heading.id).where(Heading.id == heading_id).scalar_subquery()
    return _headings(session, kind, tuple_(Heading.sort_key, Heading.id) > place)


def heading_by_id(session: Session, heading_id: int) -> Heading:
    """Raises NotFoundError."""
    found = session.get(Heading, heading_id)
    if found is None:
        raise NotFoundError(f"There is no heading {heading_id}.")
    return found


def see_also(session: Session, heading_ids: Sequence[int]) -> dict[int, list[Heading]]:
    """For each of these headings the others one should look at too."""
    wanted = (
        select(HeadingRelation.heading_id, Heading)
        .join(Heading, Heading.id == HeadingRelation.other_id)
        .where(HeadingRelation.heading_id.in_(heading_ids))
        .order_by(Heading.sort_key)
    )
    found: dict[int, list[Heading]] = {}
    for heading_id, other in session.execute(wanted):
        found.setdefault(heading_id, []).append(other)
    return found


def titles_under(session: Session, heading_id: int, *, after: int | None = None, count: int = PER_PAGE) -> Stretch:
    """Titles under this heading that the site has, the last recorded first."""
    link = TitleHeading
    wanted = select(link.title_id).where(link.heading_id == heading_id, has_items(session, link.title_id))
    if after is not None:
        wanted = wanted.where(link.title_id < after)
    ids = session.scalars(wanted.order_by(link.title_id.desc()).limit(count + 1)).all()
    return Stretch(titles_in_order(session, ids[:count]), after=_last(ids, count))


def headings_of_title(session: Session, title_id: int) -> dict[str, int]:
    """The ids of a title's headings by their keys: where a name or subject leads."""
    return {row.key: row.id for row in session.execute(_OF_TITLE, {"title": title_id})}


def heading_for(headings: dict[str, int], text: str) -> int | None:
    """Which of a title's headings a shown name or subject is; subdivisions are not part of one."""
    return headings.get(heading_key(text)) or headings.get(heading_key(text.partition(" -- ")[0]))


def _headings(session: Session, kind: HeadingKind, place: ColumnElement[bool]) -> Headings:
    """Only those that lead somewhere: to titles of the site, or to the heading to use."""
    wanted = select(Heading).where(place, *_that_lead_somewhere(session, kind))
    rows = session.scalars(wanted.order_by(Heading.sort_key, Heading.id).limit(HEADINGS_PER_PAGE + 1)).all()
    shown = rows[:HEADINGS_PER_PAGE]
    targets = session.scalars(select(Heading).where(Heading.id.in_({row.see_id for row in shown if row.see_id})))
    return Headings(
        shown,
        see={row.id: row for row in targets},
        also=see_also(session, [row.id for row in shown]),
        after=shown[-1].id if len(rows) > HEADINGS_PER_PAGE else None,
    )


def _that_lead_somewhere(session: Session, kind: HeadingKind) -> Sequence[ColumnElement[bool]]:
    """Headings are tried in their order; but where there are few titles, those of these titles are put in order."""
    link, library_id = TitleHeading, session.info["library_id"]
    if library_id is None or not (holds_few(session, library_id) and _few_are_online(session)):
        target = func.coalesce(Heading.see_id, Heading.id)
        used = select(link.title_id).where(link.heading_id == target, has_items(session, link.title_id))
        return Heading.kind == kind.value, used.exists()
    held = select(Item.title_id).where(Item.library_id == library_id, Item.status != ItemStatus.WITHDRAWN.value)
    own = select(link.heading_id).where(link.title_id.in_(held.union_all(_ONLINE)))
    direct = select(_USED.id).where(_USED.id.in_(own), _USED.see_id.is_(None))
    is_of_kind = Heading.kind.concat("") == kind.value  # as a sum of texts, so that the index of all is not walked
    return is_of_kind, Heading.id.in_(direct.union(select(_USED.id).where(_USED.see_id.in_(own))))


def _few_are_online(session: Session) -> bool:
    return (session.scalar(select(func.count()).select_from(_ONLINE.limit(FEW + 1).subquery())) or 0) <= FEW


def _latest(session: Session, item: type[Item]) -> Tuple:
    """What orders the site's items by age; over all libraries that is the order in which they were entered."""
    return tuple_(item.id) if session.info["library_id"] is None else tuple_(item.added_at, item.id)


def _latest_of(session: Session, item_id: int) -> ColumnElement[object]:
    columns = (_THIS.id,) if session.info["library_id"] is None else (_THIS.added_at, _THIS.id)
    return select(*columns).where(_THIS.id == item_id).scalar_subquery()


def _same_library(session: Session) -> ColumnElement[bool]:
    return true() if session.info["library_id"] is None else _EARLIER.library_id == Item.library_id


def _first(ids: Sequence[int]) -> int | None:
    return ids[0] if ids else None


def _last(ids: Sequence[int], count: int) -> int | None:
    """The last of a page, if more follow."""
    return ids[count - 1] if len(ids) > count else None
