"""Items that wait for a member: set aside on return, collected, passed on to the next. Nothing here commits.

A hold's row is always locked before its item is changed, and the next in the queue is taken past rows that others
have locked: two copies that come back at one moment go to two members.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.orm import Session, aliased

from samut_hub.catalogue.models import Item
from samut_hub.circulation.models import OPEN_HOLD, Hold, HoldState, Loan
from samut_hub.libraries.service import calendar_of, library_of
from samut_hub.members.models import Member
from samut_rules.holds import keep_until
from samut_rules.loan import ItemStatus

_HOLD_COLUMNS = ("state", "item_id", "keep_until")


class HoldEndedError(Exception):
    """The hold was collected, cancelled or expired already."""


def set_aside(session: Session, item: Item, now: datetime) -> Hold | None:
    """Keep an item that is here for the first who waits for its title; the hold, also one it was kept for before."""
    if item.status == ItemStatus.RESERVED:
        ready = _ready_for(session, item)
        if ready is not None:
            return ready
        _release(item, now)
    hold = _first_waiting(session, item.title_id) if item.status == ItemStatus.AVAILABLE else None
    if hold is not None:
        _keep_for(session, hold, item, now)
    return hold


def collect(session: Session, hold: Hold, item: Item, now: datetime) -> None:
    """The member takes this item; the hold is open and locked. What was set aside instead goes on to the next."""
    other_id = hold.item_id if hold.state == HoldState.READY and hold.item_id != item.id else None
    hold.state, hold.item_id, hold.ended_at = HoldState.COLLECTED.value, item.id, now
    if item.status == ItemStatus.RESERVED:
        _release(item, now)
    session.flush()
    if other_id is not None:
        pass_on(session, session.get_one(Item, other_id), now)


def taken_away(session: Session, item: Item, member: Member, now: datetime) -> None:
    """The item has left with the member, whoever it was set aside for: that one waits again, as the first."""
    own = session.scalar(_open_of(member).where(Hold.title_id == item.title_id))
    if own is not None and is_still_open(session, own):
        collect(session, own, item, now)
    ready = _ready_for(session, item)
    if ready is not None and is_still_open(session, ready):
        _wait_again(ready)
    if item.status == ItemStatus.RESERVED:
        _release(item, now)
    session.flush()


def was_away(session: Session, item: Item, member: Member, *, lent_at: datetime, now: datetime) -> None:
    """The member had the item, and it was seen here since: what the member wished by then is done, no more.

    For whom the item is kept by now it stays kept.
    """
    own = session.scalar(_open_of(member).where(Hold.title_id == item.title_id, Hold.placed_at <= lent_at))
    if own is None or not is_still_open(session, own):
        return
    kept_id = own.item_id if own.state == HoldState.READY else None
    own.state, own.item_id, own.ended_at = HoldState.COLLECTED.value, item.id, now
    session.flush()
    if kept_id is not None:
        pass_on(session, session.get_one(Item, kept_id), now)


def left_behind(session: Session, item: Item, member: Member, *, collected_at: datetime, now: datetime) -> None:
    """What the member collected at that moment was not taken along: it is set aside anew, for as long as others.

    Who took it from the open shelf while waiting waits again, as does the one whose item cannot be lent any more.
    """
    taken = (Hold.member_id == member.id, Hold.item_id == item.id, Hold.ended_at == collected_at)
    hold = session.scalar(select(Hold).where(*taken, Hold.state == HoldState.COLLECTED))
    if hold is None or session.scalar(_open_of(member).where(Hold.title_id == hold.title_id)) is not None:
        return
    was_kept, hold.ended_at = hold.ready_at is not None, None
    if was_kept and item.status == ItemStatus.AVAILABLE:
        _keep_for(session, hold, item, now)
    else:
        _wait_again(hold)
        session.flush()


def end(session: Session, hold: Hold, state: HoldState, now: datetime) -> None:
    """Close an open hold; an item that was set aside goes on to the next. Raises HoldEndedError."""
    if not is_still_open(session, hold):
        raise HoldEndedError(hold.id)
    was_ready = hold.state == HoldState.READY
    hold.state, hold.ended_at = state.value, now
    session.flush()
    if was_ready and hold.item_id is not None:
        pass_on(session, session.get_one(Item, hold.item_id), now)


def pass_on(session: Session, item: Item, now: datetime) -> Hold | None:
    """The item is no longer kept for whom it was: it is set aside for the next, or can be lent to anybody."""
    if item.status == ItemStatus.RESERVED:
        _release(item, now)
        session.flush()
    return set_aside(session, item, now)


def is_still_open(session: Session, hold: Hold) -> bool:
    """Lock the hold and look again: it may have ended since it was read."""
    if session.get_bind().dialect.name != "sqlite":
        session.refresh(hold, _HOLD_COLUMNS, with_for_update={"of": Hold})
    return hold.state in OPEN_HOLD


def is_waited_for(session: Session, title_id: int) -> bool:
    """Whether members wait for the title and no copy stands on the shelf for them."""
    waiting = select(Hold.id).where(Hold.title_id == title_id, Hold.state == HoldState.WAITING)
    if session.scalar(waiting.limit(1)) is None:
        return False
    return session.scalar(select(Item.id).where(Item.title_id == title_id, *on_shelf()).limit(1)) is None


def on_shelf() -> tuple[ColumnElement[bool], ...]:
    """Conditions for items that anybody may take from the shelf."""
    out = aliased(Loan)
    is_out = exists().where(out.library_id == Item.library_id, out.item_id == Item.id, out.returned_at.is_(None))
    return Item.status == ItemStatus.AVAILABLE, ~is_out


def _keep_for(session: Session, hold: Hold, item: Item, now: datetime) -> None:
    library = library_of(session, item.library_id)
    hold.state, hold.item_id, hold.ready_at = HoldState.READY.value, item.id, now
    hold.keep_until = keep_until(calendar_of(session, library), now)
    item.status, item.changed_at = ItemStatus.RESERVED.value, now
    session.flush()


def _wait_again(hold: Hold) -> None:
    """In the old place of the queue."""
    hold.state, hold.item_id = HoldState.WAITING.value, None
    hold.ready_at, hold.keep_until = None, None


def _first_waiting(session: Session, title_id: int) -> Hold | None:
    waiting = select(Hold).where(Hold.title_id == title_id, Hold.state == HoldState.WAITING)
    in_turn = waiting.order_by(Hold.placed_at, Hold.id).limit(1)
    return session.scalar(in_turn.with_for_update(skip_locked=True, of=Hold))


def _ready_for(session: Session, item: Item) -> Hold | None:
    return session.scalar(select(Hold).where(Hold.item_id == item.id, Hold.state == HoldState.READY))


def _open_of(member: Member) -> Select[Hold]:
    return select(Hold).where(Hold.member_id == member.id, Hold.state.in_(OPEN_HOLD))


def _release(item: Item, now: datetime) -> None:
    item.status, item.changed_at = ItemStatus.AVAILABLE.value, now
