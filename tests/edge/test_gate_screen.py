"""The screen beside a gate, in a browser."""

import json
from pathlib import Path

import pytest
from aiohttp import ClientSession
from playwright.async_api import Page, ViewportSize, async_playwright, expect

from samut_edge.events import CodeScanned, Input, InputChanged, TagPassed
from samut_wire import messages as m
from tests.edge.drivers.heard import story
from tests.edge.standing_gate import standing, tap
from tests.edge.stock import BLOCKED_CARD, MANEE_CARD
from tests.ports import free_port

CHROMIUM = "/usr/bin/chromium"
SIZES = ((800, 480), (1280, 800), (480, 800))
FITS = "document.documentElement.scrollHeight <= innerHeight && document.documentElement.scrollWidth <= innerWidth"
VISIBLE = """(id) => {
  const box = document.getElementById(id).getBoundingClientRect();
  return box.top >= 0 && box.bottom <= innerHeight;
}"""


async def fits(page: Page) -> bool:
    """Nothing is cut off, whatever stands there."""
    parts = ("headline", "thai", "english", "inside", "hours")
    return await page.evaluate(FITS) and all([await page.evaluate(VISIBLE, part) for part in parts])


@pytest.mark.requirement("H-01")
@pytest.mark.parametrize("size", SIZES)
def test_the_screen_says_yes_or_no_with_the_reason_and_then_forgets(tmp_path: Path, size: tuple[int, int]) -> None:
    @story
    async def told() -> None:
        async with standing(tmp_path, capacity=60) as at, at.page() as address, async_playwright() as engines:
            browser = await engines.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            page = await browser.new_page(viewport=ViewportSize(width=size[0], height=size[1]))
            faults: list[str] = []
            page.on("pageerror", lambda error: faults.append(str(error)))
            await page.goto(address)
            await expect(page.locator("#library-th")).to_have_text("ห้องสมุดโรงเรียนเหนือ")
            await expect(page.locator("#inside")).to_have_text("ข้างใน 0 จาก 60 คน · 0 of 60 inside")
            assert await fits(page)
            at.gate.happen(tap(MANEE_CARD))
            await expect(page.locator("#name")).to_have_text("มานี")
            await expect(page.locator("#inside")).to_contain_text("1 of 60")
            assert "ใจดี" not in await page.content()
            assert await fits(page)
            await expect(page.locator("body")).to_have_attribute("data-state", "idle", timeout=15_000)
            assert "มานี" not in await page.content()
            at.gate.happen(tap(BLOCKED_CARD))
            await expect(page.locator("#english")).to_have_text("Please go to the desk first.")
            assert "ทำบัตรหาย" not in await page.content()
            at.gate.happen(CodeScanned("in", "99999", 0))
            await expect(page.locator("#thai")).to_contain_text("ไม่พบสมาชิกนี้")
            assert await fits(page)
            assert faults == []
            await browser.close()

    told()


@pytest.mark.requirement("H-04")
@story
async def test_the_item_that_alarms_is_named_until_the_alarm_ends(tmp_path: Path) -> None:
    async with standing(tmp_path, alarm_seconds=3) as at, at.page() as address, async_playwright() as engines:
        browser = await engines.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = await browser.new_page(viewport=ViewportSize(width=800, height=480))
        await page.goto(address)
        await expect(page.locator("#inside")).to_contain_text("ข้างใน")
        at.gate.happen(TagPassed("exit", "B00001", "E004", True, 0))
        await expect(page.locator("#headline")).to_have_text("เรื่อง B00001")
        at.gate.happen(tap(MANEE_CARD))
        await expect(page.locator("#inside")).to_contain_text("1 inside")
        await expect(page.locator("body")).to_have_attribute("data-state", "alarm")
        assert await fits(page)
        await expect(page.locator("body")).to_have_attribute("data-state", "idle", timeout=15_000)
        at.gate.happen(InputChanged("gate", Input.FIRE, True, 0))
        await expect(page.locator("#headline")).to_have_text("เหตุฉุกเฉิน")
        await browser.close()


@pytest.mark.requirement("H-01")
@story
async def test_a_screen_whose_gate_is_gone_asks_nobody_for_a_card(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = free_port()
    async with standing(tmp_path) as at, async_playwright() as engines:
        browser = await engines.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = await browser.new_page(viewport=ViewportSize(width=800, height=480))
        async with at.page(port) as address:
            await page.goto(address)
            await expect(page.locator("#inside")).to_contain_text("0 inside")
            await page.evaluate("document.body.id = 'loaded-before'")
        await expect(page.locator("#headline")).to_have_text("ประตูขัดข้อง")
        await expect(page.locator("#english")).to_have_text("Out of order. Please ask the librarian.")
        await expect(page.locator("#inside")).to_have_text("")
        await expect(page.locator("body")).to_have_attribute("data-state", "no")
        async with at.page(port):
            await expect(page.locator("#inside")).to_contain_text("0 inside", timeout=15_000)
            await expect(page.locator("body")).to_have_attribute("data-state", "idle")
            await expect(page.locator("#loaded-before")).to_have_count(1)
        await expect(page.locator("#headline")).to_have_text("ประตูขัดข้อง")
        monkeypatch.setattr("samut_edge.gate_view.SOFTWARE", "99.0")
        async with at.page(port):
            await expect(page.locator("#loaded-before")).to_have_count(0, timeout=15_000)
            await expect(page.locator("#inside")).to_contain_text("0 inside")
        await browser.close()


@story
async def test_a_screen_that_is_switched_on_later_learns_nothing_of_who_was_there(tmp_path: Path) -> None:
    async with standing(tmp_path) as at, at.page() as address:
        await at.happens(tap(MANEE_CARD))
        await at.told(m.OccupancyCorrected(by="l", people=7))
        async with ClientSession() as browser, browser.get(f"{address}gate/events") as stream:
            first = json.loads((await stream.content.readline()).removeprefix(b"data: "))
            await at.happens(CodeScanned("out", "10001", 0))
            await stream.content.readline()
            second = json.loads((await stream.content.readline()).removeprefix(b"data: "))
    assert (first["kind"], first["inside"], first["mode"]) == ("scene", 7, "open")
    assert (second["kind"], second["name"], second["direction"]) == ("tap", "มานี", "out")
    assert "10001" not in json.dumps([first, second])
