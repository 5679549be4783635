"""A gate at work, with its replica and outbox on disk."""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pytest

from samut_edge.books import Books
from samut_edge.devices.gate_io import GateIO
from samut_edge.drivers import create_part
from samut_edge.events import CardKind, CardTapped, CodeScanned, PartEvent
from samut_edge.gate import Gate
from samut_edge.outbox import Outbox
from samut_edge.replica import Replica
from samut_edge.settings import HubSettings, Settings
from samut_edge.uplink import Uplink
from samut_edge.virtual.gate_board import GateBoard
from samut_wire import messages as m
from samut_wire.configuration import GateSettings
from tests.edge.drivers.heard import Heard, ready, story, until
from tests.edge.stock import BLOCKED_CARD, KEY, MANEE_CARD, NOW
from tests.edge.test_replica import write_snapshot

GATE = GateSettings(directions={"in": "in", "out": "out"}, open_seconds=0.1)
PINS = {"relay": 17, "green": 27, "red": 22, "buzzer": 5}


@dataclass
class Standing:
    """A gate with its wires: the real driver on a virtual board."""

    gate: Gate
    wires: GateBoard
    outbox: Outbox
    task: "asyncio.Task[None]"

    async def happens(self, event: PartEvent) -> None:
        """Until the gate has dealt with it, or ended over it."""
        before = self.gate.shown
        self.gate.happen(event)
        await until(lambda: self.gate.shown is not before or self.task.done())

    def passages(self) -> list[tuple[str, str, bool]]:
        found = [waiting.letter.body for waiting in self.outbox.waiting()]
        return [(b.member, b.direction, b.allowed) for b in found if isinstance(b, m.PassageRecorded)]


@asynccontextmanager
async def standing(folder: Path) -> AsyncIterator[Standing]:
    replica = Replica(folder / "replica.db")
    replica.adopt(replica.build(folder / "s", write_snapshot(folder / "s")))
    hub = HubSettings(host="127.0.0.1", url="http://127.0.0.1:1")
    settings = Settings(device="gate-1", role="gate", hub=hub, parts={}, gate=GATE, folder=folder)
    wires = GateBoard(PINS, frozenset(), lambda: None)
    wires.plug_in()
    part = cast("GateIO", create_part("gate", "rpi_gpio", {**PINS, "lamp_seconds": 0.1}, Heard()))
    async with Outbox(folder / "outbox.db") as outbox, part:
        await ready(part)
        uplink = Uplink(settings, outbox, lambda: NOW, boot="b", address=("127.0.0.1", 1))
        gate = Gate(GATE, Books(replica, outbox), outbox, uplink, card_key=KEY, clock=lambda: NOW, folder=folder)
        gate.io = part
        task = asyncio.create_task(gate.run())
        try:
            yield Standing(gate, wires, outbox, task)
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
    wires.unplug()
    replica.close()


def tap(card: str, part: str = "in") -> CardTapped:
    return CardTapped(part, CardKind.UID, card, time.perf_counter_ns())


@story
async def test_members_come_in_and_each_passage_is_kept(tmp_path: Path) -> None:
    async with standing(tmp_path) as at:
        await at.happens(tap(MANEE_CARD))
        await until(lambda: at.wires.openings == 1)
        await until(lambda: not at.wires.is_on["relay"])
        await at.happens(CodeScanned("in", "10001", time.perf_counter_ns()))
        await until(lambda: at.wires.openings == 2)
        for card in (BLOCKED_CARD, "FFFF"):
            await at.happens(tap(card))
            await until(lambda: at.wires.is_on["red"])
        assert at.wires.openings == 2
        assert at.passages() == [
            ("10001", "in", True),
            ("10001", "in", True),
            ("10002", "in", False),
            ("", "in", False),
        ]
        assert sum(at.gate.taps.counts().values()) == 2


@story
async def test_a_second_tap_opens_again_without_a_second_passage(tmp_path: Path) -> None:
    async with standing(tmp_path) as at:
        await at.happens(tap(MANEE_CARD))
        await until(lambda: at.wires.openings == 1 and not at.wires.is_on["relay"])
        await at.happens(tap(MANEE_CARD))
        await until(lambda: at.wires.openings == 2)
        assert len(at.passages()) == 1


@story
async def test_nobody_is_locked_in_by_a_broken_disk(tmp_path: Path) -> None:
    """The agent ends, as it cannot keep what happens; the one at the way out is let out all the same."""
    async with standing(tmp_path) as at:
        broken = sqlite3.connect(tmp_path / "outbox.db")
        broken.execute("DROP TABLE outbox")
        broken.close()
        await at.happens(tap("FFFF", "out"))
        await until(lambda: at.wires.openings == 1)
        with pytest.raises(sqlite3.OperationalError):
            await at.task
