"""An item with a loan length, a fine or a price of its own: the same at desk, kiosk and what-if page."""

from datetime import timedelta

import pytest

from samut_hub.charges.models import Charge
from samut_hub.circulation.offline import CancelledLoan, cancel_loan
from samut_hub.circulation.service import lend, take_back
from samut_hub.db import Database
from samut_hub.fleet.replica_rows import snapshot_rows
from samut_hub.libraries.service import library_of
from samut_wire import messages as m
from tests.hub.circulation.conftest import BOOKS, MANEE, Desk, School
from tests.hub.conftest import Clock, Libraries
from tests.hub.shelf import Shelf, item, member, put_on_shelf


@pytest.fixture
def shelf(database: Database, libraries: Libraries, clock: Clock) -> Shelf:
    """One book with terms of its own: one day, five baht for a late day, ten baht for taking it."""
    shelf = put_on_shelf(database, libraries.north, clock())
    with database.session(shelf.library) as session:
        special = item(session, shelf.book)
        special.loan_days, special.fine_per_day, special.service_charge = 1, 500, 1_000
    return shelf


@pytest.mark.requirement("A-17", "D-08")
def test_the_items_own_days_and_fine_go_before_the_rules(database: Database, shelf: Shelf, clock: Clock) -> None:
    with database.session(shelf.library) as session:
        pupil = member(session, shelf.pupil)
        own = lend(session, member=pupil, item=item(session, shelf.book), now=clock(), source="desk")
        common = lend(session, member=pupil, item=item(session, shelf.second), now=clock(), source="desk")
        assert own.loan is not None
        assert common.loan is not None
        assert (own.loan.due_at - clock()).days == 1
        assert (common.loan.due_at - clock()).days > 6
        assert "loan length 1 open days, as the item itself says" in own.loan.trace
        back = take_back(session, item=item(session, shelf.book), now=clock() + timedelta(days=3), source="desk")
        assert (back.fine.days_late, back.fine.amount) == (2, 1_000)


def test_borrowing_it_costs_and_a_loan_that_did_not_happen_costs_nothing(
    database: Database, shelf: Shelf, clock: Clock
) -> None:
    with database.session(shelf.library) as session:
        pupil = member(session, shelf.pupil)
        lent = lend(session, member=pupil, item=item(session, shelf.book), now=clock(), source="kiosk-1")
        session.refresh(pupil)
        assert pupil.debt == 1_000
        charge = session.query(Charge).one()
        assert lent.loan is not None
        assert (charge.kind, charge.amount, charge.loan_id) == ("service", 1_000, lent.loan.id)
        assert cancel_loan(session, CancelledLoan("kiosk-1", shelf.pupil, shelf.book, clock(), clock()))
        session.refresh(pupil)
        assert (pupil.debt, pupil.open_loans, session.query(Charge).count()) == (0, 0, 0)


def test_a_kiosk_learns_them(database: Database, shelf: Shelf) -> None:
    with database.session(shelf.library, writes=False) as session:
        rows = [
            row for row in snapshot_rows(session, library_of(session, shelf.library)) if isinstance(row, m.ItemRow)
        ]
    own = {row.barcode: (row.loan_days, row.fine_per_day) for row in rows}
    assert own == {shelf.book: (1, 500), shelf.second: (None, None), shelf.third: (None, None)}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_desk_tells_the_price_and_what_belongs_to_it(desk: Desk, school: School) -> None:
    with school.database.session(school.library) as session:
        special = item(session, BOOKS[0])
        special.service_charge, special.parts = 1_000, "สายไฟ\nรีโมต"
    desk.scan(MANEE)
    lent = desk.scan(BOOKS[0])
    assert "Service charge 10 baht" in lent
    assert "Goes with it:" in lent
    assert 'value="รีโมต"' in lent
