"""The main job as people do it: import, catalogue, borrow at the kiosk, see it at the desk, bring it back."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.system.world import World, get, wait_until

RECORDS = Path(__file__).parents[3] / "shared" / "data" / "marc" / "jazz_1k.marc8.mrc"


def import_records(world: World) -> str:
    samut = Path(sys.executable).parent / "samut"
    run = subprocess.run(
        [samut, "--home", world.home, "import", RECORDS], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


def signed_in(browser: Browser, world: World, role: str, language: str) -> Page:
    """A new browser window in which that person of the demo library is signed in."""
    passwords = json.loads((world.config.secrets / "demo-sign-ins.json").read_text())
    context = browser.new_context(locale=language, viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.on("console", lambda message: _no_fault(message.type, message.text))
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    page.goto(f"{world.config.url}/sign-in")
    page.get_by_label(re.compile("User name|ชื่อผู้ใช้")).fill(role)
    page.get_by_label(re.compile("Password|รหัสผ่าน")).fill(passwords[role])
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{world.config.url}/")
    return page


def _no_fault(kind: str, text: str) -> None:
    if kind == "error":
        pytest.fail(f"The page complains: {text}")


def add_a_copy(page: Page, world: World) -> tuple[str, str]:
    """Find an imported record, give it a copy with the number that is offered; returns title and number."""
    page.goto(f"{world.config.url}/catalogue/")
    page.get_by_role("searchbox").fill("Coltrane")
    page.keyboard.press("Enter")
    page.wait_for_url("**/catalogue/?*q=Coltrane*")
    link = page.locator(".hits h2 a").first
    title = link.inner_text()
    link.click()
    page.locator("a[href$='/items/new']").first.click()
    number = page.locator("input[name=accession_number]").input_value()
    assert re.fullmatch(r"\w{6,}", number)
    page.locator("main form button.btn-primary").click()
    expect(page.get_by_text(number).first).to_be_visible()
    return title, number


def scan_at_desk(page: Page, text: str) -> None:
    page.locator("#scan").fill(text)
    page.keyboard.press("Enter")


def test_a_book_goes_out_at_the_kiosk_and_comes_back_at_the_desk(world: World, browser: Browser) -> None:
    assert re.search(r"\b1,?000 added|\b99\d added", import_records(world))
    librarian = signed_in(browser, world, "librarian", "en-US")
    wait_until("the import can be searched", lambda: _finds(librarian, world, "Coltrane"))
    title, number = add_a_copy(librarian, world)

    kiosk = browser.new_context(viewport={"width": 1080, "height": 1920}).new_page()
    kiosk.goto(f"http://127.0.0.1:{world.ports.kiosk}/")
    expect(kiosk.get_by_text("สวัสดี").first).to_be_visible()
    card = world.cards()[1]
    assert world.bench("kiosk-1", "tap", {"part": "reader", "kind": "uid", "value": card["value"]}) == 204
    name = card["label"].split(" (")[0]
    expect(kiosk.get_by_text(name)).to_be_visible()
    world.bench("kiosk-1", "scan", {"part": "scanner", "text": number})
    expect(kiosk.get_by_text(title, exact=True)).to_be_visible()
    expect(kiosk.get_by_text("กำหนดส่ง").first).to_be_visible()
    kiosk.get_by_role("button", name="ขอสลิป").click()
    slips = wait_until("a slip came out", lambda: _slips(world))
    assert get(world.ports.kiosk, slips[0])[:8] == b"\x89PNG\r\n\x1a\n"
    expect(kiosk.get_by_text(name)).not_to_be_visible(timeout=20_000)  # long before the kiosk has stood idle

    scan_at_desk(_at_desk(librarian, world), re.search(r"\((\d+)\)", card["label"])[1])  # type: ignore[index]
    expect(librarian.locator("#work").get_by_text(title).first).to_be_visible()
    librarian.goto(f"{world.config.url}/desk/return")
    scan_at_desk(librarian, number)
    expect(librarian.locator(".line-returned").get_by_text(title)).to_be_visible()
    librarian.goto(f"{world.config.url}/devices")
    expect(librarian.locator("main .state").get_by_text("เชื่อมต่ออยู่")).to_have_count(2)


def test_three_books_for_a_pupil_are_four_scans_and_no_mouse(world: World, browser: Browser) -> None:
    page = _at_desk(signed_in(browser, world, "assistant", "th-TH"), world)
    member, books = world.members()[2], world.free_items()[-3:]
    for text in (member, *books):
        page.keyboard.type(text)
        page.keyboard.press("Enter")
    expect(page.locator(".line-lent")).to_have_count(3)
    expect(page.locator(".line-lent").first).to_contain_text("กำหนดส่ง")


def _at_desk(page: Page, world: World) -> Page:
    page.goto(f"{world.config.url}/desk/")
    expect(page.locator("#scan")).to_be_focused()
    return page


def _finds(page: Page, world: World, word: str) -> bool:
    page.goto(f"{world.config.url}/catalogue/?q={word}")
    return page.locator(".hits h2 a").count() > 0


def _slips(world: World) -> list[str]:
    """Addresses of the slips that lie in the kiosk's printer."""
    printer = world.bench_state("kiosk-1")["printers"][0]
    slips: list[str] = printer["slips"]
    return slips
