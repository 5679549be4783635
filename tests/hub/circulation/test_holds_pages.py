"""What staff see of reservations, and of all that a member ever borrowed."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from samut_hub.catalogue.items import ItemFields, add_items
from samut_hub.catalogue.models import Title
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


def test_the_slip_names_the_shelf_and_the_member_by_initials_only(desk: Desk, title: int, school: School) -> None:
    for name, english in (("เคาน์เตอร์", "Desk"), ("ตึกประถม", "Primary building")):
        admin = desk.sign_in("administrator").post("/desk/pickups", data={"name": name, "name_en": english})
        assert admin.status_code == 302
    page = desk.browser.get(f"/catalogue/{title}").text
    assert "Primary building" in page
    desk.browser.post(f"/desk/holds/of/{title}", data={"member": PITI, "pickup": "2"})
    assert desk.browser.get("/desk/holds/1/slip").status_code == 404
    told = desk.hand_in("B00001")
    assert "Primary building" in told
    assert "/desk/holds/1/slip" in told
    slip = desk.browser.get("/desk/holds/1/slip").text
    for said in ("Primary building", "P.P. …002", "B00001", "Keep until", "1 Dec 2026"):
        assert said in slip
    assert "Piti" not in slip
    assert PITI not in slip
    assert desk.browser.get("/desk/holds/1/slip.pdf").data.startswith(b"%PDF")
    assert "Primary building" in desk.browser.get("/desk/holds").text


def test_places_to_fetch_are_named_put_first_and_removed(desk: Desk) -> None:
    admin = desk.sign_in("administrator")
    for name in ("เคาน์เตอร์", "ตึกประถม"):
        admin.post("/desk/pickups", data={"name": name})
    assert "There is a place of this name already." in admin.post("/desk/pickups", data={"name": "ตึกประถม"}).text
    page = admin.post("/desk/pickups/2/first", follow_redirects=True).text
    assert page.index("ตึกประถม") < page.index("เคาน์เตอร์")
    assert "is removed" in admin.post("/desk/pickups/1/remove", follow_redirects=True).text


def test_staff_pause_a_reservation_and_put_another_first(desk: Desk, title: int) -> None:
    for number in (PITI, "20003"):
        reserve(desk.browser, title, number)
    address = {"next": f"/catalogue/{title}"}
    for wrong in ("2026-11-23", "nonsense", "9999-12-31"):
        refused = desk.browser.post("/desk/holds/1/pause", data={**address, "until": wrong})
        assert refused.status_code == 422
        assert "Choose a day after today" in refused.text
    page = desk.browser.post("/desk/holds/1/pause", data={**address, "until": "2569-12-01"}, follow_redirects=True)
    assert "Paused until 1 Dec 2026. It keeps its place in the queue." in page.text
    assert "No. 1 in the queue" in page.text
    assert "not paused any more" in desk.browser.post("/desk/holds/1/pause", follow_redirects=True).text
    assert desk.browser.post("/desk/holds/2/front", data={"reason": "  "}).status_code == 422
    why = {**address, "reason": "สอบพรุ่งนี้"}
    page = desk.browser.post("/desk/holds/2/front", data=why, follow_redirects=True).text
    assert "Moved to the front by north.librarian: สอบพรุ่งนี้" in page
    assert "Set aside for Phennapha Rakrian" in desk.hand_in("B00001")
    assert desk.browser.post("/desk/holds/2/pause", data={"until": "2026-12-01"}).status_code == 422
    waiting = desk.browser.get("/desk/holds").text
    assert waiting.index('id="ready"') < waiting.index("Phennapha") < waiting.index('id="waiting"')
    assert waiting.index('id="waiting"') < waiting.index("Piti Phithakthin")


def test_one_copy_of_several_is_reserved(desk: Desk, title: int, school: School) -> None:
    with school.database.session(school.library) as session:
        add_items(session, session.get_one(Title, title), ItemFields(accession_number="B00091"), now=desk.clock())
    form = {"member": PITI, "item": str(school.loans(MANEE)[0].item_id)}
    page = desk.browser.post(f"/desk/holds/of/{title}", data=form, follow_redirects=True).text
    assert "only copy B00001" in page
    assert desk.browser.post(f"/desk/holds/of/{title}", data={"member": "20003", "item": "99"}).status_code == 404
