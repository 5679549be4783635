"""What a library sets in its rules is what happens at the desk, and what a kiosk knows."""

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from samut_hub.catalogue.models import Title
from samut_hub.circulation.holds import HoldRefusedError, place_hold
from samut_hub.circulation.models import LoanRule
from samut_hub.circulation.service import Checkout, lend, take_back
from samut_hub.circulation.terms import rule_rows
from samut_hub.db import Database
from samut_hub.fleet.replica_rows import library_row
from samut_hub.libraries.closures import enter_closures
from samut_hub.libraries.service import library_of
from samut_rules.choices import CalendarMode
from samut_rules.matrix import RuleRow
from samut_rules.reasons import Code
from samut_wire import messages as m
from tests.hub.conftest import Clock, Libraries
from tests.hub.shelf import Shelf, item, member, put_on_shelf


@pytest.fixture
def shelf(database: Database, libraries: Libraries, clock: Clock) -> Shelf:
    return put_on_shelf(database, libraries.north, clock())


def say(session: Session, **said: Any) -> None:
    """The library's general rule says this too."""
    general = session.scalars(
        select(LoanRule).where(LoanRule.member_type.is_(None), LoanRule.material.is_(None))
    ).one()
    for name, value in said.items():
        setattr(general, name, value)
    session.flush()


def borrow(session: Session, shelf: Shelf, barcode: str, clock: Clock) -> Checkout:
    return lend(session, member=member(session, shelf.pupil), item=item(session, barcode), now=clock(), source="desk")


def codes(checkout: Checkout) -> list[Code]:
    return [reason.code for reason in checkout.decision.reasons]


@pytest.mark.requirement("C-02", "W-09")
def test_returning_and_borrowing_another_copy_is_still_the_same_title(
    database: Database, shelf: Shelf, clock: Clock
) -> None:
    with database.session(shelf.library) as session:
        say(session, same_title_times=2, same_title_wait=3, max_renewals=5)
        item(session, shelf.second).title_id = item(session, shelf.book).title_id
        session.flush()
        assert codes(borrow(session, shelf, shelf.book, clock)) == []
        take_back(session, item=item(session, shelf.book), now=clock(), source="desk")
        clock.pass_by(days=1)
        assert codes(borrow(session, shelf, shelf.second, clock)) == []
        take_back(session, item=item(session, shelf.second), now=clock(), source="desk")
        clock.pass_by(days=1)
        assert codes(borrow(session, shelf, shelf.book, clock)) == [Code.SAME_TITLE_LIMIT]
        assert codes(borrow(session, shelf, shelf.third, clock)) == []
        clock.pass_by(days=2)
        assert codes(borrow(session, shelf, shelf.book, clock)) == []


@pytest.mark.requirement("C-03", "C-04")
def test_closed_days_are_left_out_or_counted_in_loans_and_in_fines_each_by_its_own_switch(
    database: Database, shelf: Shelf, clock: Clock
) -> None:
    with database.session(shelf.library) as session:
        today = clock().date()
        enter_closures(session, today + timedelta(days=1), today + timedelta(days=4), name="สงกรานต์", is_open=False)
        say(session, loan_days=3, fine_per_day=100)
        left_out = borrow(session, shelf, shelf.book, clock)
        say(session, calendar_mode=CalendarMode.IGNORE.value, fine_closed_days=True)
        counted = borrow(session, shelf, shelf.second, clock)
        assert left_out.loan is not None
        assert counted.loan is not None
        assert (left_out.loan.due_at - counted.loan.due_at).days >= 4
        late = clock() + timedelta(days=5)
        back = take_back(session, item=item(session, shelf.second), now=late, source="desk")
        assert back.fine.amount == 200
        assert back.fine.days_late < 2


def test_a_limit_of_a_material_counts_that_material(database: Database, shelf: Shelf, clock: Clock) -> None:
    with database.session(shelf.library) as session:
        say(session, max_items=9)
        session.add(LoanRule(material="equipment", max_items=1))
        for barcode in (shelf.second, shelf.third):
            session.get_one(Title, item(session, barcode).title_id).material = "equipment"
        session.flush()
        session.expire_all()
        assert codes(borrow(session, shelf, shelf.book, clock)) == []
        assert codes(borrow(session, shelf, shelf.second, clock)) == []
        assert codes(borrow(session, shelf, shelf.third, clock)) == [Code.LIMIT_REACHED]


def test_who_may_reserve_how_much_is_said_by_the_rules(database: Database, shelf: Shelf, clock: Clock) -> None:
    with database.session(shelf.library) as session:
        say(session, max_holds=1, hold_on_shelf=True)
        pupil = member(session, shelf.pupil)
        place_hold(session, pupil, item(session, shelf.book).title, now=clock())
        with pytest.raises(HoldRefusedError, match="hold_limit_reached"):
            place_hold(session, pupil, item(session, shelf.second).title, now=clock())
        say(session, max_holds=0)
        with pytest.raises(HoldRefusedError, match="no_holds"):
            place_hold(session, pupil, item(session, shelf.third).title, now=clock())


def test_a_rule_counts_from_its_day(database: Database, shelf: Shelf, clock: Clock) -> None:
    with database.session(shelf.library) as session:
        session.add(LoanRule(loan_days=0, max_items=0, effective_from=clock().date() + timedelta(days=2)))
        session.flush()
        assert codes(borrow(session, shelf, shelf.book, clock)) == []
        clock.pass_by(days=3)
        assert codes(borrow(session, shelf, shelf.second, clock)) == [Code.LIMIT_REACHED]


def test_a_kiosk_learns_every_value(database: Database, shelf: Shelf) -> None:
    with database.session(shelf.library) as session:
        say(session, calendar_mode="same_weekday", fixed_due=date(2027, 3, 1), auto_renew=False, same_title_wait=4)
        sent = library_row(session, library_of(session, shelf.library)).rules
        written = msgspec.json.decode(msgspec.json.encode(sent), type=tuple[m.LoanRuleShown, ...])
        known = [RuleRow.of(rule.key, msgspec.structs.asdict(rule)) for rule in written]
        assert known == rule_rows(session)
        assert known[0].calendar_mode is CalendarMode.SAME_WEEKDAY
