"""A pupil shows the card in her telephone: what scanners read is what stands on the printed one."""

import io
import json

import pytest
import zxingcpp
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from playwright.sync_api import Browser, expect
from sqlalchemy.orm import Session

from samut_hub.libraries.service import card_key
from samut_hub.members.cards import replace_lost, report_lost
from samut_hub.members.models import Member
from tests.hub.cards.people import photo
from tests.hub.in_browser import DESK, PHONE, axe, complaints_of, is_too_wide, page_of, served
from tests.hub.opac.conftest import Town
from tests.hub.opac.test_my_library import MANEE, member_in

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

KEY = card_key(b"secret", "north")


@pytest.fixture(autouse=True)
def borrower(town: Town) -> None:
    """Manee, who has a book."""
    town.book("พระอภัยมณี", "B00001")
    town.lend("B00001", MANEE)


def manee(town: Town, session: Session) -> Member:
    return session.get_one(Member, town.members[town.libraries.north, MANEE])


def test_the_card_in_the_telephone_is_read_like_the_printed_one(hub_app: Flask, town: Town, browser: Browser) -> None:
    with town.database.session(town.libraries.north) as session:
        member = manee(town, session)
        member.photo, member.has_photo = photo(), True
    pupil = member_in(hub_app, town, own_device=True)
    with served(hub_app) as address:
        page = page_of(browser, address, pupil)
        said = complaints_of(page)
        page.goto(f"{address}/lib/north/my/card")
        assert [width for width in (DESK, PHONE) if is_too_wide(page, width)] == []
        read = zxingcpp.read_barcodes(Image.open(io.BytesIO(page.screenshot(full_page=True))))
        assert {(code.text, "QR" in str(code.format)) for code in read} == {(MANEE, True), (MANEE, False)}
        assert axe(page) == []
        assert page.evaluate("document.querySelector('.phone-person img').naturalWidth") == 600
        assert said == []


def test_the_card_is_shown_without_a_connection_until_its_member_signs_out(
    hub_app: Flask, town: Town, browser: Browser
) -> None:
    pupil = member_in(hub_app, town, own_device=True)
    with pupil.session_transaction() as cookie:
        cookie.permanent = True
    with served(hub_app) as address:
        page = page_of(browser, address, pupil)
        page.goto(f"{address}/lib/north/my/card")
        page.wait_for_selector("[data-card-kept]:not([hidden])", state="attached")
        page.context.set_offline(True)
        page.reload()
        expect(page.locator(".phone-number")).to_have_text(MANEE)
        page.context.set_offline(False)
        page.get_by_role("link", name="My library").last.click()
        page.get_by_role("button", name="Sign out").click()
        page.wait_for_url(lambda url: "/my" not in url)
        assert not page.evaluate("caches.has('samut-card')")


def test_on_a_computer_of_the_library_nothing_is_kept(hub_app: Flask, town: Town) -> None:
    page = member_in(hub_app, town).get("/lib/north/my/card").text
    assert MANEE in page
    assert "data-card-worker" not in page


def test_a_lost_card_shows_no_code_and_its_successor_another_number(hub_app: Flask, town: Town) -> None:
    pupil, north = member_in(hub_app, town), town.libraries.north
    with town.database.session(north) as session:
        report_lost(session, manee(town, session), key=KEY, now=town.clock())
    page = pupil.get("/lib/north/my/card").text
    assert "reported lost" in page
    assert "phone-qr" not in page
    with town.database.session(north) as session:
        replace_lost(session, manee(town, session), number="10077", key=KEY, now=town.clock())
    page = pupil.get("/lib/north/my/card").text
    assert ('phone-number">10077<' in page, "phone-qr" in page) == (True, True)


def test_what_goes_on_the_home_screen_names_nobody(client: FlaskClient, town: Town) -> None:
    manifest = client.get("/lib/north/my/card.webmanifest")
    assert manifest.mimetype == "application/manifest+json"
    said = json.loads(manifest.data)
    assert said["start_url"] == "/lib/north/my/card"
    assert [client.get(icon["src"]).mimetype for icon in said["icons"]] == ["image/png", "image/png"]
    worker = client.get("/lib/north/my/card-worker.js")
    assert (worker.mimetype, b"samut-card" in worker.data) == ("text/javascript", True)
