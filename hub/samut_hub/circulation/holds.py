"""Holds: place and cancel them, who waits how long, what is to be fetched and what is ready. No use case commits."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased, joinedload

from samut_hub.catalogue.models import Item, Title
from samut_hub.circulation.models import OPEN_HOLD, Hold, HoldState, Loan
from samut_hub.circulation.service import lock, member_facts
from samut_hub.circulation.setting_aside import end, is_still_open, may_borrow, on_shelf
from samut_hub.circulation.terms import title_terms
from samut_hub.db import Database
from samut_hub.errors import NotFoundError
from samut_hub.libraries.models import Library
from samut_hub.libraries.service import calendar_of, library_of
from samut_hub.members.models import Member
from samut_rules.holds import USUAL, Copies, HoldFacts, hold_reasons
from samut_rules.loan import ItemStatus
from samut_rules.reasons import Code, Reason

T = TypeVar("T")

LENDABLE = (ItemStatus.AVAILABLE.value, ItemStatus.RESERVED.value)
LISTED = 50
"""Holds or titles on one page of a list at the desk."""
SHOWN = 200
"""Holds of one title, or of one member."""


class HoldRefusedError(Exception):
    """The member may not reserve the title; `reasons` say why."""

    def __init__(self, reasons: Sequence[Reason]) -> None:
        super().__init__(", ".join(reason.code for reason in reasons))
        self.reasons = reasons


@dataclass(frozen=True, slots=True)
class Waiting:
    """An open hold: its place in the queue from 1 (0 when an item is set aside), and when a copy is due for it.

    `expected` is the due date of as many loans as members stand before it, or None where that cannot be told.
    """

    hold: Hold
    place: int
    expected: datetime | None


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


def place_hold(session: Session, member: Member, title: Title, *, now: datetime) -> Hold:
    """Put the member at the end of the queue. Raises HoldRefusedError."""
    lock(session, member)
    reasons = hold_reasons(hold_facts(session, member, title, now), now)
    if reasons:
        raise HoldRefusedError(reasons)
    hold = Hold(title=title, member=member, placed_at=now)
    try:
        with session.begin_nested():
            session.add(hold)
    except IntegrityError:
        raise HoldRefusedError((Reason(Code.ALREADY_RESERVED),)) from None
    return hold


def cancel_hold(session: Session, hold: Hold, *, now: datetime) -> None:
    """Nobody waits any more, or the next does. Raises HoldEndedError."""
    end(session, hold, HoldState.CANCELLED, now)


def expire_holds(database: Database, clock: Callable[[], datetime]) -> int:
    """What was not collected in time goes on to the next, each in a transaction of its own; how many these were."""
    of_each = Hold.library_id.in_(select(Library.id))
    late = (of_each, Hold.state == HoldState.READY, Hold.keep_until < clock())
    with database.session(None, writes=False) as session:
        found = [tuple(row) for row in session.execute(select(Hold.library_id, Hold.id).where(*late))]
    return sum(_expire(database, library_id, hold_id, clock()) for library_id, hold_id in found)


def hold_by_id(session: Session, hold_id: int) -> Hold:
    """The library's hold; raises NotFoundError."""
    found = session.scalar(select(Hold).where(Hold.id == hold_id))
    if found is None:
        raise NotFoundError(f"There is no hold {hold_id} in this library.")
    return found


def hold_facts(session: Session, member: Member, title: Title, now: datetime) -> HoldFacts:
    """All that a decision about this member and this title looks at."""
    own = select(Loan.id).join(Item, Loan.item_id == Item.id).where(Item.title_id == title.id)
    has_title = session.scalar(own.where(Loan.member_id == member.id, Loan.returned_at.is_(None)).limit(1))
    wished = session.scalars(
        select(Hold.title_id).where(Hold.member_id == member.id, Hold.state.in_(OPEN_HOLD))
    ).all()
    return HoldFacts(
        member=member_facts(session, member, now),
        calendar=calendar_of(session, library_of(session, member.library_id)),
        copies=copies_to_lend(session, title.id),
        has_title=has_title is not None,
        has_reserved=title.id in wished,
        open_holds=len(wished),
        terms=title_terms(session, member, title, now) or USUAL,
    )


def copies_to_lend(session: Session, title_id: int) -> Copies:
    """Of the library: what can be lent at all, what of it stands on the shelf, how many wait."""
    counted = select(func.count(), func.count().filter(and_(*on_shelf()))).select_from(Item)
    to_lend, free = session.execute(counted.where(Item.title_id == title_id, Item.status.in_(LENDABLE))).one()
    waiting = select(func.count()).select_from(Hold).where(Hold.title_id == title_id, Hold.state == HoldState.WAITING)
    return Copies(to_lend, free, session.scalar(waiting) or 0)


