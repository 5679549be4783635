"""Takes a picture of every kiosk screen at three sizes in both languages, to look at:

python -m tests.edge.kiosk.pictures FOLDER [--large] [--contrast] [SCENE …]
"""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from playwright.async_api import Page, async_playwright

from samut_edge.devices.part import PartState
from samut_edge.events import CardKind, CardTapped, CodeScanned, ItemSeen, Stranger, StrangeTag
from samut_edge.flows.kiosk_events import ChooseEase, ChooseLanguage
from samut_edge.flows.kiosk_states import Language
from tests.edge.kiosk.small_library import NOW, StandingPart
from tests.edge.kiosk.standing_kiosk import Stand, standing_kiosk

SIZES = ((1080, 1920), (1280, 800), (800, 480))
PAUSE = 0.06


@dataclass
class Bench:
    """A kiosk and the browser that stands in front of it."""

    stand: Stand
    page: Page

    async def tap(self, uid: str) -> None:
        self.stand.kiosk.happen(CardTapped("reader", CardKind.UID, uid, 0))
        await asyncio.sleep(PAUSE)

    async def scan(self, *barcodes: str) -> None:
        for barcode in barcodes:
            self.stand.kiosk.happen(CodeScanned("scanner", barcode, 0))
            await asyncio.sleep(PAUSE)

    async def press(self, selector: str) -> None:
        await self.page.locator(selector).first.click()
        await asyncio.sleep(PAUSE)

    async def change(self, part: StandingPart, state: PartState) -> None:
        self.stand.change(part, state)
        await asyncio.sleep(PAUSE)


async def welcome(bench: Bench) -> None:
    await asyncio.sleep(0)


async def welcome_no_paper_with_pad(bench: Bench) -> None:
    bench.stand.kiosk.happen(ItemSeen("pad", "30000012", "t1"))
    bench.stand.kiosk.happen(ItemSeen("pad", "30000029", "t2"))
    await bench.change(bench.stand.printer, PartState.PAPER_OUT)


async def unavailable(bench: Bench) -> None:
    await bench.change(bench.stand.scanner, PartState.OFFLINE)


async def typing_empty(bench: Bench) -> None:
    await bench.press(".door.borrow")


async def typing(bench: Bench) -> None:
    await bench.press(".door.borrow")
    for key in (2, 1, 1, 1):
        await bench.press(f".key >> nth={key - 1}")


async def identifying(bench: Bench) -> None:
    bench.stand.library.slow = asyncio.Event()
    await bench.tap("04A1B2C3D4E580")


async def not_known(bench: Bench) -> None:
    await bench.scan("99999")


async def borrowing_empty(bench: Bench) -> None:
    await bench.tap("04A1B2C3D4E580")


async def borrowing_blocked(bench: Bench) -> None:
    await bench.tap("04FFEEDDCCBBAA")
    await bench.scan("30000012")


async def borrowing(bench: Bench) -> None:
    await bench.tap("04A1B2C3D4E580")
    await bench.scan("30000012", "30000043", "30000050")


async def borrowing_many(bench: Bench) -> None:
    await bench.tap("04A1B2C3D4E580")
    bench.stand.library.away = True
    await bench.scan("30000012", "30000029", "30000043", "30000050", "77", "30000036", "30000012")
    bench.stand.library.slow = asyncio.Event()
    await bench.scan("30000074")


async def borrowing_renewed(bench: Bench) -> None:
    await bench.tap("0411223344AA80")
    await bench.scan("30000012", "30000081", "30000098")


async def my_loans(bench: Bench) -> None:
    await bench.tap("0411223344AA80")
    await bench.press(".visit-about .button")


async def my_loans_renewed(bench: Bench) -> None:
    await my_loans(bench)
    await bench.press(".ways-out .main")


async def done_renewed(bench: Bench) -> None:
    await borrowing_renewed(bench)
    await bench.press(".ways-out .main")


PITI, MANEE = "0455667788AA80", "0499887766AA80"


async def offered_empty(bench: Bench) -> None:
    await bench.tap(PITI)


