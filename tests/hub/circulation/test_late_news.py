"""What kiosks report late or take back: nobody who waits for a book loses it by that."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from samut_hub.catalogue.items import ItemFields, add_items
from samut_hub.circulation.holds import expire_holds, place_hold, queue_of
from samut_hub.circulation.loans import open_loan_of
from samut_hub.circulation.models import Conflict, Hold, HoldState, Loan
from samut_hub.circulation.offline import (
    CancelledLoan,
    OfflineLoan,
    OfflineReturn,
    cancel_loan,
    record_loan,
    record_return,
)
from samut_hub.circulation.service import lend, take_back
from samut_hub.db import Database
from samut_rules.loan import ItemStatus
from tests.hub.conftest import Clock, Libraries
from tests.hub.shelf import Shelf, item, member, put_on_shelf

KIOSK = "kiosk-1"
WEEK = timedelta(weeks=1)


@pytest.fixture
def shelf(database: Database, libraries: Libraries, clock: Clock) -> Shelf:
    """The pupil has the first book; the other pupil waits for it, then the teacher."""
    shelf = put_on_shelf(database, libraries.north, clock())
    with database.session(shelf.library) as session:
        lend_to(session, shelf.pupil, shelf.book, clock)
        for number in (shelf.other, shelf.teacher):
            clock.pass_by(seconds=1)
            place_hold(session, member(session, number), item(session, shelf.book).title, now=clock())
    clock.pass_by(hours=1)
    return shelf


def lend_to(session: Session, number: str, barcode: str, clock: Clock) -> None:
    lent = lend(session, member=member(session, number), item=item(session, barcode), now=clock(), source=KIOSK)
    assert lent.loan is not None


def back(session: Session, barcode: str, clock: Clock) -> Hold | None:
    return take_back(session, item=item(session, barcode), now=clock(), source="desk").hold


def cancel(session: Session, number: str, barcode: str, lent_at: datetime, clock: Clock) -> None:
    assert cancel_loan(session, CancelledLoan(KIOSK, number, barcode, lent_at, clock()))


def lent_offline(number: str, barcode: str, at: datetime, clock: Clock) -> OfflineLoan:
    return OfflineLoan(KIOSK, number, barcode, at, clock(), at + WEEK, ())


def test_a_reserved_book_that_the_kiosk_did_not_give_out_is_set_aside_again(
    database: Database, shelf: Shelf, clock: Clock
) -> None:
    with database.session(shelf.library) as session:
        hold = back(session, shelf.book, clock)
        assert hold is not None
        clock.pass_by(days=2)
        first_until, lent_at = hold.keep_until, clock()
        lend_to(session, shelf.other, shelf.book, clock)
        assert hold.state == HoldState.COLLECTED
    with database.session(shelf.library) as session:
        clock.pass_by(minutes=5)
        cancel(session, shelf.other, shelf.book, lent_at, clock)
        hold = session.get_one(Hold, hold.id)
        assert (hold.state, hold.item_id) == (HoldState.READY, item(session, shelf.book).id)
        assert (hold.ready_at, hold.ended_at) == (clock(), None)
        assert first_until is not None
        assert hold.keep_until is not None
        assert hold.keep_until > first_until
        assert item(session, shelf.book).status == ItemStatus.RESERVED
        lend_to(session, shelf.other, shelf.book, clock)


def test_a_book_that_cannot_be_lent_any_more_is_waited_for_in_the_old_place(
    database: Database, shelf: Shelf, clock: Clock
) -> None:
    with database.session(shelf.library) as session:
        hold, lent_at = back(session, shelf.book, clock), clock()
        assert hold is not None
        lend_to(session, shelf.other, shelf.book, clock)
        item(session, shelf.book).status = ItemStatus.IN_REPAIR.value
        cancel(session, shelf.other, shelf.book, lent_at, clock)
        assert [one.hold.member.number for one in queue_of(session, hold.title_id)] == [shelf.other, shelf.teacher]
        assert (hold.state, hold.item_id, hold.keep_until) == (HoldState.WAITING, None, None)


def test_who_waited_and_left_a_copy_of_the_open_shelf_behind_waits_again(
    database: Database, shelf: Shelf, clock: Clock
) -> None:
    with database.session(shelf.library) as session:
        title, lent_at = item(session, shelf.book).title, clock()
        add_items(session, title, ItemFields(accession_number="B00009"), now=clock())
        lend_to(session, shelf.teacher, "B00009", clock)
        cancel(session, shelf.teacher, "B00009", lent_at, clock)
        assert [one.hold.member.number for one in queue_of(session, title.id)] == [shelf.other, shelf.teacher]
        assert item(session, "B00009").status == ItemStatus.AVAILABLE


def test_a_return_that_is_reported_days_later_is_kept_from_then_on(
    database: Database, shelf: Shelf, clock: Clock
) -> None:
    handed_in = clock()
    clock.pass_by(days=12)
    with database.session(shelf.library) as session:
        loan = open_loan_of(session, item(session, shelf.book))
        record_return(session, OfflineReturn(KIOSK, shelf.book, handed_in, clock()))
        assert loan is not None
        assert loan.returned_at == handed_in
        assert member(session, shelf.pupil).debt == 0
        (ready,) = (one.hold for one in queue_of(session, item(session, shelf.book).title_id) if one.place == 0)
        assert (ready.member.number, ready.ready_at) == (shelf.other, clock())
    clock.pass_by(days=1)
    assert expire_holds(database, clock) == 0


def test_what_is_passed_on_by_a_loan_reported_late_is_kept_from_then_on(
    database: Database, shelf: Shelf, clock: Clock
) -> None:
    """The pupil who waits takes another copy at a kiosk alone; the one set aside goes to the teacher."""
    with database.session(shelf.library) as session:
        title = item(session, shelf.book).title
        add_items(session, title, ItemFields(accession_number="B00009"), now=clock())
        back(session, shelf.book, clock)
        clock.pass_by(minutes=1)
        lent_at = clock()
        clock.pass_by(days=5)
        assert record_loan(session, lent_offline(shelf.other, "B00009", lent_at, clock)) is not None
        (ready,) = (one.hold for one in queue_of(session, title.id))
        assert (ready.member.number, ready.state, ready.ready_at) == (shelf.teacher, HoldState.READY, clock())


def test_a_loan_that_was_over_long_ago_takes_the_book_from_nobody(
    database: Database, shelf: Shelf, clock: Clock
) -> None:
    """The teacher had it for an hour; since then it came back at the desk and is kept for the pupil."""
    lent_at = clock()
    clock.pass_by(hours=1)
    with database.session(shelf.library) as session:
        ready, seen_at = back(session, shelf.book, clock), clock()
        assert ready is not None
        clock.pass_by(days=1)
        loan = record_loan(session, lent_offline(shelf.teacher, shelf.book, lent_at, clock))
        assert loan is not None
        assert loan.returned_at == seen_at
        assert (ready.member.number, ready.state) == (shelf.other, HoldState.READY)
        assert item(session, shelf.book).status == ItemStatus.RESERVED
        assert [one.hold for one in queue_of(session, ready.title_id)] == [ready], "the teacher had it"


def test_who_had_the_book_and_brought_it_back_does_not_block_it_for_the_next(
    database: Database, shelf: Shelf, clock: Clock
) -> None:
    lent_at = clock()
    clock.pass_by(hours=1)
    with database.session(shelf.library) as session:
        own = back(session, shelf.book, clock)
        assert own is not None
        record_loan(session, lent_offline(shelf.other, shelf.book, lent_at, clock))
        (ready,) = (one.hold for one in queue_of(session, own.title_id))
        assert (own.state, ready.member.number, ready.state) == (HoldState.COLLECTED, shelf.teacher, HoldState.READY)


def test_what_is_wished_after_a_loan_is_another_wish(database: Database, shelf: Shelf, clock: Clock) -> None:
    lent_at = clock() - timedelta(days=3)
    with database.session(shelf.library) as session:
        own = Hold(title=item(session, shelf.third).title, member=member(session, shelf.pupil), placed_at=clock())
        session.add(own)
        back(session, shelf.third, clock)
        record_loan(session, lent_offline(shelf.pupil, shelf.third, lent_at, clock))
        assert own.state == HoldState.READY


@pytest.mark.parametrize("who", ["same", "other"])
def test_a_return_told_after_the_next_loan_of_another_device_ends_the_loan_before_it(
    database: Database, shelf: Shelf, clock: Clock, who: str
) -> None:
    handed_in = clock()
    clock.pass_by(hours=1)
    lent_at, borrower = clock(), shelf.pupil if who == "same" else shelf.other
    clock.pass_by(hours=1)
    with database.session(shelf.library) as session:
        record_loan(session, lent_offline(borrower, shelf.book, lent_at, clock))
    with database.session(shelf.library) as session:
        record_return(session, OfflineReturn("gate-9", shelf.book, handed_in, clock()))
        loans = session.scalars(select(Loan).order_by(Loan.lent_at)).all()
        found = [(loan.member.number, loan.returned_at) for loan in loans]
        assert found == [(shelf.pupil, handed_in), (borrower, None)]
        assert session.scalars(select(Conflict)).all() == []
