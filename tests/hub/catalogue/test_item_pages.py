"""The pages of a copy: its form, its status, its history."""

import re

import pytest
from flask.testing import FlaskClient

from samut_hub.catalogue.service import add_place
from samut_hub.circulation.service import lend, take_back
from samut_hub.db import Database
from tests.hub.conftest import Clock, Libraries, SignIn
from tests.hub.shelf import Shelf, item, member, put_on_shelf

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def shelf(database: Database, libraries: Libraries, clock: Clock) -> Shelf:
    return put_on_shelf(database, libraries.north, clock())


def address(database: Database, shelf: Shelf) -> str:
    with database.session(shelf.library, writes=False) as session:
        return f"/catalogue/items/{item(session, shelf.book).id}"


@pytest.mark.requirement("D-02", "D-03", "D-07", "D-10", "A-29")
def test_equipment_is_entered_out_of_order_and_shown_with_its_place(
    database: Database, shelf: Shelf, sign_in: SignIn
) -> None:
    with database.session(shelf.library) as session:
        place = add_place(session, "ชั้น 3", parent=add_place(session, "ห้องโสตฯ"))
    browser = sign_in()
    form = {
        "place_id": str(place.id),
        "accession_number": "EQ0009",
        "status": "available",
        "serial_number": "SN-1",
        "parts": "สาย\n\nรีโมต",
    }
    form |= {"received_on": "2569-05-01", "warranty_until": "2571-05-01", "loan_days": "1", "service_charge": "20"}
    assert browser.post("/catalogue/1/items/new", data=form).status_code == 302
    assert browser.post("/catalogue/1/items/new", data={**form, "accession_number": "EQ0003"}).status_code == 302
    again = browser.post("/catalogue/2/items/new", data=form)
    assert again.status_code == 422
    assert "EQ0009 is taken by" in again.text
    with database.session(shelf.library, writes=False) as session:
        page = browser.get(f"/catalogue/items/{item(session, 'EQ0009').id}").text
    for said in ("SN-1", "สาย, รีโมต", "1 May 2028", "20 baht", "ห้องโสตฯ, ชั้น 3", "Loan days of its own"):
        assert said in page, said


def test_a_range_is_checked_as_it_is_typed(shelf: Shelf, sign_in: SignIn) -> None:
    browser = sign_in()

    def typed(number: str) -> str:
        return browser.get("/catalogue/items/number", query_string={"accession_number": number}).text

    assert "41 numbers, all of them free." in typed("B00100–B00140")
    assert "B00001 is taken by" in typed("B00001–B00140")
    assert "The last number must follow the first" in typed("B00009–B00001")


@pytest.mark.requirement("A-16", "D-09")
def test_the_history_of_a_book_tells_its_loans_and_its_changes(
    database: Database, shelf: Shelf, sign_in: SignIn, clock: Clock
) -> None:
    with database.session(shelf.library) as session:
        book = item(session, shelf.book)
        lend(session, member=member(session, shelf.pupil), item=book, now=clock(), source="desk")
        take_back(session, item=book, now=clock(), source="desk")
        lend(session, member=member(session, shelf.other), item=book, now=clock(), source="desk")
    page = sign_in().get(address(database, shelf)).text
    for said in ("มานี ใจดี", "ปิติ พิทักษ์", "still out", "On loan until"):
        assert said in page, said


def test_a_status_is_changed_and_taken_back(database: Database, shelf: Shelf, sign_in: SignIn) -> None:
    browser, page = sign_in(), address(database, shelf)
    refused = browser.post(f"{page}/status", data={"status": "withdrawn"})
    assert refused.status_code == 422
    assert "Give the reason" in refused.text
    form = {"status": "withdrawn", "reason": "ปลวกกิน", "happened_on": "2569-11-20"}
    assert browser.post(f"{page}/status", data=form).status_code == 302
    shown = browser.get(page).text
    for said in ("Written off", "ปลวกกิน", "20 Nov 2026", "Librarian of north"):
        assert said in shown, said
    undo = re.findall(r'action="(/catalogue/items/\d+/changes/\d+/undo)"', shown)
    assert browser.post(undo[0]).status_code == 302
    assert "Change taken back" in browser.get(page).text
    assert "changed again since then" in browser.post(undo[0], follow_redirects=True).text


def test_a_loan_stands_against_writing_off(database: Database, shelf: Shelf, sign_in: SignIn, clock: Clock) -> None:
    with database.session(shelf.library) as session:
        lend(
            session,
            member=member(session, shelf.pupil),
            item=item(session, shelf.book),
            now=clock(),
            source="desk",
        )
    browser, page = sign_in(), address(database, shelf)
    assert browser.post(f"{page}/status", data={"status": "withdrawn", "reason": "x"}).status_code == 422
    edited = browser.post(f"{page}/edit", data={"accession_number": shelf.book, "status": "missing"})
    assert "It is on loan. Take it back first" in edited.text
    assert browser.post(f"{page}/status", data={"status": "claimed_returned"}).status_code == 302


@pytest.fixture
def assistant(sign_in: SignIn) -> FlaskClient:
    return sign_in("assistant")


def test_an_assistant_sees_the_history_and_changes_nothing(
    database: Database, shelf: Shelf, assistant: FlaskClient
) -> None:
    page = assistant.get(address(database, shelf))
    assert page.status_code == 200
    assert "Change status" not in page.text
    assert assistant.post(f"{address(database, shelf)}/status", data={"status": "lost"}).status_code == 403
