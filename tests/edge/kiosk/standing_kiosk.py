"""A kiosk at work in this process, with its page served on a free port."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from samut_edge.devices.part import PartState, PartStatus
from samut_edge.events import PartChanged
from samut_edge.kiosk import Kiosk, KioskParts
from samut_edge.kiosk_server import PAGE, kiosk_routes
from samut_edge.kiosk_slip import Library
from samut_wire.configuration import KioskSettings
from tests.edge.kiosk.small_library import CARD_KEY, NOW, PaperTray, SmallLibrary, StandingPart, school_library

NAME = Library("ห้องสมุดโรงเรียนบ้านหนองน้ำใส", "Ban Nong Nam Sai School Library")


@dataclass
class Stand:
    kiosk: Kiosk
    library: SmallLibrary
    printer: PaperTray
    scanner: StandingPart
    address: str

    def change(self, part: StandingPart, state: PartState) -> None:
        part.status = PartStatus(state)
        self.kiosk.happen(PartChanged(part.name))


@asynccontextmanager
async def standing_kiosk(*, idle_seconds: float = 45.0, page: Path = PAGE) -> AsyncIterator[Stand]:
    library, printer, scanner = school_library(), PaperTray(), StandingPart("scanner")
    kiosk = Kiosk(
        KioskSettings(idle_seconds=idle_seconds),
        library,
        parts=KioskParts([StandingPart("reader")], [scanner], printer),
        card_key=CARD_KEY,
        library=lambda: NAME,
        clock=lambda: NOW,
    )
    running = asyncio.create_task(kiosk.run())
    try:
        async with served(kiosk, page) as address:
            yield Stand(kiosk, library, printer, scanner, address)
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
