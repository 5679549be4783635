"""Two desks at one moment: one wins, nothing is counted or charged twice."""

import contextlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from samut_hub.catalogue.item_history import By
from samut_hub.charges.books import Teller, Tender
from samut_hub.charges.models import Charge
from samut_hub.charges.service import pay_fee
from samut_hub.circulation.desk import What, renew_all, scan
from samut_hub.circulation.loans import open_loan_of
from samut_hub.circulation.mishaps import Told, note_lost
from samut_hub.circulation.models import Loan, LoanRule
from samut_hub.circulation.service import lend, renew, take_back
from samut_hub.db import Database
from samut_hub.libraries.models import Library
from samut_rules.loan import Renewing
from samut_rules.reasons import Code
from tests.hub.at_once import wait_until_one_waits
from tests.hub.conftest import Clock, Libraries
from tests.hub.shelf import Shelf, item, member, put_on_shelf

DESKS = 8


@pytest.fixture
def shelf(database: Database, libraries: Libraries, clock: Clock) -> Shelf:
    return put_on_shelf(database, libraries.north, clock())


def all_at_once(database: Database, shelf: Shelf, do: Callable[[Session, int], object]) -> list[object]:
    """What `do` returned at each desk; a desk that collides tries again, as the doors do."""
    start = Barrier(DESKS)

    def desk(place: int) -> object:
        start.wait()
        for _ in range(20):
            try:
                with database.session(shelf.library) as session:
                    return do(session, place)
            except (IntegrityError, OperationalError):
                continue
        raise AssertionError("a desk never came through")

    with ThreadPoolExecutor(DESKS) as desks:
        return list(desks.map(desk, range(DESKS)))


def counted(database: Database, shelf: Shelf) -> tuple[int, int, int]:
    """The pupil's counter, open loans, debt."""
    with database.session(shelf.library) as session:
        pupil = member(session, shelf.pupil)
        wanted = select(func.count()).select_from(Loan).where(Loan.member_id == pupil.id, Loan.returned_at.is_(None))
        return pupil.open_loans, session.scalar(wanted) or 0, pupil.debt


def test_an_item_is_lent_once(database: Database, shelf: Shelf, clock: Clock) -> None:
    def do(session: Session, place: int) -> bool:
        borrower = member(session, (shelf.pupil, shelf.other)[place % 2])
        return (
            lend(session, member=borrower, item=item(session, shelf.book), now=clock(), source="d").loan is not None
        )

    assert sum(map(bool, all_at_once(database, shelf, do))) == 1


def test_the_last_place_of_a_limit_is_given_once(database: Database, shelf: Shelf, clock: Clock) -> None:
    books = (shelf.book, shelf.second, shelf.third)

    def do(session: Session, place: int) -> bool:
        borrower, book = member(session, shelf.pupil), item(session, books[place % 3])
        return lend(session, member=borrower, item=book, now=clock(), source="d").loan is not None

    assert sum(map(bool, all_at_once(database, shelf, do))) == 2


def test_the_last_place_of_a_limit_is_given_once_to_scans_of_many_desks(
    database: Database, shelf: Shelf, clock: Clock
) -> None:
    books = (shelf.book, shelf.second, shelf.third)
    with database.session(shelf.library, writes=False) as session:
        borrower = member(session, shelf.pupil).id

    def do(session: Session, place: int) -> What:
        now, book = clock(), books[place % 3]
        return scan(session, book, member_id=borrower, card_key=b"", now=now, source="d").what

    outcomes = all_at_once(database, shelf, do)
    assert outcomes.count(What.LENT) == 2
    assert What.RETURNED not in outcomes
    assert counted(database, shelf)[:2] == (2, 2)
    assert counted(database, shelf)[:2] == (2, 2)


def test_a_late_return_is_charged_and_counted_once(database: Database, shelf: Shelf, clock: Clock) -> None:
    with database.session(shelf.library) as session:
        for book in (shelf.book, shelf.second):
            lend(session, member=member(session, shelf.pupil), item=item(session, book), now=clock(), source="d")
    late = clock() + timedelta(days=20)

    def do(session: Session, place: int) -> bool:
        return take_back(session, item=item(session, shelf.book), now=late, source="d").loan is not None

    assert sum(map(bool, all_at_once(database, shelf, do))) == 1
    with database.session(shelf.library) as session:
        amounts = session.scalars(select(Charge.amount)).all()
    assert counted(database, shelf) == (1, 1, sum(amounts))
    assert len(amounts) == 1


