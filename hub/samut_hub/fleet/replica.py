"""What edge devices must know to decide alone: rows of the replica, noted when they change, numbered, sent.

Whatever writes a member, a card, an item, a title's name or the library's rules leaves a `ReplicaChange` in the same
transaction (by the session's own events, so no use case can forget it). The worker numbers them afterwards, one
version for each batch, so that versions have no gaps whatever order transactions commit in.
"""

from collections.abc import Collection, Iterable, Iterator
from itertools import groupby
from typing import Any

from sqlalchemy import Text, cast, delete, event, func, insert, inspect, literal, select, update
from sqlalchemy.orm import Session, UOWTransaction, joinedload, selectinload

from samut_hub.catalogue.models import Item, Place, Title, shown_title
from samut_hub.circulation.models import LargerMaterial, Loan, LoanRule
from samut_hub.circulation.telling import Changed, hears
from samut_hub.circulation.terms import RULE_COLUMNS, material_tree, name_of, rule_rows
from samut_hub.fleet.models import ReplicaChange
from samut_hub.libraries.hours import read_hours
from samut_hub.libraries.models import Closure, Library, YearlyClosure
from samut_hub.members.models import Card, CardState, Group, Member, MemberType
from samut_rules.calendar import Span
from samut_wire import messages as m

BATCH = 500
LARGEST_DELTA = 1_000
LATEST_HAD = 12
"""Loans of a member that devices know; none lets a member have more between two of one title."""
EVERYTHING = "everything"
"""The kind of a change after which only a whole snapshot helps."""
KEPT_VERSIONS = 5_000
"""A device that is further behind, by rows or by versions, gets a whole snapshot."""

