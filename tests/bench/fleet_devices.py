"""Many edge devices in one process, each with the product's own link and replay: only the outbox is kept in memory.

Run as a program of its own beside the hub, so that its work is not the hub's. Reads its orders as JSON from the
standard input: `{"folders": [...], "events": 200, "hours": 24, "patience": 20}`; in each folder a `things.json` names
members and items. Says when all are connected, how many events are confirmed, and when none waits any more.
"""

import asyncio
import json
import logging
import random
import sys
import time
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from samut_edge.clock import milliseconds, utc_now
from samut_edge.outbox import Waiting
from samut_edge.settings import Settings, read_settings
from samut_edge.uplink import Uplink
from samut_wire import messages as m
from samut_wire.codec import Letter
from samut_wire.ids import command_id
from samut_wire.topics import Kind

LOAN = timedelta(days=7)
TOLD_EVERY = 2.0
HEALTH_SECONDS = 10.0
"""As the agent does."""


class MemoryOutbox:
    """What `Outbox` keeps on a disk, for as long as this process lives: thousands of files would measure the disk."""

    def __init__(self, events: Iterable[tuple[Kind, Letter]]) -> None:
        self._waiting = {letter.id: Waiting(seq, kind, letter) for seq, (kind, letter) in enumerate(events, 1)}
        self.added = asyncio.Event()

    def __len__(self) -> int:
        return len(self._waiting)

    async def confirm(self, ids: Iterable[str]) -> None:
        for event_id in ids:
            self._waiting.pop(event_id, None)

    def waiting(self, after: int = 0, limit: int = 100) -> list[Waiting]:
        found: list[Waiting] = []
        for waiting in self._waiting.values():
            if len(found) >= limit:
                break
            if waiting.seq > after:
                found.append(waiting)
        return found


def passages(members: list[str], moments: Iterable[datetime]) -> Iterator[tuple[Kind, m.Message, datetime]]:
    """Members in and out again, one after the other."""
    for place, at in enumerate(moments):
        direction = "in" if place % 2 == 0 else "out"
        member = members[place // 2 % len(members)]
        yield Kind.PASSAGE, m.PassageRecorded(reader="r", direction=direction, allowed=True, member=member), at


def lending(
    members: list[str], items: list[str], moments: Iterable[datetime]
) -> Iterator[tuple[Kind, m.Message, datetime]]:
    """Each book is lent, then returned, then the next."""
    for place, at in enumerate(moments):
        turn = place // 2
        item, member = items[turn % len(items)], members[turn % len(members)]
        if place % 2:
            yield Kind.RETURN, m.ReturnRecorded(barcode=item), at
        else:
            made = m.DecisionMade(allowed=True, due_at=at + LOAN, trace=("offline",))
            yield Kind.LOAN, m.LoanRecorded(member=member, barcode=item, decision=made), at


def events_of(role: str, things: dict[str, list[str]], count: int, hours: float) -> Iterator[tuple[Kind, Letter]]:
    """So many, evenly over the last hours."""
    began, step = utc_now() - timedelta(hours=hours), timedelta(hours=hours) / count
    moments = (began + place * step for place in range(count))
    told = (
        passages(things["members"], moments)
        if role == "gate"
        else lending(things["members"], things["items"], moments)
    )
    for seq, (kind, body, at) in enumerate(told, 1):
        yield kind, Letter(id=command_id(milliseconds(at)), at=at, body=body, boot="away", seq=seq)


class Device:
    """One device that comes back after an outage."""

    def __init__(self, folder: Path, count: int, hours: float) -> None:
        self.settings: Settings = read_settings(folder / "settings.toml")
        things = json.loads((folder / "things.json").read_text())
        self.outbox = MemoryOutbox(events_of(self.settings.role, things, count, hours))
        self.version = int(things["version"])
        hub = self.settings.hub
        outbox: object = self.outbox
        self.uplink = Uplink(self.settings, outbox, utc_now, boot="back", address=(hub.host, hub.mqtt_port))  # type: ignore[arg-type]

    async def run(self, patience: float) -> None:
        """Comes back at some moment within `patience` seconds, as power comes back to many buildings."""
        await asyncio.sleep(random.uniform(0, patience))
        role = self.settings.role
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(
                self.uplink.run(self._receive, self._state, lambda: m.DeviceDescription(role=role, parts=()))
            )
            tasks.create_task(self._tell_health())

    async def _tell_health(self) -> None:
        while True:
            await asyncio.sleep(HEALTH_SECONDS)
            health = m.DeviceHealth(parts=(), outbox_length=len(self.outbox), replica_version=self.version)
            await self.uplink.tell(Kind.HEALTH, health)

    async def _receive(self, kind: Kind, letter: Letter) -> None:
        """Deltas and snapshots are for replicas; these devices have none."""

    def _state(self) -> m.DeviceState:
        return m.DeviceState(online=True, replica_version=self.version, outbox_length=len(self.outbox))


async def live(devices: list[Device], patience: float) -> None:
    """Until everything is confirmed."""
    began, told = time.monotonic(), 0.0
    lives = [asyncio.create_task(device.run(patience)) for device in devices]
    total = sum(len(device.outbox) for device in devices)
    while left := sum(len(device.outbox) for device in devices):
        now = time.monotonic() - began
        if now - told >= TOLD_EVERY:
            there = sum(device.uplink.is_connected for device in devices)
            say(seconds=now, connected=there, confirmed=total - left, total=total)
            told = now
        await asyncio.sleep(0.2)
        for life in lives:
            if life.done():
                life.result()
    say(seconds=time.monotonic() - began, connected=len(devices), confirmed=total, total=total, done=True)
    await asyncio.Event().wait()


def say(**told: object) -> None:
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Lives until it is killed."""
    logging.basicConfig(level=logging.WARNING)
    orders = json.loads(sys.stdin.readline())
    asyncio.run(_main(orders))


async def _main(orders: dict[str, object]) -> None:
    folders = [Path(str(folder)) for folder in orders["folders"]]  # type: ignore[attr-defined]
    count, hours = int(str(orders["events"])), float(str(orders["hours"]))
    await live([Device(folder, count, hours) for folder in folders], float(str(orders["patience"])))


if __name__ == "__main__":
    main()
