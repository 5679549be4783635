"""The agent: joins parts, replica, outbox, link and flow of one edge computer, and keeps them going.

One TaskGroup. What must not fail ends the agent when it does; whoever started it starts it anew.
"""

import asyncio
import contextlib
import logging
import uuid
from collections.abc import Callable, Iterator
from importlib.metadata import version
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from aiohttp import web

from samut_edge.books import Books
from samut_edge.clock import TrueTime
from samut_edge.configured import Configured
from samut_edge.desk import Desk, DeskParts, id_readers_among
from samut_edge.desk_counter import DeskCounter
from samut_edge.desk_server import desk_routes
from samut_edge.desk_staff import DeskStaff
from samut_edge.devices.gate_io import GateIO
from samut_edge.devices.pad import Pad
from samut_edge.devices.part import Part, PartKind, PartState
from samut_edge.devices.printer import Printer
from samut_edge.drivers import create_part, driver_names, kind_of
from samut_edge.ending import Ending
from samut_edge.errors import SettingsError
from samut_edge.events import PartEvent
from samut_edge.gate import Gate
from samut_edge.gate_alone import GateAlone
from samut_edge.gate_screen import gate_routes
from samut_edge.gate_ways import check_directions
from samut_edge.hub_clerk import HubClerk
from samut_edge.joining import Joiner
from samut_edge.joining_page import JoiningPage
from samut_edge.kiosk import Kiosk, KioskParts
from samut_edge.kiosk_server import kiosk_routes
from samut_edge.kiosk_slip import Library
from samut_edge.local_clerk import LocalClerk
from samut_edge.orders import Orders
from samut_edge.outbox import Outbox
from samut_edge.outbox_room import Fill, Room
from samut_edge.own_metrics import metrics_routes
from samut_edge.own_page import only_by_own_name
from samut_edge.print_jobs import PrintJobs
from samut_edge.renewal import Renewal
from samut_edge.replica import Replica
from samut_edge.setting_up import SettingUp, restart, tables_of
from samut_edge.settings import Settings
from samut_edge.sip2_line import Sip2Line, hub_of
from samut_edge.slip_queue import SlipQueue
from samut_edge.snapshots import SnapshotFetcher
from samut_edge.trial import try_out
from samut_edge.uplink import Uplink
from samut_rules.reasons import Code
from samut_wire import messages as m
from samut_wire.configuration import DeskSettings, GateSettings
from samut_wire.topics import Kind

if TYPE_CHECKING:
    from samut_edge.virtual.bench import VirtualBench

log = logging.getLogger(__name__)

HEALTH_SECONDS = 10.0
SETTINGS_FILE = "settings.toml"
HEALTH_LOOK_SECONDS = 1.0


