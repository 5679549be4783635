"""A fast scanner before the shelf, and a hub that does not answer for a moment: nothing that was scanned is lost."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from samut_hub.db import Database
from tests.hub.conftest import Clock, Libraries, SignIn
from tests.hub.in_browser import DESK, PHONE, axe, is_too_wide, page_of, served
from tests.hub.shelf import put_on_shelf

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def address(hub_app: Flask, database: Database, libraries: Libraries, clock: Clock) -> Iterator[str]:
    """Of a hub with three books on its shelf."""
    put_on_shelf(database, libraries.north, clock())
    with served(hub_app) as address:
        yield address


@pytest.fixture
def page(browser: Browser, address: str, sign_in: SignIn) -> Page:
    """The page of a stock-taking."""
    librarian = sign_in()
    begun = librarian.post("/stock-taking/", data={"name": "ปลายปี"}).location
    page = page_of(browser, address, librarian)
    page.goto(address + begun)
    return page


def scan(page: Page, *numbers: str) -> None:
    page.locator("#scan").focus()
    for number in numbers:
        page.keyboard.type(number)
        page.keyboard.press("Enter")


def test_what_the_hub_did_not_take_stays_until_it_is_sent_again(page: Page) -> None:
    page.route("**/scan", lambda route: route.abort())
    scan(page, "B00001", "B00002")
    unsent = page.locator("[data-unsent]")
    expect(unsent.get_by_role("listitem")).to_have_text(["B00001", "B00002"])
    expect(page.locator(".scan-sorry")).to_contain_text("No answer from the hub")
    scan(page, "B00003")
    expect(unsent.get_by_role("listitem")).to_have_text(["B00001", "B00002", "B00003"])
    assert not is_too_wide(page, PHONE)
    assert axe(page) == []

    page.unroute("**/scan")
    unsent.get_by_role("button", name="Send again").click()

    expect(page.locator("#lines li")).to_have_count(3)
    expect(unsent).to_be_hidden()
    expect(page.locator("#figures")).to_contain_text("3found")


def test_what_the_hub_refuses_is_left_out_by_hand_and_the_rest_goes_on(page: Page) -> None:
    page.set_viewport_size({"width": DESK, "height": 800})
    scan(page, "B" * 101, "B00001", "B00002")
    expect(page.locator("#messages")).to_contain_text("Field cannot be longer than 100 characters.")
    unsent = page.locator("[data-unsent]")
    expect(unsent.get_by_role("listitem")).to_have_count(3)

    unsent.get_by_role("button", name="Leave out").first.click()
    expect(page.locator("#scan")).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.locator("#lines li")).to_have_count(2)
    expect(unsent).to_be_hidden()
