"""Card seen → relay on, in one process: real gate, rules, replica, outbox and driver; only the pins are virtual."""

import asyncio
import gzip
import hashlib
import time
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
from samut_edge.settings import HubSettings, Settings
from samut_edge.uplink import Uplink
from samut_edge.virtual.gate_board import GateBoard
from samut_wire import codec
from samut_wire import messages as m
from samut_wire.cards import card_hash
from samut_wire.configuration import GateSettings

MEMBERS, TAPS = 10_000, 400
KEY = b"k" * 32
PINS = {"relay": 17, "green": 22, "red": 23, "buzzer": 24}
OPEN_SECONDS, PAUSE = 0.02, 0.03
FIRST = 10
"""Taps that warm up and are not counted."""


def card_of(number: int) -> str:
    return f"04{number:012X}"


def time_taps(folder: Path) -> list[float]:
    """Milliseconds for each tap. The time begins where the reader's driver hands over the card."""
    return asyncio.run(_time_taps(folder))


async def _time_taps(folder: Path) -> list[float]:
    replica = _replica(folder)
    hub = HubSettings(host="127.0.0.1", url="http://127.0.0.1")
    settings = Settings(device="gate-1", role="gate", hub=hub, parts={}, folder=folder)
    wanted = GateSettings(open_seconds=OPEN_SECONDS, directions={"reader": "in"})
    board = GateBoard(PINS, frozenset(), lambda: None)
    board.plug_in()
    async with Outbox(folder / "outbox.db") as outbox, create_part("gate", "rpi_gpio", PINS, lambda _: None) as io:
        uplink = Uplink(settings, outbox, utc_now, boot="bench", address=("127.0.0.1", 9))
        gate = Gate(wanted, Books(replica, outbox), outbox, uplink, card_key=KEY, clock=utc_now, folder=folder)
        gate.io = io  # type: ignore[assignment]
        while io.status.state is not PartState.READY:
            await asyncio.sleep(0.01)
        running = asyncio.create_task(gate.run())
        times = [await _tap(gate, board, number) for number in range(FIRST + TAPS)]
        running.cancel()
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
        for row in (library, *map(_member, range(MEMBERS))):
            file.write(codec.encode_row(row) + b"\n")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    header = m.SnapshotHeader(library="bench", version=1, made_at=datetime.now(UTC), rows=MEMBERS + 1, sha256=digest)
    replica = Replica(folder / "replica.db")
    replica.adopt(replica.build(path, header))
    return replica


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
