"""The pages about money in a real browser: with the keyboard only, on a phone, and for everybody."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect

from samut_hub.charges.models import ChargeKind, ChargeSettings
from samut_hub.charges.service import add_charge
from samut_hub.db import Database
from samut_hub.members.groups import add_type
from samut_hub.members.models import Member
from samut_hub.members.service import MemberFields, add_member
from tests.hub.conftest import Clock, Libraries, SignIn
from tests.hub.in_browser import DESK, PHONE, axe, is_too_wide, page_of, served

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

PAGES = (
    "/charges/1?receipt=1",
    "/charges/1/history",
    "/charges/1/history?what=money",
    "/charges/accounts",
    "/charges/closings/1",
    "/charges/owed/1/waive",
    "/charges/payments/1/refund",
    "/charges/kinds",
)


@pytest.fixture
def address(hub_app: Flask, database: Database, libraries: Libraries, clock: Clock) -> Iterator[str]:
    """Of a hub with a PromptPay account and a pupil who owes two things."""
    with database.session(libraries.north) as session:
        session.add(ChargeSettings(library_id=libraries.north, promptpay="0812223333", promptpay_name="โรงเรียนเหนือ"))
        pupil = add_type(session, "pupil", "นักเรียน", "Pupil")
        fields = MemberFields(number="20001", type_id=pupil.id, name_th="มานี มีใจ", name_en="Manee Meechai")
        member = add_member(session, fields, now=clock(), joined_on=clock().date())
        for kind, amount, note in (
            (ChargeKind.LOST, 35_000, "ปลาบู่ทอง ฉบับการ์ตูนสี่สี พิมพ์ครั้งที่ 3"),
            (ChargeKind.OVERDUE, 1_250, "นิทานเวตาล"),
        ):
            add_charge(session, member=member, kind=kind, amount=amount, now=clock(), note=note)
    with served(hub_app) as address:
        yield address


def test_money_is_taken_with_the_keyboard_alone(
    browser: Browser, address: str, sign_in: SignIn, database: Database
) -> None:
    page = page_of(browser, address, sign_in("librarian"))
    page.goto(f"{address}/charges/1")
    expect(page.locator("#amount")).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type("300")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Received: 300 baht")).to_be_visible()
    expect(page.get_by_role("link", name="Print receipt")).to_be_focused()
    with database.session(None) as session:
        assert session.get_one(Member, 1).debt == 6_250


def test_every_page_about_money_fits_a_phone_and_helps_everybody(
    browser: Browser, address: str, sign_in: SignIn
) -> None:
    admin = sign_in("administrator")
    command = "0190163d-8694-739b-aea5-966c26f8ad91"
    paid = {"command": command, "amount": "300", "method": "cash"}
    assert admin.post("/charges/1/payments", data=paid).status_code == 302
    closed = {"command": command[:-1] + "2", "till": "desk:north.administrator", "counted": "299", "note": "เหรียญหาย"}
    assert admin.post("/charges/accounts/close", data=closed).status_code == 302
    page, faults = page_of(browser, address, admin), {}
    for path in PAGES:
        page.goto(address + path)
        faults[path] = (is_too_wide(page, PHONE), is_too_wide(page, DESK), axe(page))
    assert faults == dict.fromkeys(PAGES, (False, False, []))
