"""Takes a picture of every scene of a gate's screen at two sizes, to look at:

python -m tests.edge.gate_pictures FOLDER
"""

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path

from playwright.async_api import async_playwright

from samut_edge.events import CodeScanned, Input, InputChanged, TagPassed
from samut_wire import messages as m
from tests.edge.standing_gate import Standing, standing, tap
from tests.edge.stock import BLOCKED_CARD, MANEE_CARD

SIZES = ((1280, 800), (800, 480), (480, 800))
Scene = Callable[[Standing], object]
SCENES: dict[str, Scene] = {
    "idle": lambda at: None,
    "in": lambda at: at.gate.happen(tap(MANEE_CARD)),
    "out": lambda at: at.gate.happen(tap(MANEE_CARD, "out")),
    "blocked": lambda at: at.gate.happen(tap(BLOCKED_CARD)),
    "unknown": lambda at: at.gate.happen(CodeScanned("in", "99999", 0)),
    "alarm": lambda at: at.gate.happen(TagPassed("out", "B00001", "E004", True, 0)),
    "alarm_unknown": lambda at: at.gate.happen(TagPassed("out", "", "E004", True, 0)),
    "fire": lambda at: at.gate.happen(InputChanged("gate", Input.FIRE, True, 0)),
    "closed": lambda at: at.gate.obey(m.GateLocked(by="l", why="", locked=True)),
    "class": lambda at: at.gate.obey(m.ClassLetIn(by="l", persons=35, seconds=60)),
}


async def take_all(folder: Path) -> None:
    async with async_playwright() as player:
        browser = await player.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for name, happen in SCENES.items():
            work = folder / "work" / name
            work.mkdir(parents=True, exist_ok=True)
            async with standing(work, capacity=60) as at, at.page() as address:
                at.gate.obey(m.OccupancyCorrected(by="l", people=42))
                for width, height in SIZES:
                    page = await browser.new_page(viewport={"width": width, "height": height})
                    page.on("console", lambda said: print("console:", said.text))
                    await page.goto(address)
                    await page.locator("#inside:not(:empty)").wait_for()
                    happen(at)
                    await asyncio.sleep(0.6)
                    await page.screenshot(path=folder / f"{name}-{width}.png")
                    await page.close()
        await browser.close()


if __name__ == "__main__":
    asyncio.run(take_all(Path(sys.argv[1])))
