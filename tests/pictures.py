"""`make pictures`: take the pictures of kiosk and desk that README.md shows, from a whole running demo library."""

import re
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, ViewportSize, expect

from samut_hub.web.wording import compile_all
from tests.browser.test_journey import scan_at_desk, signed_in
from tests.chromium import chromium
from tests.system.world import World, running_world

FOLDER = Path(__file__).parent.parent / "docs" / "pictures"
SIZE = ViewportSize(width=1280, height=800)
AT_KIOSK = ("B00004", "B00011")
PUPIL, AT_DESK = "20014", "B00006"
"""A pupil of the demo library who has a book already, and the one that the desk lends."""
SETTLES = 700.0
"""Milliseconds until nothing on a page moves any more."""


def main() -> None:
    """Write both pictures anew."""
    compile_all()
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as home, running_world(Path(home)) as world, chromium() as browser:
        take_kiosk(world, browser)
        take_desk(world, browser)
    for picture in sorted(FOLDER.glob("*.png")):
        print(f"{picture.relative_to(FOLDER.parent.parent)}: {picture.stat().st_size // 1000} kB")


def take_kiosk(world: World, browser: Browser) -> None:
    """In Thai, as children see it: two books are borrowed."""
    page = browser.new_context(viewport=SIZE).new_page()
    page.goto(f"http://127.0.0.1:{world.ports.kiosk}/")
    card = world.cards()[0]
    world.bench("kiosk-1", "tap", {"part": "reader", "kind": "uid", "value": card["value"]})
    expect(page.get_by_text(card["label"].split(" (")[0])).to_be_visible()
    for count, barcode in enumerate(AT_KIOSK, start=1):
        world.bench("kiosk-1", "scan", {"part": "scanner", "text": barcode})
        expect(page.locator(".book", has_text="กำหนดส่ง")).to_have_count(count)
    page.wait_for_timeout(SETTLES)
    page.screenshot(path=FOLDER / "kiosk.png")


def take_desk(world: World, browser: Browser) -> None:
    """In English: a pupil's session in which a book was lent."""
    page = signed_in(browser, world, "librarian", "en-US")
    page.get_by_role("button", name=re.compile("^EN")).click()
    page.goto(f"{world.config.url}/desk/")
    scan_at_desk(page, PUPIL)
    expect(page.locator(".person-name")).to_contain_text(PUPIL)
    scan_at_desk(page, AT_DESK)
    expect(page.locator(".line-lent")).to_have_count(1)
    page.wait_for_timeout(SETTLES)
    page.screenshot(path=FOLDER / "desk.png")


if __name__ == "__main__":
    main()