async def offered(bench: Bench) -> None:
    await bench.tap(PITI)
    await bench.scan("30000012", "30000043")


async def offered_with_loans(bench: Bench) -> None:
    bench.stand.library.lend("30000081", "10004", NOW)
    await bench.tap(PITI)
    await bench.scan("30000012")


async def line_code(bench: Bench) -> None:
    await offered(bench)
    await bench.press(".visit-about .button")


async def line_failed(bench: Bench) -> None:
    await offered(bench)
    bench.stand.library.away = True
    await bench.press(".visit-about .button")


async def slip_failed(bench: Bench) -> None:
    await bench.tap(MANEE)
    await bench.scan("30000012")
    bench.stand.library.away = True
    await bench.press(".ways-out .button")


async def slip_failed_no_paper(bench: Bench) -> None:
    await bench.change(bench.stand.printer, PartState.PAPER_OUT)
    await slip_failed(bench)


async def sending(bench: Bench) -> None:
    await bench.tap(MANEE)
    await bench.scan("30000012")
    bench.stand.library.slow = asyncio.Event()
    await bench.press(".ways-out .button")


async def done_sent(bench: Bench) -> None:
    await bench.tap(MANEE)
    await bench.scan("30000012")
    await bench.press(".ways-out .button")


async def borrowing_no_paper(bench: Bench) -> None:
    await bench.change(bench.stand.printer, PartState.PAPER_OUT)
    await bench.tap("04A1B2C3D4E580")
    await bench.scan("30000012")


async def returning_empty(bench: Bench) -> None:
    await bench.press(".door.give-back")


async def returning(bench: Bench) -> None:
    bench.stand.library.lend("30000012", "10001", NOW)
    await bench.press(".door.give-back")
    await bench.scan("30000067", "30000012", "30000036", "4242")


async def printing(bench: Bench) -> None:
    bench.stand.printer.holds = asyncio.Event()
    await borrowing(bench)
    await bench.press(".ways-out .main")


async def done_printed(bench: Bench) -> None:
    await borrowing(bench)
    await bench.press(".ways-out .main")


async def done_returned_late(bench: Bench) -> None:
    await returning(bench)
    await bench.press(".ways-out .second")


async def done_jammed(bench: Bench) -> None:
    bench.stand.printer.jams = True
    await borrowing(bench)
    await bench.press(".ways-out .main")


CHUJAI, WANDEE = "0466554433AA80", "0412121212AA80"


async def lay(bench: Bench, barcode: str, seen: int = 1, of: int = 1, *, secured: bool = True) -> None:
    bench.stand.kiosk.happen(ItemSeen("pad", barcode, f"tag of {barcode}", seen, of, secured))
    await asyncio.sleep(PAUSE)


async def counting(bench: Bench) -> None:
    for barcode in ("30000012", "30000029", "30000036"):
        await lay(bench, barcode)
    await bench.tap("04A1B2C3D4E580")


async def counting_advised(bench: Bench) -> None:
    await counting(bench)
    await bench.press(".choices .button >> nth=1")


async def tags_lent(bench: Bench) -> None:
    """One of each: released, refused by its tag, wanted on the pad, a set that is not whole."""
    await bench.tap("04A1B2C3D4E580")
    bench.stand.pad.stubborn.add("30000029")
    await lay(bench, "30000012")
    await lay(bench, "30000029")
    await bench.scan("30000036")
    await lay(bench, "30000074", 2, 3)


async def tags_being_written(bench: Bench) -> None:
    bench.stand.pad.holds = asyncio.Event()
    await bench.tap("04A1B2C3D4E580")
    await lay(bench, "30000012")


async def done_to_desk(bench: Bench) -> None:
    await tags_lent(bench)
    await bench.press(".ways-out .main")


async def tags_returned(bench: Bench) -> None:
    bench.stand.library.lend("30000012", "10001", NOW)
    bench.stand.library.lend("30000074", "10001", NOW)
    await bench.press(".door.give-back")
    await lay(bench, "30000012", secured=False)
    await lay(bench, "30000074", 1, 3, secured=False)
    await bench.scan("30000036")


