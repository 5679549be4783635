"""The rows of the replica, read from the books: the library, its members, its items; each whole."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from samut_hub.catalogue.models import Item, shown_title
from samut_hub.circulation.booking.models import Booking, BookingState
from samut_hub.circulation.models import Hold, HoldState, Loan
from samut_hub.circulation.setting_aside import on_shelf
from samut_hub.circulation.terms import material_tree, name_of, rule_rows
from samut_hub.libraries.hours import read_hours
from samut_hub.libraries.models import Closure, Library, YearlyClosure
from samut_hub.members.models import CardState, Member
from samut_rules.calendar import Span
from samut_wire import messages as m

BATCH = 500
LATEST_HAD = 12
"""Loans of a member that devices know; none lets a member have more between two of one title."""


def noted_rows(session: Session, library: Library, noted: set[tuple[str, str]]) -> Iterator[m.ReplicaRow]:
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
    loans, booked = _open_loans(session, ids), _booked(session, ids)
    waited_for = _waited_for(session, [loan.item for loan in loans.values()])
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
            lent_to=loan.borrower.number if loan else "",
            due_at=loan.due_at if loan else None,
            renewals=loan.renewals if loan else 0,
            loan_days=item.loan_days,
            fine_per_day=item.fine_per_day,
            title_id=item.title_id,
            category=name_of(item.category_id) or "",
            location=name_of(item.place_id) or "",
            on_site=loan is not None and loan.on_site,
            unseen_renewals=loan.unseen_renewals if loan else 0,
            waited_for=item.id in waited_for,
            recalled=loan is not None and loan.recalled_at is not None,
            claimed=loan is not None and loan.claimed_at is not None,
            booked=tuple(booked.get(item.id, ())),
        )


def _open_loans(session: Session, item_ids: Iterable[int]) -> dict[int, Loan]:
    found = session.scalars(
        select(Loan)
        .where(Loan.item_id.in_(item_ids), Loan.returned_at.is_(None))
        .options(joinedload(Loan.member), joinedload(Loan.item))
        .execution_options(populate_existing=True)
    )
    return {loan.item_id: loan for loan in found}


def _booked(session: Session, item_ids: Iterable[int]) -> dict[int, list[m.BookingShown]]:
    """What each unit is to fulfil, by the item's id, the first to begin first."""
    wanted = select(Booking.item_id, Member.number, Booking.starts_at, Booking.ends_at, Booking.by_hours)
    of_these = (Booking.item_id.in_(item_ids), Booking.state == BookingState.BOOKED.value)
    rows = session.execute(wanted.join(Booking.member).where(*of_these).order_by(Booking.starts_at, Booking.id))
    found: dict[int, list[m.BookingShown]] = {}
    for item_id, number, starts_at, ends_at, by_hours in rows:
        shown = m.BookingShown(member=number, starts_at=starts_at, ends_at=ends_at, by_hours=by_hours)
        found.setdefault(item_id, []).append(shown)
    return found


def _waited_for(session: Session, items: Sequence[Item]) -> set[int]:
    """Those of these items, which are out, that others wait for, with no copy on the shelf for them. Who lets a hold
    rest, or may get nothing now, counts too: a device that is away does not hear when that ends."""
    titles = {item.title_id for item in items}
    waiting = select(Hold.title_id, Hold.wanted_item_id).where(Hold.title_id.in_(titles))
    held = {tuple(row) for row in session.execute(waiting.where(Hold.state == HoldState.WAITING.value).distinct())}
    if not held:
        return set()
    free = set(session.scalars(select(Item.title_id).where(Item.title_id.in_(titles), *on_shelf())))
    any_copy = {title_id for title_id, wanted in held if wanted is None} - free
    return {item.id for item in items if item.title_id in any_copy or (item.title_id, item.id) in held}
