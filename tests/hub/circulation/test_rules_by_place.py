"""Rules of categories, places and larger materials; use in the library; days without borrowing; hours of opening."""

from datetime import date, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from samut_hub.catalogue.models import Category, Item, Place
from samut_hub.circulation.facts import standing
from samut_hub.circulation.loans import open_loan_of
from samut_hub.circulation.models import LoanRule
from samut_hub.circulation.rules import CircleError, say_larger
from samut_hub.circulation.service import Checkout, lend, renew, take_back
from samut_hub.circulation.suspensions import lift
from samut_hub.db import Database
from samut_hub.fleet.models import ReplicaChange
from samut_hub.fleet.noting import EVERYTHING
from samut_hub.fleet.replica_rows import library_row, snapshot_rows
from samut_hub.libraries.closures import enter_closures
from samut_hub.libraries.models import Library
from samut_hub.libraries.service import library_of
from samut_hub.members.cards import report_lost
from samut_hub.members.models import Group
from samut_rules.loan import ItemStatus
from samut_rules.reasons import Code
from samut_wire import messages as m
from tests.hub.circulation.test_rule_values import borrow, codes, say
from tests.hub.conftest import Clock, Libraries
from tests.hub.shelf import Shelf, item, member, put_on_shelf


@pytest.fixture
def shelf(database: Database, libraries: Libraries, clock: Clock) -> Shelf:
    return put_on_shelf(database, libraries.north, clock())


def rule(session: Session, **said: Any) -> None:
    session.add(LoanRule(**said))
    session.flush()


def is_material(session: Session, barcode: str, material: str) -> None:
    item(session, barcode).title.material = material
    session.flush()


def test_a_shelf_has_the_rules_of_its_room_and_a_category_its_own(
    database: Database, shelf: Shelf, clock: Clock
) -> None:
    with database.session(shelf.library) as session:
        room, novels = Place(name="ห้องสมุดเด็ก"), Category(name="นวนิยาย")
        session.add_all([room, novels])
        session.flush()
        corner = Place(name="ชั้น 1", parent_id=room.id)
        session.add(corner)
        session.flush()
        item(session, shelf.book).place_id = corner.id
        item(session, shelf.second).category_id = novels.id
        rule(session, place_id=room.id, loan_days=1)
        rule(session, category_id=novels.id, max_items=1)
        lent = borrow(session, shelf, shelf.book, clock)
        assert lent.loan is not None
        assert lent.loan.due_at.date() == date(2026, 11, 24)
        assert f"loan length 1 open days, from rule * × * × location {room.id}" in lent.loan.trace
        assert codes(borrow(session, shelf, shelf.second, clock)) == []
        item(session, shelf.third).category_id = novels.id
        assert codes(borrow(session, shelf, shelf.third, clock)) == [Code.LIMIT_REACHED]
        session.delete(session.scalars(select(LoanRule).where(LoanRule.category_id.is_not(None))).one())
        session.scalars(select(LoanRule).where(LoanRule.max_items == 2)).one().max_items = 9
        session.flush()
        assert codes(borrow(session, shelf, shelf.third, clock)) == []


def test_games_and_tablets_are_counted_together_as_equipment(database: Database, shelf: Shelf, clock: Clock) -> None:
    with database.session(shelf.library) as session:
        say(session, max_items=9)
        say_larger(session, {"game": "equipment", "tablet": "equipment"})
        rule(session, material="equipment", max_items=1)
        is_material(session, shelf.book, "game")
        is_material(session, shelf.second, "tablet")
        assert codes(borrow(session, shelf, shelf.book, clock)) == []
        assert codes(borrow(session, shelf, shelf.second, clock)) == [Code.LIMIT_REACHED]
        assert codes(borrow(session, shelf, shelf.third, clock)) == []
        with pytest.raises(CircleError):
            say_larger(session, {"game": "equipment", "equipment": "game"})
        say_larger(session, {"game": "equipment"})
        assert codes(borrow(session, shelf, shelf.second, clock)) == []
        sent = library_row(session, library_of(session, shelf.library))
        assert sent.parents == {"game": "equipment"}


def test_what_is_used_in_the_library_is_counted_apart_and_due_at_closing(
    database: Database, shelf: Shelf, clock: Clock
) -> None:
    def read_here(session: Session, barcode: str) -> Checkout:
        book, reader = item(session, barcode), member(session, shelf.pupil)
        return lend(session, member=reader, item=book, now=clock(), source="desk", on_site=True)

    with database.session(shelf.library) as session:
        library_of(session, shelf.library).weekly_hours = {"0": "8:30–16:30"}
        say(session, max_items=1, max_on_site=1)
        session.flush()
        item(session, shelf.book).status = ItemStatus.REFERENCE.value
        assert codes(borrow(session, shelf, shelf.book, clock)) == [Code.ITEM_NOT_FOR_LOAN]
        here = read_here(session, shelf.book)
        assert here.loan is not None
        assert here.loan.due_at.isoformat() == "2026-11-23T09:30:00+00:00"
        assert codes(read_here(session, shelf.third)) == [Code.ON_SITE_LIMIT]
        assert codes(borrow(session, shelf, shelf.second, clock)) == []
        assert [
            reason.code for reason in renew(session, loan=here.loan, now=clock(), source="d").decision.reasons
        ] == [Code.ITEM_NOT_RENEWABLE]
        take_back(session, item=item(session, shelf.book), now=clock(), source="desk")
        reader = member(session, shelf.pupil)
        assert (reader.open_loans, reader.on_site_loans) == (1, 0)


