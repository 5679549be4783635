"""Who is next: one copy or any, away for a while, before the others; and many copies that come back at one moment."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from samut_hub.catalogue.item_history import By
from samut_hub.catalogue.item_status import change_status
from samut_hub.catalogue.items import ItemFields, add_items
from samut_hub.catalogue.models import Item
from samut_hub.circulation.booking.booked import days_span
from samut_hub.circulation.booking.service import BookingRefusedError, book
from samut_hub.circulation.booking.service import Wish as Booked
from samut_hub.circulation.hold_lists import to_fetch
from samut_hub.circulation.holds import (
    HoldRefusedError,
    NotWaitingError,
    Wish,
    WrongDayError,
    cancel_hold,
    expire_holds,
    move_to_front,
    pause_hold,
    place_hold,
    queue_of,
)
from samut_hub.circulation.loans import open_loan_of
from samut_hub.circulation.models import Hold, HoldEnd, HoldState, Loan, LoanRule
from samut_hub.circulation.pickups import NameTakenError, add_pickup, pickup_places, put_first, remove_pickup
from samut_hub.circulation.policy import initials_of
from samut_hub.circulation.service import lend, renew, take_back
from samut_hub.db import Database
from samut_hub.libraries.service import calendar_of, library_of
from samut_hub.members.service import MemberFields, add_member
from samut_hub.notices.models import NoticeEvent
from samut_hub.notices.policy import Kind
from samut_rules.reasons import Code
from tests.hub.conftest import Clock, Libraries
from tests.hub.shelf import Shelf, item, member, put_on_shelf

AT_ONCE = 50
SECOND = "B00009"


@pytest.fixture
def shelf(database: Database, libraries: Libraries, clock: Clock) -> Shelf:
    """The pupil has the first book; a second copy of it is with the teacher."""
    shelf = put_on_shelf(database, libraries.north, clock())
    with database.session(shelf.library) as session:
        add_items(session, item(session, shelf.book).title, ItemFields(accession_number=SECOND), now=clock())
        for number, barcode in ((shelf.pupil, shelf.book), (shelf.teacher, SECOND)):
            lend(session, member=member(session, number), item=item(session, barcode), now=clock(), source="d")
    return shelf


def newcomers(session: Session, count: int, clock: Clock) -> list[str]:
    """So many more pupils."""
    kind = member(session, "10001").type_id
    numbers = [str(30_001 + n) for n in range(count)]
    for number in numbers:
        add_member(
            session,
            MemberFields(number=number, type_id=kind, name_th="นักเรียน"),
            now=clock(),
            joined_on=clock().date(),
        )
    return numbers


def wish(session: Session, number: str, barcode: str, clock: Clock, *, only: str = "") -> Hold:
    clock.pass_by(seconds=1)
    wanted = Wish(item(session, only)) if only else Wish()
    return place_hold(session, member(session, number), item(session, barcode).title, wanted, now=clock())


def back(session: Session, barcode: str, clock: Clock) -> Hold | None:
    return take_back(session, item=item(session, barcode), now=clock(), source="d").hold


def in_queue(session: Session, hold: Hold) -> list[int]:
    return [one.hold.id for one in queue_of(session, hold.title_id) if one.place]


def test_who_wants_one_copy_is_passed_over_by_the_others(database: Database, shelf: Shelf, clock: Clock) -> None:
    with database.session(shelf.library) as session:
        one, two = newcomers(session, 2, clock)
        picky, any_copy = wish(session, one, shelf.book, clock, only=SECOND), wish(session, two, shelf.book, clock)
        assert back(session, shelf.book, clock) is any_copy
        assert back(session, SECOND, clock) is picky


def test_one_copy_is_reserved_while_another_stands_on_the_shelf(
    database: Database, shelf: Shelf, clock: Clock
) -> None:
    """As one of several volumes. Its borrower cannot renew it any more, and it is to be fetched once it is there."""
    with database.session(shelf.library) as session:
        back(session, shelf.book, clock)
        with pytest.raises(HoldRefusedError) as refused:
            wish(session, shelf.other, shelf.book, clock)
        assert [reason.code for reason in refused.value.reasons] == [Code.COPY_ON_SHELF]
        with pytest.raises(HoldRefusedError):
            wish(session, shelf.other, shelf.book, clock, only=shelf.book)
        wish(session, shelf.other, shelf.book, clock, only=SECOND)
        loan = open_loan_of(session, item(session, SECOND))
        assert loan is not None
        clock.pass_by(days=2)
        refusal = renew(session, loan=loan, now=clock(), source="d").decision
        assert [reason.code for reason in refusal.reasons] == [Code.OTHERS_WAIT]
        library = library_of(session, shelf.library)
        assert to_fetch(session, library, clock()).total == 0
        take_back(session, item=item(session, SECOND), now=clock(), source="sorter", sets_aside=False)
        assert [one.item.barcode for one in to_fetch(session, library, clock()).rows] == [SECOND]


def test_who_is_away_keeps_the_place_but_is_passed_over(database: Database, shelf: Shelf, clock: Clock) -> None:
    with database.session(shelf.library) as session:
        one, two, three = newcomers(session, 3, clock)
        away, next_one, last = (wish(session, number, shelf.book, clock) for number in (one, two, three))
        until = clock().date() + timedelta(days=3)
        for wrong in (clock().date(), clock().date() + timedelta(days=367)):
            with pytest.raises(WrongDayError):
                pause_hold(session, away, wrong, now=clock())
        pause_hold(session, away, until, now=clock())
        assert in_queue(session, away) == [away.id, next_one.id, last.id]
        assert back(session, shelf.book, clock) is next_one
        with pytest.raises(NotWaitingError):
            pause_hold(session, next_one, until, now=clock())
        clock.pass_by(days=3)
        assert back(session, SECOND, clock) is away
        assert away.suspended_until is None


def test_a_pause_is_ended_by_the_member(database: Database, shelf: Shelf, clock: Clock) -> None:
    with database.session(shelf.library) as session:
        away = wish(session, shelf.other, shelf.book, clock)
        pause_hold(session, away, clock().date() + timedelta(days=30), now=clock())
        assert back(session, shelf.book, clock) is None
        pause_hold(session, away, None, now=clock())
        assert back(session, shelf.book, clock) is away


def test_staff_put_one_before_the_others_and_say_why(database: Database, shelf: Shelf, clock: Clock) -> None:
    with database.session(shelf.library) as session:
        numbers = newcomers(session, 3, clock)
        first, second, third = (wish(session, number, shelf.book, clock) for number in numbers)
        move_to_front(session, third, "librarian: สอบพรุ่งนี้")
        assert in_queue(session, first) == [third.id, first.id, second.id]
        move_to_front(session, second, "librarian: ครูขอ")
        assert in_queue(session, first) == [second.id, third.id, first.id]
        assert back(session, shelf.book, clock) is second
        assert back(session, SECOND, clock) is third
        assert third.moved_why == "librarian: สอบพรุ่งนี้"


def test_the_rules_say_whose_holds_come_first_and_how_long_an_item_is_kept(
    database: Database, shelf: Shelf, clock: Clock
) -> None:
    with database.session(shelf.library) as session:
        session.add(LoanRule(member_type="teacher", material="book", hold_priority=1, shelf_days=2))
        session.flush()
        back(session, SECOND, clock)
        lend(session, member=member(session, shelf.other), item=item(session, SECOND), now=clock(), source="d")
        (pupil,) = newcomers(session, 1, clock)
        early, teacher = (wish(session, number, shelf.book, clock) for number in (pupil, shelf.teacher))
        assert in_queue(session, early) == [teacher.id, early.id]
        clock.pass_by(days=4)
        assert back(session, shelf.book, clock) is teacher
        assert teacher.keep_until is not None
        assert teacher.keep_until.date().isoformat() == "2026-11-30", "a Sunday is left out"
    clock.pass_by(days=4)
    assert expire_holds(database, clock) == 1
    with database.session(shelf.library) as session:
        ended = session.get_one(Hold, teacher.id)
        assert (ended.state, ended.ended_why, ended.ended_at) == (HoldState.EXPIRED, HoldEnd.LAPSED, clock())
        assert session.get_one(Hold, early.id).state == HoldState.READY


def test_what_is_on_order_can_be_reserved(database: Database, shelf: Shelf, clock: Clock) -> None:
    with database.session(shelf.library) as session:
        by = By(staff_id=None, now=clock())
        change_status(session, item(session, shelf.third), "in_process", by)
        hold = wish(session, shelf.other, shelf.third, clock)
        change_status(session, item(session, shelf.third), "available", by)
        assert back(session, shelf.third, clock) is hold


def test_why_a_hold_ended_is_kept_for_who_is_to_be_told(database: Database, shelf: Shelf, clock: Clock) -> None:
    with database.session(shelf.library) as session:
        hold = wish(session, shelf.other, shelf.book, clock)
        cancel_hold(session, hold, now=clock(), why=HoldEnd.STAFF)
        assert (hold.state, hold.ended_why, hold.ended_at) == (HoldState.CANCELLED, HoldEnd.STAFF, clock())


def test_places_to_fetch_are_put_in_order_and_what_was_to_be_fetched_at_one_that_goes_stays(
    database: Database, shelf: Shelf, clock: Clock, libraries: Libraries
) -> None:
    with database.session(shelf.library) as session:
        desk, annex = add_pickup(session, "เคาน์เตอร์", "Desk"), add_pickup(session, "ตึกประถม", "")
        with pytest.raises(NameTakenError):
            add_pickup(session, "ตึกประถม", "")
        put_first(session, annex)
        assert list(pickup_places(session, shelf.library)) == [annex, desk]
        place_hold(
            session, member(session, shelf.other), item(session, shelf.book).title, Wish(pickup=desk), now=clock()
        )
        remove_pickup(session, desk)
    with database.session(shelf.library) as session:
        (hold,) = session.scalars(select(Hold))
        assert hold.pickup is None
        assert pickup_places(session, libraries.south) == []


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("ด.ญ. มานี ใจดี", "ม.จ."),
        ("เด็กชายเปรม ไชยวงศ์", "ป.ช."),
        ("Manee Meechai", "M.M."),
        ("นายก", "น."),
        ("นางนวล", "น."),
        ("นางมาลี ศรีสุข", "ม.ศ."),
        ("นางสาวเนตร นภา", "น.น."),
        ("ผศ.ดร.เมฆ ใจดี", "ม.จ."),
        ("ครูสมศรี มีสุข", "ส.ม."),
        ("แดง", "ด."),
    ],
)
def test_a_slip_names_a_member_by_initials(name: str, initials: str) -> None:
    assert initials_of(name) == initials


@pytest.mark.requirement("K-06")
def test_from_the_wish_to_the_shelf_and_what_the_member_is_told(
    database: Database, shelf: Shelf, clock: Clock
) -> None:
    """One is away, one wants a certain copy, one fetches elsewhere and forgets it; a projector is booked by days."""
    with database.session(shelf.library) as session:
        title, annex = item(session, shelf.book).title, add_pickup(session, "ตึกประถม", "")
        away, picky, forgetful, last = (member(session, number) for number in newcomers(session, 4, clock))
        wishes = (Wish(), Wish(item(session, SECOND)), Wish(pickup=annex), Wish())
        people = (away, picky, forgetful, last)
        first, second, third, fourth = (
            place_hold(session, who, title, what, now=clock() + timedelta(seconds=n))
            for n, (who, what) in enumerate(zip(people, wishes, strict=True))
        )
        pause_hold(session, first, clock().date() + timedelta(days=30), now=clock())
        assert in_queue(session, first) == [first.id, second.id, third.id, fourth.id]
        assert back(session, shelf.book, clock) is third
        assert third.pickup is annex
        told = session.scalars(select(NoticeEvent)).all()
        assert [(event.kind, event.ref_id) for event in told] == [(Kind.HOLD_READY, third.id)]
        kept = third.keep_until
        assert kept is not None
        assert kept.date().isoformat() == "2026-12-01", "a week of open days"
    clock.now = kept + timedelta(hours=1)
    assert expire_holds(database, clock) == 1
    with database.session(shelf.library) as session:
        assert session.get_one(Hold, fourth.id).state == HoldState.READY, "the first is away, the second is picky"
        told = session.scalars(select(NoticeEvent).order_by(NoticeEvent.id)).all()
        assert (Kind.HOLD_CANCELLED, third.id) in [(event.kind, event.ref_id) for event in told]
        days = days_span(
            calendar_of(session, library_of(session, shelf.library)), date(2026, 12, 7), date(2026, 12, 8)
        )
        projector, late_comer = item(session, shelf.third).title, member(session, shelf.other)
        book(session, member(session, shelf.pupil), projector, Booked(days), now=clock(), source="web")
        with pytest.raises(BookingRefusedError):
            book(session, late_comer, projector, Booked(days), now=clock(), source="web")


def many_at_once(database: Database, shelf: Shelf, barcodes: Sequence[str], clock: Clock) -> list[int | None]:
    """Each of these comes back at a desk of its own, all at one moment; whose hold each desk was told."""
    start = Barrier(len(barcodes))

    def desk(barcode: str) -> int | None:
        start.wait()
        for _ in range(100):
            try:
                with database.session(shelf.library) as session:
                    hold = back(session, barcode, clock)
                    return None if hold is None else hold.id
            except (IntegrityError, OperationalError):
                continue
        raise AssertionError("a desk never came through")

    with ThreadPoolExecutor(len(barcodes)) as desks:
        return list(desks.map(desk, barcodes))


def test_fifty_copies_that_come_back_at_one_moment_go_to_the_first_fifty_one_each(
    database: Database, shelf: Shelf, clock: Clock
) -> None:
    with database.session(shelf.library) as session:
        title = item(session, shelf.book).title
        copies = add_items(session, title, ItemFields(accession_number="C00001"), now=clock(), copies=AT_ONCE)
        numbers = newcomers(session, AT_ONCE + 10, clock)
        session.add_all(
            Loan(item=one, member=member(session, shelf.teacher), lent_at=clock(), due_at=clock(), source="d")
            for one in copies
        )
        session.add_all(
            Hold(title=title, member=member(session, number), placed_at=clock() + timedelta(seconds=place))
            for place, number in enumerate(numbers)
        )
        session.flush()
        session.execute(update(Loan).values(due_at=clock() + timedelta(days=7)))
        queue = [one.hold.id for one in queue_of(session, title.id)]
        barcodes = [one.barcode for one in copies]
    told = many_at_once(database, shelf, barcodes, clock)
    assert sorted(hold for hold in told if hold is not None) == queue[:AT_ONCE]
    with database.session(shelf.library) as session:
        ready = session.scalars(select(Hold).where(Hold.state == HoldState.READY)).all()
        assert len({hold.item_id for hold in ready}) == len(ready) == AT_ONCE
        assert (
            session.scalars(select(Hold.id).where(Hold.state == HoldState.WAITING).order_by(Hold.id)).all()
            == (queue[AT_ONCE:])
        )
        assert session.scalars(select(Item.id).where(Item.status == "reserved", Item.id.in_([c.id for c in copies])))


def test_one_copy_scanned_at_eight_desks_is_set_aside_for_one(database: Database, shelf: Shelf, clock: Clock) -> None:
    with database.session(shelf.library) as session:
        first = wish(session, shelf.other, shelf.book, clock)
        for number in newcomers(session, 3, clock):
            wish(session, number, shelf.book, clock)
    assert set(many_at_once(database, shelf, [shelf.book] * 8, clock)) == {first.id}
    with database.session(shelf.library) as session:
        assert session.scalars(select(Hold.id).where(Hold.state == HoldState.READY)).all() == [first.id]
