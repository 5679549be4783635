"""Which changes devices must learn of: noted in the transaction of the change, by the session's own events.

No use case can forget it; what changes very many rows with one statement tells here by `circulation.telling`.
"""

from collections.abc import Collection
from functools import cache
from typing import Any

from sqlalchemy import Insert, Text, bindparam, cast, event, insert, inspect, literal, select, union_all
from sqlalchemy.orm import Session, UOWTransaction

from samut_hub.catalogue.models import Item, Place, Title
from samut_hub.circulation.booking.models import Booking, BookingState
from samut_hub.circulation.models import Hold, LargerMaterial, Loan, LoanRule
from samut_hub.circulation.telling import Changed, hears
from samut_hub.circulation.terms import RULE_COLUMNS, asks_of_titles
from samut_hub.fleet.models import ReplicaChange
from samut_hub.libraries.models import Closure, Library, YearlyClosure
from samut_hub.members.models import Card, Group, Member, MemberType

_ROW = ("library_id", "kind", "key")
_FEW = 4
EVERYTHING = "everything"
"""The kind of a change after which only a whole snapshot helps."""
BORROWED = "borrowed"
"""Of a member who borrowed or returned something: the member's row is another where it tells of loans, else not."""
Noted = frozenset[tuple[str, str]]
"""Kinds and keys of what was noted."""

_SHOWN: dict[type[Any], tuple[str, ...]] = {
    Member: (
        *("number", "name_th", "type_id", "group_id", "expires_on", "blocked", "debt"),
        *("card_lost", "suspended_until", "born", "level"),
    ),
    Group: ("level",),
    Card: ("hash", "state", "member_id"),
    Item: ("barcode", "title_id", "status", "loan_days", "fine_per_day", "category_id", "place_id"),
    Loan: ("due_at", "returned_at", "renewals", "unseen_renewals", "member_id", "recalled_at", "claimed_at"),
    Hold: ("state", "title_id", "wanted_item_id"),
    Booking: ("state", "item_id", "member_id", "starts_at", "ends_at"),
    Title: ("title", "material"),
    Library: ("name_th", "name_en", "zone", "debt_limit", "weekly_closed", "weekly_hours", "offline_loans"),
    LoanRule: RULE_COLUMNS,
    LargerMaterial: ("parent",),
    Place: ("parent_id",),
    Closure: ("on", "open", "hours", "name"),
    YearlyClosure: ("month", "day"),
    MemberType: ("code",),
}


@event.listens_for(Session, "after_flush")
def _note_changes(session: Session, context: UOWTransaction) -> None:
    rows: dict[tuple[int, str, str], None] = {}
    for instance in session.new:
        rows.update(dict.fromkeys(_changes(session, instance)))
    for instance in session.dirty:
        if _shows(instance):
            named = _old_names(instance)
            naming = _items_naming(session, instance) if named and isinstance(instance, Member) else []
            rows.update(dict.fromkeys((*_changes(session, instance), *named, *naming)))
    for instance in session.deleted:
        rows.update(dict.fromkeys(_gone(session, instance)))
    if 0 < len(rows) <= _FEW:
        told = {
            f"{name}{place}": value for place, row in enumerate(rows) for name, value in zip(_ROW, row, strict=True)
        }
        session.connection().execute(_noting(len(rows)), told)
    elif rows:
        noted = [dict(zip(_ROW, row, strict=True)) for row in rows]
        session.connection().execute(insert(ReplicaChange), noted)


@cache
def _noting(rows: int) -> Insert:
    """So many rows with one statement: nearly every change is of one or two, and one for each is two messages."""
    types = ReplicaChange.__table__.c
    told = [select(*(bindparam(f"{name}{row}", type_=types[name].type) for name in _ROW)) for row in range(rows)]
    return insert(ReplicaChange).from_select(_ROW, union_all(*told))


@hears
def _note_many(session: Session, what: Changed, ids: Collection[int]) -> None:
    rows = {Changed.ITEM: Item, Changed.MEMBER: Member}[what].__table__.c
    noted = select(rows.library_id, literal(what.value), cast(rows.id, Text)).where(rows.id.in_(ids))
    session.connection().execute(insert(ReplicaChange).from_select(["library_id", "kind", "key"], noted))


def note_parted(session: Session, library_id: int) -> None:
    """Loans were parted from their members, with statements of no session: where devices know who had what, they get
    a whole snapshot and so forget it too."""
    if asks_of_titles(session):
        session.add(ReplicaChange(library_id=library_id, kind=EVERYTHING, key=""))


def _shows(instance: Any) -> bool:
    return _has_changed(instance, *_SHOWN.get(type(instance), ()))


