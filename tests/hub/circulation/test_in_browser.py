"""Reservations, bookings and kits in a real browser: on a phone, for everybody, and without a second answer."""

from collections.abc import Iterator
from datetime import date

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect
from sqlalchemy import select

from samut_hub.catalogue.models import Item, MaterialType
from samut_hub.circulation.booking.booked import days_span
from samut_hub.circulation.booking.service import Wish, book
from samut_hub.circulation.holds import place_hold
from samut_hub.circulation.pickups import add_pickup
from samut_hub.circulation.service import lend, take_back
from samut_hub.libraries.service import calendar_of, library_of
from samut_hub.members.models import Member
from tests.hub.circulation.conftest import MANEE, PITI, TEACHER, School
from tests.hub.conftest import Clock, SignIn
from tests.hub.in_browser import DESK, PHONE, axe, is_too_wide, page_of, served

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def address(hub_app: Flask, school: School, clock: Clock) -> Iterator[str]:
    """Of a hub with a projector that is booked, and a book for which two wait and one was set aside."""
    with school.database.session(school.library) as session:
        session.add(MaterialType(code="equipment", name_th="โสตทัศนูปกรณ์", name_en="Equipment"))
        session.flush()
        projector, wanted = session.scalars(select(Item).order_by(Item.id).limit(2))
        projector.title.material, projector.parts = "equipment", "สายไฟ\nรีโมต"
        for name in ("เคาน์เตอร์", "ตึกประถม"):
            add_pickup(session, name, "")
        manee, piti, teacher = (session.get_one(Member, school.ids[number]) for number in (MANEE, PITI, TEACHER))
        lend(session, member=manee, item=wanted, now=clock(), source="d")
        for member in (piti, teacher):
            place_hold(session, member, wanted.title, now=clock())
        take_back(session, item=wanted, now=clock(), source="d")
        days = days_span(
            calendar_of(session, library_of(session, school.library)), date(2026, 11, 25), date(2026, 11, 26)
        )
        book(session, teacher, projector.title, Wish(days, purpose="ประชุม"), now=clock(), source="d")
    with served(hub_app) as address:
        yield address


def test_the_pages_are_for_everybody_and_fit_a_phone(browser: Browser, address: str, sign_in: SignIn) -> None:
    page = page_of(browser, address, sign_in("administrator"))
    for path in ("/desk/holds", "/desk/bookings/of/1", "/desk/kits/1", "/catalogue/2"):
        page.goto(address + path)
        assert not is_too_wide(page, PHONE), path
        assert not is_too_wide(page, DESK), path
        assert axe(page) == [], path


def test_a_kit_is_checked_once_in_the_line_of_its_scan(browser: Browser, address: str, sign_in: SignIn) -> None:
    page = page_of(browser, address, sign_in())
    page.goto(f"{address}/desk/?member=3")
    page.fill("#scan", "B00001")
    page.keyboard.press("Enter")
    expect(page.locator(".kit-check")).to_contain_text("Goes with it:")
    expect(page.locator("#scan")).to_be_focused()
    page.get_by_role("button", name="All is there").click()
    expect(page.locator(".line-checked")).to_contain_text("All parts are there")
    expect(page.locator(".kit-check")).to_have_count(0)