def test_one_renewal_is_allowed_and_given_once(database: Database, shelf: Shelf, clock: Clock) -> None:
    with database.session(shelf.library) as session:
        lend(session, member=member(session, shelf.pupil), item=item(session, shelf.book), now=clock(), source="d")
    tomorrow = clock() + timedelta(days=1)

    def do(session: Session, place: int) -> bool:
        loan = open_loan_of(session, item(session, shelf.book))
        assert loan is not None
        return renew(session, loan=loan, now=tomorrow, source="d").decision.allowed

    assert sum(map(bool, all_at_once(database, shelf, do))) == 1


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize(
    ("told", "code"), [("recalled_at", Code.RECALLED), ("claimed_at", Code.ITEM_NOT_RENEWABLE)], ids=str
)
def test_a_renewal_knows_what_another_desk_noted_since_the_loan_was_read(
    database: Database, shelf: Shelf, clock: Clock, told: str, code: Code
) -> None:
    with database.session(shelf.library) as session:
        lend(session, member=member(session, shelf.pupil), item=item(session, shelf.book), now=clock(), source="d")
    with database.session(shelf.library) as session:
        loan = open_loan_of(session, item(session, shelf.book))
        assert loan is not None
        with database.session(shelf.library) as other:
            setattr(other.get_one(Loan, loan.id), told, clock())
        decision = renew(session, loan=loan, now=clock() + timedelta(days=1), source="d").decision
    assert [reason.code for reason in decision.reasons] == [code]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_what_is_found_while_it_is_paid_for_is_to_be_given_back(
    database: Database, shelf: Shelf, clock: Clock
) -> None:
    with database.session(shelf.library) as session:
        session.query(LoanRule).update({LoanRule.lost_refund: "price"})
        who = member(session, shelf.pupil)
        loan = lend(session, member=who, item=item(session, shelf.book), now=clock(), source="d").loan
        assert loan is not None
        note_lost(session, loan, Told(By(staff_id=None, now=clock()), "d"), price=5_000)

    def find() -> tuple[int, int]:
        with database.session(shelf.library) as session:
            found = take_back(session, item=item(session, shelf.book), now=clock(), source="d").found
            assert found is not None
            return found.taken_off, found.give_back

    with ThreadPoolExecutor(1) as pool, database.session(shelf.library) as session:
        teller = Teller(till="desk:dao", now=clock())
        pay_fee(session, member(session, shelf.pupil), tender=Tender(5_000), teller=teller)
        session.flush()
        other = pool.submit(find)
        wait_until_one_waits(database, other)
        session.commit()
        assert other.result(30) == (0, 5_000)


def test_two_who_borrow_what_the_other_had_lost_do_not_wait_for_each_other(
    database: Database, shelf: Shelf, clock: Clock
) -> None:
    """Each loan takes a charge off the other member; a deadlock would end one of them as a collision."""
    wanted = {shelf.pupil: shelf.book, shelf.other: shelf.second}
    with database.session(shelf.library) as session:
        for number, barcode in wanted.items():
            lost_by = member(session, shelf.other if number == shelf.pupil else shelf.pupil)
            loan = lend(session, member=lost_by, item=item(session, barcode), now=clock(), source="d").loan
            assert loan is not None
            note_lost(session, loan, Told(By(staff_id=None, now=clock()), "d"), price=5_000)
    with database.session(None) as session:
        session.query(Library).update({Library.debt_limit: 1_000_000})
        session.query(LoanRule).update({LoanRule.lost_refund: "price"})

    def do(session: Session, place: int) -> bool:
        borrower = (shelf.pupil, shelf.other)[place % 2]
        with contextlib.suppress(IntegrityError):
            lent = lend(
                session,
                member=member(session, borrower),
                item=item(session, wanted[borrower]),
                now=clock(),
                source="d",
            )
            return lent.loan is not None
        return False

    collisions: list[object] = []

    def watched(session: Session, place: int) -> bool:
        try:
            return do(session, place)
        except OperationalError as error:
            collisions.append(error.orig)
            raise

    all_at_once(database, shelf, watched)
    assert collisions == []
    assert counted(database, shelf) == (1, 1, 0)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_who_renews_all_takes_the_titles_by_number_before_the_first_is_renewed(
    database: Database, shelf: Shelf, clock: Clock, statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    """As the night does: in another order each would wait for what the other has."""
    with database.session(shelf.library) as session:
        for barcode in (shelf.second, shelf.book):
            lend(session, member=member(session, shelf.pupil), item=item(session, barcode), now=clock(), source="d")
    with database.session(shelf.library) as session, statements() as asked:
        who = member(session, shelf.pupil)
        tomorrow = clock() + timedelta(days=1)
        renew_all(session, who, now=tomorrow, source="d", renewing=Renewing.SEEN)
        session.flush()
    locks = [place for place, one in enumerate(asked) if "ORDER BY titles.id FOR NO KEY UPDATE" in one]
    changes = [place for place, one in enumerate(asked) if one.startswith("UPDATE loans")]
    assert len(locks) == 1
    assert locks < changes
