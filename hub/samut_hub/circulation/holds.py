"""Holds: place, pause and cancel them, and who waits in which place. No use case commits."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, and_, func, select, tuple_
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased, joinedload

from samut_hub.catalogue.models import Item, Title
from samut_hub.circulation.facts import member_facts
from samut_hub.circulation.locking import lock
from samut_hub.circulation.models import OPEN_HOLD, Hold, HoldEnd, HoldState, Loan, PickupPlace
from samut_hub.circulation.setting_aside import IN_TURN, HoldEndedError, end, is_still_open, on_shelf, takes
from samut_hub.circulation.terms import title_terms
from samut_hub.db import Database
from samut_hub.errors import NotFoundError
from samut_hub.libraries.models import Library
from samut_hub.libraries.service import calendar_of, library_of
from samut_hub.members.models import Member
from samut_rules.holds import USUAL, Copies, HoldFacts, hold_reasons
from samut_rules.loan import ItemStatus
from samut_rules.reasons import Code, Reason

LENDABLE = (ItemStatus.AVAILABLE.value, ItemStatus.RESERVED.value, ItemStatus.TO_CHECK.value)
TO_COME = (ItemStatus.IN_PROCESS.value,)
"""On order, or being prepared for the shelf."""
LONGEST_PAUSE = 366
"""Days for which a hold may be passed over."""
SHOWN = 200
"""Holds of one title, or of one member."""
SHOWN_WITH = (joinedload(Hold.title), joinedload(Hold.member), joinedload(Hold.item), joinedload(Hold.pickup))


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
class Wish:
    """What a member wants beside the title: this one copy of it, and where to fetch it."""

    item: Item | None = None
    pickup: PickupPlace | None = None


ANY_COPY = Wish()


class NotWaitingError(Exception):
    """An item is set aside already: the hold can no longer be passed over or moved."""


class WrongDayError(Exception):
    """Passed over until a day that has passed, or is too far away."""


def place_hold(session: Session, member: Member, title: Title, wish: Wish = ANY_COPY, *, now: datetime) -> Hold:
    """Put the member at the end of the queue, or of those of like priority. Raises HoldRefusedError."""
    lock(session, member)
    facts = hold_facts(session, member, title, now, item=wish.item)
    reasons = hold_reasons(facts, now)
    if reasons:
        raise HoldRefusedError(reasons)
    priority = -facts.terms.hold_priority
    hold = Hold(title=title, member=member, placed_at=now, priority=priority)
    hold.wanted_item, hold.pickup = wish.item, wish.pickup
    try:
        with session.begin_nested():
            session.add(hold)
    except IntegrityError:
        raise HoldRefusedError((Reason(Code.ALREADY_RESERVED),)) from None
    return hold


def cancel_hold(session: Session, hold: Hold, *, now: datetime, why: HoldEnd = HoldEnd.MEMBER) -> None:
    """Nobody waits any more, or the next does. Raises HoldEndedError."""
    end(session, hold, HoldState.CANCELLED, now, why=why)


def pause_hold(session: Session, hold: Hold, until: date | None, *, now: datetime) -> None:
    """Pass the hold over before that day; it keeps its place. None ends the pause.

    Raises HoldEndedError, NotWaitingError and WrongDayError.
    """
    _still_waiting(session, hold)
    today = calendar_of(session, library_of(session, hold.library_id)).local_day(now)
    if until is not None and not 0 < (until - today).days <= LONGEST_PAUSE:
        raise WrongDayError(until)
    hold.suspended_until = until


def move_to_front(session: Session, hold: Hold, why: str) -> None:
    """Before all who wait; `why` names who did it. Raises HoldEndedError and NotWaitingError."""
    _still_waiting(session, hold)
    queue = (Hold.title_id == hold.title_id, Hold.state == HoldState.WAITING, Hold.id != hold.id)
    first = session.scalar(select(func.min(Hold.priority)).where(*queue))
    hold.priority, hold.moved_why = min(hold.priority, (first or 0) - 1), why


def _still_waiting(session: Session, hold: Hold) -> None:
    if not is_still_open(session, hold):
        raise HoldEndedError(hold.id)
    if hold.state != HoldState.WAITING:
        raise NotWaitingError(hold.id)


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


def hold_facts(
    session: Session, member: Member, title: Title, now: datetime, *, item: Item | None = None
) -> HoldFacts:
    """All that a decision about this member and this title, or this copy of it, looks at."""
    own = select(Loan.id).join(Item, Loan.item_id == Item.id).where(Item.title_id == title.id)
    has_title = session.scalar(own.where(Loan.member_id == member.id, Loan.returned_at.is_(None)).limit(1))
    wished = session.scalars(
        select(Hold.title_id).where(Hold.member_id == member.id, Hold.state.in_(OPEN_HOLD))
    ).all()
    return HoldFacts(
        member=member_facts(session, member, now),
        calendar=calendar_of(session, library_of(session, member.library_id)),
        copies=copies_to_lend(session, title.id, item),
        has_title=has_title is not None,
        has_reserved=title.id in wished,
        open_holds=len(wished),
        terms=title_terms(session, member, title, now) or USUAL,
    )


def copies_to_lend(session: Session, title_id: int, item: Item | None = None) -> Copies:
    """Of the library: what can be lent at all, what of it stands on the shelf, how many wait, what is to come.

    Of one copy these are one or none, and who waits for any copy waits for this one too.
    """
    lendable = func.count().filter(Item.status.in_(LENDABLE))
    counted = select(lendable, func.count().filter(and_(*on_shelf())), func.count().filter(Item.status.in_(TO_COME)))
    which = (Item.title_id == title_id, *(() if item is None else (Item.id == item.id,)))
    to_lend, free, to_come = session.execute(counted.select_from(Item).where(*which)).one()
    queue = (Hold.title_id == title_id, Hold.state == HoldState.WAITING, *(() if item is None else (takes(item),)))
    return Copies(to_lend, free, session.scalar(select(func.count()).select_from(Hold).where(*queue)) or 0, to_come)


def waiting_by_library(session: Session, title_id: int) -> dict[int, int]:
    """How many wait for the title in each library that the session sees."""
    counted = select(Hold.library_id, func.count()).where(Hold.title_id == title_id, Hold.state == HoldState.WAITING)
    return dict(session.execute(counted.group_by(Hold.library_id)).all())


def open_hold_of(session: Session, member: Member, title_id: int) -> Waiting | None:
    """The member's own hold of this title."""
    return next((one for one in open_holds_of(session, member) if one.hold.title_id == title_id), None)


