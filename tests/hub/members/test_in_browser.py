"""The pages about members in a real browser: on a phone, for everybody, and what a half-filled form is told."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect

from samut_hub.db import Database
from samut_hub.members.samples import add_sample_people
from tests.hub.conftest import Clock, Libraries, SignIn
from tests.hub.in_browser import DESK, PHONE, axe, complaints_of, is_too_wide, page_of, served

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

PAGES = (
    "/members/1",
    "/members/1/edit",
    "/members/rollover",
    "/members/rollover/1",
    "/members/many",
    "/members/many/2",
    "/members/fields",
    "/members/levels",
    "/members/imports/",
    "/members/duplicates/",
    "/members/lists/",
)


@pytest.fixture
def address(hub_app: Flask, database: Database, libraries: Libraries, clock: Clock) -> Iterator[str]:
    with database.session(libraries.north) as session:
        add_sample_people(session, now=clock(), today=clock().date())
    with served(hub_app) as address:
        yield address


def test_who_is_there_already_is_told_as_soon_as_the_name_is_typed(
    browser: Browser, address: str, sign_in: SignIn
) -> None:
    page = page_of(browser, address, sign_in())
    said = complaints_of(page)
    page.goto(f"{address}/members/new")
    page.get_by_label("Name in Thai").fill("ใบข้าว ที่รัก")
    page.keyboard.press("Tab")
    expect(page.locator("#alike").get_by_role("link")).to_have_text("Baikhao Thirak")
    page.get_by_label("Born on").fill("5/2558")
    assert said == []


@pytest.mark.parametrize("language", ["en", "th"])
def test_every_page_about_members_fits_a_phone_and_helps_everybody(
    browser: Browser, address: str, sign_in: SignIn, language: str
) -> None:
    admin = sign_in("administrator", language=language)
    admin.post("/members/levels", data={"usual": "1"})
    admin.post("/members/fields", data={"name_th": "บ้าน", "name_en": "House", "kind": "choice", "choices": "แดง\nฟ้า"})
    known = {"born": "17/5/2558", "address": "12 หมู่ 3 ต.บางรัก", "line_id": "kan", "level": "2", "own-1": "ฟ้า"}
    rest = {"guardian_name": "สมใจ ทองสุข", "guardian_relation": "มารดา", "guardian_phone": "0812345678"}
    name = {"number": "20001", "name_th": "กานต์ธิดา ทองสุข", "name_en": "Kanthida Thongsuk", "type_id": "1"}
    admin.post("/members/1/edit", data={**name, **known, **rest, "group_id": "1", "phone": "081-234-5678"})
    admin.post("/members/1/cards", data={"kind": "uid", "value": "04A1B2C3D4"})
    admin.post("/members/1/cards/lost")
    goes = {f"to-{one}": str(one + 1) for one in range(1, 9)} | {"to-9": "leaves", "to-10": "stays", "to-11": "stays"}
    admin.post("/members/rollover", data={"year": "2570", "leaver_type": "0", **goes})
    admin.post("/members/many", data={"in_group": "1", "change": ["expires_on"], "expires_on": "2028-03-31"})
    page, faults = page_of(browser, address, admin), {}
    for path in PAGES:
        page.goto(address + path)
        wide = [width for width in (DESK, PHONE) if is_too_wide(page, width)]
        if wide or (found := axe(page)):
            faults[path] = (wide, [] if wide else found)
    assert faults == {}
