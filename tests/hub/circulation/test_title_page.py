"""The catalogue's page of a title shows which copies are out, and until when."""

from flask.testing import FlaskClient
from sqlalchemy import select

from samut_hub.catalogue.models import Item
from samut_hub.circulation.service import lend
from samut_hub.members.service import member_by_number
from tests.hub.circulation.conftest import BOOKS, MANEE, School
from tests.hub.conftest import Clock, SignIn


def page_of(browser: FlaskClient, school: School, barcode: str) -> str:
    with school.database.session(school.library) as session:
        title_id = session.scalars(select(Item.title_id).where(Item.barcode == barcode)).one()
    return browser.get(f"/catalogue/{title_id}").get_data(as_text=True)


def test_a_copy_that_is_out_shows_its_due_date(school: School, sign_in: SignIn, clock: Clock) -> None:
    browser = sign_in("librarian")
    assert "Available" in page_of(browser, school, BOOKS[0])
    with school.database.session(school.library) as session:
        member = member_by_number(session, MANEE)
        item = session.scalars(select(Item).where(Item.barcode == BOOKS[0])).one()
        assert member is not None
        loan = lend(session, member=member, item=item, now=clock(), source="desk").loan
        assert loan is not None
        due = loan.due_at
    shown = page_of(browser, school, BOOKS[0])
    assert "On loan" in shown
    assert f"{due.day} Dec 2026" in shown