def test_who_returns_late_may_not_borrow_for_as_many_days_until_it_is_lifted(
    database: Database, shelf: Shelf, clock: Clock
) -> None:
    with database.session(shelf.library) as session:
        say(session, fine_per_day=0, suspension_days=2, suspension_cap=5)
        borrow(session, shelf, shelf.book, clock)
        borrow(session, shelf, shelf.second, clock)
        clock.pass_by(days=10)  # due on 1 December, a Tuesday; it is Thursday
        take_back(session, item=item(session, shelf.book), now=clock(), source="desk")
        child = member(session, shelf.pupil)
        assert child.suspended_until == date(2026, 12, 7)
        clock.pass_by(days=1)
        back = take_back(session, item=item(session, shelf.second), now=clock(), source="desk")
        assert back.loan is not None
        assert child.suspended_until == date(2026, 12, 9), "three days late are six, but five at most"
        assert "borrowing suspended until 2026-12-09, from rule * × *" in back.loan.trace
        assert codes(borrow(session, shelf, shelf.third, clock)) == [Code.SUSPENDED]
        assert [reason.code for reason in standing(session, child, clock())] == [Code.SUSPENDED]
        assert child.debt == 0
        lift(session, child, clock())
        assert codes(borrow(session, shelf, shelf.third, clock)) == []


def test_hours_of_a_loan_end_at_closing_or_at_the_next_opening_also_an_exceptional_one(
    database: Database, shelf: Shelf, clock: Clock
) -> None:
    with database.session(shelf.library) as session:
        own = library_of(session, shelf.library)
        own.weekly_hours = dict.fromkeys("012345", "08:30–16:30")
        say(session, loan_days=None, loan_hours=9, at_closing="shorten")
        assert due(borrow(session, shelf, shelf.book, clock)) == "2026-11-23T09:30:00+00:00"
        say(session, at_closing="extend")
        assert due(borrow(session, shelf, shelf.second, clock)) == "2026-11-24T01:30:00+00:00"
        take_back(session, item=item(session, shelf.second), now=clock(), source="desk")
        tuesday = date(2026, 11, 24)
        enter_closures(session, tuesday, tuesday, name="งานวัด", is_open=True, hours="10:00–12:00")
        assert due(borrow(session, shelf, shelf.second, clock)) == "2026-11-24T03:00:00+00:00"
        sent = library_row(session, own)
        assert sent.closures[0].hours == (m.SpanShown(opens=time(10), closes=time(12)),)
        assert len(sent.weekly_hours) == 6


def test_devices_learn_of_lost_cards_of_what_was_had_and_of_all_that_rules_ask(
    database: Database, shelf: Shelf, clock: Clock
) -> None:
    with database.session(shelf.library) as session:
        child = member(session, shelf.pupil)
        child.born, child.level = "2015-05", 3
        report_lost(session, child, key=b"k" * 32, now=clock())
        child.card_lost = False
        borrow(session, shelf, shelf.book, clock)
        child.card_lost = True
        session.flush()
        own = library_of(session, shelf.library)
        row = next(one for one in snapshot_rows(session, own) if isinstance(one, m.MemberRow))
        assert (row.card_lost, row.born, row.level, len(row.cards), row.had) == (True, "2015-05", 3, 1, ())
    with database.session(shelf.library) as session:
        say(session, same_title_times=2)
    with database.session(shelf.library) as session:
        noted = set(session.scalars(select(ReplicaChange.kind)))
        assert EVERYTHING in noted
        rows = list(snapshot_rows(session, session.get_one(Library, shelf.library)))
        title_id = session.scalars(select(Item.title_id).where(Item.barcode == shelf.book)).one()
    had = [row.had for row in rows if isinstance(row, m.MemberRow)]
    assert had[0] == (m.TitleHad(title=title_id, lent_at=clock(), returned_at=None),)
    assert had[1:] == [(), ()]
    book = next(row for row in rows if isinstance(row, m.ItemRow) and row.barcode == shelf.book)
    assert book.title_id == title_id


def test_a_new_class_needs_no_new_snapshot_but_its_new_level_does(database: Database, shelf: Shelf) -> None:
    with database.session(shelf.library) as session:
        group = Group(name="ป.5", level=4)
        session.add(group)
    with database.session(shelf.library) as session:
        assert session.scalar(select(ReplicaChange.id).where(ReplicaChange.kind == EVERYTHING)) is None
        session.get_one(Group, group.id).level = 5
    with database.session(shelf.library) as session:
        assert session.scalar(select(ReplicaChange.id).where(ReplicaChange.kind == EVERYTHING)) is not None


def due(checkout: Checkout) -> str:
    assert checkout.loan is not None
    return checkout.loan.due_at.isoformat()


def test_a_loan_that_was_found_open_knows_that_it_is_read_here(
    database: Database, shelf: Shelf, clock: Clock
) -> None:
    with database.session(shelf.library) as session:
        lend(
            session,
            member=member(session, shelf.pupil),
            item=item(session, shelf.book),
            now=clock() + timedelta(minutes=1),
            source="desk",
            on_site=True,
        )
        loan = open_loan_of(session, item(session, shelf.book))
        assert loan is not None
        assert loan.on_site
        rows = snapshot_rows(session, library_of(session, shelf.library))
        assert [row.barcode for row in rows if isinstance(row, m.ItemRow) and row.on_site] == [shelf.book]
