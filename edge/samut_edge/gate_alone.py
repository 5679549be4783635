"""A gate whose outbox cannot be opened: nobody is let in, but nobody is locked in either, and its screen says so."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable

from aiohttp import web

from samut_edge.clock import Clock
from samut_edge.devices.gate_io import GateIO
from samut_edge.errors import OutboxError
from samut_edge.events import CardTapped, CodeScanned, Input, InputChanged, PartEvent
from samut_edge.gate_memory import GateMemory
from samut_edge.gate_screen import page_routes
from samut_edge.outbox import Outbox
from samut_edge.own_page import only_by_own_name
from samut_edge.settings import Settings
from samut_wire.configuration import GateSettings

log = logging.getLogger(__name__)

LOOK_SECONDS = 30.0


class GateAlone:
    """Stands at the gate from the start until the outbox is open. Exit button and fire alarm open inside the driver;
    here a tap at the way out does, and an emergency that was declared before goes on. `wires`: how each was last."""

    def __init__(self, settings: Settings, wanted: GateSettings, io: GateIO | None, clock: Clock) -> None:
        self._settings, self._wanted, self._io, self._clock = settings, wanted, io, clock
        self._is_alone = False
        self.wires: dict[Input, InputChanged] = {}

    def happen(self, event: PartEvent) -> None:
        match event:
            case InputChanged():
                self.wires[event.input] = event
            case CardTapped() | CodeScanned() if self._is_alone and self._io is not None:
                self._tapped(self._io, event.part)

    async def outbox(self, opened: Callable[[], Awaitable[Outbox]], *, look_seconds: float = LOOK_SECONDS) -> Outbox:
        """As soon as it can be opened."""
        try:
            return await opened()
        except OutboxError as error:
            trouble = error
        self._is_alone = True
        self._go_on_with_emergency()
        async with self._page():
            while True:
                log.error(
                    "Nobody is let in; the exit button, the fire alarm and taps at the way out open. %s", trouble
                )
                await asyncio.sleep(look_seconds)
                with contextlib.suppress(OutboxError):
                    return await opened()

    def _tapped(self, io: GateIO, part: str) -> None:
        if self._wanted.directions.get(part) == "out":
            io.open(self._wanted.open_seconds, "out")
            io.say_yes()
        else:
            io.say_no()

    def _go_on_with_emergency(self) -> None:
        memory = GateMemory(self._settings.file("gate.db"))
        try:
            is_emergency = memory.load(self._clock()).emergency
        finally:
            memory.close()
        if is_emergency and self._io is not None:
            self._io.stay_open(True)

    @contextlib.asynccontextmanager
    async def _page(self) -> AsyncIterator[None]:
        """It hears nothing from `/gate/events`, and so says that the gate is out of order."""
        app = web.Application(middlewares=[only_by_own_name(self._settings.page_host)])
        app.add_routes(page_routes())
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await runner.setup()
        try:
            with contextlib.suppress(OSError):  # the gate is more than its screen
                await web.TCPSite(runner, self._settings.page_host, self._settings.page_port).start()
            yield
        finally:
            await runner.cleanup()
