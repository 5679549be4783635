"""What goes wrong: each a name, whom it befalls, and how it begins and ends."""

import asyncio
import os
import random
import resource
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from samut_edge.virtual.printer_works import Paper
from samut_edge.virtual.tag_field import Fault
from tests.soak.faults.day import now
from tests.soak.faults.scene import COUNTERS, EDGES, Scene
from tests.system.world import DEVICES, World

FRAME = 4096 + 24
"""Octets of a page and its header in SQLite's write-ahead log (sqlite.org/fileformat2.html, section 4.1)."""
PRINTER, PAD = "printer", "pad"
NO_LIMIT = resource.RLIM_INFINITY

Befall = Callable[[Scene, random.Random], Awaitable[None]]


@dataclass(frozen=True)
class Trouble:
    """`whom` is left alone by other troubles meanwhile."""

    name: str
    whom: tuple[str, ...]
    befall: Befall


async def kill(victim: str, scene: Scene, dice: random.Random) -> None:
    if await scene.kill(victim):
        await asyncio.sleep(dice.uniform(0, 0.9))
        await scene.start(victim)


async def cut(edge: str, scene: Scene, dice: random.Random) -> None:
    for line in scene.lines[edge]:
        line.cut()
    await asyncio.sleep(dice.uniform(0.2, 4))
    for line in scene.lines[edge]:
        await line.join()


async def hang(edge: str, scene: Scene, dice: random.Random) -> None:
    for line in scene.lines[edge]:
        line.hang()
    await asyncio.sleep(dice.uniform(1, 5))
    for line in scene.lines[edge]:
        line.flow()


async def crawl(edge: str, scene: Scene, dice: random.Random) -> None:
    for line in scene.lines[edge]:
        line.crawl(dice.randint(20, 400), dice.uniform(0.01, 0.1))
    await asyncio.sleep(dice.uniform(1, 4))
    for line in scene.lines[edge]:
        line.flow()


async def break_off(edge: str, scene: Scene, dice: random.Random) -> None:
    mqtt, _ = scene.lines[edge]
    mqtt.break_after(dice.randint(1, 2000))
    for _ in range(30):
        if not mqtt.is_to_break:
            return
        await asyncio.sleep(0.1)
    mqtt.flow()


async def fill_disk(program: str, scene: Scene, dice: random.Random) -> None:
    """What would make a file longer than so is refused, also to the program that is started in its place."""
    began, end = now(), asyncio.get_running_loop().time() + dice.uniform(0.5, 2.5)
    most = dice.choice((0, dice.randint(0, 200_000), dice.randint(0, 4_000_000)))
    dies = dice.random() < 0.3
    _limit(scene, program, most)
    while asyncio.get_running_loop().time() < end:
        await asyncio.sleep(0.1)
        dies = dies and not await scene.kill(program)
        process = scene.world.running.get(program)
        if process is None or process.poll() is not None:
            if process is not None:
                scene.day.ended[f"{program}, disk full"] += 1
            await asyncio.sleep(0.3)
            await scene.start(program)
            _limit(scene, program, most)
    _limit(scene, program, NO_LIMIT)
    if program == "gate-1":
        scene.day.full.append((began, now()))


def _limit(scene: Scene, program: str, most: int) -> None:
    process = scene.world.running.get(program)
    if process is not None and process.poll() is None:
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (most, NO_LIMIT))


async def jump_clock(counter: str, scene: Scene, dice: random.Random) -> None:
    """Switched on with another time, perhaps before it has a way to the hub; and right again, some time after."""
    device = await asyncio.to_thread(scene.world.device, counter)
    long_ago, before = datetime(1970, 1, 1, tzinfo=UTC) - now(), device.added_at - timedelta(hours=2) - now()
    is_alone = dice.random() < 0.5
    if is_alone:
        for line in scene.lines[counter]:
            line.cut()
    await scene.counters[counter].restart(dice.choice((timedelta(hours=2), before, long_ago)))
    await asyncio.sleep(dice.uniform(0.5, 3))
    for line in scene.lines[counter]:
        await line.join()
    if dice.random() < 0.5:
        await asyncio.sleep(dice.uniform(0.5, 2))
    await scene.counters[counter].restart(timedelta())