class Agent:
    """Made from its settings, lives in `run`."""

    def __init__(self, settings: Settings, configured: Configured | None = None) -> None:
        self.settings = settings
        self._configured = configured or Configured(settings.folder)
        self._clock = TrueTime(settings.folder)
        self._boot = uuid.uuid4().hex
        self._told_at = float("-inf")
        self._joiner = Joiner(settings.folder / SETTINGS_FILE)
        self._joining = JoiningPage(self._joiner, then=self._begin_anew)
        self._parts: dict[str, tuple[PartKind, Part]] = {}
        self._hears: Callable[[PartEvent], None]
        self._ends = contextlib.AsyncExitStack()

    async def run(self) -> None:
        """Until cancelled. Raises StartError for what the technician must correct."""
        async with self._ends:
            bench = await self._enter_bench()
            self._make_parts()
            if self.settings.gate is None:
                await self._join(bench, await self._open_outbox())
                await self._start(*self._all_parts(), *self._printers)
            else:
                await self._join_gate(bench, self.settings.gate)
            await self._serve(bench)
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._flow.run())
                tasks.create_task(self._uplink.run(self._orders.take, self._state, self._description))
                tasks.create_task(self._tell_health())
                tasks.create_task(self._try_out())
                tasks.create_task(Renewal(self.settings, self._uplink, self._clock).run())
                tasks.create_task(self._joining.look())

    async def _try_out(self) -> None:
        await try_out(self._configured, self._part_states, lambda: self._uplink.is_connected, self._end)

    def _part_states(self) -> dict[str, PartState]:
        return {name: part.status.state for name, (_, part) in self._parts.items()}

    async def _enter_bench(self) -> "VirtualBench | None":
        """Only an agent that asks for virtual hardware loads it."""
        if not self.settings.virtual:
            return None
        from samut_edge.virtual.bench import VirtualBench

        return await self._ends.enter_async_context(VirtualBench(self.settings))

    async def _join_gate(self, bench: "VirtualBench | None", wanted: GateSettings) -> None:
        """A gate's parts come first: what opens it from inside depends on no file."""
        alone = GateAlone(self.settings, wanted, self._gate_io(), self._clock)
        self._hears = alone.happen
        await self._start(*self._all_parts())
        await self._join(bench, await alone.outbox(self._open_outbox))
        for event in alone.wires.values():
            self._flow.happen(event)
        await self._start(*self._printers)

    async def _start(self, *parts: Part) -> None:
        for part in parts:
            await self._ends.enter_async_context(part)

    def _all_parts(self) -> list[Part]:
        return [part for _, part in self._parts.values()]

    async def _open_outbox(self) -> Outbox:
        return await self._ends.enter_async_context(self._make_outbox())

    async def _join(self, bench: "VirtualBench | None", outbox: Outbox) -> None:
        settings, hub = self.settings, self.settings.hub
        url = urlsplit(hub.url)
        mqtt, http = (hub.host, hub.mqtt_port), (url.hostname or hub.host, url.port or 80)
        if bench is not None:
            mqtt, http = await bench.cable.through(*mqtt), await bench.cable.through(*http)
        self._replica = Replica(settings.file("replica.db"))
        self._ends.callback(self._replica.close)
        self._outbox = outbox
        self._uplink = Uplink(settings, self._outbox, self._clock, boot=self._boot, address=mqtt)
        self._books = Books(self._replica, self._outbox, lambda: self._clock.is_known)
        jobs = await self._ends.enter_async_context(PrintJobs(settings.file("print_jobs.db")))
        printers = cast("list[Printer]", self._parts_of(PartKind.PRINTER))
        self._printers = [SlipQueue(printer, jobs, self._clock) for printer in printers]
        self._flow = self._make_flow()
        self._hears = self._flow.happen
        fetcher = SnapshotFetcher(
            self._replica,
            settings.folder,
            base=hub.url if bench is None else f"{url.scheme}://{http[0]}:{http[1]}",
            public_key=self._secret(hub.signing_key),
        )
        self._end = Ending(self._flow.visit_over if isinstance(self._flow, Kiosk) else None)
        self._orders = Orders(
            self._uplink,
            self._replica,
            fetcher,
            None if isinstance(self._flow, Kiosk) else self._flow,
            setting_up=SettingUp(self._configured, settings.role, self._part_states, self._tell_state, end=self._end),
            end=self._end,
        )

    def _make_outbox(self) -> Outbox:
        wanted = self.settings.outbox
        room = Room(wanted.long_from, wanted.most_events, wanted.free_megabytes * 1_000_000)
        return Outbox(self.settings.file("outbox.db"), room=room, clock=self._clock)

    def _hindrance(self) -> Code | None:
        """Why nothing can be lent here while the hub is away."""
        if self._outbox.fill is Fill.FULL:
            return Code.OFFLINE_FULL
        return None if self._clock.is_possible else Code.OFFLINE_NO_CLOCK

    def _make_parts(self) -> None:
        for name, wanted in self.settings.parts.items():
            part = create_part(name, wanted.driver, wanted.options, self._happen)
            self._parts[name] = kind_of(name, wanted.driver), part
        if self.settings.sip2 is not None:
            line = Sip2Line(self.settings.sip2, hub_of(self.settings, self.settings.sip2))
            self._parts[line.name] = PartKind.SIP2_LINE, line

        if self.settings.gate is not None:
            kinds = {name: kind for name, (kind, _) in self._parts.items()}
            check_directions(self.settings.gate.directions, kinds)

    def _happen(self, event: PartEvent) -> None:
        self._hears(event)

    def _parts_of(self, *kinds: PartKind) -> list[Part]:
        return [part for kind, part in self._parts.values() if kind in kinds]

    def _make_flow(self) -> Gate | Kiosk | Desk:
        card_key = self._secret(self.settings.hub.card_key)
        if self.settings.gate is not None:
            return self._make_gate(self.settings.gate, card_key)
        if self.settings.desk is not None:
            return self._make_desk(self.settings.desk, card_key)
        wanted = self.settings.kiosk
        if wanted is None:
            raise SettingsError("A kiosk needs a [kiosk] table in its settings. Add it.")
        local = LocalClerk(
            self._books, self._outbox, self._clock, most_items=wanted.offline_max_items, hindrance=self._hindrance
        )
        clerk = HubClerk(self._uplink, self._outbox, local, seconds=wanted.hub_seconds)
        return Kiosk(
            wanted, clerk, parts=self._kiosk_parts(), card_key=card_key, library=self._library, restart=restart
        )

    def _make_gate(self, wanted: GateSettings, card_key: bytes) -> Gate:
        link, folder = (self._books, self._outbox, self._uplink), self.settings.folder
        gate = Gate(wanted, *link, card_key=card_key, clock=self._clock, folder=folder)
        gate.io = self._gate_io()
        return gate

    def _gate_io(self) -> GateIO | None:
        return cast("GateIO | None", next(iter(self._parts_of(PartKind.GATE_IO)), None))

    def _kiosk_parts(self) -> KioskParts:
        return KioskParts(
            card_readers=self._parts_of(PartKind.CARD_READER, PartKind.SCANNER, PartKind.CAMERA),
            book_readers=self._parts_of(PartKind.SCANNER, PartKind.PAD, PartKind.CAMERA),
            printer=next(iter(self._printers), None),
            pads=cast("list[Pad]", self._parts_of(PartKind.PAD)),
        )

    def _make_desk(self, wanted: DeskSettings, card_key: bytes) -> Desk:
        staff, parts = DeskStaff(self.settings.folder, self._clock), self._desk_parts()
        local = LocalClerk(
            self._books,
            self._outbox,
            self._clock,
            most_items=wanted.offline_max_items,
            by=lambda: counter.user,
            hindrance=self._hindrance,
        )
        counter = DeskCounter(
            wanted,
            HubClerk(self._uplink, self._outbox, local, seconds=wanted.hub_seconds),
            self._books,
            staff=staff,
            printer=next(iter(parts.printers), None),
            link=(self._uplink, self._outbox),
            library=self._library,
            clock=self._clock,
        )
        return Desk(self._uplink, counter, staff, parts=parts, card_key=card_key)

    def _desk_parts(self) -> DeskParts:
        return DeskParts(
            printers=self._printers,
            id_readers=id_readers_among(self._parts_of(PartKind.CARD_READER)),
        )

    def _library(self) -> Library:
        row = self._books.library
        if row is None:
            return Library(thai="ห้องสมุด", english="Library")
        return Library(thai=row.name_th, english=row.name_en, zone=row.zone)

    def _secret(self, name: str) -> bytes:
        path = self.settings.file(name)
        try:
            return path.read_bytes()
        except FileNotFoundError:
            raise SettingsError(f"The file {path} is missing. Copy the device's folder from the hub again.") from None

    async def _serve(self, bench: "VirtualBench | None") -> None:
        app = web.Application(middlewares=[only_by_own_name(self.settings.page_host)])
        app.add_routes([*self._pages(), *self._joining.routes()])
        app.add_routes(metrics_routes(self._health, lambda: self._uplink.is_connected))
        if bench is not None:
            app.add_routes(bench.routes())
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await runner.setup()
        self._ends.push_async_callback(runner.cleanup)
        try:
            await web.TCPSite(runner, self.settings.page_host, self.settings.page_port).start()
        except OSError as error:
            raise SettingsError(
                f"The page cannot be served on port {self.settings.page_port}: {error.strerror}. "
                "End the program that uses it, or set another page_port."
            ) from None
        log.info("ready on port %d", self.settings.page_port)

    def _pages(self) -> list[web.RouteDef]:
        match self._flow:
            case Gate() as gate:
                return gate_routes(gate)
            case Kiosk() as kiosk:
                return kiosk_routes(kiosk)
            case Desk(counter=counter):
                return desk_routes(counter, self.settings.hub.url)

    def _state(self) -> m.DeviceState:
        return m.DeviceState(
            online=True,
            software=version("samut-edge"),
            replica_version=self._replica.version,
            outbox_length=len(self._outbox),
            configuration=self._configured.kept.now.number,
            refused=self._configured.kept.refused,
            fault=self._configured.kept.fault,
        )

    def _begin_anew(self) -> None:
        """The device has joined again: it speaks to the hub with its new certificate, or is another from now on."""
        if self._joiner.is_new:
            restart()
        else:
            self._uplink.reconnect()

    async def _tell_state(self) -> None:
        await self._uplink.tell(Kind.STATE, self._state())

    def _description(self) -> m.DeviceDescription:
        parts, drivers = tuple(self._described()), tuple(driver_names())
        settings = tables_of(self.settings)
        return m.DeviceDescription(role=self.settings.role, parts=parts, drivers=drivers, settings=settings)

    def _described(self) -> Iterator[m.PartDescribed]:
        for name, (kind, part) in self._parts.items():
            status = part.status
            yield m.PartDescribed(
                name=name,
                kind=kind.value,
                driver=self.settings.parts[name].driver if name in self.settings.parts else name,
                state=status.state,
                detail=status.detail,
            )

    async def _tell_health(self) -> None:
        """Every ten seconds, and at once when a part changed or taps were counted."""
        last: m.DeviceHealth | None = None
        while True:
            await asyncio.sleep(HEALTH_LOOK_SECONDS)
            health = self._health()
            due = self._loop_time() - self._told_at >= HEALTH_SECONDS
            if health != last or due:
                await self._uplink.tell(Kind.HEALTH, health)
                last, self._told_at = health, self._loop_time()

    def _loop_time(self) -> float:
        return asyncio.get_running_loop().time()

    def _health(self) -> m.DeviceHealth:
        return m.DeviceHealth(
            parts=tuple(self._described()),
            outbox_length=len(self._outbox),
            replica_version=self._replica.version,
            tap_ms=self._flow.taps.counts() if isinstance(self._flow, Gate) else {},
            occupancy=self._flow.state.occupancy.persons if isinstance(self._flow, Gate) else None,
            alarms=self._flow.alarms if isinstance(self._flow, Gate) else (),
            clock_known=self._clock.is_known,
            queue=self._outbox.fill.value,
        )
