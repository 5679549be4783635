"""A kiosk at work in this process, with its page served on a free port."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from aiohttp import web

from samut_edge.devices.part import PartState, PartStatus
from samut_edge.events import PartChanged
from samut_edge.kiosk import Kiosk, KioskParts
from samut_edge.kiosk_server import PAGE, kiosk_routes
from samut_edge.kiosk_slip import Library
from samut_wire.configuration import KioskSettings
from tests.edge.kiosk.small_library import (
    CARD_KEY,
    NOW,
    PaperTray,
    SmallLibrary,
    StandingPart,
    TagTray,
    school_library,
)

NAME = Library("ห้องสมุดโรงเรียนบ้านหนองน้ำใส", "Ban Nong Nam Sai School Library")


@dataclass
class Stand:
    kiosk: Kiosk
    library: SmallLibrary
    printer: PaperTray
    scanner: StandingPart
    pad: TagTray
    address: str
    restarts: list[str]

    def change(self, part: StandingPart, state: PartState) -> None:
        part.status = PartStatus(state)
        self.kiosk.happen(PartChanged(part.name))


@asynccontextmanager
async def standing_kiosk(
    *, idle_seconds: float = 45.0, page: Path = PAGE, security: Literal["none", "pads"] = "none"
) -> AsyncIterator[Stand]:
    """With pads, they are there only where the library secures its books."""
    library, printer, scanner = school_library(), PaperTray(), StandingPart("scanner")
    pad, restarts = TagTray(library), list[str]()
    pads = [pad] if security == "pads" else []
    kiosk = Kiosk(
        KioskSettings(idle_seconds=idle_seconds, security=security, staff_types=("librarian",)),
        library,
        parts=KioskParts([StandingPart("reader")], [scanner, *pads], printer, pads),
        restart=lambda: restarts.append("restarted"),
        card_key=CARD_KEY,
        library=lambda: NAME,
        clock=lambda: NOW,
    )
    running = asyncio.create_task(kiosk.run())
    try:
        async with served(kiosk, page) as address:
            yield Stand(kiosk, library, printer, scanner, pad, address, restarts)
    finally:
        running.cancel()
        await asyncio.wait([running])


@asynccontextmanager
async def served(kiosk: Kiosk, page: Path) -> AsyncIterator[str]:
    """The kiosk's page and WebSocket on a free port; yields the address with a slash at its end."""
    app = web.Application()
    app.add_routes(kiosk_routes(kiosk, page))
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
    finally:
        await runner.cleanup()
