"""Pages of cataloguing in a browser: nothing for axe to find on a phone, nothing wider than the screen."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, sync_playwright
from werkzeug.serving import make_server

from samut_hub.catalogue.items import ItemFields, add_items
from samut_hub.catalogue.models import Title
from samut_hub.catalogue.records.marc import Description
from samut_hub.catalogue.serials.models import Holding
from samut_hub.staff.policy import Role
from tests.browser.conftest import CHROMIUM, FLAGS
from tests.hub.catalogue.conftest import NOW, Catalogue
from tests.hub.conftest import SignIn

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

AXE = Path(__file__).parents[3] / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PAGES = (
    "/catalogue/new",
    "/catalogue/1",
    "/catalogue/1/edit",
    "/catalogue/1/items/new",
    "/catalogue/1/images",
    "/catalogue/1/media",
    "/catalogue/items/1",
    "/catalogue/items/1/edit",
    "/catalogue/marc/1",
    "/catalogue/marc/guide?tag=245",
    "/catalogue/holdings/1",
    "/catalogue/imports/",
    "/catalogue/headings/?kind=subject",
    "/catalogue/headings/1",
    "/catalogue/duplicates/",
    "/catalogue/duplicates/1/2",
    "/catalogue/batches/",
    "/catalogue/labels/",
    "/catalogue/copying/",
    "/catalogue/copying/libraries/new",
    "/catalogue/entry/",
    "/settings/catalogue/fields",
    "/settings/places",
    "/settings/categories",
    "/stock-taking/",
)
DESK, PHONE = 1280, 390


@pytest.fixture
def address(hub_app: Flask, catalogue: Catalogue) -> Iterator[str]:
    """Of a hub with two titles that are one, a copy and a holding, served by a thread of this process."""
    twin = Description(title="วารสารห้องสมุด", author="สมศรี มีสุข", subjects="ห้องสมุดโรงเรียน", call_number="027 ส123ว")
    first, _ = catalogue.add(twin, twin)
    with catalogue.database.session(catalogue.library) as session:
        add_items(session, session.get_one(Title, first), ItemFields(accession_number="B00001"), now=NOW)
        session.add(Holding(title_id=first, frequency="monthly", statement="ปีที่ 1 (2560)-", changed_at=NOW))
    server = make_server("127.0.0.1", 0, hub_app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()


@pytest.fixture
def window() -> Iterator[BrowserContext]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser.new_context()
        browser.close()


def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(
    address: str, window: BrowserContext, sign_in: SignIn
) -> None:
    cookie = sign_in(role=Role.ADMINISTRATOR, language="th").get_cookie("samut")
    assert cookie is not None
    window.add_cookies([{"name": "samut", "value": cookie.value, "url": address}])
    page = window.new_page()
    assert {there: wrong for there in PAGES if (wrong := faults(page, address + there))} == {}


def faults(page: Page, there: str) -> list[str]:
    """What is wrong with a page: its answer, widths that do not fit, and what axe finds on the phone."""
    answer = page.goto(there)
    assert answer is not None
    found = [] if answer.ok else [f"{answer.status}"]
    for width in (DESK, PHONE):
        page.set_viewport_size({"width": width, "height": 800})
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append(f"wider than {width}")
    page.evaluate(AXE.read_text())
    run = "rules => axe.run(document, {runOnly: rules}).then(said => said.violations.map(one => one.id))"
    return found + list(page.evaluate(run, RULES))