def _changes(session: Session, instance: object) -> list[tuple[int, str, str]]:
    match instance:
        case Member():
            return [(instance.library_id, "member", str(instance.id))]
        case Card():
            return [(instance.library_id, "member", str(instance.member_id))]
        case Item():
            return [(instance.library_id, "item", str(instance.id))]
        case Loan() | Hold() | Booking():
            return _lending(session, instance)
        case LoanRule():
            everybody = [(instance.library_id, EVERYTHING, "")] if _asks_anew(instance) else []
            return [(instance.library_id, "library", ""), *everybody]
        case LargerMaterial() | Place() | Closure() | YearlyClosure() | MemberType():
            return [(instance.library_id, "library", "")]
        case Group():
            other_level: Any = inspect(instance)
            is_other = bool(other_level.attrs["level"].history.deleted)
            return [(instance.library_id, EVERYTHING, "")] if is_other else []
        case Library():
            return [(instance.id, "library", "")]
        case Title():
            return _items_of_title(session, instance)
        case _:
            return []


def _lending(session: Session, instance: Loan | Hold | Booking) -> list[tuple[int, str, str]]:
    library = instance.library_id
    if isinstance(instance, Hold):
        return _items_out(session, instance)
    if isinstance(instance, Booking):
        return [(library, "item", str(unit)) for unit in (instance.item_id, *_before(instance, "item_id"))]
    had = [(library, BORROWED, str(instance.member_id))] if _was_had(session, instance) else []
    return [(library, "item", str(instance.item_id)), *had]


def _was_had(session: Session, loan: Loan) -> bool:
    """Whether the change is one of those that a member's row tells; a new due date is none."""
    return loan in session.deleted or _has_changed(loan, "lent_at", "returned_at", "renewals")


def _has_changed(instance: object, *names: str) -> bool:
    state: Any = inspect(instance)
    return any(state.attrs[name].history.has_changes() for name in names)


def _asks_anew(rule: LoanRule) -> bool:
    """Whether the rule asks anew how often one title was had: then what each member had is to be sent."""
    return _has_changed(rule, "same_title_times", "same_title_wait")


def _items_of_title(session: Session, title: Title) -> list[tuple[int, str, str]]:
    """Of all libraries: a title is shared, so this looks past the session's own library."""
    items = Item.__table__
    found = session.connection().execute(select(items.c.library_id, items.c.id).where(items.c.title_id == title.id))
    return [(library_id, "item", str(item_id)) for library_id, item_id in found]


def _items_naming(session: Session, member: Member) -> list[tuple[int, str, str]]:
    """Rows of items name by number who has them and who has booked them: a new number makes them new."""
    loans, bookings = Loan.__table__.c, Booking.__table__.c
    has = select(loans.item_id).where(loans.member_id == member.id, loans.returned_at.is_(None))
    booked = select(bookings.item_id).where(
        bookings.member_id == member.id, bookings.state == BookingState.BOOKED.value
    )
    found = session.connection().execute(has.union(booked))
    return [(member.library_id, "item", str(item_id)) for (item_id,) in found]


def _items_out(session: Session, hold: Hold) -> list[tuple[int, str, str]]:
    """Copies that others have cannot be renewed while somebody waits for their title."""
    items, loans = Item.__table__.c, Loan.__table__.c
    titles = [hold.title_id, *_before(hold, "title_id")]
    out = select(items.id).join_from(Item.__table__, Loan.__table__, loans.item_id == items.id)
    wanted = out.where(items.library_id == hold.library_id, items.title_id.in_(titles), loans.returned_at.is_(None))
    return [(hold.library_id, "item", str(item_id)) for (item_id,) in session.connection().execute(wanted)]


def _before(instance: object, name: str) -> list[int]:
    """What stood there before this flush."""
    state: Any = inspect(instance)
    return [value for value in state.attrs[name].history.deleted if value is not None]


def _old_names(instance: Any) -> list[tuple[int, str, str]]:
    """A member's number or an item's barcode that is no longer used."""
    if not isinstance(instance, (Member, Item)):
        return []
    kind, name = ("member", "number") if isinstance(instance, Member) else ("item", "barcode")
    state: Any = inspect(instance)
    return [(instance.library_id, f"gone:{kind}", old) for old in state.attrs[name].history.deleted]


def _gone(session: Session, instance: object) -> list[tuple[int, str, str]]:
    match instance:
        case Member():
            return [(instance.library_id, "gone:member", instance.number)]
        case Item():
            return [(instance.library_id, "gone:item", instance.barcode)]
        case _:
            return _changes(session, instance)
