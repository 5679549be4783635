"""The rows of the replica, read from the books: the library, its members, its items; each whole."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import Session

from samut_hub.catalogue.models import LONGEST_SHOWN, Item, Title
from samut_hub.circulation.booking.models import Booking, BookingState
from samut_hub.circulation.models import Conflict, Hold, HoldState, Loan
from samut_hub.circulation.security import TAG_KINDS
from samut_hub.circulation.setting_aside import on_shelf
from samut_hub.circulation.terms import asks_of_titles, material_tree, name_of, rule_rows
from samut_hub.db import prepared
from samut_hub.fleet.noting import BORROWED, Noted
from samut_hub.libraries.hours import read_hours
from samut_hub.libraries.models import Closure, Library, YearlyClosure
from samut_hub.libraries.service import library_of
from samut_hub.members.models import Card, CardState, Group, Member, MemberType
from samut_rules.calendar import Span
from samut_wire import messages as m

BATCH = 500
LATEST_HAD = 12
"""Loans of a member that devices know; none lets a member have more between two of one title."""


def noted_rows(session: Session, library_id: int, noted: Noted) -> Iterator[m.ReplicaRow]:
    for kind, key in sorted(noted):
        if kind == "gone:member":
            yield m.GoneRow(kind="member", key=key)
        elif kind == "gone:item":
            yield m.GoneRow(kind="item", key=key)
    if ("library", "") in noted:
        yield library_row(session, library_of(session, library_id))
    yield from member_rows(session, _ids(noted, "member") | _borrowers(session, noted))
    yield from _item_rows(session, _ids(noted, "item"))


def _ids(noted: Noted, wanted: str) -> set[int]:
    return {int(key) for kind, key in noted if kind == wanted}


def _borrowers(session: Session, noted: Noted) -> set[int]:
    """Those whose rows a loan made new: only where rows tell of loans."""
    ids = _ids(noted, BORROWED)
    return ids if ids and asks_of_titles(session) else set()


def snapshot_rows(session: Session, library: Library) -> Iterator[m.ReplicaRow]:
    """Everything, in flat memory."""
    yield library_row(session, library)
    yield from _in_parts(session, Member.id, library, member_rows)
    yield from _in_parts(session, Item.id, library, _item_rows)


def _in_parts(session: Session, column: Any, library: Library, rows: Any) -> Iterator[m.ReplicaRow]:
    last = 0
    while True:
        found = select(column).where(column > last, column.class_.library_id == library.id)
        ids = session.scalars(found.order_by(column).limit(BATCH)).all()
        if not ids:
            return
        yield from rows(session, ids)
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


_MEMBERS = prepared(
    select(
        *(Member.id, Member.number, Member.name_th, MemberType.code.label("member_type"), Member.expires_on),
        *(Member.blocked, Member.debt, Member.card_lost, Member.suspended_until, Member.born),
        func.coalesce(Member.level, Group.level).label("education"),
    )
    .join(Member.type)
    .outerjoin(Member.group)
    .where(Member.id.in_(bindparam("ids", expanding=True)))
    .order_by(Member.id)
)
_CARDS = prepared(
    select(Card.member_id, Card.hash)
    .where(Card.member_id.in_(bindparam("ids", expanding=True)))
    .where(or_(Card.active, Card.state == CardState.LOST.value))
    .order_by(Card.id)
)


def member_rows(session: Session, ids: Collection[int]) -> Iterator[m.ReplicaRow]:
    """The rows of these members."""
    if not ids:
        return
    asked = {"ids": list(ids)}
    cards: dict[int, list[str]] = defaultdict(list)
    for member_id, digest in session.execute(_CARDS, asked):
        cards[member_id].append(digest)
    had = _had(session, ids)
    for row in session.execute(_MEMBERS, asked):
        yield m.MemberRow(
            number=row.number,
            name=row.name_th,
            member_type=row.member_type,
            cards=tuple(cards[row.id]),
            expires_on=row.expires_on,
            blocked=row.blocked,
            debt=row.debt,
            card_lost=row.card_lost,
            suspended_until=row.suspended_until,
            born=row.born,
            level=row.education,
            had=tuple(had.get(row.id, ())),
        )


def _had(session: Session, member_ids: Collection[int]) -> dict[int, list[m.TitleHad]]:
    """The latest loans of each, where a rule asks how often one title was had."""
    if not asks_of_titles(session):
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


_ITEMS = prepared(
    select(
        *(Item.id, Item.barcode, Title.title, Title.material, Item.status, Item.loan_days, Item.fine_per_day),
        *(
            Item.title_id,
            Item.category_id,
            Item.place_id,
            Member.number.label("borrower"),
            Loan.due_at,
            Loan.renewals,
        ),
        *(Loan.on_site, Loan.unseen_renewals, Loan.recalled_at, Loan.claimed_at),
        exists().where(Booking.item_id == Item.id, Booking.state == BookingState.BOOKED.value).label("is_booked"),
        exists()
        .where(Hold.library_id == Item.library_id, Hold.title_id == Item.title_id)
        .where(Hold.state == HoldState.WAITING.value)
        .label("is_wanted"),
        exists()
        .where(Conflict.library_id == Item.library_id, Conflict.barcode == Item.barcode)
        .where(Conflict.settled_at.is_(None), Conflict.kind.in_(TAG_KINDS))
        .label("is_pending"),
    )
    .join(Item.title)
    .outerjoin(Loan, and_(Loan.item_id == Item.id, Loan.returned_at.is_(None)))
    .outerjoin(Loan.member)
    .where(Item.id.in_(bindparam("ids", expanding=True)))
    .order_by(Item.id)
)


def _item_rows(session: Session, ids: Collection[int]) -> Iterator[m.ReplicaRow]:
    rows = session.execute(_ITEMS, {"ids": list(ids)}).all() if ids else ()
    booked = _booked(session, [row.id for row in rows if row.is_booked])
    waited_for = _waited_for(session, {row.id: row.title_id for row in rows if row.due_at and row.is_wanted})
    for row in rows:
        yield m.ItemRow(
            barcode=row.barcode,
            title=row.title[:LONGEST_SHOWN],
            material=row.material,
            status=row.status,
            lent_to=row.borrower or "",
            due_at=row.due_at,
            renewals=row.renewals or 0,
            loan_days=row.loan_days,
            fine_per_day=row.fine_per_day,
            title_id=row.title_id,
            category=name_of(row.category_id) or "",
            location=name_of(row.place_id) or "",
            on_site=bool(row.on_site),
            unseen_renewals=row.unseen_renewals or 0,
            waited_for=row.id in waited_for,
            recalled=row.recalled_at is not None,
            claimed=row.claimed_at is not None,
            booked=tuple(booked.get(row.id, ())),
            security_pending=row.is_pending,
        )


def _booked(session: Session, item_ids: Sequence[int]) -> dict[int, list[m.BookingShown]]:
    """What each unit is to fulfil, by the item's id, the first to begin first."""
    if not item_ids:
        return {}
    wanted = select(Booking.item_id, Member.number, Booking.starts_at, Booking.ends_at, Booking.by_hours)
    of_these = (Booking.item_id.in_(item_ids), Booking.state == BookingState.BOOKED.value)
    rows = session.execute(wanted.join(Booking.member).where(*of_these).order_by(Booking.starts_at, Booking.id))
    found: dict[int, list[m.BookingShown]] = {}
    for item_id, number, starts_at, ends_at, by_hours in rows:
        shown = m.BookingShown(member=number, starts_at=starts_at, ends_at=ends_at, by_hours=by_hours)
        found.setdefault(item_id, []).append(shown)
    return found


def _waited_for(session: Session, titles: Mapping[int, int]) -> set[int]:
    """Those of these items, which are out, that others wait for, with no copy on the shelf for them; given with their
    titles. Who lets a hold rest, or may get nothing now, counts too: a device that is away does not hear when that
    ends."""
    if not titles:
        return set()
    wanted = set(titles.values())
    waiting = select(Hold.title_id, Hold.wanted_item_id).where(Hold.title_id.in_(wanted))
    held = {tuple(row) for row in session.execute(waiting.where(Hold.state == HoldState.WAITING.value).distinct())}
    free = set(session.scalars(select(Item.title_id).where(Item.title_id.in_(wanted), *on_shelf())))
    any_copy = {title_id for title_id, item_id in held if item_id is None} - free
    return {item_id for item_id, title_id in titles.items() if title_id in any_copy or (title_id, item_id) in held}
