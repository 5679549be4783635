"""Items that wait for a member: set aside on return, collected, passed on to the next. Nothing here commits.

A hold's row is always locked before its item is changed, and the next in the queue is taken past rows that others
have locked: two copies that come back at one moment go to two members.
"""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, or_, select, update
from sqlalchemy.orm import Session, aliased

from samut_hub.catalogue.merging.joining import joins
from samut_hub.catalogue.models import Item
from samut_hub.circulation.models import OPEN_HOLD, Hold, HoldEnd, HoldState, Loan
from samut_hub.circulation.terms import title_terms
from samut_hub.db import prepared
from samut_hub.libraries.models import Library
from samut_hub.libraries.service import calendar_of, library_of
from samut_hub.members.models import Member
from samut_rules.holds import USUAL, keep_until
from samut_rules.loan import ItemStatus

_SCANNED = (
    update(Hold).where(Hold.item_id == bindparam("scanned"), Hold.left_aside).values(left_aside=False)
).execution_options(synchronize_session=False)
"""Without looking for it among what the session knows: nobody has read these holds."""
_HOLDS = Hold.__table__.c
_ANYBODY = exists().where(
    _HOLDS.library_id == bindparam("library"),
    _HOLDS.title_id == bindparam("title"),
    _HOLDS.state == HoldState.WAITING.value,
)
_WAITING = select(_ANYBODY)
_LEFT_OR_WAITING = select(exists().where(_HOLDS.item_id == bindparam("item"), _HOLDS.left_aside), _ANYBODY)
_HOLD_COLUMNS = ("state", "item_id", "keep_until")
IN_TURN = (Hold.priority, Hold.placed_at, Hold.id)
"""The order of a queue."""


class HoldEndedError(Exception):
    """The hold was collected, cancelled or expired already."""


def set_aside(session: Session, item: Item, now: datetime, *, is_waited: bool | None = None) -> Hold | None:
    """Keep an item that is here for the first who waits for its title; the hold, also one it was kept for before.

    `is_waited`: whether anybody waits, where that was asked just now.
    """
    if item.status == ItemStatus.RESERVED:
        ready = _ready_for(session, item)
        if ready is not None:
            return ready
        _release(item, now)
    if item.status != ItemStatus.AVAILABLE:
        return None
    if not (_does_anybody_wait(session, item) if is_waited is None else is_waited):
        return None
    if not _is_still_free(session, item):
        return _ready_for(session, item)
    hold = _first_waiting(session, item, now)
    if hold is not None:
        _keep_for(session, hold, item, now)
    return hold


def scanned(session: Session, item: Item) -> bool:
    """Whoever scans the item has it in hand: it is left on the shelf of reserved items no longer. Answers whether
    anybody waits for its title."""
    session.flush()
    asked = {"library": item.library_id, "title": item.title_id, "item": item.id}
    is_left, is_waited = session.connection().execute(_LEFT_OR_WAITING, asked).one()
    if is_left:
        session.connection().execute(_SCANNED, {"scanned": item.id})
    return bool(is_waited)


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
    scanned(session, item)
    own = _own(session, item, member)
    if own is not None and is_still_open(session, own):
        collect(session, own, item, now)
    ready = _ready_for(session, item)
    if ready is not None and is_still_open(session, ready):
        _wait_again(ready)
    if item.status == ItemStatus.RESERVED:
        _release(item, now)
    session.flush()


def wait_again(session: Session, item: Item, now: datetime) -> None:
    """The item cannot be given away after all: for whom it was kept, that one waits again, in the old place."""
    ready = _ready_for(session, item)
    if ready is not None and is_still_open(session, ready):
        _wait_again(ready)
    _release(item, now)
    session.flush()


def was_away(session: Session, item: Item, member: Member, *, lent_at: datetime, now: datetime) -> None:
    """The member had the item, and it was seen here since: what the member wished by then is done, no more.

    For whom the item is kept by now it stays kept.
    """
    own = _own(session, item, member)
    if own is None or own.placed_at > lent_at or not is_still_open(session, own):
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


def end(session: Session, hold: Hold, state: HoldState, now: datetime, *, why: HoldEnd) -> None:
    """Close an open hold; an item that was set aside goes on to the next. Raises HoldEndedError."""
    if not is_still_open(session, hold):
        raise HoldEndedError(hold.id)
    was_ready = hold.state == HoldState.READY
    if was_ready and hold.item_id is not None:
        _tell_no_more(session, hold.item_id)
    hold.state, hold.ended_at, hold.ended_why, hold.left_aside = state.value, now, why.value, was_ready
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


def locked_if_open(session: Session, hold_id: int) -> Hold | None:
    """The hold, locked and as it is now; None where it has ended."""
    hold = session.get(Hold, hold_id, populate_existing=True, with_for_update={"of": Hold})
    return hold if hold is not None and hold.state in OPEN_HOLD else None


@joins
def join_holds(session: Session, from_id: int, into_id: int, now: datetime) -> Iterator[Hold]:
    """A member who waits for both titles waits once, from the earlier day on, and for what is set aside already.

    Two that are set aside are one too many: the later one is cancelled and goes on to the next.
    """
    other = aliased(Hold)
    same = and_(other.library_id == Hold.library_id, other.member_id == Hold.member_id, other.title_id == into_id)
    both = select(Hold, other).join(other, same).where(Hold.title_id == from_id, Hold.state.in_(OPEN_HOLD))
    yield from join_pairs(session, both.where(other.state.in_(OPEN_HOLD)), now)


