"""Public pages in a real browser: nothing for axe to find, search by keyboard, and search without scripts."""

from collections.abc import Iterator
from datetime import date

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect

from samut_hub.catalogue.search.indexer import Indexer
from samut_hub.community.models import News
from tests.hub.in_browser import DESK, PHONE, axe, complaints_of, is_too_wide, served, type_and_wait
from tests.hub.opac.conftest import Town

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

PAGES = (
    "/",
    "/find?q=นิทาน",
    "/find?q=ไม่มีเลย",
    "/find/advanced",
    "/title/1",
    "/browse",
    "/browse/headings/subject",
    "/browse/shelf",
    "/browse/new",
    "/news",
    "/news/1",
    "/basket",
    "/lib/north/my/sign-in",
    "/lib/north/",
)


@pytest.fixture
def address(hub_app: Flask, town: Town) -> Iterator[str]:
    """Of a hub with a few books and news, served by a thread of this process."""
    place = town.place("ห้องอ่าน", "ชั้น 3")
    for number in range(1, 4):
        title = town.title(
            f"นิทานเรื่องที่ {number}",
            author="สมศรี มีสุข",
            subjects="นิทาน",
            call_number=f"398.{number} ส123น",
            summary="เล่าก่อนนอน",
        )
        town.item(title, f"B0000{number}", place_id=place)
    town.lend("B00002")
    with town.database.session(town.libraries.north) as session:
        session.add(News(title="ปิดวันพ่อ", text="สวัสดี", shown_from=date(2026, 11, 1), changed_at=town.clock()))
    Indexer(town.database, hub_app.extensions["samut"].config.search_index).catch_up()
    with served(hub_app) as address:
        yield address


@pytest.mark.parametrize("language", ["th-TH", pytest.param("en-US", marks=pytest.mark.soak)])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(
    address: str, browser: Browser, language: str
) -> None:
    page = browser.new_context(locale=language).new_page()
    found = {}
    for there in PAGES:
        page.goto(address + there)
        for width in (DESK, PHONE):
            is_wide, faults = is_too_wide(page, width), axe(page)
            if faults or is_wide:
                found[there, width] = (faults, is_wide)
    assert found == {}


def test_a_title_is_chosen_by_keyboard_while_one_types(address: str, browser: Browser) -> None:
    page = browser.new_context(locale="en-US").new_page()
    complaints = complaints_of(page)
    page.goto(address)
    box = page.get_by_role("combobox").or_(page.get_by_role("searchbox"))
    type_and_wait(box, "เรื่องที่ 2")
    options = page.get_by_role("option")
    expect(options.first).to_be_visible()
    expect(box).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Escape")
    expect(options).to_have_count(0)
    type_and_wait(box, " ")
    expect(options.first).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("นิทานเรื่องที่ 2")
    assert complaints == []


def test_one_searches_and_keeps_a_list_without_scripts(address: str, browser: Browser) -> None:
    page = browser.new_context(locale="en-US", java_script_enabled=False).new_page()
    page.goto(address)
    page.get_by_role("searchbox").fill("นิทาน")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("3 titles")
    page.get_by_role("button", name="Put on my list").first.click()
    page.get_by_role("link", name="My list").click()
    expect(page.locator(".hit")).to_have_count(1)
