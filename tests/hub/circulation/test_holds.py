"""Members wait for what is out: who gets it, for how long it is kept, what becomes of it then."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import event, select
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from samut_hub.catalogue.item_history import By
from samut_hub.catalogue.item_status import WrongStatusError, change_status, note_damage
from samut_hub.catalogue.items import ItemFields, add_items
from samut_hub.catalogue.models import Item
from samut_hub.catalogue.records.marc import Description
from samut_hub.catalogue.service import add_title
from samut_hub.circulation import hold_lists
from samut_hub.circulation.hold_lists import left_aside, ready_holds, to_fetch
from samut_hub.circulation.holds import (
    HoldRefusedError,
    cancel_hold,
    expire_holds,
    open_holds_of,
    place_hold,
    queue_of,
)
from samut_hub.circulation.loans import open_loan_of
from samut_hub.circulation.models import Hold, HoldState, Loan
from samut_hub.circulation.offline import OfflineLoan, record_loan
from samut_hub.circulation.service import lend, renew, take_back
from samut_hub.circulation.setting_aside import HoldEndedError
from samut_hub.db import Database
from samut_hub.libraries.service import library_of
from samut_rules.loan import ItemStatus
from samut_rules.reasons import Code
from tests.hub.conftest import Clock, Libraries
from tests.hub.shelf import Shelf, item, member, put_on_shelf

WEEKS = timedelta(weeks=3)


@pytest.fixture
def shelf(database: Database, libraries: Libraries, clock: Clock) -> Shelf:
    """The pupil has the first book."""
    shelf = put_on_shelf(database, libraries.north, clock())
    with database.session(shelf.library) as session:
        lend(session, member=member(session, shelf.pupil), item=item(session, shelf.book), now=clock(), source="d")
    return shelf


def wish(session: Session, number: str, barcode: str, clock: Clock) -> Hold:
    clock.pass_by(seconds=1)
    return place_hold(session, member(session, number), item(session, barcode).title, now=clock())


def back(session: Session, barcode: str, clock: Clock) -> Hold | None:
    return take_back(session, item=item(session, barcode), now=clock(), source="d").hold


def give(session: Session, number: str, barcode: str, clock: Clock) -> list[Code]:
    """Why not; empty when it was lent."""
    wanted = lend(session, member=member(session, number), item=item(session, barcode), now=clock(), source="d")
    return [reason.code for reason in wanted.decision.reasons]


def fetched(session: Session, clock: Clock) -> list[tuple[Item, int]]:
    """The list “Fetch from the shelf”: copies, and how many wait."""
    library = library_of(session, item(session, "B00001").library_id)
    return [(one.item, one.waiting) for one in to_fetch(session, library, clock()).rows]


def left(session: Session) -> list[tuple[str, str]]:
    """The list “Take from the reserved shelf”: bar codes, and for whom each is kept now."""
    return [(one.item.barcode, one.next.member.number if one.next else "") for one in left_aside(session).rows]


def refusal(session: Session, number: str, barcode: str, clock: Clock) -> list[Code]:
    with pytest.raises(HoldRefusedError) as refused:
        wish(session, number, barcode, clock)
    return [reason.code for reason in refused.value.reasons]


def test_a_returned_book_goes_to_who_waits_longest(database: Database, shelf: Shelf, clock: Clock) -> None:
    with database.session(shelf.library) as session:
        first, second = (wish(session, number, shelf.book, clock) for number in (shelf.other, shelf.teacher))
        assert [(one.hold, one.place) for one in queue_of(session, first.title_id)] == [(first, 1), (second, 2)]
        assert [one.expected is not None for one in queue_of(session, first.title_id)] == [True, False]
        assert back(session, shelf.book, clock) is first
        assert item(session, shelf.book).status == ItemStatus.RESERVED
        assert give(session, shelf.teacher, shelf.book, clock) == [Code.ITEM_RESERVED]
        assert give(session, shelf.other, shelf.book, clock) == []
        assert (first.state, item(session, shelf.book).status) == (HoldState.COLLECTED, ItemStatus.AVAILABLE)
        assert [(one.hold, one.place) for one in queue_of(session, first.title_id)] == [(second, 1)]


def test_only_what_is_out_is_reserved_once_and_not_by_who_has_it(
    database: Database, shelf: Shelf, clock: Clock
) -> None:
    with database.session(shelf.library) as session:
        assert refusal(session, shelf.pupil, shelf.book, clock) == [Code.TITLE_ALREADY_YOURS]
        assert refusal(session, shelf.other, shelf.second, clock) == [Code.COPY_ON_SHELF]
        change_status(session, item(session, shelf.third), "reference", By(staff_id=None, now=clock()))
        assert refusal(session, shelf.other, shelf.third, clock) == [Code.NOTHING_TO_LEND]
        wish(session, shelf.other, shelf.book, clock)
        assert refusal(session, shelf.other, shelf.book, clock) == [Code.ALREADY_RESERVED]


def test_what_is_not_collected_goes_to_the_next_and_then_to_anybody(
    database: Database, shelf: Shelf, clock: Clock
) -> None:
    with database.session(shelf.library) as session:
        first, second = (wish(session, number, shelf.book, clock) for number in (shelf.other, shelf.teacher))
        back(session, shelf.book, clock)
    clock.pass_by(days=7)
    assert expire_holds(database, clock) == 0
    clock.pass_by(days=2)
    assert expire_holds(database, clock) == 1
    with database.session(shelf.library) as session:
        assert session.get_one(Hold, first.id).state == HoldState.EXPIRED
        assert session.get_one(Hold, second.id).state == HoldState.READY
    clock.pass_by(days=9)
    assert expire_holds(database, clock) == 1
    with database.session(shelf.library) as session:
        assert item(session, shelf.book).status == ItemStatus.AVAILABLE
        assert give(session, shelf.pupil, shelf.book, clock) == []


def test_who_cancels_makes_room_for_the_next(database: Database, shelf: Shelf, clock: Clock) -> None:
    with database.session(shelf.library) as session:
        first, second = (wish(session, number, shelf.book, clock) for number in (shelf.other, shelf.teacher))
        back(session, shelf.book, clock)
        cancel_hold(session, first, now=clock())
        assert (first.state, second.state) == (HoldState.CANCELLED, HoldState.READY)
        with pytest.raises(HoldEndedError):
            cancel_hold(session, first, now=clock())
        cancel_hold(session, second, now=clock())
        assert item(session, shelf.book).status == ItemStatus.AVAILABLE


def test_who_takes_another_copy_waits_no_longer(database: Database, shelf: Shelf, clock: Clock) -> None:
    """The one set aside goes on to the next."""
    with database.session(shelf.library) as session:
        first, second = (wish(session, number, shelf.book, clock) for number in (shelf.other, shelf.teacher))
        back(session, shelf.book, clock)
        title = item(session, shelf.book).title
        add_items(session, title, ItemFields(accession_number="B00009"), now=clock())
        assert give(session, shelf.other, "B00009", clock) == []
        assert (first.state, second.state) == (HoldState.COLLECTED, HoldState.READY)


def test_a_copy_that_came_to_the_shelf_is_fetched_and_set_aside_by_scanning_it(
    database: Database, shelf: Shelf, clock: Clock
) -> None:
    with database.session(shelf.library) as session:
        first = wish(session, shelf.other, shelf.book, clock)
        assert fetched(session, clock) == []
        (new,) = add_items(session, first.title, ItemFields(accession_number="B00009"), now=clock())
        assert fetched(session, clock) == [(new, 1)]
        assert back(session, "B00009", clock) is first
        assert back(session, "B00009", clock) is first
        assert fetched(session, clock) == []


def test_nothing_is_kept_for_members_who_may_not_borrow(database: Database, shelf: Shelf, clock: Clock) -> None:
    """The first in the queue is blocked, the second has left the school; they keep their places."""
    with database.session(shelf.library) as session:
        blocked, gone = (wish(session, number, shelf.book, clock) for number in (shelf.other, shelf.teacher))
        blocked.member.blocked, gone.member.expires_on = "ทำหนังสือหาย", clock().date() - timedelta(days=1)
        loan = open_loan_of(session, item(session, shelf.book))
        assert loan is not None
        clock.pass_by(days=2)
        assert renew(session, loan=loan, now=clock(), source="d").decision.allowed
        assert back(session, shelf.book, clock) is None
        assert fetched(session, clock) == []
        blocked.member.blocked = ""
        session.flush()
        assert fetched(session, clock) == [(item(session, shelf.book), 1)]
        assert back(session, shelf.book, clock) is blocked


def test_what_was_not_collected_is_told_to_the_desk_until_it_is_scanned(
    database: Database, shelf: Shelf, clock: Clock
) -> None:
    with database.session(shelf.library) as session:
        for number in (shelf.other, shelf.teacher):
            wish(session, number, shelf.book, clock)
        back(session, shelf.book, clock)
        assert left(session) == []
    clock.pass_by(days=9)
    expire_holds(database, clock)
    with database.session(shelf.library) as session:
        assert left(session) == [(shelf.book, shelf.teacher)]
        (next_one,) = (one.hold for one in queue_of(session, item(session, shelf.book).title_id))
        cancel_hold(session, next_one, now=clock())
        assert sorted(left(session)) == [(shelf.book, "")]
        back(session, shelf.book, clock)
        assert left(session) == []


def test_a_copy_left_on_the_reserved_shelf_is_off_the_list_once_it_is_lent(
    database: Database, shelf: Shelf, clock: Clock, libraries: Libraries
) -> None:
    with database.session(shelf.library) as session:
        hold = wish(session, shelf.other, shelf.book, clock)
        back(session, shelf.book, clock)
        cancel_hold(session, hold, now=clock())
        assert left(session) == [(shelf.book, "")]
    with database.session(libraries.south, writes=False) as session:
        assert left(session) == []
    with database.session(shelf.library) as session:
        assert give(session, shelf.pupil, shelf.book, clock) == []
        assert left(session) == []


def test_long_lists_say_how_long_they_are_and_have_pages(
    database: Database, shelf: Shelf, clock: Clock, libraries: Libraries, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each title is listed once, by the copy that is found first, however many copies stand there."""
    monkeypatch.setattr(hold_lists, "LISTED", 3)
    with database.session(shelf.library) as session:
        people = [member(session, number) for number in (shelf.pupil, shelf.other, shelf.teacher)]
        for number in range(4):
            title = add_title(session, Description(title=f"เล่ม {number}"), now=clock())
            add_items(session, title, ItemFields(accession_number=f"C{2 * number:05}"), now=clock(), copies=2)
            session.add_all(Hold(title=title, member=one, placed_at=clock()) for one in people[: 1 + number % 3])
        session.flush()
        library = library_of(session, shelf.library)
        first, second = (to_fetch(session, library, clock(), page) for page in (1, 2))
        assert (first.total, first.pages, len(first.rows), len(second.rows)) == (4, 2, 3, 1)
        assert len({one.title.id for one in (*first.rows, *second.rows)}) == 4
        assert sum(one.waiting for one in (*first.rows, *second.rows)) == session.query(Hold).count()
        for one in (*first.rows, *second.rows):
            back(session, one.item.barcode, clock)
        ready = ready_holds(session, 7)
        assert (ready.total, ready.page, len(ready.rows)) == (4, 2, 1)
    with database.session(libraries.south, writes=False) as session:
        assert to_fetch(session, library_of(session, libraries.south), clock()).total == 0


