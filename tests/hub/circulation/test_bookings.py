"""Projectors booked by the day and by the hour: who gets which, when it is lent, what nobody fetches."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta
from threading import Barrier

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from samut_hub.catalogue.item_history import By
from samut_hub.catalogue.item_status import change_status
from samut_hub.catalogue.items import ItemFields, add_items
from samut_hub.circulation import nightly
from samut_hub.circulation.booking.booked import days_span, is_bookable
from samut_hub.circulation.booking.models import Booking, BookingState
from samut_hub.circulation.booking.months import month_of
from samut_hub.circulation.booking.service import (
    BookingEndedError,
    BookingRefusedError,
    TooFarAheadError,
    Wish,
    book,
    bookings_of,
    cancel,
    lapse_unclaimed,
    lapsed_since,
    out_now,
    to_hand_out,
    without_unit,
)
from samut_hub.circulation.loans import open_loan_of
from samut_hub.circulation.models import Loan, LoanRule
from samut_hub.circulation.offline import OfflineLoan, record_loan
from samut_hub.circulation.service import Checkout, lend, renew, take_back
from samut_hub.db import Database
from samut_hub.libraries.service import calendar_of, library_of
from samut_rules.booking import Span
from samut_rules.calendar import Calendar
from samut_rules.reasons import Code
from tests.hub.at_once import wait_until_one_waits
from tests.hub.conftest import Clock, Libraries
from tests.hub.shelf import Shelf, item, member, put_on_shelf

FIRST, SECOND = "B00001", "P00002"
AT_ONCE = 50


@pytest.fixture
def shelf(database: Database, libraries: Libraries, clock: Clock) -> Shelf:
    """Two projectors of one title, lent for seven days; it is Monday, 23 November, and Sundays are closed."""
    shelf = put_on_shelf(database, libraries.north, clock())
    with database.session(shelf.library) as session:
        title = item(session, FIRST).title
        title.material = "equipment"
        add_items(session, title, ItemFields(accession_number=SECOND), now=clock())
    return shelf


def calendar(session: Session, shelf: Shelf) -> Calendar:
    return calendar_of(session, library_of(session, shelf.library))


def days(session: Session, shelf: Shelf, first: int, last: int) -> Span:
    return days_span(calendar(session, shelf), date(2026, 11, first), date(2026, 11, last))


def booked(session: Session, shelf: Shelf, number: str, first: int, last: int, *, only: str = "") -> Booking:
    wish = Wish(days(session, shelf, first, last), item=item(session, only) if only else None)
    now = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
    return book(session, member(session, number), item(session, FIRST).title, wish, now=now, source="d")


def refusal(session: Session, shelf: Shelf, number: str, first: int, last: int, *, only: str = "") -> list[Code]:
    with pytest.raises(BookingRefusedError) as refused:
        booked(session, shelf, number, first, last, only=only)
    return [reason.code for reason in refused.value.reasons]


def give(session: Session, number: str, barcode: str, clock: Clock) -> Checkout:
    return lend(session, member=member(session, number), item=item(session, barcode), now=clock(), source="d")


def test_as_many_as_there_are_units_are_booked_for_a_day(database: Database, shelf: Shelf) -> None:
    with database.session(shelf.library) as session:
        one, two = booked(session, shelf, shelf.pupil, 25, 26), booked(session, shelf, shelf.other, 26, 27)
        assert {one.item.barcode, two.item.barcode} == {FIRST, SECOND}
        assert refusal(session, shelf, shelf.teacher, 26, 26) == [Code.BOOKING_TAKEN]
        third = booked(session, shelf, shelf.teacher, 27, 28)
        assert third.item_id == one.item_id
        cancel(session, two, datetime(2026, 11, 23, 4, 0, tzinfo=UTC))
        with pytest.raises(BookingEndedError):
            cancel(session, two, datetime(2026, 11, 23, 4, 0, tzinfo=UTC))
        assert booked(session, shelf, shelf.teacher, 26, 26).item_id == two.item_id


def test_others_change_their_unit_to_make_room(database: Database, shelf: Shelf) -> None:
    """Without that nobody could have one of them from the 24th to the 28th."""
    with database.session(shelf.library) as session:
        early = booked(session, shelf, shelf.pupil, 24, 25, only=FIRST)
        late = booked(session, shelf, shelf.other, 27, 28)
        late.item_id = item(session, SECOND).id
        session.flush()
        whole = booked(session, shelf, shelf.teacher, 24, 28)
        assert (early.item.barcode, whole.item_id, late.item_id) == (
            FIRST,
            item(session, SECOND).id,
            item(session, FIRST).id,
        )
        assert refusal(session, shelf, shelf.teacher, 25, 25, only=FIRST) == [Code.BOOKING_TAKEN]


def test_the_calendar_and_the_rules_limit_bookings(database: Database, shelf: Shelf, clock: Clock) -> None:
    with database.session(shelf.library) as session:
        assert refusal(session, shelf, shelf.pupil, 29, 29) == [Code.BOOKING_CLOSED]
        assert refusal(session, shelf, shelf.pupil, 21, 23) == [Code.BOOKING_PAST]
        assert refusal(session, shelf, shelf.pupil, 27, 26) == [Code.BOOKING_BACKWARDS]
        session.add(LoanRule(member_type="pupil", material="equipment", max_bookings=1, booking_days=2))
        session.flush()
        assert refusal(session, shelf, shelf.pupil, 24, 26) == [Code.BOOKING_TOO_LONG]
        booked(session, shelf, shelf.pupil, 24, 25)
        assert refusal(session, shelf, shelf.pupil, 27, 27) == [Code.BOOKING_LIMIT_REACHED]
        session.add(LoanRule(member_type="teacher", material="equipment", max_bookings=0))
        member(session, shelf.other).blocked = "ทำรีโมตหาย"
        session.flush()
        assert refusal(session, shelf, shelf.teacher, 27, 27) == [Code.NO_BOOKINGS]
        assert refusal(session, shelf, shelf.other, 27, 27) == [Code.MEMBER_BLOCKED]
        far = Wish(days_span(calendar(session, shelf), date(2028, 1, 4), date(2028, 1, 4)))
        pupil, title = member(session, shelf.pupil), item(session, FIRST).title
        with pytest.raises(TooFarAheadError):
            book(session, pupil, title, far, now=clock(), source="d")


def test_only_equipment_and_the_like_is_booked(database: Database, shelf: Shelf) -> None:
    with database.session(shelf.library) as session:
        assert is_bookable(session, item(session, FIRST).title)
        assert not is_bookable(session, item(session, shelf.second).title)


def test_the_booking_becomes_a_loan_that_ends_with_it_with_whichever_unit_is_scanned(
    database: Database, shelf: Shelf, clock: Clock
) -> None:
    """On the open day before; the other booking gets the unit that stays."""
    with database.session(shelf.library) as session:
        mine = booked(session, shelf, shelf.pupil, 25, 26)
        theirs = booked(session, shelf, shelf.other, 26, 27)
        handed_out = theirs.item.barcode
        assert [one.id for one in to_hand_out(session, clock() + timedelta(days=9))] == [mine.id, theirs.id]
        clock.pass_by(days=1)
        made = give(session, shelf.pupil, handed_out, clock)
        assert made.decision.due == datetime(2026, 11, 26, 16, 59, 59, tzinfo=UTC)
        assert made.loan is not None
        assert (mine.state, mine.loan_id, mine.item.barcode) == (BookingState.COLLECTED, made.loan.id, handed_out)
        assert theirs.item_id != mine.item_id
        assert [loan.id for _, loan in out_now(session)] == [made.loan.id]
        assert list(bookings_of(session, member(session, shelf.pupil))) == []
        clock.pass_by(days=2)
        take_back(session, item=item(session, handed_out), now=clock(), source="d")
        assert out_now(session) == []


def test_a_loan_ends_before_the_booking_of_another_and_is_not_renewed_into_it(
    database: Database, shelf: Shelf, clock: Clock
) -> None:
    with database.session(shelf.library) as session:
        booked(session, shelf, shelf.other, 26, 26, only=FIRST)
        made = give(session, shelf.pupil, FIRST, clock)
        assert made.decision.due == datetime(2026, 11, 25, 16, 59, 59, tzinfo=UTC)
        assert "not beyond 2026-11-25: it is booked" in made.decision.trace
        clock.pass_by(days=1)
        loan = open_loan_of(session, item(session, FIRST))
        assert loan is not None
        refused = renew(session, loan=loan, now=clock(), source="d").decision
        assert [(reason.code, reason.values) for reason in refused.reasons] == [
            (Code.NO_LONGER, {"until": "2026-11-25"})
        ]
        take_back(session, item=item(session, FIRST), now=clock(), source="d")
        clock.pass_by(days=2)
        refused = give(session, shelf.pupil, FIRST, clock).decision
        assert [reason.code for reason in refused.reasons] == [Code.BOOKED]
        assert give(session, shelf.pupil, SECOND, clock).loan is not None


def test_the_night_renews_nothing_into_a_booking(database: Database, shelf: Shelf, clock: Clock) -> None:
    with database.session(shelf.library) as session:
        session.add(LoanRule(material="equipment", loan_days=1, max_renewals=9, auto_renew=True))
        session.flush()
        for barcode in (FIRST, SECOND):
            assert give(session, shelf.pupil, barcode, clock).loan is not None
        clock.pass_by(hours=14)
        booked(session, shelf, shelf.other, 25, 25, only=FIRST)
    clock.pass_by(hours=10)
    assert nightly.run(database, shelf.library, clock())[0] == 1
    with database.session(shelf.library) as session:
        first, second = (open_loan_of(session, item(session, barcode)) for barcode in (FIRST, SECOND))
        assert first is not None
        assert second is not None
        assert first.due_at < second.due_at


def test_hours_of_one_day_are_booked_beside_each_other(database: Database, shelf: Shelf, clock: Clock) -> None:
    with database.session(shelf.library) as session:
        kinds = (None, "teacher")
        session.add_all(LoanRule(member_type=kind, material="equipment", loan_hours=3) for kind in kinds)
        session.flush()
        open_days, title = calendar(session, shelf), item(session, FIRST).title
        unit = item(session, FIRST)

        def hours(number: str, on: int, first: int, last: int) -> Booking:
            begins, ends = (open_days.moment(date(2026, 11, on), time(hour)) for hour in (first, last))
            wish = Wish(Span(begins, ends), True, unit)
            return book(session, member(session, number), title, wish, now=clock(), source="web")

        def reasons(number: str, on: int, first: int, last: int) -> list[Code]:
            with pytest.raises(BookingRefusedError) as refused:
                hours(number, on, first, last)
            return [reason.code for reason in refused.value.reasons]

        morning = hours(shelf.pupil, 24, 9, 11)
        hours(shelf.other, 24, 11, 12)
        assert reasons(shelf.teacher, 24, 10, 12) == [Code.BOOKING_HOURS_TAKEN]
        assert reasons(shelf.teacher, 24, 12, 16) == [Code.BOOKING_TOO_MANY_HOURS]
        assert reasons(shelf.teacher, 29, 9, 10) == [Code.BOOKING_SHUT]
        assert reasons(shelf.teacher, 24, 12, 12) == [Code.BOOKING_BACKWARDS]
        clock.now = open_days.moment(date(2026, 11, 24), time(8))
        cut = give(session, shelf.teacher, FIRST, clock).decision
        assert cut.due == morning.starts_at
        take_back(session, item=unit, now=clock(), source="d")
        clock.now = morning.starts_at - timedelta(minutes=10)
        assert give(session, shelf.pupil, FIRST, clock).decision.due == morning.ends_at


def test_what_nobody_fetches_is_free_again_and_a_unit_in_repair_is_replaced(
    database: Database, shelf: Shelf, clock: Clock
) -> None:
    with database.session(shelf.library) as session:
        forgotten, broken = booked(session, shelf, shelf.pupil, 24, 25), booked(session, shelf, shelf.other, 27, 27)
        change_status(session, broken.item, "in_repair", By(staff_id=None, now=clock()))
    assert lapse_unclaimed(database, clock) == 0
    with database.session(shelf.library) as session:
        again = session.get_one(Booking, broken.id)
        assert again.item.status == "available"
    clock.pass_by(days=2)
    assert lapse_unclaimed(database, clock) == 1
    assert lapse_unclaimed(database, clock) == 0
    with database.session(shelf.library) as session:
        assert session.get_one(Booking, forgotten.id).state == BookingState.LAPSED
        assert [one.id for one in lapsed_since(session, clock() - timedelta(days=1))] == [forgotten.id]


def test_a_month_says_on_which_days_how_many_are_free(database: Database, shelf: Shelf, clock: Clock) -> None:
    with database.session(shelf.library) as session:
        booked(session, shelf, shelf.pupil, 25, 26)
        booked(session, shelf, shelf.other, 26, 27)
        title, library = item(session, FIRST).title, library_of(session, shelf.library)
        month = month_of(session, library, title, date(2026, 11, 1), clock())
        cells = {cell.day.day: cell for week in month.weeks for cell in week if cell is not None}
        assert [cells[day].free for day in (24, 25, 26, 27, 28)] == [2, 1, 0, 1, 2]
        assert not cells[29].is_open
        assert cells[22].is_past
        assert (month.before, month.after) == (date(2026, 10, 1), date(2026, 12, 1))


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_the_night_waits_for_who_books_the_first_unit_at_that_moment(
    database: Database, shelf: Shelf, clock: Clock
) -> None:
    with database.session(shelf.library) as session:
        session.add(LoanRule(material="equipment", loan_days=1, max_renewals=9, auto_renew=True))
        session.flush()
        assert give(session, shelf.pupil, FIRST, clock).loan is not None
    clock.pass_by(hours=24)
    with ThreadPoolExecutor(1) as pool, database.session(shelf.library) as session:
        booked(session, shelf, shelf.other, 25, 25, only=FIRST)
        night = pool.submit(nightly.run, database, shelf.library, clock())
        wait_until_one_waits(database, night)
        session.commit()
        assert night.result(30)[0] == 0


def test_fifty_who_book_two_units_at_one_moment_get_two(database: Database, shelf: Shelf, clock: Clock) -> None:
    start, numbers = Barrier(AT_ONCE), (shelf.pupil, shelf.other, shelf.teacher)

    def desk(place: int) -> bool:
        start.wait()
        for _ in range(100):
            try:
                with database.session(shelf.library) as session:
                    booked(session, shelf, numbers[place % 3], 26, 26)
                    return True
            except BookingRefusedError:
                return False
            except (IntegrityError, OperationalError):
                continue
        raise AssertionError("one never came through")

    with ThreadPoolExecutor(AT_ONCE) as desks:
        assert sum(desks.map(desk, range(AT_ONCE))) == 2
    with database.session(shelf.library) as session:
        units = session.scalars(select(Booking.item_id)).all()
        assert len(set(units)) == len(units) == 2


def test_a_unit_is_lent_or_booked_where_both_are_asked_for_at_one_moment(
    database: Database, shelf: Shelf, clock: Clock
) -> None:
    """Of two units one is lent over the 26th, and one booked for it; who comes later waits, and is told.

    Who has the unit out may book it for then."""
    start = Barrier(AT_ONCE)

    def desk(place: int) -> bool:
        start.wait()
        number, unit = (shelf.pupil, shelf.other, shelf.teacher)[place % 3], (FIRST, SECOND)[place % 2]
        for _ in range(100):
            try:
                with database.session(shelf.library) as session:
                    if place % 4 < 2:
                        return give(session, number, unit, clock).loan is not None
                    booked(session, shelf, number, 26, 26)
                    return True
            except BookingRefusedError:
                return False
            except (IntegrityError, OperationalError):
                continue
        raise AssertionError("one never came through")

    with ThreadPoolExecutor(AT_ONCE) as desks:
        list(desks.map(desk, range(AT_ONCE)))
    with database.session(shelf.library) as session:
        kept = session.scalars(select(Booking)).all()
        lent = {loan.item_id: loan for loan in session.scalars(select(Loan))}
        assert len({one.item_id for one in kept}) == len(kept)
        over = [
            (one, lent[one.item_id])
            for one in kept
            if one.item_id in lent and lent[one.item_id].due_at > one.starts_at
        ]
        assert [one.id for one, loan in over if loan.member_id != one.member_id] == []
        assert without_unit(session, clock()) == []


def test_who_gets_no_unit_stays_on_the_page(database: Database, shelf: Shelf, clock: Clock) -> None:
    """One of two is in repair: who comes first keeps the other, and staff see who has none."""
    with database.session(shelf.library) as session:
        first, second = booked(session, shelf, shelf.pupil, 25, 26), booked(session, shelf, shelf.other, 26, 27)
        change_status(session, first.item, "in_repair", By(staff_id=None, now=clock()))
        unit, first_id, second_id = second.item_id, first.id, second.id
    lapse_unclaimed(database, clock)
    with database.session(shelf.library) as session:
        assert session.get_one(Booking, first_id).item_id == unit
        assert [one.id for one in without_unit(session, clock())] == [second_id]
        cancel(session, session.get_one(Booking, first_id), clock())
    lapse_unclaimed(database, clock)
    with database.session(shelf.library) as session:
        assert without_unit(session, clock()) == []


def test_another_library_sees_no_booking(
    database: Database, shelf: Shelf, libraries: Libraries, clock: Clock
) -> None:
    with database.session(shelf.library) as session:
        booked(session, shelf, shelf.pupil, 25, 26)
        title_id = item(session, FIRST).title_id
    with database.session(libraries.south) as session:
        assert to_hand_out(session, clock() + timedelta(days=9)) == []
        assert session.scalars(select(Booking).where(Booking.title_id == title_id)).all() == []


def lent_offline(shelf: Shelf, number: str, unit: str, at: datetime, heard: datetime) -> OfflineLoan:
    due = at + timedelta(days=1)
    return OfflineLoan("kiosk-1", number, unit, at=at, heard=heard, due=due, trace=())


def test_what_was_booked_and_fetched_while_the_hub_was_away_is_fetched(
    database: Database, shelf: Shelf, clock: Clock
) -> None:
    """Also where it had been let lapse before the device could tell; the lapse frees the unit for nobody."""
    with database.session(shelf.library) as session:
        booked(session, shelf, shelf.pupil, 24, 25)
    taken = clock() + timedelta(days=1, hours=2)
    clock.pass_by(days=3)
    assert lapse_unclaimed(database, clock) == 1
    with database.session(shelf.library) as session:
        loan = record_loan(session, lent_offline(shelf, shelf.pupil, SECOND, taken, clock()))
        assert loan is not None
        found = session.scalars(select(Booking)).one()
        assert (found.state, found.loan_id, found.item.barcode) == (BookingState.COLLECTED, loan.id, SECOND)


def test_a_loan_offline_that_was_before_the_booking_takes_nothing_up(
    database: Database, shelf: Shelf, clock: Clock
) -> None:
    with database.session(shelf.library) as session:
        booked(session, shelf, shelf.pupil, 27, 28)
        record_loan(session, lent_offline(shelf, shelf.pupil, SECOND, clock(), clock()))
        assert session.scalars(select(Booking)).one().state == BookingState.BOOKED