def join_pairs(session: Session, both: Select[Hold, Hold], now: datetime) -> Iterator[Hold]:
    """Of each pair of open holds one stays, from the earlier day on; those that are to be deleted are answered."""
    for one, another in session.execute(both).all():
        stays, goes = sorted((another, one), key=lambda hold: (hold.state != HoldState.READY, hold.placed_at))
        if not is_still_open(session, stays) or not is_still_open(session, goes):
            continue
        stays.placed_at = min(stays.placed_at, goes.placed_at)
        if goes.state == HoldState.READY:
            end(session, goes, HoldState.CANCELLED, now, why=HoldEnd.MERGED)
        else:
            yield goes


def may_get(session: Session, library: Library, now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Conditions for waiting holds, joined with their members, to which a copy can be given: none is kept for those
    who are blocked, no longer members, or away until a day to come."""
    today = calendar_of(session, library).local_day(now)
    return (
        Hold.state == HoldState.WAITING,
        or_(Hold.suspended_until.is_(None), Hold.suspended_until <= today),
        Member.blocked == "",
        or_(Member.expires_on.is_(None), Member.expires_on >= today),
    )


def takes(item: Item | type[Item]) -> ColumnElement[bool]:
    """Condition for holds of the item's title that this copy fulfils."""
    return and_(Hold.title_id == item.title_id, or_(Hold.wanted_item_id.is_(None), Hold.wanted_item_id == item.id))


def somebody_waits(session: Session, item: Item, now: datetime) -> bool:
    """Whether members to whom the item can be given wait for it."""
    return _first_of(session, item, now) is not None


def is_waited_for(session: Session, item: Item, now: datetime) -> bool:
    """Whether members to whom the item can be given wait for it, and no other copy stands on the shelf for them."""
    first = _first_of(session, item, now)
    if first is None or first.wanted_item_id is not None:
        return first is not None
    return session.scalar(select(Item.id).where(Item.title_id == item.title_id, *on_shelf()).limit(1)) is None


def on_shelf() -> tuple[ColumnElement[bool], ...]:
    """Conditions for items that anybody may take from the shelf."""
    out = aliased(Loan)
    is_out = exists().where(out.library_id == Item.library_id, out.item_id == Item.id, out.returned_at.is_(None))
    return Item.status == ItemStatus.AVAILABLE, ~is_out


def _does_anybody_wait(session: Session, item: Item) -> bool:
    session.flush()
    asked = {"library": item.library_id, "title": item.title_id}
    return bool(session.connection().scalar(_WAITING, asked))


def _keep_for(session: Session, hold: Hold, item: Item, now: datetime) -> None:
    calendar = calendar_of(session, library_of(session, item.library_id))
    terms = title_terms(session, hold.member, item.title, now) or USUAL
    hold.state, hold.item_id, hold.ready_at = HoldState.READY.value, item.id, now
    hold.keep_until = keep_until(calendar, now, days=terms.shelf_days)
    hold.suspended_until = None
    item.status, item.changed_at = ItemStatus.RESERVED.value, now
    session.flush()


def _wait_again(hold: Hold) -> None:
    """In the old place of the queue."""
    hold.state, hold.item_id = HoldState.WAITING.value, None
    hold.ready_at, hold.keep_until = None, None


def _is_still_free(session: Session, item: Item) -> bool:
    """Lock the item and look again: another desk may have set it aside since it was read. Whoever has locked it waits
    for no hold."""
    if session.get_bind().dialect.name != "sqlite":
        session.flush()
        session.refresh(item, ["status"], with_for_update={"of": Item})
    return item.status == ItemStatus.AVAILABLE


def _first_waiting(session: Session, item: Item, now: datetime) -> Hold | None:
    return session.scalar(_in_turn(session, item, now).with_for_update(skip_locked=True, of=Hold))


def _first_of(session: Session, item: Item, now: datetime) -> Hold | None:
    """Who would get the item next; nothing is locked."""
    return session.scalar(_in_turn(session, item, now))


def _in_turn(session: Session, item: Item, now: datetime) -> Select[Hold]:
    who = may_get(session, library_of(session, item.library_id), now)
    return select(Hold).join(Hold.member).where(takes(item), *who).order_by(*IN_TURN).limit(1)


_READY_FOR = prepared(select(Hold).where(Hold.item_id == bindparam("item"), Hold.state == HoldState.READY))
_OWN = prepared(
    select(Hold).where(
        Hold.member_id == bindparam("member"), Hold.title_id == bindparam("title"), Hold.state.in_(OPEN_HOLD)
    )
)


def _ready_for(session: Session, item: Item) -> Hold | None:
    return session.scalar(_READY_FOR, {"item": item.id})


def _own(session: Session, item: Item, member: Member) -> Hold | None:
    """What the member waits for, or may fetch, of the item's title."""
    return session.scalar(_OWN, {"member": member.id, "title": item.title_id})


def _open_of(member: Member) -> Select[Hold]:
    return select(Hold).where(Hold.member_id == member.id, Hold.state.in_(OPEN_HOLD))


def _tell_no_more(session: Session, item_id: int) -> None:
    """That it stands on the reserved shelf: only the last for whom it was kept is told of, and that until a scan."""
    session.execute(update(Hold).where(Hold.item_id == item_id, Hold.left_aside).values(left_aside=False))


def _release(item: Item, now: datetime) -> None:
    item.status, item.changed_at = ItemStatus.AVAILABLE.value, now