def test_what_others_wait_for_is_not_renewed(database: Database, shelf: Shelf, clock: Clock) -> None:
    with database.session(shelf.library) as session:
        wish(session, shelf.other, shelf.book, clock)
        loan = open_loan_of(session, item(session, shelf.book))
        assert loan is not None
        clock.pass_by(days=2)
        refused = renew(session, loan=loan, now=clock(), source="d").decision
        assert [reason.code for reason in refused.reasons] == [Code.OTHERS_WAIT]
        add_items(session, loan.item.title, ItemFields(accession_number="B00009"), now=clock())
        assert renew(session, loan=loan, now=clock(), source="d").decision.allowed


def test_an_item_that_left_by_a_kiosk_without_the_hub_is_waited_for_again(
    database: Database, shelf: Shelf, clock: Clock
) -> None:
    with database.session(shelf.library) as session:
        hold = wish(session, shelf.other, shelf.book, clock)
        back(session, shelf.book, clock)
        clock.pass_by(hours=1)
        made = OfflineLoan("kiosk-1", shelf.teacher, shelf.book, clock(), clock(), clock() + WEEKS, ())
        assert record_loan(session, made) is not None
        assert (hold.state, hold.item_id) == (HoldState.WAITING, None)
        assert item(session, shelf.book).status == ItemStatus.AVAILABLE