def open_hold_of(session: Session, member: Member, title_id: int) -> Waiting | None:
    """The member's own hold of this title."""
    return next((one for one in open_holds_of(session, member) if one.hold.title_id == title_id), None)


def open_holds_of(session: Session, member: Member) -> list[Waiting]:
    """The member's own, what is ready first; two queries, however many they are."""
    return _waiting(session, Hold.member_id == member.id)


def queue_of(session: Session, title_id: int) -> list[Waiting]:
    """Who waits for the title, in turn; those whose item is ready come first."""
    return _waiting(session, Hold.title_id == title_id)


def ready_holds(session: Session, page: int = 1) -> Page[Hold]:
    """What stands on the shelf of reserved items, that to be collected soonest first."""
    whole = (joinedload(Hold.title), joinedload(Hold.member), joinedload(Hold.item))
    wanted = select(Hold).where(Hold.state == HoldState.READY).order_by(Hold.keep_until, Hold.id)
    found = _page(session, wanted.options(*whole), page)
    return Page([hold for (hold,) in found.rows], found.total, found.page)


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
    waits = select(Hold.library_id, Hold.title_id, func.count().label("members")).join(Hold.member)
    waits = waits.where(Hold.state == HoldState.WAITING, *may_borrow(session, library, now))
    waiting = waits.group_by(Hold.library_id, Hold.title_id).subquery()
    same = and_(waiting.c.library_id == Item.library_id, waiting.c.title_id == Item.title_id)
    nth = func.row_number().over(partition_by=Item.title_id, order_by=(Item.call_key, Item.id))
    copies = select(Item.id, waiting.c.members, nth.label("nth")).join(waiting, same).where(*on_shelf()).subquery()
    wanted = select(Item, copies.c.members).join(copies, copies.c.id == Item.id).where(copies.c.nth == 1)
    found = _page(session, wanted.order_by(Item.call_key, Item.id), page)
    return Page([ToFetch(item.title, item, members) for item, members in found.rows], found.total, found.page)


def _page(session: Session, wanted: Select[*tuple[Any, ...]], page: int) -> Page[Any]:
    """Its rows as they come; a page beyond the last is the last."""
    total = session.scalar(select(func.count()).select_from(wanted.order_by(None).subquery())) or 0
    page = min(max(1, page), _pages(total))
    rows = session.execute(wanted.limit(LISTED).offset((page - 1) * LISTED)).unique().all()
    return Page(rows, total, page)


def _pages(total: int) -> int:
    return max(1, -(-total // LISTED))


def _expire(database: Database, library_id: int, hold_id: int, now: datetime) -> bool:
    with database.session(library_id) as session:
        hold = session.get_one(Hold, hold_id)
        is_open = is_still_open(session, hold)
        is_late = is_open and hold.keep_until is not None and hold.keep_until < now
        if is_late:
            end(session, hold, HoldState.EXPIRED, now)
    return is_late


def _waiting(session: Session, of: ColumnElement[bool]) -> list[Waiting]:
    before = aliased(Hold)
    earlier = or_(before.placed_at < Hold.placed_at, and_(before.placed_at == Hold.placed_at, before.id <= Hold.id))
    same = (before.library_id == Hold.library_id, before.title_id == Hold.title_id)
    place = select(func.count()).where(*same, before.state == HoldState.WAITING.value, earlier).scalar_subquery()
    wanted = select(Hold, place).where(of, Hold.state.in_(OPEN_HOLD)).order_by(Hold.state, Hold.placed_at, Hold.id)
    whole = (joinedload(Hold.title), joinedload(Hold.member), joinedload(Hold.item))
    found = session.execute(wanted.options(*whole).limit(SHOWN)).unique().all()
    dues = _dues(session, {hold.title_id for hold, _ in found if hold.state == HoldState.WAITING})
    return [_as_waiting(hold, count, dues[hold.title_id]) for hold, count in found]


def _as_waiting(hold: Hold, place: int, dues: Sequence[datetime]) -> Waiting:
    if hold.state == HoldState.READY:
        return Waiting(hold, 0, None)
    return Waiting(hold, place, dues[place - 1] if place <= len(dues) else None)


def _dues(session: Session, title_ids: set[int]) -> dict[int, list[datetime]]:
    """When the copies of each title that are out come back, the soonest first."""
    found: dict[int, list[datetime]] = defaultdict(list)
    if title_ids:
        wanted = select(Item.title_id, Loan.due_at).join(Loan, Loan.item_id == Item.id)
        out = wanted.where(Item.title_id.in_(title_ids), Loan.returned_at.is_(None)).order_by(Loan.due_at)
        for title_id, due_at in session.execute(out):
            found[title_id].append(due_at)
    return found
