"""The desk's own page in a real browser, by keyboard alone."""

from pathlib import Path

from playwright.async_api import Page, async_playwright

from tests.chromium import CHROMIUM, FLAGS
from tests.edge.drivers.heard import story, until
from tests.edge.test_desk import PIN, standing

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"


async def types(page: Page, text: str) -> None:
    await page.keyboard.type(text)
    await page.keyboard.press("Enter")


@story
async def test_a_librarian_lends_by_keyboard_and_the_browser_has_nothing_to_complain_of(tmp_path: Path) -> None:
    async with standing(tmp_path) as at, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page, said = await browser.new_page(), list[str]()
        page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        await page.goto(at.address)
        await page.wait_for_selector("#sign-in:not([hidden])")
        assert "ตั้งแต่ 23 พ.ย. 2569 10:00 น." in await page.inner_text("#hub")
        await page.keyboard.type("wanna")
        await page.keyboard.press("Tab")
        await types(page, "111112")
        await page.wait_for_selector("#refused:not(:empty)")
        await types(page, PIN)
        await page.wait_for_selector("#work:not([hidden])")
        await types(page, "10001")
        await page.wait_for_selector("#guest:not([hidden])")
        await types(page, "B00001")
        await page.wait_for_selector(".line.lent")
        await page.keyboard.press("F2")
        await until(lambda: at.printer.slips)
        await page.reload()
        await page.wait_for_selector("#guest:not([hidden])")
        assert await page.inner_text("#guest-name") == "มานี ใจดี"
        await page.keyboard.press("Escape")
        await until(lambda: at.desk.counter.state.guest is None)
        await types(page, "B00001")
        await page.wait_for_selector(".line.returned")
        await page.evaluate(AXE.read_text())
        assert await page.evaluate("axe.run().then(said => said.violations.map(one => one.id))") == []
        assert said == []
        await browser.close()