def test_nobody_gives_or_takes_the_status_by_hand(database: Database, shelf: Shelf, clock: Clock) -> None:
    with database.session(shelf.library) as session:
        by = By(staff_id=None, now=clock())
        with pytest.raises(WrongStatusError):
            change_status(session, item(session, shelf.second), "reserved", by)
        wish(session, shelf.other, shelf.book, clock)
        back(session, shelf.book, clock)
        with pytest.raises(WrongStatusError):
            change_status(session, item(session, shelf.book), "in_repair", by)
        note_damage(session, item(session, shelf.book), by)
        assert item(session, shelf.book).status == ItemStatus.RESERVED


def test_another_library_sees_no_hold(database: Database, shelf: Shelf, libraries: Libraries, clock: Clock) -> None:
    with database.session(shelf.library) as session:
        hold = wish(session, shelf.other, shelf.book, clock)
        assert [one.hold for one in open_holds_of(session, hold.member)] == [hold]
    with database.session(libraries.south) as session:
        assert queue_of(session, hold.title_id) == []
        assert open_holds_of(session, hold.member) == []


def at_once(database: Database, shelf: Shelf, do: Callable[[Session, int], object]) -> list[object]:
    """What `do` returned at each of two places; who collides tries again, as the doors do."""
    start = Barrier(2)

    def place(number: int) -> object:
        start.wait()
        for _ in range(20):
            try:
                with database.session(shelf.library) as session:
                    return do(session, number)
            except (IntegrityError, OperationalError):
                continue
        raise AssertionError("one never came through")

    with ThreadPoolExecutor(2) as both:
        return list(both.map(place, range(2)))


