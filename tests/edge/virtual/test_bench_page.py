"""The bench's page in a browser."""

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import Page, ViewportSize, async_playwright, expect

from samut_edge.events import CardTapped, ItemSeen
from tests.edge.drivers.heard import story
from tests.edge.virtual.benches import Visit, visiting, write_settings

CHROMIUM = "/usr/bin/chromium"


async def open_page(visit: Visit, browser_page: Page) -> list[str]:
    """Opens the page; what the browser complains of is collected in the list."""
    complaints: list[str] = []
    browser_page.on("console", lambda message: complaints.append(message.text))
    browser_page.on("pageerror", lambda error: complaints.append(str(error)))
    await browser_page.goto(f"{visit.address}/bench")
    return complaints


@pytest.mark.parametrize("size", [(1280, 800), (390, 844)])
def test_a_visitor_taps_a_card_and_puts_down_a_book(tmp_path: Path, size: tuple[int, int]) -> None:
    @story
    async def told() -> None:
        async with visiting(write_settings(tmp_path)) as visit, async_playwright() as engines:
            browser = await engines.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            page = await browser.new_page(viewport=ViewportSize(width=size[0], height=size[1]))
            complaints = await open_page(visit, page)
            await page.get_by_role("button", name="แตะที่ ทางเข้า (in)").first.click()
            assert (await visit.heard.next(CardTapped)).part == "in"
            await page.get_by_role("button", name="วาง", exact=True).click()
            assert (await visit.heard.next(ItemSeen)).barcode == "TH0012345"
            await page.get_by_role("button", name="English").click()
            await expect(page.get_by_role("button", name="Take off")).to_be_visible()
            await expect(page.get_by_text("Gate closed")).to_be_visible()
            await page.get_by_role("switch").click()
            await expect(page.get_by_role("switch")).to_contain_text("Network cut")
            assert visit.bench.cable.is_cut
            assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            assert complaints == []
            await browser.close()

    told()


@story
async def test_the_open_page_does_not_hold_up_the_end_of_the_agent(tmp_path: Path) -> None:
    began = 0.0
    async with async_playwright() as engines:
        browser = await engines.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        async with visiting(write_settings(tmp_path, "[parts]")) as visit:
            page = await browser.new_page()
            await open_page(visit, page)
            await expect(page.locator("#device")).to_contain_text("gate-1")
            began = asyncio.get_running_loop().time()
        assert asyncio.get_running_loop().time() - began < 10
        await browser.close()
