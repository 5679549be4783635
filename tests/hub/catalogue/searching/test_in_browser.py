"""The staff's search in a browser: nothing for axe to find, nothing wider than the screen, words as one types."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from tests.hub.catalogue.searching.conftest import Shelves
from tests.hub.conftest import SignIn
from tests.hub.in_browser import DESK, PHONE, axe, is_too_wide, page_of, served, type_and_wait

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

PAGES = (
    "/catalogue/",
    "/catalogue/?q=นิทาน",
    "/catalogue/?q=นิทาน&material=book&library=1",
    "/catalogue/?f=title&w=นิทาน&j=or&f=author&w=สมศรี",
    "/catalogue/?q=ไม่มีเลย",
    "/catalogue/search/advanced?q=นิทาน",
    "/catalogue/search/export?q=นิทาน",
    "/catalogue/searches?q=นิทาน",
    "/catalogue/work",
)


@pytest.fixture
def address(hub_app: Flask, shelves: Shelves) -> Iterator[str]:
    """Of a hub with a few books, served by a thread of this process."""
    for number in range(1, 4):
        said = {"author": "สมศรี มีสุข", "subjects": "นิทาน", "call_number": f"398.{number} ส123น"}
        shelves.book(f"นิทานเรื่องที่ {number}", f"B0000{number}", **said)
    shelves.lend("B00002")
    shelves.catch_up()
    with served(hub_app) as address:
        yield address


def search_page(browser: Browser, address: str, sign_in: SignIn, language: str) -> Page:
    """A page of a librarian who has saved a search."""
    librarian = sign_in(language=language)
    librarian.post("/catalogue/searches", data={"name": "นิทานของเรา", "words": "q=นิทาน"})
    return page_of(browser, address, librarian)


@pytest.mark.parametrize("language", ["th", pytest.param("en", marks=pytest.mark.soak)])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(
    address: str, browser: Browser, sign_in: SignIn, language: str
) -> None:
    page, found = search_page(browser, address, sign_in, language), {}
    for there in PAGES:
        page.goto(address + there)
        for width in (DESK, PHONE):
            is_wide, faults = is_too_wide(page, width), axe(page)
            if faults or is_wide:
                found[there, width] = (faults, is_wide)
    assert found == {}


def test_a_title_is_chosen_while_one_types(address: str, browser: Browser, sign_in: SignIn) -> None:
    page = search_page(browser, address, sign_in, "en")
    page.goto(f"{address}/catalogue/")
    type_and_wait(page.get_by_role("searchbox").or_(page.get_by_role("combobox")).first, "เรื่องที่ 2")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option").first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("นิทานเรื่องที่ 2")


def test_choosing_an_order_asks_again_at_once(address: str, browser: Browser, sign_in: SignIn) -> None:
    page = search_page(browser, address, sign_in, "en")
    page.goto(f"{address}/catalogue/?q=นิทาน")
    page.get_by_label("Order").select_option("title")
    page.wait_for_url("**sort=title*")
    expect(page.locator(".hit h2").first).to_have_text("นิทานเรื่องที่ 1")
