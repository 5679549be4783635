"""Lists of reservations at the desk: what is to be fetched, what is ready, who waits, what nobody collected."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from samut_hub.catalogue.models import Item, Title
from samut_hub.circulation.holds import LENDABLE, SHOWN_WITH, Waiting, with_places
from samut_hub.circulation.models import Hold, HoldState
from samut_hub.circulation.setting_aside import may_get, on_shelf
from samut_hub.libraries.models import Library

T = TypeVar("T")

LISTED = 50
"""Holds or titles on one page of a list."""


@dataclass(frozen=True, slots=True)
class ToFetch:
    """A title for which members wait, and a copy of it that stands on the shelf."""

    title: Title
    item: Item
    waiting: int


@dataclass(frozen=True, slots=True)
class LeftAside:
    """What was not collected and still stands with the reserved items; `next` is for whom it is kept by now."""

    hold: Hold
    item: Item
    next: Hold | None


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a list, and how many there are on all pages."""

    rows: Sequence[T]
    total: int
    page: int

    @property
    def pages(self) -> int:
        return _pages(self.total)


def ready_holds(session: Session, page: int = 1) -> Page[Hold]:
    """What stands on the shelf of reserved items, that to be collected soonest first."""
    wanted = select(Hold).where(Hold.state == HoldState.READY).order_by(Hold.keep_until, Hold.id)
    found = _page(session, wanted.options(*SHOWN_WITH), page)
    return Page([hold for (hold,) in found.rows], found.total, found.page)


def waiting_holds(session: Session, page: int = 1) -> Page[Waiting]:
    """All who wait in the library, those for longest first."""
    wanted = with_places().where(Hold.state == HoldState.WAITING).order_by(Hold.placed_at, Hold.id)
    found = _page(session, wanted.options(*SHOWN_WITH, joinedload(Hold.wanted_item)), page)
    return Page([Waiting(hold, place, None) for hold, place in found.rows], found.total, found.page)


def left_aside(session: Session, page: int = 1) -> Page[LeftAside]:
    """What nobody collected, or was cancelled, and has not been scanned since: that which stands longest first."""
    kept_for = aliased(Hold)
    is_next = and_(
        kept_for.library_id == Hold.library_id, kept_for.item_id == Hold.item_id, kept_for.state == HoldState.READY
    )
    wanted = select(Hold, Item, kept_for).join(Item, Hold.item_id == Item.id).outerjoin(kept_for, is_next)
    here = wanted.where(Hold.left_aside, Item.status.in_(LENDABLE)).order_by(Hold.ended_at, Hold.id)
    found = _page(session, here.options(joinedload(Hold.title), joinedload(kept_for.member)), page)
    return Page([LeftAside(*row) for row in found.rows], found.total, found.page)


def to_fetch(session: Session, library: Library, now: datetime, page: int = 1) -> Page[ToFetch]:
    """Copies that came to the shelf past the desk, as from repair, while members wait: one for each title."""
    waits = select(Hold.library_id, Hold.title_id, Hold.wanted_item_id, func.count().label("members"))
    may = waits.join(Hold.member).where(*may_get(session, library, now))
    waiting = may.group_by(Hold.library_id, Hold.title_id, Hold.wanted_item_id).subquery().c
    same = and_(waiting.library_id == Item.library_id, waiting.title_id == Item.title_id)
    this_one = or_(waiting.wanted_item_id.is_(None), waiting.wanted_item_id == Item.id)
    free = select(Item.id, Item.title_id, Item.call_key, func.sum(waiting.members).label("members"))
    each = free.join(waiting.members.table, and_(same, this_one)).where(*on_shelf())
    found = each.group_by(Item.id, Item.title_id, Item.call_key).subquery().c
    nth = func.row_number().over(partition_by=found.title_id, order_by=(found.call_key, found.id))
    copies = select(found.id, found.members, nth.label("nth")).subquery()
    wanted = select(Item, copies.c.members).join(copies, copies.c.id == Item.id).where(copies.c.nth == 1)
    listed = _page(session, wanted.order_by(Item.call_key, Item.id), page)
    return Page([ToFetch(item.title, item, members) for item, members in listed.rows], listed.total, listed.page)


def _page(session: Session, wanted: Select[*tuple[Any, ...]], page: int) -> Page[Any]:
    """Its rows as they come; a page beyond the last is the last."""
    total = session.scalar(select(func.count()).select_from(wanted.order_by(None).subquery())) or 0
    page = min(max(1, page), _pages(total))
    rows = session.execute(wanted.limit(LISTED).offset((page - 1) * LISTED)).unique().all()
    return Page(rows, total, page)


def _pages(total: int) -> int:
    return max(1, -(-total // LISTED))
