"""Due dates that devices told members: they stand, and staff learn of those that the rules do not give."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from samut_hub.circulation.models import Conflict, Loan
from samut_hub.circulation.offline import OfflineLoan, record_loan
from samut_hub.circulation.offline_renewals import OfflineRenewal, record_renewal
from samut_hub.circulation.service import lend
from samut_hub.db import Database
from tests.hub.conftest import Clock, Libraries
from tests.hub.shelf import Shelf, item, member, put_on_shelf

KIOSK = "kiosk-1"


@pytest.fixture
def shelf(database: Database, libraries: Libraries, clock: Clock) -> Shelf:
    """Pupils have books for a week."""
    return put_on_shelf(database, libraries.north, clock())


def lent(shelf: Shelf, clock: Clock, *, days: int) -> OfflineLoan:
    return OfflineLoan(KIOSK, shelf.pupil, shelf.book, clock(), clock(), clock() + timedelta(days=days), ())


def renewed(shelf: Shelf, clock: Clock, *, days: int) -> OfflineRenewal:
    due = clock() + timedelta(days=days)
    return OfflineRenewal(KIOSK, shelf.pupil, shelf.book, clock(), clock(), due, seen=True)


def kept(database: Database) -> tuple[datetime, list[str]]:
    """When the book is due, and what staff are asked to look at."""
    with database.session(None) as session:
        return session.scalars(select(Loan.due_at)).one(), list(session.scalars(select(Conflict.kind)))


@pytest.mark.parametrize(
    ("days", "is_due_in", "conflicts"),
    [(13, 13, []), (30, 30, ["due_too_late"]), (3_000, 8, ["due_impossible"]), (-300, 8, ["due_impossible"])],
)
def test_a_loan_is_due_when_the_member_was_told_unless_nobody_can_have_meant_it(
    database: Database, shelf: Shelf, clock: Clock, days: int, is_due_in: int, conflicts: list[str]
) -> None:
    """The rules give eight days, as the library is closed on Sundays; twice told it is one conflict."""
    for _ in range(2):
        with database.session(shelf.library) as session:
            assert record_loan(session, lent(shelf, clock, days=days)) is not None
    due, seen = kept(database)
    assert (due.date() - clock().date()).days == is_due_in
    assert seen == conflicts


@pytest.mark.parametrize(
    ("days", "is_due_in", "conflicts"), [(13, 13, []), (30, 30, ["due_too_late"]), (3_000, 8, ["due_impossible"])]
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_renewal_likewise(
    database: Database, shelf: Shelf, clock: Clock, days: int, is_due_in: int, conflicts: list[str]
) -> None:
    with database.session(shelf.library) as session:
        made = lend(
            session, member=member(session, shelf.pupil), item=item(session, shelf.book), now=clock(), source=""
        )
        assert made.loan is not None
    clock.pass_by(days=3)
    with database.session(shelf.library) as session:
        record_renewal(session, renewed(shelf, clock, days=days))
    due, seen = kept(database)
    assert (due.date() - clock().date()).days == is_due_in
    assert seen == conflicts


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_came_back_since_is_nobodys_concern(database: Database, shelf: Shelf, clock: Clock) -> None:
    told = lent(shelf, clock, days=30)
    clock.pass_by(hours=1)
    with database.session(shelf.library) as session:
        other = lend(
            session, member=member(session, shelf.other), item=item(session, shelf.book), now=clock(), source=""
        )
        assert other.loan is not None
        other.loan.returned_at = clock()
    with database.session(shelf.library) as session:
        assert record_loan(session, told) is not None
        assert session.scalars(select(Conflict)).all() == []