async def strange_tag(bench: Bench) -> None:
    await bench.tap("04A1B2C3D4E580")
    bench.stand.kiosk.happen(StrangeTag("pad", "E0FF", Stranger.MEMBER_CARD))
    await asyncio.sleep(PAUSE)


async def owing(bench: Bench) -> None:
    await bench.tap(CHUJAI)


async def account(bench: Bench) -> None:
    bench.stand.library.lend("30000104", "10006", NOW)
    await bench.tap(CHUJAI)
    await bench.press(".visit-about .button")


async def pay_code(bench: Bench) -> None:
    await bench.tap(CHUJAI)
    await bench.press(".visit-about .button >> nth=1")


async def of_staff(bench: Bench) -> None:
    await bench.tap(WANDEE)


async def staff_menu(bench: Bench) -> None:
    await borrowing(bench)
    await bench.press(".ways-out .second")
    await bench.tap(WANDEE)
    await bench.press(".visit-about .button")


async def staff_menu_out_of_service(bench: Bench) -> None:
    await staff_menu(bench)
    await bench.press(".staff-ways .button")
    await bench.press(".staff-ways .button >> nth=1")


SCENES: tuple[Callable[[Bench], Awaitable[None]], ...] = (
    welcome,
    welcome_no_paper_with_pad,
    unavailable,
    typing_empty,
    typing,
    identifying,
    not_known,
    borrowing_empty,
    borrowing_blocked,
    borrowing,
    borrowing_many,
    borrowing_renewed,
    my_loans,
    my_loans_renewed,
    done_renewed,
    offered_empty,
    offered,
    offered_with_loans,
    line_code,
    line_failed,
    slip_failed,
    slip_failed_no_paper,
    sending,
    done_sent,
    borrowing_no_paper,
    returning_empty,
    returning,
    printing,
    done_printed,
    done_returned_late,
    done_jammed,
    counting,
    counting_advised,
    tags_lent,
    tags_being_written,
    done_to_desk,
    tags_returned,
    strange_tag,
    owing,
    account,
    pay_code,
    of_staff,
    staff_menu,
    staff_menu_out_of_service,
)


async def still_there(bench: Bench) -> None:
    await borrowing(bench)
    await bench.page.locator(".still-there").wait_for()


@asynccontextmanager
async def bench_for(page: Page, idle_seconds: float = 45.0, *, tags: bool = False) -> AsyncIterator[Bench]:
    """A kiosk of its own for one picture."""
    async with standing_kiosk(idle_seconds=idle_seconds, security="pads" if tags else "none") as stand:
        await page.goto(stand.address)
        await page.locator(".door").first.wait_for()
        yield Bench(stand, page)


def has_tags(scene: Callable[[Bench], Awaitable[None]]) -> bool:
    """Whether it is in a library that secures its books."""
    return scene in (counting, counting_advised, tags_lent, tags_being_written, done_to_desk, tags_returned)


async def take_all(folder: Path, wanted: list[str], eases: tuple[Literal["large", "contrast"], ...] = ()) -> None:
    async with async_playwright() as player:
        browser = await player.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for width, height in SIZES:
            page = await browser.new_page(viewport={"width": width, "height": height})
            page.on("console", lambda said: print("console:", said.text))
            page.on("pageerror", lambda error: print("error:", error))
            for language in Language:
                for scene in (*SCENES, still_there):
                    if wanted and scene.__name__ not in wanted:
                        continue
                    seconds, tags = 9.5 if scene is still_there else 45.0, has_tags(scene)
                    async with bench_for(page, seconds, tags=tags) as bench:
                        bench.stand.kiosk.happen(ChooseLanguage(language))
                        for what in eases:
                            bench.stand.kiosk.happen(ChooseEase(what=what, on=True))
                        await scene(bench)
                        await asyncio.sleep(0.5)
                        await page.screenshot(path=folder / f"{scene.__name__}-{width}-{language}.png")
            await page.close()
        await browser.close()


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    asked = [ease for ease in ("large", "contrast") if f"--{ease}" in sys.argv]
    asyncio.run(take_all(target, [word for word in sys.argv[2:] if not word.startswith("--")], tuple(asked)))
