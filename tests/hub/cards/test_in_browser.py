"""Cards and photos in a real browser: on a phone, for everybody, with keyboard and mouse."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect

from samut_hub.db import Database
from tests.hub.cards.people import add_people, photo
from tests.hub.conftest import Clock, Libraries, SignIn
from tests.hub.in_browser import DESK, PHONE, axe, complaints_of, is_too_wide, page_of, served

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

PAGES = ("/cards/", "/cards/designs", "/cards/designs/new?like=sky", "/cards/pictures", "/cards/runs/1", "/members/1")


@pytest.fixture
def address(hub_app: Flask, database: Database, libraries: Libraries, clock: Clock) -> Iterator[str]:
    """Of a library with two pupils."""
    with database.session(libraries.north) as session:
        add_people(session, 2, now=clock())
    with served(hub_app) as address:
        yield address


def test_every_page_about_cards_fits_a_phone_and_helps_everybody(
    browser: Browser, address: str, sign_in: SignIn
) -> None:
    librarian = sign_in(language="th")
    librarian.post("/cards/members/1/print")
    page, faults = page_of(browser, address, librarian), {}
    said = complaints_of(page)
    for path in PAGES:
        page.goto(address + path)
        wide = [width for width in (DESK, PHONE) if is_too_wide(page, width)]
        if wide or (found := axe(page)):
            faults[path] = (wide, [] if wide else found)
    assert (faults, said) == ({}, [])


def test_a_part_is_moved_with_the_mouse_and_the_card_is_drawn_anew(
    browser: Browser, address: str, sign_in: SignIn
) -> None:
    page = page_of(browser, address, sign_in())
    page.set_viewport_size({"width": DESK, "height": 900})
    page.goto(f"{address}/cards/designs/new?like=lake")
    before = page.locator("#drawn image").get_attribute("href")
    box = page.locator("[data-part='5']").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 9, box["y"] + 9)
    page.mouse.down()
    page.mouse.move(box["x"] + 59, box["y"] + 9, steps=3)
    page.mouse.up()
    expect(page.locator("#drawn image")).not_to_have_attribute("href", before or "")
    assert float(page.locator("#parts-5-x").input_value()) > 8
    assert page.locator("#parts-5-y").input_value() == "16.5"


def test_a_photo_is_cut_out_with_the_keyboard_before_it_is_sent(
    browser: Browser, address: str, sign_in: SignIn
) -> None:
    page = page_of(browser, address, sign_in())
    page.goto(f"{address}/members/1")
    page.get_by_text("Change the photo").click()
    file = {"name": "me.jpg", "mimeType": "image/jpeg", "buffer": photo((1600, 1000))}
    page.locator("form[data-photo] input[type=file]").set_input_files(file)  # type: ignore[arg-type]
    expect(page.get_by_label("Larger")).to_be_visible()
    page.get_by_label("Larger").press("ArrowRight")
    page.get_by_label("To the side").press("ArrowLeft")
    assert axe(page) == []
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    shown = page.locator("img.person-photo")
    expect(shown).to_be_visible()
    assert page.evaluate("document.querySelector('img.person-photo').decode().then(() => true)")
    assert shown.evaluate("one => [one.naturalWidth, one.naturalHeight]") == [600, 800]
