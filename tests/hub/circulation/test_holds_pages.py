"""What staff see of reservations, and of all that a member ever borrowed."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from samut_hub.libraries.service import card_key
from samut_hub.members.cards import add_card
from samut_hub.members.models import CardKind, Member
from tests.hub.circulation.conftest import BLOCKED, MANEE, PITI, Desk, School
from tests.hub.conftest import Clock, SignIn

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def title(desk: Desk, school: School) -> int:
    """Manee has the first book."""
    desk.lend_all(MANEE, "B00001")
    desk.member = None
    return school.loans(MANEE)[0].item.title_id


def reserve(browser: FlaskClient, title: int, number: str) -> str:
    return str(browser.post(f"/desk/holds/of/{title}", data={"member": number}, follow_redirects=True).text)


@pytest.mark.requirement("S-07")
def test_the_desk_sets_aside_what_comes_back_and_lends_it_to_that_member_only(desk: Desk, title: int) -> None:
    assert "Reserved for 20002." in reserve(desk.browser, title, PITI)
    assert "Piti Phithakthin" in desk.browser.get(f"/catalogue/{title}").text
    told = desk.hand_in("B00001")
    assert "Set aside for Piti Phithakthin" in told
    assert "Keep it at the desk until" in told
    page = desk.browser.get("/desk/holds").text
    assert "B00001" in page
    assert "Piti Phithakthin" in page
    assert "Set aside for Piti" in desk.scan("B00001")
    desk.scan(MANEE)
    assert "reserved for somebody else" in desk.scan("B00001")
    desk.scan(PITI)
    assert "Lent, due" in desk.scan("B00001")
    assert "Nothing is set aside" in desk.browser.get("/desk/holds").text


@pytest.mark.requirement("A-28")
def test_a_reserved_copy_says_so_wherever_it_is_shown(
    desk: Desk, title: int, school: School, client: FlaskClient, sign_in: SignIn
) -> None:
    item_id = school.loans(MANEE)[0].item_id
    reserve(desk.browser, title, PITI)
    desk.hand_in("B00001")
    for page in (f"/catalogue/{title}", f"/catalogue/items/{item_id}"):
        assert ">Reserved</span>" in desk.browser.get(page).text
    assert ">Reserved</span>" in client.get(f"/title/{title}").text
    thai = sign_in(language="th")
    assert "จองไว้" in thai.get(f"/catalogue/{title}").text


def test_a_member_is_refused_in_words(desk: Desk, title: int, school: School) -> None:
    assert "This membership is blocked" in reserve(desk.browser, title, BLOCKED)
    assert "You have a copy of this on loan already." in reserve(desk.browser, title, MANEE)
    assert "that ends with “9999”." in reserve(desk.browser, title, "99999")
    school.change(lambda member: setattr(member, "blocked", ""), BLOCKED)
    assert "Reserved for 20004." in reserve(desk.browser, title, BLOCKED)


def test_a_card_is_scanned_to_reserve_also_while_the_computer_is_set_to_thai(
    desk: Desk, title: int, school: School, hub_app: Flask, clock: Clock
) -> None:
    assert "Reserved for 20003." in reserve(desk.browser, title, "/จจจ-")
    key = card_key(hub_app.extensions["samut"].card_secret, "north")
    with school.database.session(school.library) as session:
        piti = session.get_one(Member, school.ids[PITI])
        add_card(session, piti, key=key, kind=CardKind.UID, value="04A1B2C3", now=clock())
    assert "Reserved for 20002." in reserve(desk.browser, title, "04A1B2C3")


def test_the_desk_is_told_what_stays_on_the_reserved_shelf(desk: Desk, title: int) -> None:
    for number in (PITI, "20003"):
        reserve(desk.browser, title, number)
    desk.hand_in("B00001")
    desk.browser.post("/desk/holds/1/cancel")
    page = desk.browser.get("/desk/holds").text
    assert "Take from the reserved shelf" in page
    assert "Set aside for Phennapha Rakrian" in page
    desk.browser.post("/desk/holds/2/cancel")
    assert "Back to the open shelf" in desk.browser.get("/desk/holds").text
    desk.hand_in("B00001")
    assert "Take from the reserved shelf" not in desk.browser.get("/desk/holds").text


def test_a_reservation_is_cancelled_and_the_next_is_told_of(desk: Desk, title: int, school: School) -> None:
    for number in (PITI, "20003"):
        reserve(desk.browser, title, number)
    desk.hand_in("B00001")
    page = desk.browser.post("/desk/holds/1/cancel", data={"next": "/desk/holds"}, follow_redirects=True).text
    assert "The reservation is cancelled." in page
    assert "Phennapha Rakrian" in page
    assert desk.browser.post("/desk/holds/1/cancel").status_code == 422
    assert "Ready to collect until" in desk.browser.get(f"/members/{school.ids['20003']}").text


def test_an_item_set_aside_keeps_its_status_while_the_rest_is_changed(desk: Desk, title: int, school: School) -> None:
    item_id = school.loans(MANEE)[0].item_id
    reserve(desk.browser, title, PITI)
    desk.hand_in("B00001")
    form = {"accession_number": "B00001", "copies": "1", "status": "reserved", "note": "ปกขาด"}
    assert desk.browser.post(f"/catalogue/items/{item_id}/edit", data=form).status_code == 302
    refused = desk.browser.post(f"/catalogue/items/{item_id}/edit", data={**form, "status": "available"})
    assert refused.status_code == 422
    assert "It is set aside for a member." in refused.text


@pytest.mark.requirement("S-06")
def test_all_that_a_member_ever_borrowed_is_found_by_title_number_and_days(desk: Desk, school: School) -> None:
    desk.lend_all(MANEE, "B00001", "B00002")
    desk.member = None
    desk.hand_in("B00001")
    desk.wait(days=5)
    desk.lend_all(MANEE, "B00003")
    address = f"/desk/members/{school.ids[MANEE]}/loans"
    assert f'href="{address}"' in desk.browser.get(f"/members/{school.ids[MANEE]}").text

    def found(query: str) -> list[str]:
        page = desk.browser.get(f"{address}?{query}").text
        return [barcode for barcode in ("B00001", "B00002", "B00003") if f">{barcode}</td>" in page]

    assert found("") == ["B00001", "B00002", "B00003"]
    assert found("q=นิทาน B00002") == ["B00002"]
    assert found("q=b00001") == ["B00001"]
    assert found("q=%25") == []
    assert found("until=2026-11-23") == ["B00001", "B00002"]
    assert found("since=2569-11-24") == ["B00003"]
    for no_day in ("nonsense", "0001-01-01", "9999-12-31"):
        assert found(f"since={no_day}") == ["B00001", "B00002", "B00003"]
        assert found(f"until={no_day}") == ["B00001", "B00002", "B00003"]
    assert "3 loans" in desk.browser.get(f"{address}?page=99").text
