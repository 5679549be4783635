"""Whatever is written of loans, items, members and bookings reaches the devices, in whatever way it is written."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from samut_hub.catalogue.items import ItemFields, add_items
from samut_hub.circulation import nightly
from samut_hub.circulation.booking.models import Booking
from samut_hub.circulation.booking.service import Wish, book, cancel
from samut_hub.circulation.holds import cancel_hold, place_hold
from samut_hub.circulation.loans import open_loan_of
from samut_hub.circulation.models import Hold, Loan, LoanRule
from samut_hub.circulation.moving import Span as ClosedSpan
from samut_hub.circulation.moving import move_part
from samut_hub.circulation.offline_renewals import OfflineRenewal, record_renewal
from samut_hub.circulation.service import lend, renew
from samut_hub.db import Database
from samut_hub.fleet.noting import note_parted
from samut_hub.fleet.replica import delta_after, number_changes
from samut_hub.libraries.models import Closure
from samut_hub.libraries.service import library_of
from samut_hub.members.cards import add_card
from samut_hub.members.merging import service as merging
from samut_hub.members.models import CardKind
from samut_hub.members.service import renumber
from samut_rules.booking import Span
from samut_wire import messages as m
from tests.hub.conftest import Clock, Libraries
from tests.hub.shelf import Shelf, item, member, put_on_shelf

UNIT = "P00009"
KEY = b"k" * 32


class World:
    """A pupil has a book, the other pupil has booked the projector, and a device knows all that."""

    def __init__(self, database: Database, shelf: Shelf, clock: Clock) -> None:
        self.database, self.shelf, self.clock = database, shelf, clock
        with database.session(shelf.library) as session:
            projector = item(session, shelf.third).title
            projector.material = "equipment"
            add_items(session, projector, ItemFields(accession_number=UNIT), now=clock())
            borrower, book_ = member(session, shelf.pupil), item(session, shelf.book)
            lend(session, member=borrower, item=book_, now=clock(), source="desk")
            self.booked(session)
        clock.pass_by(days=3)
        self.known = self.version()

    def booked(self, session: Session, days: int = 7) -> Booking:
        starts = self.clock() + timedelta(days=days)
        span = Span(starts, starts + timedelta(hours=2))
        who, unit = member(session, self.shelf.other), item(session, UNIT)
        return book(session, who, unit.title, Wish(span, by_hours=True, item=unit), now=self.clock(), source="desk")

    def version(self) -> int:
        with self.database.session(None) as session:
            number_changes(session)
        with self.database.session(self.shelf.library, writes=False) as session:
            return library_of(session, self.shelf.library).replica_version

    def news(self) -> m.ReplicaDelta | None:
        self.version()
        with self.database.session(self.shelf.library, writes=False) as session:
            return delta_after(session, library_of(session, self.shelf.library), self.known)

    def item(self, barcode: str) -> m.ItemRow:
        """The row that devices are told of it; fails where they are not."""
        delta = self.news()
        assert delta is not None
        [row] = [row for row in delta.rows if isinstance(row, m.ItemRow) and row.barcode == barcode]
        return row

    def write(self, do: Callable[[Session], object]) -> None:
        with self.database.session(self.shelf.library) as session:
            do(session)

    def loan(self, session: Session) -> Loan:
        found = open_loan_of(session, item(session, self.shelf.book))
        assert found is not None
        return found


@pytest.fixture
def world(database: Database, libraries: Libraries, clock: Clock) -> World:
    return World(database, put_on_shelf(database, libraries.north, clock()), clock)


def test_a_renewal_at_a_desk_or_told_late_or_in_the_night(world: World) -> None:
    world.write(lambda session: renew(session, loan=world.loan(session), now=world.clock(), source="desk"))
    assert world.item(world.shelf.book).renewals == 1
    world.known = world.version()
    at, due = world.clock(), world.clock() + timedelta(days=30)
    told = OfflineRenewal("kiosk", world.shelf.pupil, world.shelf.book, at=at, heard=at, due=due, seen=False)
    world.write(lambda session: record_renewal(session, told))
    row = world.item(world.shelf.book)
    assert (row.renewals, row.unseen_renewals, row.due_at) == (2, 1, due)
    world.known = world.version()

    def allow(session: Session) -> None:
        general = session.scalars(select(LoanRule).where(LoanRule.member_type.is_(None))).one()
        general.auto_renew, general.max_renewals = True, 9
        world.loan(session).due_at = world.clock() + timedelta(hours=3)

    world.write(allow)
    nightly.run(world.database, world.shelf.library, world.clock())
    assert world.item(world.shelf.book).renewals == 3


def test_a_hold_makes_copies_that_are_out_unrenewable_until_it_ends(world: World) -> None:
    waiting: list[int] = []

    def place(session: Session) -> None:
        title = item(session, world.shelf.book).title
        waiting.append(place_hold(session, member(session, world.shelf.other), title, now=world.clock()).id)

    world.write(place)
    assert world.item(world.shelf.book).waited_for
    world.known = world.version()
    world.write(lambda session: cancel_hold(session, session.get_one(Hold, waiting[0]), now=world.clock()))
    assert not world.item(world.shelf.book).waited_for


def test_a_recall_and_a_claim_that_it_is_back(world: World) -> None:
    def write(session: Session) -> None:
        world.loan(session).recalled_at = world.clock()
        world.loan(session).claimed_at = world.clock()

    world.write(write)
    row = world.item(world.shelf.book)
    assert (row.recalled, row.claimed) == (True, True)


def test_a_booking_made_and_cancelled_and_its_unit(world: World) -> None:
    made: list[int] = []
    world.write(lambda session: made.append(world.booked(session, 11).id))
    assert len(world.item(UNIT).booked) == 2
    world.known = world.version()
    world.write(lambda session: cancel(session, session.get_one(Booking, made[0]), world.clock()))
    [left] = world.item(UNIT).booked
    assert left.member == world.shelf.other


def test_a_new_number_of_who_has_a_book_or_booked_a_unit(world: World) -> None:
    world.write(lambda session: renumber(session, member(session, world.shelf.pupil), "20001", now=world.clock()))
    world.write(lambda session: renumber(session, member(session, world.shelf.other), "20002", now=world.clock()))
    assert world.item(world.shelf.book).lent_to == "20001"
    assert [one.member for one in world.item(UNIT).booked] == ["20002"]


def test_two_members_who_become_one_and_two_again(world: World) -> None:
    """Loans, bookings and cards move with one statement for each table."""
    done: list[int] = []

    def join(session: Session) -> None:
        kept, other = member(session, world.shelf.teacher), member(session, world.shelf.pupil)
        add_card(session, other, key=KEY, kind=CardKind.UID, value="04A1B2C3", now=world.clock())
        one = merging.merge(session, kept, other, takes={}, key=KEY, staff_id=None, now=world.clock())
        booker = member(session, world.shelf.other)
        two = merging.merge(session, kept, booker, takes={}, key=KEY, staff_id=None, now=world.clock())
        done.extend((one.id, two.id))

    world.write(join)
    assert world.item(world.shelf.book).lent_to == world.shelf.teacher
    assert [one.member for one in world.item(UNIT).booked] == [world.shelf.teacher]
    world.known = world.version()

    def part(session: Session) -> None:
        for merge_id in reversed(done):
            merging.undo(session, merging.merge_by_id(session, merge_id), now=world.clock())

    world.write(part)
    assert world.item(world.shelf.book).lent_to == world.shelf.pupil
    assert [one.member for one in world.item(UNIT).booked] == [world.shelf.other]


def test_a_due_date_that_a_closure_moves(world: World) -> None:
    def close(session: Session) -> None:
        due = world.loan(session).due_at
        library = library_of(session, world.shelf.library)
        day = due.date()
        session.add(Closure(library_id=library.id, on=day, open=False, name="ปิดพิเศษ"))
        session.flush()
        assert move_part(session, library, ClosedSpan(day, day, frozenset()), world.clock()) == 1

    world.write(close)
    with world.database.session(world.shelf.library, writes=False) as session:
        assert world.item(world.shelf.book).due_at == world.loan(session).due_at


def test_a_title_that_becomes_another(world: World) -> None:
    def join(session: Session) -> None:
        kept, gone = item(session, world.shelf.second).title, item(session, world.shelf.book).title
        kept.title = "พระอภัยมณี ฉบับสมบูรณ์"
        item(session, world.shelf.book).title = kept
        assert gone is not kept

    world.write(join)
    assert world.item(world.shelf.book).title == "พระอภัยมณี ฉบับสมบูรณ์"


def test_loans_that_are_nobodys_any_more_are_forgotten_where_devices_know_them(world: World) -> None:
    world.write(lambda session: note_parted(session, world.shelf.library))
    assert world.news() is not None

    def ask(session: Session) -> None:
        session.scalars(select(LoanRule).where(LoanRule.member_type.is_(None))).one().same_title_wait = 5

    world.write(ask)
    world.known = world.version()
    world.write(lambda session: note_parted(session, world.shelf.library))
    assert world.news() is None, "only a whole snapshot helps"
