"""The page as people meet it: built from its sources, in Chromium, at the three sizes it is made for."""

import asyncio
import os
import subprocess
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Literal

import pytest
from playwright.async_api import Browser, Page, WebSocketRoute, async_playwright

from samut_edge.devices.part import PartState
from samut_edge.flows.kiosk_events import ChooseEase, ChooseLanguage
from samut_edge.flows.kiosk_states import Language
from tests.edge.kiosk.pictures import SCENES, SIZES, Bench, has_tags
from tests.edge.kiosk.small_library import PaperTray
from tests.edge.kiosk.standing_kiosk import Stand, standing_kiosk

ROOT = Path(__file__).parents[3]
MEASURES = (Path(__file__).parent / "measures.js").read_text("utf-8")
SMALLEST_TARGET = 64
LOUD = ("error", "warning")
SOMCHAI = "04A1B2C3D4E580"
Story = Callable[[Bench], Awaitable[None]]


@dataclass(frozen=True)
class Built:
    """The page built from its sources, apart from what may be installed, and the browser that all stories share."""

    folder: Path
    browser: Browser
    loop: asyncio.Runner


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    folder = tmp_path_factory.mktemp("kiosk_page")
    build = ["npx", "--no-install", "vite", "build", "--outDir", str(folder), "--logLevel", "error"]
    quiet = {**os.environ, "NPM_CONFIG_LOGLEVEL": "error"}
    subprocess.run(build, cwd=ROOT / "kiosk_ui", check=True, timeout=120, env=quiet)
    with asyncio.Runner() as loop:
        player = loop.run(async_playwright().start())
        start = player.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        browser = loop.run(start)
        yield Built(folder, browser, loop)
        loop.run(browser.close())
        loop.run(player.stop())


def watch(
    story: Story, built: Built, *, size: tuple[int, int] = (1280, 800), idle_seconds: float = 45.0
) -> list[str]:
    """Tell the story in a browser; returns what the browser complained of."""
    complaints: list[str] = []

    async def told() -> None:
        async with standing_kiosk(idle_seconds=idle_seconds, page=built.folder) as stand:
            tab = await built.browser.new_page(
                viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce"
            )
            tab.on("console", lambda said: complaints.extend([said.text] if said.type in LOUD else []))
            tab.on("pageerror", lambda error: complaints.append(str(error)))
            try:
                await arrive(tab, stand)
                await story(Bench(stand, tab))
            finally:
                await tab.context.close()

    built.loop.run(told())
    return complaints


async def arrive(tab: Page, stand: Stand) -> None:
    await tab.goto(stand.address)
    await tab.locator(".door").first.wait_for()


LOOKS: tuple[tuple[Literal["large", "contrast"], ...], ...] = ((), ("large",), ("large", "contrast"))


@pytest.mark.requirement("H-06")
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_every_screen_can_be_read_and_touched(built: Built, size: tuple[int, int]) -> None:
    """Nothing is cut off, targets are large, contrast is WCAG 2.2 AA (1.4.3), and the policy holds; in
    larger text and with more contrast as well."""
    faults: list[str] = []

    async def story(bench: Bench) -> None:
        for scene in SCENES:
            security = "pads" if has_tags(scene) else "none"
            async with standing_kiosk(page=built.folder, security=security) as stand:
                await arrive(bench.page, stand)
                await scene(Bench(stand, bench.page))
                for look, language in product(LOOKS, Language):
                    stand.kiosk.happen(ChooseLanguage(language=language))
                    for what in look:
                        stand.kiosk.happen(ChooseEase(what=what, on=True))
                    wanted = "".join(f".{what}" for what in look)
                    await bench.page.locator(f"html[lang={language}]{wanted}").wait_for(state="attached")
                    found = await bench.page.evaluate(MEASURES, SMALLEST_TARGET)
                    faults.extend(f"{scene.__name__} {language} {wanted}: {fault}" for fault in found)
                await bench.page.goto("about:blank")

    assert watch(story, built, size=size) == []
    assert faults == []


@pytest.mark.requirement("H-06")
def test_three_books_by_touch_in_both_languages(built: Built) -> None:
    async def story(bench: Bench) -> None:
        page, printer = bench.page, bench.stand.printer
        await page.get_by_role("button", name="English").click()
        await page.get_by_role("button", name="Borrow").click()
        for digit in "10001":
            await page.get_by_role("button", name=digit, exact=True).click()
        await page.get_by_role("button", name="OK").click()
        await page.get_by_role("heading", name="Hello, สมชาย ใจดี!").wait_for()
        await bench.scan("30000012", "30000029", "30000036")
        await page.get_by_text("3 books borrowed").wait_for()
        assert await page.locator(".books").get_by_text("Due 11 Dec 2026").count() == 3
        await page.get_by_role("button", name="ไทย").click()
        await page.get_by_role("button", name="เสร็จแล้ว ขอสลิป").click()
        await page.get_by_role("heading", name="ยืมแล้ว 3 เล่ม").wait_for()
        assert printer.slips[0].lines[0].note == "กำหนดส่ง 11 ธ.ค. 2569"

    assert watch(story, built) == []


