"""A kiosk tells late of what it took back, after the desk had judged how late the book was."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from samut_hub.charges.books import Teller, Tender
from samut_hub.charges.models import Charge, ChargeKind
from samut_hub.charges.service import add_charge, pay_fee
from samut_hub.circulation.letting_pass import LetPass
from samut_hub.circulation.loans import open_loan_of
from samut_hub.circulation.models import Conflict, Loan, LoanRule
from samut_hub.circulation.offline import OfflineLoan, OfflineReturn, record_loan, record_return
from samut_hub.circulation.offline_renewals import OfflineRenewal, record_renewal
from samut_hub.circulation.service import lend, renew
from samut_hub.db import Database
from samut_rules.reasons import Code
from tests.hub.conftest import Clock, Libraries
from tests.hub.shelf import Shelf, item, member, put_on_shelf

PASSING = LetPass(frozenset({Code.OVERDUE_LOAN, Code.OWES_TOO_MUCH}), "dao", "was ill")


@pytest.fixture
def shelf(database: Database, libraries: Libraries, clock: Clock) -> Shelf:
    """The pupil has the first book, and comes to the desk with its bar code when it is four open days late."""
    shelf = put_on_shelf(database, libraries.north, clock())
    with database.session(shelf.library) as session:
        lend_to(session, shelf.pupil, shelf.book, clock)
    clock.pass_by(days=12)
    return shelf


def lend_to(session: Session, number: str, barcode: str, clock: Clock) -> None:
    made = lend(session, member=member(session, number), item=item(session, barcode), now=clock(), source="")
    assert made.loan is not None


def renewed_at_desk(database: Database, shelf: Shelf, clock: Clock) -> None:
    with database.session(shelf.library) as session:
        loan = open_loan_of(session, item(session, shelf.book))
        assert loan is not None
        assert renew(session, loan=loan, now=clock(), source="desk:dao", passing=PASSING).decision.allowed


def handed_in(database: Database, shelf: Shelf, clock: Clock, at: datetime) -> None:
    with database.session(shelf.library) as session:
        record_return(session, OfflineReturn("kiosk-1", shelf.book, at, clock()))


def owed(database: Database, shelf: Shelf) -> tuple[list[int], int, list[str]]:
    """What was charged, what is left of it, and what staff are asked to look at."""
    with database.session(shelf.library) as session:
        charged = list(session.scalars(select(Charge.amount).order_by(Charge.id)))
        left = member(session, shelf.pupil).debt
        return charged, left, list(session.scalars(select(Conflict.kind).where(Conflict.settled_at.is_(None))))


@pytest.mark.parametrize(("days_before", "fine"), [(2, 200), (6, 0), (-1, 400)])
def test_only_the_days_until_the_book_was_handed_in_cost(
    database: Database, shelf: Shelf, clock: Clock, days_before: int, fine: int
) -> None:
    """Before the renewal late or in time; or after it, when the fine was right."""
    at = clock() - timedelta(days=days_before)
    renewed_at_desk(database, shelf, clock)
    clock.pass_by(days=2)
    handed_in(database, shelf, clock, at)
    assert owed(database, shelf) == ([fine], fine, [])
    with database.session(shelf.library) as session:
        assert session.scalars(select(Loan.returned_at)).one() == at


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_staff_look_where_more_was_paid_than_is_owed_now(database: Database, shelf: Shelf, clock: Clock) -> None:
    at = clock() - timedelta(days=2)
    renewed_at_desk(database, shelf, clock)
    with database.session(shelf.library) as session:
        pay_fee(
            session, member(session, shelf.pupil), tender=Tender(400), teller=Teller(till="desk:dao", now=clock())
        )
    clock.pass_by(days=1)
    handed_in(database, shelf, clock, at)
    assert owed(database, shelf) == ([400], 0, ["lateness_in_doubt"])


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_staff_look_at_days_without_borrowing(database: Database, shelf: Shelf, clock: Clock) -> None:
    with database.session(shelf.library) as session:
        for rule in session.scalars(select(LoanRule)):
            rule.suspension_days = 1
    at = clock() - timedelta(days=2)
    renewed_at_desk(database, shelf, clock)
    clock.pass_by(days=1)
    handed_in(database, shelf, clock, at)
    assert owed(database, shelf) == ([200], 200, ["lateness_in_doubt"])


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_fine_that_was_paid_until_the_next_loan_is_looked_at(
    database: Database, shelf: Shelf, clock: Clock
) -> None:
    """Another kiosk lent the book on, which ended the loan; the pupil paid; then the first tells of the return."""
    at = clock() - timedelta(days=2)
    with database.session(shelf.library) as session:
        record_lent_on(session, shelf, clock)
        pay_fee(
            session, member(session, shelf.pupil), tender=Tender(400), teller=Teller(till="desk:dao", now=clock())
        )
    clock.pass_by(days=1)
    handed_in(database, shelf, clock, at)
    assert owed(database, shelf) == ([400], 0, ["lateness_in_doubt"])


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_fine_that_a_ceiling_held_down_is_not_raised_by_news_of_an_earlier_return(
    database: Database, shelf: Shelf, clock: Clock
) -> None:
    """Another fine left one baht below the ceiling, which the pupil was told at the renewal; then he paid."""
    at = clock() - timedelta(days=2)
    owes_near_ceiling(database, shelf, clock)
    renewed_at_desk(database, shelf, clock)
    pays_the_other_fine(database, shelf, clock)
    clock.pass_by(days=1)
    handed_in(database, shelf, clock, at)
    assert owed(database, shelf) == ([400, 100], 100, [])


def test_nor_is_the_fine_of_a_loan_that_ended_when_the_book_was_lent_on(
    database: Database, shelf: Shelf, clock: Clock
) -> None:
    at = clock() - timedelta(days=2)
    owes_near_ceiling(database, shelf, clock)
    with database.session(shelf.library) as session:
        record_lent_on(session, shelf, clock)
    pays_the_other_fine(database, shelf, clock)
    clock.pass_by(days=1)
    handed_in(database, shelf, clock, at)
    assert owed(database, shelf) == ([400, 100], 100, [])


def test_nor_by_news_of_a_renewal_when_the_book_is_back(database: Database, shelf: Shelf, clock: Clock) -> None:
    """The kiosk had renewed it until two days before it came back."""
    at, due = clock() - timedelta(days=6), clock() - timedelta(days=2)
    owes_near_ceiling(database, shelf, clock)
    handed_in(database, shelf, clock, clock())
    pays_the_other_fine(database, shelf, clock)
    clock.pass_by(days=1)
    with database.session(shelf.library) as session:
        told = OfflineRenewal("kiosk-1", shelf.pupil, shelf.book, at=at, heard=clock(), due=due, seen=True)
        record_renewal(session, told)
        assert session.scalars(select(Loan.due_at)).one() == due
    assert owed(database, shelf) == ([400, 100], 100, [])


def owes_near_ceiling(database: Database, shelf: Shelf, clock: Clock) -> None:
    """Four baht for another book, of five that all fines together can be."""
    with database.session(shelf.library) as session:
        for rule in session.scalars(select(LoanRule)):
            rule.fine_cap_of_member = 500
        pupil = member(session, shelf.pupil)
        add_charge(session, member=pupil, kind=ChargeKind.OVERDUE, amount=400, now=clock())


def pays_the_other_fine(database: Database, shelf: Shelf, clock: Clock) -> None:
    with database.session(shelf.library) as session:
        teller = Teller(till="desk:dao", now=clock())
        pay_fee(session, member(session, shelf.pupil), tender=Tender(400), teller=teller)


def record_lent_on(session: Session, shelf: Shelf, clock: Clock) -> None:
    due = clock() + timedelta(days=7)
    assert (
        record_loan(session, OfflineLoan("kiosk-2", shelf.other, shelf.book, clock(), clock(), due, ())) is not None
    )
