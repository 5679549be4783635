"""A hub, a gate, a kiosk and two counters, with a line between each of them and the hub, and who starts again what
ended."""

import asyncio
import contextlib
import random
import re
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import select

from samut_hub.circulation.models import LoanRule
from tests.ports import free_port
from tests.soak.faults.counter_place import CounterPlace
from tests.soak.faults.day import Day, now
from tests.soak.faults.hardware import Hardware
from tests.soak.faults.line import Line
from tests.system.counter import enrol_device
from tests.system.world import DEVICES, World, answers, wait_until

COUNTERS = ("counter-1", "counter-2")
EDGES = (*DEVICES, *COUNTERS)
RESTART_SECONDS = 1.0
"""As the service manager waits, before it starts again what ended."""


class Scene:
    """`busy` are the programs and devices that something is done to; nobody else starts or ends those. Programs that
    are `up` answer, since they were started last."""

    def __init__(self, home: Path, dice: random.Random) -> None:
        self.world = World(home)
        self.day = Day()
        self.busy: set[str] = set()
        self.up: set[str] = set()
        self.ports = {edge: (free_port(), free_port()) for edge in EDGES}
        folders = {edge: home / edge for edge in DEVICES}
        for name in COUNTERS:
            folders[name] = enrol_device(self.world.config, self.world.database, name)
        for edge, folder in folders.items():
            _lead_through(self.ports[edge], folder / "settings.toml", self.world)
        _furnish(home / "kiosk-1" / "settings.toml")
        _let_renew(self.world)
        self.folders = folders
        self.counters = {name: CounterPlace(folders[name]) for name in COUNTERS}
        self.hardware = Hardware(self.world.ports, home / "kiosk-1" / "scanner.tty", dice)
        targets = (self.world.ports.mqtt, self.world.ports.hub)
        self.lines = {edge: [Line(*pair) for pair in zip(self.ports[edge], targets, strict=True)] for edge in EDGES}

    def note(self, what: str) -> None:
        """Into a log beside those of the programs."""
        with (self.world.home / "troubles.log").open("a") as log:
            log.write(f"{now():%H:%M:%S.%f} {what}\n")

    async def start(self, *names: str) -> None:
        self.note(f"start {', '.join(names)}")
        self.up -= set(names)
        if "kiosk-1" in names:
            self.hardware.lose_power()
        self.world.start(*names)

    async def kill(self, name: str) -> bool:
        """Whether it was running."""
        self.note(f"kill {name}")
        self.up.discard(name)
        if name not in self.world.running:
            return False
        await asyncio.to_thread(self.world.kill, name)
        return True

    async def open(self) -> None:
        for line in self.all_lines():
            await line.join()
        await self.hardware.switch_on()
        self.world.start(*World.PROGRAMS)
        await asyncio.to_thread(self._wait_ready)
        for place in self.counters.values():
            await place.switch_on()
            await place.counter.ready()

    async def close(self) -> None:
        for place in self.counters.values():
            await place.switch_off()
        for line in self.all_lines():
            await line.end()
        await self.hardware.switch_off()
        await asyncio.to_thread(self.world.stop)

    def all_lines(self) -> list[Line]:
        return [line for pair in self.lines.values() for line in pair]

    async def mind(self) -> None:
        """What ends by itself is noted and started again, until cancelled."""
        while True:
            await asyncio.sleep(0.2)
            await self._see_who_is_up()
            for name, process in list(self.world.running.items()):
                if process.poll() is not None and name not in self.busy:
                    self.day.ended[name] += 1
                    self.note(f"{name} ended by itself with {process.returncode}")
                    await asyncio.sleep(RESTART_SECONDS)
                    if name not in self.busy and self.world.running.get(name) is process:
                        await self.start(name)

    async def _see_who_is_up(self) -> None:
        """The worker has no port; it is taken to be up when all others are."""
        ports = self.world.ports
        doors = {"broker": ports.mqtt, "hub": ports.hub, "gate-1": ports.gate, "kiosk-1": ports.kiosk}
        for name in doors.keys() - self.up:
            with contextlib.suppress(OSError):
                _, caller = await asyncio.open_connection("127.0.0.1", doors[name])
                caller.close()
                self.up.add(name)
        if doors.keys() <= self.up:
            self.up.add("worker")

    async def all_well(self) -> None:
        """Everything is up and reachable, with the right time; then every device hears from the hub."""
        for line in self.all_lines():
            line.flow()
            await line.join()
        for place in self.counters.values():
            if place.off:
                await place.restart(timedelta())
        await asyncio.to_thread(self._wait_ready)

    def _wait_ready(self) -> None:
        ports = self.world.ports
        for port in (ports.hub, ports.gate, ports.kiosk):
            wait_until(f"port {port} answers", partial(answers, port))
        for device in DEVICES:
            wait_until(f"{device} is ready", partial(self.world.is_ready, device))


@contextlib.asynccontextmanager
async def opened(home: Path, dice: random.Random) -> AsyncIterator[Scene]:
    scene = await asyncio.to_thread(Scene, home, dice)
    try:
        await scene.open()
        minding = asyncio.create_task(scene.mind())
        yield scene
        minding.cancel()
    finally:
        await scene.close()


async def until(what: str, true: Callable[[], Any], seconds: float) -> None:
    """Looks on a thread; fails with the sentence."""
    await asyncio.to_thread(wait_until, what, true, seconds)


def _lead_through(ports: tuple[int, int], settings: Path, world: World) -> None:
    """The device knows the hub by the near ends of its line."""
    mqtt, http = ports
    text = settings.read_text("utf-8").replace(f"mqtt_port = {world.ports.mqtt}", f"mqtt_port = {mqtt}")
    assert str(world.ports.hub) in text
    settings.write_text(text.replace(f":{world.ports.hub}", f":{http}"), "utf-8")


def _furnish(settings: Path) -> None:
    """The kiosk's hardware stands outside of its computer; it has no reader for cards, but releases tags."""
    text = settings.read_text("utf-8").replace("virtual = true", "virtual = false")
    text = text.replace("[kiosk]\n", '[kiosk]\nsecurity = "pads"\n')
    settings.write_text(re.sub(r'\[parts\.reader\]\ndriver = "pcsc"\n', "", text), "utf-8")


def _let_renew(world: World) -> None:
    """From the due date, so that a renewal of today's loan gives time; and often."""
    with world.database.session(None) as session:
        for rule in session.scalars(select(LoanRule).where(LoanRule.member_type == "teacher")):
            rule.renew_from, rule.max_renewals, rule.max_items = "due", 5, 40