def test_what_is_owed_is_shown_with_a_code_and_nothing_is_paid_here(built: Built) -> None:
    async def story(bench: Bench) -> None:
        await bench.tap("0466554433AA80")
        await bench.page.get_by_role("button", name="จ่ายด้วยพร้อมเพย์").click()
        await bench.page.get_by_role("img", name="คิวอาร์โค้ดพร้อมเพย์").wait_for()
        await bench.page.get_by_text("12.50 บาท").wait_for()
        await bench.page.get_by_text("แสดงสลิปของธนาคารที่เคาน์เตอร์").wait_for()
        await bench.page.get_by_role("button", name="กลับ", exact=True).click()
        await bench.page.get_by_role("button", name="บัญชีของฉัน").click()
        await bench.page.get_by_text("รับได้ที่ เคาน์เตอร์ชั้น 2 เก็บไว้ให้ถึง 28 พ.ย. 2569").wait_for()
        await bench.page.get_by_text("ค้างชำระ 12.50 บาท").wait_for()

    assert watch(story, built) == []


@pytest.mark.requirement("H-09")
def test_what_a_visitor_chose_and_what_was_said_is_gone_after_the_visit(built: Built) -> None:
    async def story(bench: Bench) -> None:
        await bench.page.get_by_role("button", name="ตัวหนังสือใหญ่").click()
        await bench.page.get_by_role("button", name="สีเข้มชัด").click()
        await bench.page.locator("html.large.contrast").wait_for(state="attached")
        await bench.tap(SOMCHAI)
        await bench.scan("30000012")
        await bench.page.locator("#said", has_text="เจ้าชายน้อย").wait_for(state="attached")
        await bench.page.get_by_role("button", name="เสร็จแล้ว ไม่เอาสลิป").click()
        await bench.page.get_by_role("button", name="หน้าแรก").click()
        await bench.page.locator(".door").first.wait_for()
        await bench.page.locator("html:not(.large):not(.contrast)").wait_for(state="attached")
        assert await bench.page.locator("#said").text_content() == ""

    assert watch(story, built) == []


def test_staff_take_the_kiosk_out_of_service_and_back_with_their_card(built: Built) -> None:
    async def story(bench: Bench) -> None:
        page = bench.page
        await bench.tap("0412121212AA80")
        await page.get_by_role("button", name="เมนูเจ้าหน้าที่").click()
        await page.get_by_role("button", name="ปิดให้บริการ").click()
        await page.get_by_role("button", name="พิมพ์สลิปทดสอบ").click()
        await page.get_by_text("พิมพ์สลิปทดสอบแล้ว").wait_for()
        await page.get_by_role("button", name="กลับ", exact=True).click()
        await page.get_by_role("heading", name="ตู้นี้ขอพักก่อน").wait_for()
        await bench.tap(SOMCHAI)
        await page.get_by_role("heading", name="ตู้นี้ขอพักก่อน").wait_for()
        await bench.tap("0412121212AA80")
        await page.get_by_role("button", name="เปิดให้บริการ").click()
        await page.get_by_role("button", name="เริ่มตู้ใหม่").click()
        await page.locator(".door").first.wait_for()
        assert bench.stand.restarts == ["restarted"]
        assert "วันดี" not in await page.content()

    assert watch(story, built) == []


def test_a_book_is_said_to_those_who_listen(built: Built) -> None:
    async def story(bench: Bench) -> None:
        await bench.tap(SOMCHAI)
        await bench.scan("30000012")
        await bench.page.locator("#said", has_text="เจ้าชายน้อย. กำหนดส่ง 11 ธ.ค. 2569").wait_for(state="attached")

    assert watch(story, built) == []


@pytest.mark.requirement("H-09")
def test_the_visitor_is_warned_and_then_forgotten(built: Built) -> None:
    async def story(bench: Bench) -> None:
        await bench.tap(SOMCHAI)
        await bench.page.get_by_role("alertdialog").wait_for()
        await bench.page.locator(".door").first.wait_for()
        assert "สมชาย" not in await bench.page.content()

    assert watch(story, built, idle_seconds=2.0) == []


def test_a_finger_on_the_glass_gives_more_time(built: Built) -> None:
    async def story(bench: Bench) -> None:
        await bench.tap(SOMCHAI)
        await bench.page.get_by_role("alertdialog").wait_for()
        await bench.page.get_by_role("button", name="ยังอยู่").click()
        await bench.page.get_by_role("alertdialog").wait_for(state="detached")
        await bench.page.get_by_role("heading", name="สวัสดี สมชาย ใจดี").wait_for()

    assert watch(story, built, idle_seconds=12.0) == []


def test_no_slip_is_told_on_the_first_screen(built: Built) -> None:
    async def story(bench: Bench) -> None:
        assert isinstance(bench.stand.printer, PaperTray)
        await bench.change(bench.stand.printer, PartState.PAPER_OUT)
        await bench.page.get_by_text("วันนี้ไม่มีสลิป").wait_for()

    assert watch(story, built) == []


@pytest.mark.requirement("H-09")
def test_a_page_that_loses_its_kiosk_shows_nobody_and_comes_back(built: Built) -> None:
    async def story(bench: Bench) -> None:
        lines: list[WebSocketRoute] = []

        def connect(line: WebSocketRoute) -> None:
            lines.append(line)
            line.connect_to_server()

        await bench.page.route_web_socket("**/ws", connect)
        await arrive(bench.page, bench.stand)
        await bench.tap(SOMCHAI)
        greeting = bench.page.get_by_role("heading", name="สวัสดี สมชาย ใจดี")
        await greeting.wait_for()
        await lines[0].close()
        await greeting.wait_for(state="detached")
        await greeting.wait_for()
        assert len(lines) == 2

    assert watch(story, built) == []
