"""A visitor to the bench puts tags of all kinds on a pad, and sees what they say to the exit."""

from pathlib import Path
from typing import Any, cast

import pytest
from playwright.async_api import async_playwright, expect

from samut_edge.devices.pad import Pad, Security
from samut_edge.events import ItemGone, ItemSeen, Stranger, StrangeTag
from tests.edge.drivers.heard import story
from tests.edge.virtual.benches import Visit, visiting, write_settings
from tests.edge.virtual.test_bench_page import CHROMIUM, open_page

SERVICE = """
    [parts.pad]
    driver = "http_pad"
    options = {{ url = "http://127.0.0.1:{pad}", seen_seconds = 0.05, gone_seconds = 0.1 }}
"""
SERIAL = """
    [parts.pad]
    driver = "serial_pad"
    options = {{ path = "{folder}/pad", round_seconds = 0.02, library = "SAMUT" }}
"""
UHF = '[parts.pad]\ndriver = "chafon_uhf"\noptions = {{ path = "{folder}/uhf" }}\n'


async def tags(visit: Visit) -> list[dict[str, Any]]:
    return cast("list[dict[str, Any]]", (await visit.sees())["pads"][0]["tags"])


def order(visit: Visit) -> Pad:
    return cast("Pad", visit.parts["pad"])


@pytest.mark.requirement("H-11")
@pytest.mark.parametrize("part", [SERVICE, SERIAL], ids=["service", "serial"])
def test_a_set_is_put_down_part_by_part_cleared_and_lifted(tmp_path: Path, part: str) -> None:
    @story
    async def told() -> None:
        async with visiting(write_settings(tmp_path, part)) as visit:
            for number in (1, 2):
                await visit.does("tag", part="pad", kind="item", barcode="TH1", number=number, of=2)
                seen = await visit.heard.next(ItemSeen)
                assert (seen.seen, seen.of) == (number, 2)
            assert [tag["secured"] for tag in await tags(visit)] == [True, True]
            assert await order(visit).set_security("TH1", secured=False) is Security.DONE
            assert [tag["secured"] for tag in await tags(visit)] == [False, False]
            for tag in await tags(visit):
                await visit.does("tag/lift", part="pad", chip=tag["chip"])
            assert isinstance(await last(visit), ItemGone)

    told()


async def last(visit: Visit) -> object:
    """The item's last event: its parts may go at once or one after the other."""
    event = await visit.heard.next(object)
    return await visit.heard.next(object) if isinstance(event, ItemSeen) else event


@pytest.mark.parametrize("part", [SERVICE, SERIAL], ids=["service", "serial"])
def test_strangers_are_put_down(tmp_path: Path, part: str) -> None:
    @story
    async def told() -> None:
        async with visiting(write_settings(tmp_path, part)) as visit:
            for kind, why in (
                ("member_card", Stranger.MEMBER_CARD),
                ("damaged", Stranger.UNREADABLE),
                ("blank", Stranger.UNREADABLE),
            ):
                await visit.does("tag", part="pad", kind=kind, barcode="TH1")
                assert (await visit.heard.next(StrangeTag)).why is why
            assert [tag["barcode"] for tag in await tags(visit)] == ["TH1", "", ""]

    told()


@story
async def test_a_tag_of_another_library_is_put_down(tmp_path: Path) -> None:
    async with visiting(write_settings(tmp_path, SERIAL)) as visit:
        await visit.does("tag", part="pad", kind="foreign", barcode="B1")
        assert (await visit.heard.next(StrangeTag)).why is Stranger.OTHER_LIBRARY


@story
async def test_a_tag_can_be_lifted_in_the_middle_of_a_write(tmp_path: Path) -> None:
    async with visiting(write_settings(tmp_path, SERIAL)) as visit:
        await visit.does("pad", part="pad", barcode="TH1", on=True)
        chip = (await visit.heard.next(ItemSeen)).tag
        await visit.does("tag/spoil", part="pad", chip=chip, fault="lifted")
        assert await order(visit).set_security("TH1", secured=False) is Security.PENDING
        assert (await visit.heard.next(ItemGone)).barcode == "TH1"
        assert (await visit.post("tag/spoil", part="pad", chip=chip, fault="lifted")).status == 409
        assert (await visit.post("tag", part="pad", kind="item", barcode="TH1", number=3, of=2)).status == 409


@story
async def test_a_pad_that_reads_only_numbers_takes_no_such_tags(tmp_path: Path) -> None:
    async with visiting(write_settings(tmp_path, UHF)) as visit:
        assert (await visit.post("tag", part="pad", kind="blank")).status == 409


@story
async def test_the_page_shows_each_tag_and_what_it_says_to_the_exit(tmp_path: Path) -> None:
    async with visiting(write_settings(tmp_path, SERVICE)) as visit, async_playwright() as engines:
        browser = await engines.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = await browser.new_page()
        complaints = await open_page(visit, page)
        await page.get_by_role("button", name="English").click()
        for number in (1, 2):
            await page.get_by_role("button", name="Put the next of 3 parts").click()
            await expect(page.get_by_text(f"part {number} of 3")).to_be_visible()
        await page.get_by_role("button", name="Put a member card").click()
        await expect(page.get_by_text("secured", exact=True)).to_have_count(3)
        await visit.heard.next(ItemSeen)
        assert await order(visit).set_security("TH0012345", secured=False) is Security.DONE
        await expect(page.get_by_text("may leave", exact=True)).to_have_count(2)
        await page.get_by_role("button", name="Lift this tag").first.click()
        await expect(page.get_by_text("part 1 of 3")).to_have_count(0)
        await page.screenshot(path=tmp_path / "pads.png", full_page=True)
        assert complaints == []
        await browser.close()
