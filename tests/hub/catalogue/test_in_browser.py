"""Pages of cataloguing in a browser: nothing for axe to find on a phone, nothing wider than the screen."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from samut_hub.catalogue.items import ItemFields, add_items
from samut_hub.catalogue.models import Title
from samut_hub.catalogue.records.marc import Description
from samut_hub.catalogue.serials.models import Holding
from samut_hub.staff.policy import Role
from tests.hub.catalogue.conftest import NOW, Catalogue
from tests.hub.conftest import SignIn
from tests.hub.in_browser import DESK, PHONE, axe, is_too_wide, page_of, served

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

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


@pytest.fixture
def address(hub_app: Flask, catalogue: Catalogue) -> Iterator[str]:
    """Of a hub with two titles that are one, a copy and a holding, served by a thread of this process."""
    twin = Description(title="วารสารห้องสมุด", author="สมศรี มีสุข", subjects="ห้องสมุดโรงเรียน", call_number="027 ส123ว")
    first, _ = catalogue.add(twin, twin)
    with catalogue.database.session(catalogue.library) as session:
        add_items(session, session.get_one(Title, first), ItemFields(accession_number="B00001"), now=NOW)
        session.add(Holding(title_id=first, frequency="monthly", statement="ปีที่ 1 (2560)-", changed_at=NOW))
    with served(hub_app) as address:
        yield address


def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(
    address: str, browser: Browser, sign_in: SignIn
) -> None:
    page = page_of(browser, address, sign_in(role=Role.ADMINISTRATOR, language="th"))
    assert {there: wrong for there in PAGES if (wrong := faults(page, address + there))} == {}


def test_on_a_phone_the_button_comes_after_all_that_is_filled_in(
    address: str, browser: Browser, sign_in: SignIn
) -> None:
    page = page_of(browser, address, sign_in(role=Role.ADMINISTRATOR))
    page.set_viewport_size({"width": PHONE, "height": 800})
    page.goto(f"{address}/settings/categories")
    boxes = [page.locator(one).bounding_box() for one in ("#has_colour", "#colour", ".add-row > .btn")]
    tops = [box["y"] for box in boxes if box is not None]
    assert len(tops) == 3
    assert tops == sorted(tops)


def faults(page: Page, there: str) -> list[str]:
    """What is wrong with a page: its answer, widths that do not fit, and what axe finds on the phone."""
    answer = page.goto(there)
    assert answer is not None
    found = [] if answer.ok else [f"{answer.status}"]
    found += [f"wider than {width}" for width in (DESK, PHONE) if is_too_wide(page, width)]
    return found + axe(page)
