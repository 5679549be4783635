"""A gate with its wires: the real driver on a virtual board, replica and outbox on disk, its hub away."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from aiohttp import web

from samut_edge.books import MOST_WAITING, Books
from samut_edge.devices.gate_io import GateIO
from samut_edge.drivers import create_part
from samut_edge.events import CardKind, CardTapped, PartEvent
from samut_edge.gate import Gate
from samut_edge.gate_screen import gate_routes
from samut_edge.outbox import Outbox
from samut_edge.replica import Replica
from samut_edge.settings import HubSettings, Settings
from samut_edge.uplink import Uplink
from samut_edge.virtual.gate_board import GateBoard
from samut_wire import messages as m
from samut_wire.configuration import GateSettings
from tests.edge.drivers.heard import ready, until
from tests.edge.stock import KEY, NOW
from tests.edge.test_replica import write_snapshot

PINS = {"relay": 17, "green": 27, "red": 22, "buzzer": 5}
WIRES = {"exit_button": 19, "door": 26, "fire": 20, "tamper": 21}
AWAY = HubSettings(host="127.0.0.1", mqtt_port=1, url="http://127.0.0.1:1")
BEAMS = {"beam_outer": 6, "beam_inner": 13}


@dataclass
class Standing:
    gate: Gate
    wires: GateBoard
    outbox: Outbox
    uplink: Uplink
    replica: Replica
    task: "asyncio.Task[None]"

    async def happens(self, event: PartEvent) -> None:
        """Until the gate has dealt with it, or ended over it."""
        before = self.gate.version
        self.gate.happen(event)
        await until(lambda: self.gate.version != before or self.task.done())

    async def told(self, order: Any) -> None:
        before = self.gate.version
        assert self.gate.obey(order) == ""
        await until(lambda: self.gate.version != before)

    @property
    def inside(self) -> int:
        return self.gate.state.occupancy.persons

    def passages(self) -> list[tuple[str, str, bool]]:
        found = [waiting.letter.body for waiting in self.outbox.waiting(limit=MOST_WAITING)]
        return [(b.member, b.direction, b.allowed) for b in found if isinstance(b, m.PassageRecorded)]

    def kept(self, kind: type[Any]) -> list[Any]:
        bodies = [waiting.letter.body for waiting in self.outbox.waiting(limit=MOST_WAITING)]
        return [body for body in bodies if isinstance(body, kind)]

    @asynccontextmanager
    async def page(self, port: int = 0) -> AsyncIterator[str]:
        app = web.Application()
        app.add_routes(gate_routes(self.gate))
        runner = web.AppRunner(app, shutdown_timeout=1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port, reuse_address=True).start()
        try:
            yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
        finally:
            await runner.cleanup()


@asynccontextmanager
async def standing(
    folder: Path, *, now: datetime = NOW, beams: bool = False, hub: HubSettings | None = None, **settings: Any
) -> AsyncIterator[Standing]:
    """A second one in the same folder is the same gate after a restart."""
    wanted = GateSettings(**{"directions": {"in": "in", "out": "out"}, "open_seconds": 0.1, **settings})
    replica = Replica(folder / "replica.db")
    if replica.version == 0:
        replica.adopt(replica.build(folder / "s", write_snapshot(folder / "s")))
    hub = hub or AWAY
    own = Settings(device="gate-1", role="gate", hub=hub, parts={}, gate=wanted, folder=folder)
    inputs = {**WIRES, **(BEAMS if beams else {})}
    wires = GateBoard(PINS, frozenset(), lambda: None, wires=inputs)
    wires.plug_in()
    options = {**PINS, **inputs, "lamp_seconds": 0.1, "exit_seconds": 0.1, "debounce_ms": 5}
    gates: list[Gate] = []

    def heard(event: PartEvent) -> None:
        for gate in gates:
            gate.happen(event)

    part = cast("GateIO", create_part("gate", "rpi_gpio", options, heard))
    try:
        async with Outbox(folder / "outbox.db") as outbox:
            uplink = Uplink(own, outbox, lambda: now, boot="b", address=(hub.host, hub.mqtt_port))
            books = Books(replica, outbox)
            gate = Gate(wanted, books, outbox, uplink, card_key=KEY, clock=lambda: now, folder=folder)
            gate.io = part
            gates.append(gate)
            async with part:
                await ready(part)
                task = asyncio.create_task(gate.run())
                try:
                    yield Standing(gate, wires, outbox, uplink, replica, task)
                finally:
                    task.cancel()
                    with contextlib.suppress(asyncio.CancelledError):
                        await asyncio.gather(task, return_exceptions=True)
    finally:
        wires.unplug()
        replica.close()


def tap(card: str, part: str = "in") -> CardTapped:
    return CardTapped(part, CardKind.UID, card, time.perf_counter_ns())
