"""The desk page in a real browser, while readings come in from the desk."""

from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser

from samut_hub.config import Config
from samut_hub.fleet.desks.web import hearing
from samut_wire import messages as m
from samut_wire.topics import Kind
from tests.hub.conftest import SignIn
from tests.hub.fleet.desks.conftest import DESK, DeskSide
from tests.hub.in_browser import PHONE, axe, complaints_of, is_too_wide, page_of, served
from tests.hub.shelf import Shelf

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def wait_for_streams(app: Flask) -> None:
    """Until none is open any more: they would go on looking into the database of the next test."""
    seats, count = app.extensions["samut_streams"], Config(home=Path()).http_threads // 2
    assert all(seats.acquire(timeout=20) for _ in range(count))
    for _ in range(count):
        seats.release()


def test_readings_come_through_the_box_and_a_card_fills_the_form(
    browser: Browser, hub_app: Flask, sign_in: SignIn, desk: DeskSide, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hearing, "LOOKS_BETWEEN_SIGNS", 1)
    with served(hub_app) as address:
        page = page_of(browser, address, sign_in())
        page.context.add_cookies([{"name": "samut_desk", "value": DESK, "url": address}])
        said = complaints_of(page)
        page.goto(f"{address}/desk/")
        page.wait_for_selector("[data-listening]")
        desk.scans(shelf.pupil)
        page.wait_for_selector(".sitting-person")
        page.fill("[data-scan]", "typed by hand")
        desk.scans(shelf.book)
        page.wait_for_selector(".line-lent")
        assert page.input_value("[data-scan]") == "typed by hand"
        desk.taps("DEADBEEF")
        page.wait_for_selector("[data-station-said] a")
        assert "?member=" in (page.get_attribute("[data-station-said] a", "href") or "")
        assert said == []
        for path in ("/desk/", "/desk/station/", "/desk/station/pin"):
            page.goto(f"{address}{path}")
            assert (path, axe(page), is_too_wide(page, PHONE)) == (path, [], False)
        page.goto(f"{address}/desk/")
        page.click(".station-enrol button")
        page.wait_for_selector("#reading")
        assert axe(page) == []
        [order] = desk.hears(Kind.READ_IDENTITY)
        told = m.IdentityRead(card=desk.hash_of("national_id", "1103700123457"), name_th="มะลิ วัลย์ดี", address="1/2")
        desk.say(Kind.IDENTITY, told, re=order.id)
        page.wait_for_selector("#reading [name=name_th]")
        assert (axe(page), is_too_wide(page, PHONE)) == ([], False)
        page.context.close()
        wait_for_streams(hub_app)