async def tear_outbox(device: str, scene: Scene, dice: random.Random) -> None:
    """The power went in the middle of a write to the log: what follows its last whole frame means nothing."""
    if await scene.kill(device):
        log = scene.folders[device] / "outbox.db-wal"
        await asyncio.to_thread(_tear, log, dice)
        await asyncio.sleep(dice.uniform(0, 0.5))
        await scene.start(device)


def _tear(log: Path, dice: random.Random) -> None:
    if not log.exists():
        return
    with log.open("r+b") as file:
        whole = file.read()
        torn = whole[32 : 32 + dice.randint(1, FRAME)] if dice.random() < 0.5 else os.urandom(dice.randint(1, 9000))
        file.write(torn)


async def run_out_of_paper(scene: Scene, dice: random.Random) -> None:
    """In the middle of the next slip, if there is one soon."""
    printer = scene.hardware.printer
    printer.rows_left = dice.randint(20, 500)
    for _ in range(40):
        if printer.paper is Paper.OUT:
            break
        await asyncio.sleep(0.1)
    await asyncio.sleep(dice.uniform(0.2, 2))
    printer.rows_left = None
    await printer.set_paper(Paper.FULL)


async def unplug_printer(scene: Scene, dice: random.Random) -> None:
    """In the middle of the next slip, if there is one soon."""
    printer = scene.hardware.printer
    heard = len(printer.received)
    for _ in range(1000):
        if len(printer.received) > heard + dice.randint(200, 60_000):
            break
        await asyncio.sleep(0.003)
    await printer.set_paper(Paper.OFF)
    await asyncio.sleep(dice.uniform(0.2, 1.5))
    await printer.set_paper(Paper.FULL)


async def lift_tag(scene: Scene, dice: random.Random) -> None:
    """While the next book's tag is written; some people put it back."""
    scene.hardware.spoils_next = dice.choice(list(Fault))
    for _ in range(30):
        await asyncio.sleep(0.1)
        if scene.hardware.spoils_next is None:
            break
    scene.hardware.spoils_next = None


async def go_dark(device: str, scene: Scene, dice: random.Random) -> None:
    """Broker, hub and device are all down, and the device is back first."""
    down = [name for name in ("broker", "hub", "worker", device) if await scene.kill(name)]
    for name in reversed(down):
        await asyncio.sleep(dice.uniform(0, 0.6))
        await scene.start(name)


HUB = ("broker", "hub", "worker")
TROUBLES: dict[str, tuple[Trouble, ...]] = {
    "killed": tuple(Trouble(f"{one} killed", (one,), partial(kill, one)) for one in World.PROGRAMS),
    "line cut": tuple(Trouble(f"line of {one} cut", (f"line {one}",), partial(cut, one)) for one in EDGES),
    "line hanging": tuple(Trouble(f"line of {one} hangs", (f"line {one}",), partial(hang, one)) for one in EDGES),
    "line slow": tuple(Trouble(f"line of {one} slow", (f"line {one}",), partial(crawl, one)) for one in EDGES),
    "message broken off": tuple(
        Trouble(f"line of {one} broken off", (f"line {one}",), partial(break_off, one)) for one in EDGES
    ),
    "disk full": tuple(
        Trouble(f"disk of {one} full", (one,), partial(fill_disk, one)) for one in (*DEVICES, "hub", "worker")
    ),
    "clock wrong": tuple(
        Trouble(f"clock of {one} wrong", (one, f"line {one}"), partial(jump_clock, one)) for one in COUNTERS
    ),
    "outbox torn": tuple(Trouble(f"outbox of {one} torn", (one,), partial(tear_outbox, one)) for one in DEVICES),
    "printer": (
        Trouble("paper out in a slip", (PRINTER,), run_out_of_paper),
        Trouble("printer unplugged in a slip", (PRINTER,), unplug_printer),
    ),
    "tag lifted": (Trouble("tag lifted in a write", (PAD,), lift_tag),),
    "all dark": tuple(Trouble(f"hub and {one} dark", (*HUB, one), partial(go_dark, one)) for one in DEVICES),
}