_SHOWN: dict[type[Any], tuple[str, ...]] = {
    Member: (
        *("number", "name_th", "type_id", "group_id", "expires_on", "blocked", "debt"),
        *("card_lost", "suspended_until", "born", "level"),
    ),
    Group: ("level",),
    Card: ("hash", "state", "member_id"),
    Item: ("barcode", "title_id", "status", "loan_days", "fine_per_day", "category_id", "place_id"),
    Loan: ("due_at", "returned_at", "renewals", "member_id"),
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
            lent = _items_lent_to(session, instance) if named and isinstance(instance, Member) else []
            rows.update(dict.fromkeys((*_changes(session, instance), *named, *lent)))
    for instance in session.deleted:
        rows.update(dict.fromkeys(_gone(session, instance)))
    if rows:
        session.connection().execute(
            insert(ReplicaChange), [{"library_id": lib, "kind": kind, "key": key} for lib, kind, key in rows]
        )


@hears
def _note_many(session: Session, what: Changed, ids: Collection[int]) -> None:
    rows = {Changed.ITEM: Item, Changed.MEMBER: Member}[what].__table__.c
    noted = select(rows.library_id, literal(what.value), cast(rows.id, Text)).where(rows.id.in_(ids))
    session.connection().execute(insert(ReplicaChange).from_select(["library_id", "kind", "key"], noted))


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
        case Loan():
            had = [(instance.library_id, "member", str(instance.member_id))] if _was_had(session, instance) else []
            return [(instance.library_id, "item", str(instance.item_id)), *had]
        case LoanRule():
            everybody = [(instance.library_id, EVERYTHING, "")] if _asks_of_titles(instance) else []
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


def _was_had(session: Session, loan: Loan) -> bool:
    """Whether the change is one of those that a member's row tells; a new due date is none."""
    return loan in session.deleted or _has_changed(loan, "lent_at", "returned_at", "renewals")


def _has_changed(instance: object, *names: str) -> bool:
    state: Any = inspect(instance)
    return any(state.attrs[name].history.has_changes() for name in names)


def _asks_of_titles(rule: LoanRule) -> bool:
    """Whether the rule asks anew how often one title was had: then what each member had is to be sent."""
    return _has_changed(rule, "same_title_times", "same_title_wait")


def _items_of_title(session: Session, title: Title) -> list[tuple[int, str, str]]:
    """Of all libraries: a title is shared, so this looks past the session's own library."""
    items = Item.__table__
    found = session.connection().execute(select(items.c.library_id, items.c.id).where(items.c.title_id == title.id))
    return [(library_id, "item", str(item_id)) for library_id, item_id in found]


def _items_lent_to(session: Session, member: Member) -> list[tuple[int, str, str]]:
    """Rows of items name their borrower by number: a new number makes them new."""
    loans = Loan.__table__
    open_ones = (loans.c.member_id == member.id, loans.c.returned_at.is_(None))
    found = session.connection().execute(select(loans.c.item_id).where(*open_ones))
    return [(member.library_id, "item", str(item_id)) for (item_id,) in found]


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


def has_unnumbered(session: Session) -> bool:
    """Whether any change waits for its version; a look that takes no lock."""
    return session.scalar(select(ReplicaChange.id).where(ReplicaChange.version.is_(None)).limit(1)) is not None


def number_changes(session: Session) -> set[int]:
    """Give the oldest unnumbered changes their versions; returns the libraries that went forward."""
    found = session.execute(
        select(ReplicaChange.id, ReplicaChange.library_id)
        .where(ReplicaChange.version.is_(None))
        .order_by(ReplicaChange.id)
        .limit(BATCH)
    )
    rows = sorted(found, key=lambda row: row.library_id)
    libraries = set()
    for library_id, group in groupby(rows, key=lambda row: row.library_id):
        version = _next_version(session, library_id)
        ids = [row.id for row in group]
        session.execute(update(ReplicaChange).where(ReplicaChange.id.in_(ids)).values(version=version))
        libraries.add(library_id)
    return libraries


def _next_version(session: Session, library_id: int) -> int:
    raised = (
        update(Library)
        .where(Library.id == library_id)
        .values(replica_version=Library.replica_version + 1)
        .returning(Library.replica_version)
        .execution_options(synchronize_session=False)
    )
    return session.execute(raised).scalar_one()


def delta_after(session: Session, library: Library, after: int) -> m.ReplicaDelta | None:
    """What changed since that version; None when only a snapshot helps."""
    current = library.replica_version
    if not _is_kept(session, library, after):
        return None
    changes = select(ReplicaChange.kind, ReplicaChange.key).where(
        ReplicaChange.library_id == library.id, ReplicaChange.version > after
    )
    noted = {(kind, key) for kind, key in session.execute(changes)}
    if len(noted) > LARGEST_DELTA or any(kind == EVERYTHING for kind, _key in noted):
        return None
    return m.ReplicaDelta(after=after, version=current, rows=tuple(_rows(session, library, noted)))


def _is_kept(session: Session, library: Library, after: int) -> bool:
    """Whether all changes after that version are still here. Version 0 is a device that knows nothing."""
    if after < 1 or after > library.replica_version:
        return False
    oldest = session.scalar(select(func.min(ReplicaChange.version)).where(ReplicaChange.library_id == library.id))
    return after == library.replica_version or (oldest is not None and oldest <= after + 1)


def forget_old_changes(session: Session) -> None:
    """Keep only what a device that was away a while can still catch up with."""
    for library in session.scalars(select(Library)):
        last = library.replica_version - KEPT_VERSIONS
        session.execute(
            delete(ReplicaChange).where(ReplicaChange.library_id == library.id, ReplicaChange.version <= last)
        )


def _rows(session: Session, library: Library, noted: set[tuple[str, str]]) -> Iterator[m.ReplicaRow]:
    for kind, key in sorted(noted):
        if kind == "gone:member":
            yield m.GoneRow(kind="member", key=key)
        elif kind == "gone:item":
            yield m.GoneRow(kind="item", key=key)
    if ("library", "") in noted:
        yield library_row(session, library)
    yield from _member_rows(session, library, [int(key) for kind, key in noted if kind == "member"])
    yield from _item_rows(session, library, [int(key) for kind, key in noted if kind == "item"])


def snapshot_rows(session: Session, library: Library) -> Iterator[m.ReplicaRow]:
    """Everything, in flat memory."""
    yield library_row(session, library)
    yield from _in_parts(session, Member.id, library, _member_rows)
    yield from _in_parts(session, Item.id, library, _item_rows)


def _in_parts(session: Session, column: Any, library: Library, rows: Any) -> Iterator[m.ReplicaRow]:
    last = 0
    while True:
        found = select(column).where(column > last, column.class_.library_id == library.id)
        ids = list(session.scalars(found.order_by(column).limit(BATCH)))
        if not ids:
            return
        yield from rows(session, library, ids)
        session.expunge_all()
        last = ids[-1]


def library_row(session: Session, library: Library) -> m.LibraryRow:
    closures = session.scalars(select(Closure).where(Closure.library_id == library.id).order_by(Closure.on))
    yearly = session.scalars(select(YearlyClosure).where(YearlyClosure.library_id == library.id))
    tree = material_tree(session)
    return m.LibraryRow(
        code=library.code,
        name_th=library.name_th,
        name_en=library.name_en,
        zone=library.zone,
        debt_limit=library.debt_limit,
        weekly_closed=tuple(library.weekly_closed),
        offline_loans=library.offline_loans,
        rules=tuple(
            m.LoanRuleShown(**{name: getattr(row, name) for name in m.LoanRuleShown.__struct_fields__})
            for row in rule_rows(session)
        ),
        closures=tuple(
            m.ClosureShown(on=row.on, open=row.open, name=row.name, hours=_spans(read_hours(row.hours)))
            for row in closures
        ),
        yearly_closed=tuple(sorted((row.month, row.day) for row in yearly)),
        weekly_hours={int(day): _spans(read_hours(said)) for day, said in sorted(library.weekly_hours.items())},
        parents=dict(sorted(tree.parents.items())),
        places=dict(sorted(tree.places.items())),
    )


def _spans(hours: Iterable[Span]) -> tuple[m.SpanShown, ...]:
    return tuple(m.SpanShown(opens=span.opens, closes=span.closes) for span in hours)


def _member_rows(session: Session, library: Library, ids: list[int]) -> Iterator[m.ReplicaRow]:
    found = session.scalars(
        select(Member)
        .where(Member.id.in_(ids), Member.library_id == library.id)
        .order_by(Member.id)
        .options(selectinload(Member.cards))
        .execution_options(populate_existing=True)
    )
    had = _had(session, ids)
    for member in found:
        yield m.MemberRow(
            number=member.number,
            name=member.name_th,
            member_type=member.type.code,
            cards=tuple(card.hash for card in member.cards if card.active or card.state == CardState.LOST),
            expires_on=member.expires_on,
            blocked=member.blocked,
            debt=member.debt,
            card_lost=member.card_lost,
            suspended_until=member.suspended_until,
            born=member.born,
            level=member.education,
            had=tuple(had.get(member.id, ())),
        )


def _had(session: Session, member_ids: list[int]) -> dict[int, list[m.TitleHad]]:
    """The latest loans of each, where a rule asks how often one title was had."""
    if not any((row.same_title_times, row.same_title_wait) != (None, None) for row in rule_rows(session)):
        return {}
    place = func.row_number().over(partition_by=Loan.member_id, order_by=(Loan.lent_at.desc(), Loan.id.desc()))
    spell = (Loan.member_id, Item.title_id, Loan.lent_at, Loan.returned_at, Loan.renewals)
    loans = select(*spell, place.label("place")).join(Item, Loan.item_id == Item.id)
    latest = loans.where(Loan.member_id.in_(member_ids)).subquery()
    had: dict[int, list[m.TitleHad]] = {}
    for row in session.execute(select(latest).where(latest.c.place <= LATEST_HAD)):
        one = m.TitleHad(title=row.title_id, lent_at=row.lent_at, returned_at=row.returned_at, renewals=row.renewals)
        had.setdefault(row.member_id, []).append(one)
    return had


def _item_rows(session: Session, library: Library, ids: list[int]) -> Iterator[m.ReplicaRow]:
    loans = _open_loans(session, ids)
    found = session.scalars(
        select(Item)
        .where(Item.id.in_(ids), Item.library_id == library.id)
        .order_by(Item.id)
        .execution_options(populate_existing=True)
    )
    for item in found:
        loan = loans.get(item.id)
        yield m.ItemRow(
            barcode=item.barcode,
            title=shown_title(item),
            material=item.title.material,
            status=item.status,
            lent_to=loan.member.number if loan else "",
            due_at=loan.due_at if loan else None,
            renewals=loan.renewals if loan else 0,
            loan_days=item.loan_days,
            fine_per_day=item.fine_per_day,
            title_id=item.title_id,
            category=name_of(item.category_id) or "",
            location=name_of(item.place_id) or "",
            on_site=loan is not None and loan.on_site,
        )


def _open_loans(session: Session, item_ids: Iterable[int]) -> dict[int, Loan]:
    found = session.scalars(
        select(Loan)
        .where(Loan.item_id.in_(item_ids), Loan.returned_at.is_(None))
        .options(joinedload(Loan.member))
        .execution_options(populate_existing=True)
    )
    return {loan.item_id: loan for loan in found}
