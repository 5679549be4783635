"""A whole edge computer at a bench: its settings, its virtual hardware, its page."""

import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import ClientResponse, ClientSession, web

from samut_edge.devices.part import Part
from samut_edge.drivers import create_part
from samut_edge.own_page import only_by_own_name
from samut_edge.settings import Settings, read_settings
from samut_edge.virtual.bench import VirtualBench
from tests.edge.drivers.heard import Heard, ready
from tests.ports import free_port

THINGS = {
    "cards": [
        {"label": "มะลิ", "kind": "uid", "value": "04A1B2C3D4E5F6"},
        {"label": "ครูสมศรี", "kind": "national_id", "value": "1103700123457"},
        {"label": "สมชาย", "kind": "number", "value": "4500123"},
    ],
    "items": [{"label": "ปู่กุ้งน้ำ", "barcode": "TH0012345"}],
}
EVERYTHING = """
    [parts.in]
    driver = "pcsc"
    options = {{ reader = "in" }}
    [parts.out]
    driver = "pcsc"
    options = {{ reader = "out" }}
    [parts.near]
    driver = "serial_rdm6300"
    options = {{ path = "{folder}/near" }}
    [parts.scanner]
    driver = "serial_line"
    options = {{ path = "{folder}/scanner" }}
    [parts.pad]
    driver = "http_pad"
    options = {{ url = "http://127.0.0.1:{pad}", seen_seconds = 0.05, gone_seconds = 0.1 }}
    [parts.slips]
    driver = "escpos_printer"
    options = {{ host = "127.0.0.1", port = {printer} }}
    [parts.gate]
    driver = "rpi_gpio"
    options = {{ relay = 17, green = 27, red = 22, buzzer = 5, active_low = ["relay"] }}
"""


def write_settings(folder: Path, parts: str = EVERYTHING) -> Settings:
    (folder / "bench.json").write_text(json.dumps(THINGS))
    (folder / "device.toml").write_text(
        'device = "gate-1"\nrole = "gate"\nname = "ประตูหน้า"\nvirtual = true\n'
        '[hub]\nhost = "127.0.0.1"\nurl = "https://127.0.0.1"\n[gate]\ndirections = { in = "in", out = "out" }\n'
        + parts.format(folder=folder, pad=free_port(), printer=free_port())
    )
    return read_settings(folder / "device.toml")


@dataclass
class Visit:
    """A visitor at the page of a running bench."""

    bench: VirtualBench
    parts: dict[str, Part]
    heard: Heard
    address: str
    browser: ClientSession

    async def post(self, what: str, **wish: Any) -> ClientResponse:
        return await self.browser.post(f"{self.address}/bench/{what}", json=wish, headers={"Origin": self.address})

    async def does(self, what: str, **wish: Any) -> None:
        answer = await self.post(what, **wish)
        assert answer.status == 204, await answer.text()

    async def sees(self) -> Any:
        async with self.browser.get(f"{self.address}/bench/state") as answer:
            return await answer.json()


@contextlib.asynccontextmanager
async def visiting(settings: Settings) -> AsyncIterator[Visit]:
    heard = Heard()
    async with contextlib.AsyncExitStack() as life:
        bench = await life.enter_async_context(VirtualBench(settings))
        address = await _serve(life, bench)
        parts = {}
        for name, part in settings.parts.items():
            made = create_part(name, part.driver, part.options, heard)
            parts[name] = await life.enter_async_context(made)
        browser = await life.enter_async_context(ClientSession())
        await ready(*parts.values())
        yield Visit(bench, parts, heard, address, browser)


async def _serve(life: contextlib.AsyncExitStack, bench: VirtualBench) -> str:
    app = web.Application(middlewares=[only_by_own_name(bench.settings.page_host)])
    app.add_routes(bench.routes())
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    life.push_async_callback(runner.cleanup)
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return f"http://127.0.0.1:{runner.addresses[0][1]}"
