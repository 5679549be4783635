"""Card seen → relay on, in one process: real gate, rules, replica, outbox and driver; only the pins are virtual."""

import asyncio
import gzip
import hashlib
import tempfile
import time
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from pathlib import Path

from samut_edge.books import Books
from samut_edge.clock import utc_now
from samut_edge.devices.part import PartState
from samut_edge.drivers import create_part
from samut_edge.events import CardKind, CardTapped
from samut_edge.gate import Gate
from samut_edge.outbox import Outbox
from samut_edge.replica import Replica
from samut_edge.settings import HubSettings, Settings, read_settings
from samut_edge.uplink import Uplink
from samut_edge.virtual.gate_board import GateBoard
from samut_wire import codec
from samut_wire import messages as m
from samut_wire.cards import card_hash
from samut_wire.configuration import GateSettings
from tests.bench.figures import Figure, spread
from tests.bench.machines import hub_alone
from tests.system.counter import enrol_device

MEMBERS, TAPS = 100_000, 400
LOADED = 10_000
"""Members of the snapshot that is loaded again and again beside the taps."""
KEY = b"k" * 32
PINS = {"relay": 17, "green": 22, "red": 23, "buzzer": 24}
OPEN_SECONDS, PAUSE = 0.02, 0.03
FIRST = 10
"""Taps that warm up and are not counted."""


def card_of(number: int) -> str:
    return f"04{number:012X}"


def measure_taps() -> list[Figure]:
    """With the hub away, with the hub there, and while a snapshot comes in."""
    with tempfile.TemporaryDirectory(prefix="samut-bench-") as folder:
        away = asyncio.run(_time_taps(_settings(Path(folder)), _nothing))
        loading = asyncio.run(_time_taps(_settings(Path(folder)), _load_snapshots))
    with tempfile.TemporaryDirectory(prefix="samut-bench-") as folder, hub_alone(Path(folder)) as world:
        own = enrol_device(world.config, world.database, "bench-gate", "gate")
        there = asyncio.run(_time_taps(read_settings(own / "settings.toml"), _stay_connected))
    return [
        *spread("Tap → relay, hub away", away, p99=15),
        *spread("Tap → relay, hub there", there, p99=15),
        *spread(f"Tap → relay, while {LOADED:,} rows are loaded", loading, p99=15),
    ]


def _settings(folder: Path) -> Settings:
    hub = HubSettings(host="127.0.0.1", url="http://127.0.0.1", mqtt_port=9)
    return Settings(device="gate-1", role="gate", hub=hub, parts={}, folder=folder)


Beside = Callable[[Uplink, Replica, Path], Coroutine[None, None, None]]
"""What goes on while people tap."""


async def _nothing(uplink: Uplink, replica: Replica, folder: Path) -> None:
    pass


async def _stay_connected(uplink: Uplink, replica: Replica, folder: Path) -> None:
    async def hear(kind: object, letter: object) -> None:
        """The replica is the bench's own."""

    await uplink.run(
        hear,
        lambda: m.DeviceState(online=True, replica_version=1),
        lambda: m.DeviceDescription(role="gate", parts=()),
    )


async def _load_snapshots(uplink: Uplink, replica: Replica, folder: Path) -> None:
    """Into a replica beside, as the taps' own must keep its members; by the same thread and the same disk."""
    other = folder / "other"
    other.mkdir(exist_ok=True)
    beside = Replica(other / "replica.db")
    while True:
        path, header = await asyncio.to_thread(_snapshot, other, LOADED)
        beside.adopt(await asyncio.to_thread(beside.build, path, header))


async def _time_taps(settings: Settings, beside: Beside) -> list[float]:
    """Milliseconds for each tap. The time begins where the reader's driver hands over the card."""
    folder = settings.folder
    replica = _replica(folder)
    hub = settings.hub
    wanted = GateSettings(open_seconds=OPEN_SECONDS, directions={"reader": "in"})
    board = GateBoard(PINS, frozenset(), lambda: None)
    board.plug_in()
    async with Outbox(folder / "outbox.db") as outbox, create_part("gate", "rpi_gpio", PINS, lambda _: None) as io:
        uplink = Uplink(settings, outbox, utc_now, boot="bench", address=(hub.host, hub.mqtt_port))
        gate = Gate(wanted, Books(replica, outbox), outbox, uplink, card_key=KEY, clock=utc_now, folder=folder)
        gate.io = io  # type: ignore[assignment]
        while io.status.state is not PartState.READY:
            await asyncio.sleep(0.01)
        running = [asyncio.create_task(gate.run()), asyncio.create_task(beside(uplink, replica, folder))]
        times = [await _tap(gate, board, number) for number in range(FIRST + TAPS)]
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
    board.unplug()
    replica.close()
    return times[FIRST:]


async def _tap(gate: Gate, board: GateBoard, number: int) -> float:
    """Both clocks are the kernel's monotonic one. The relay's edge is noted on the thread that sets the pin."""
    before = sum(pulse.output == "relay" for pulse in board.pulses)
    seen = time.perf_counter_ns()
    gate.happen(CardTapped("reader", CardKind.UID, card_of(number * 17 % MEMBERS), seen))
    relay = []
    while len(relay) == before or not relay:
        await asyncio.sleep(PAUSE)
        relay = [pulse for pulse in board.pulses if pulse.output == "relay"]
    return (relay[-1].began - seen / 1e9) * 1000


def _replica(folder: Path) -> Replica:
    """Through the same door as a snapshot of the hub."""
    replica = Replica(folder / "replica.db")
    replica.adopt(replica.build(*_snapshot(folder, MEMBERS)))
    return replica


def _snapshot(folder: Path, members: int) -> tuple[Path, m.SnapshotHeader]:
    path = folder / "snapshot.jsonl.gz"
    library = m.LibraryRow(
        code="bench",
        name_th="ห้องสมุด",
        name_en="Library",
        zone="Asia/Bangkok",
        debt_limit=10_000,
        weekly_closed=(),
        offline_loans=True,
        rules=(),
        closures=(),
    )
    with gzip.open(path, "wb", compresslevel=1) as file:
        for row in (library, *map(_member, range(members))):
            file.write(codec.encode_row(row) + b"\n")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return path, m.SnapshotHeader(
        library="bench", version=1, made_at=datetime.now(UTC), rows=members + 1, sha256=digest
    )


def _member(number: int) -> m.MemberRow:
    cards = (card_hash(KEY, CardKind.UID, card_of(number)),)
    return m.MemberRow(
        number=f"{number:05d}",
        name="สมชาย ใจดี",
        member_type="pupil",
        cards=cards,
        expires_on=None,
        blocked="",
        debt=0,
    )