def open_holds_of(session: Session, member: Member) -> list[Waiting]:
    """The member's own, what is ready first; two queries, however many they are."""
    return _waiting(session, Hold.member_id == member.id)


def ready_holds_of(session: Session, member: Member) -> Sequence[Hold]:
    """What is set aside for the member, with where to fetch it; the first to lapse first."""
    ready = (Hold.member_id == member.id, Hold.state == HoldState.READY)
    wanted = select(Hold).where(*ready).order_by(Hold.keep_until, Hold.id).limit(SHOWN)
    return session.scalars(wanted.options(joinedload(Hold.title), joinedload(Hold.pickup))).all()


def queue_of(session: Session, title_id: int) -> list[Waiting]:
    """Who waits for the title, in turn; those whose item is ready come first."""
    return _waiting(session, Hold.title_id == title_id)


def _expire(database: Database, library_id: int, hold_id: int, now: datetime) -> bool:
    with database.session(library_id) as session:
        hold = session.get_one(Hold, hold_id)
        is_open = is_still_open(session, hold)
        is_late = is_open and hold.keep_until is not None and hold.keep_until < now
        if is_late:
            end(session, hold, HoldState.EXPIRED, now, why=HoldEnd.LAPSED)
    return is_late


def _waiting(session: Session, of: ColumnElement[bool]) -> list[Waiting]:
    wanted = with_places().where(of, Hold.state.in_(OPEN_HOLD)).order_by(Hold.state, *IN_TURN)
    whole = (*SHOWN_WITH, joinedload(Hold.wanted_item))
    found = session.execute(wanted.options(*whole).limit(SHOWN)).unique().all()
    dues = _dues(session, {hold.title_id for hold, _ in found if hold.state == HoldState.WAITING})
    return [_as_waiting(hold, count, dues[hold.title_id]) for hold, count in found]


def with_places() -> Select[Hold, int]:
    """Holds, and the place of each in the queue of its title."""
    before = aliased(Hold)
    earlier = tuple_(before.priority, before.placed_at, before.id) <= tuple_(*IN_TURN)
    same = (before.library_id == Hold.library_id, before.title_id == Hold.title_id)
    place = select(func.count()).where(*same, before.state == HoldState.WAITING.value, earlier).scalar_subquery()
    return select(Hold, place)


def _as_waiting(hold: Hold, place: int, dues: Sequence[datetime]) -> Waiting:
    if hold.state == HoldState.READY:
        return Waiting(hold, 0, None)
    is_told = hold.suspended_until is None and hold.wanted_item_id is None and place <= len(dues)
    return Waiting(hold, place, dues[place - 1] if is_told else None)


def _dues(session: Session, title_ids: set[int]) -> dict[int, list[datetime]]:
    """When the copies of each title that are out come back, the soonest first."""
    found: dict[int, list[datetime]] = defaultdict(list)
    if title_ids:
        wanted = select(Item.title_id, Loan.due_at).join(Loan, Loan.item_id == Item.id)
        out = wanted.where(Item.title_id.in_(title_ids), Loan.returned_at.is_(None)).order_by(Loan.due_at)
        for title_id, due_at in session.execute(out):
            found[title_id].append(due_at)
    return found