def test_two_copies_that_come_back_at_one_moment_go_to_two_members(
    database: Database, shelf: Shelf, clock: Clock
) -> None:
    copies = (shelf.book, "B00009")
    with database.session(shelf.library) as session:
        title = item(session, shelf.book).title
        add_items(session, title, ItemFields(accession_number="B00009"), now=clock())
        lend(session, member=member(session, shelf.teacher), item=item(session, "B00009"), now=clock(), source="d")
        wish(session, shelf.other, shelf.book, clock)
        session.add(Hold(title=title, member=member(session, shelf.pupil), placed_at=clock()))

    def do(session: Session, place: int) -> int | None:
        hold = back(session, copies[place], clock)
        return None if hold is None else hold.member_id

    got = at_once(database, shelf, do)
    assert None not in got
    assert len(set(got)) == 2


def test_one_copy_returned_at_two_desks_is_set_aside_once(database: Database, shelf: Shelf, clock: Clock) -> None:
    with database.session(shelf.library) as session:
        wish(session, shelf.other, shelf.book, clock)
        wish(session, shelf.teacher, shelf.book, clock)
    at_once(database, shelf, lambda session, _: back(session, shelf.book, clock) is not None)
    with database.session(shelf.library) as session:
        ready = session.scalars(select(Hold).where(Hold.state == HoldState.READY)).all()
        assert [(hold.member.number, hold.item_id) for hold in ready] == [(shelf.other, item(session, shelf.book).id)]


def test_a_member_who_presses_twice_waits_once(database: Database, shelf: Shelf, clock: Clock) -> None:
    def do(session: Session, place: int) -> bool:
        try:
            place_hold(session, member(session, shelf.other), item(session, shelf.book).title, now=clock())
        except HoldRefusedError:
            return False
        return True

    assert sorted(map(bool, at_once(database, shelf, do))) == [False, True]


def test_returning_costs_one_look_at_the_queue(database: Database, shelf: Shelf, clock: Clock) -> None:
    sent: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *given: sent.append(given[2]))
    with database.session(shelf.library) as session:
        take_back(session, item=item(session, shelf.book), now=clock(), source="d")
    assert len([one for one in sent if "FROM holds" in one]) == 1
    sent.clear()
    with database.session(shelf.library) as session:
        lend(session, member=member(session, shelf.pupil), item=item(session, shelf.book), now=clock(), source="d")
    asked = [one for one in sent if "holds" in one and "UPDATE" not in one]
    assert len(asked) == 1
    assert "loans" in asked[0], "where the item is, is asked at the same time"
    with database.session(shelf.library) as session:
        assert session.scalar(select(Loan.id).where(Loan.returned_at.is_(None))) is not None
