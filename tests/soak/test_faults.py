"""A thousand faults while people tap, borrow, renew and return: nothing told them is lost, nothing is doubled.

`SAMUT_SOAK_ROUNDS` and `SAMUT_SOAK_SEED` choose another number of rounds and other dice. A batch that fails tells
with which it is run alone.
"""

import asyncio
import os
import random
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.bench.figures import Figure, quantile
from tests.soak.faults.day import Day, Done, Outcome, Shelf
from tests.soak.faults.evening import Room, quiet, reckon, room, waiting
from tests.soak.faults.people import pass_gate, use_kiosk, work_at_counter
from tests.soak.faults.scene import COUNTERS, Scene, opened
from tests.soak.faults.troubles import TROUBLES, Trouble
from tests.system.world import World

SEED = int(os.environ.get("SAMUT_SOAK_SEED", "2569"))
ROUNDS = int(os.environ.get("SAMUT_SOAK_ROUNDS", "1000"))
BATCH = 50
"""Rounds between two evenings; each batch has dice of its own."""

TWO_AT_ONCE = 0.25
LONGEST_TROUBLE = 90.0
"""Seconds; what takes longer hangs, and where is printed."""

LOOKS, TOO_SOON = 30, 0.02
"""How many looks for a trouble at once; how likely one of a program that is not up yet is taken all the same."""

MOST_DISK_GROWTH = 4.0
"""Megabytes: how much more all devices together may keep in the last evening than in the first."""

TEACHERS = ("20035", "20036", "20037", "20038")

pytestmark = pytest.mark.soak


@dataclass(frozen=True)
class Batch:
    number: int
    rounds: int
    day: Day
    seconds: float
    emptied: float
    room: Room
    faults: list[str]

    def __str__(self) -> str:
        told = Counter(done.outcome for done in self.day.done)
        kinds = ", ".join(f"{kind} {count}" for kind, count in sorted(self.day.faults.items()))
        ended = ", ".join(f"{name} {count}" for name, count in sorted(self.day.ended.items())) or "none"
        return (
            f"batch {self.number}: {self.rounds} rounds in {self.seconds:.0f} s, {self.day.count} operations "
            f"(lending: {', '.join(f'{kind} {told[kind]}' for kind in Outcome)}; taps {len(self.day.taps)}, "
            f"slips {len(self.day.slips)}); {kinds}; ended by themselves: {ended}; outboxes empty after "
            f"{self.emptied:.1f} s; wrong: {len(self.faults)}"
        )


def shelves(scene: Scene, dice: random.Random) -> dict[str, Shelf]:
    books = scene.world.free_items()
    at_kiosk, one, two = books[:10], books[10:20], books[20:30]
    return {
        "kiosk-1": Shelf(at_kiosk, [TEACHERS[0]], dice),
        "counter-1": Shelf(one, list(TEACHERS[1:3]), dice),
        "counter-2": Shelf(two, list(TEACHERS[3:]), dice),
    }


async def live_through(scene: Scene, shelf: dict[str, Shelf], rounds: int, dice: random.Random) -> None:
    async with asyncio.TaskGroup() as people:
        people.create_task(pass_gate(scene, random.Random(dice.random())))
        people.create_task(use_kiosk(scene, shelf["kiosk-1"], random.Random(dice.random())))
        for name in COUNTERS:
            own = random.Random(dice.random())
            people.create_task(work_at_counter(scene, scene.counters[name], shelf[name], own))
        await go_wrong(scene, rounds, dice)
        scene.day.is_over = True


async def go_wrong(scene: Scene, rounds: int, dice: random.Random) -> None:
    async with asyncio.TaskGroup() as troubles:
        for _ in range(rounds):
            for _ in range(1 + (dice.random() < TWO_AT_ONCE)):
                kind, trouble = await chosen(scene, dice)
                scene.busy |= set(trouble.whom)
                scene.day.faults[kind] += 1
                troubles.create_task(befall(scene, trouble, random.Random(dice.random())))
            await asyncio.sleep(dice.uniform(0.5, 1.5))


async def chosen(scene: Scene, dice: random.Random) -> tuple[str, Trouble]:
    """Of those whom nothing else befalls. Programs that only begin are mostly left alone: else none ever gets far."""
    while True:
        for _ in range(LOOKS):
            kind = dice.choice(list(TROUBLES))
            trouble = dice.choice(TROUBLES[kind])
            begin = set(World.PROGRAMS) & set(trouble.whom) - scene.up
            if not scene.busy & set(trouble.whom) and (not begin or dice.random() < TOO_SOON):
                return kind, trouble
        await asyncio.sleep(0.1)


async def befall(scene: Scene, trouble: Trouble, dice: random.Random) -> None:
    scene.note(f"begin: {trouble.name}")
    try:
        async with asyncio.timeout(LONGEST_TROUBLE):
            await trouble.befall(scene, dice)
    except TimeoutError:
        for task in asyncio.all_tasks():
            task.print_stack()
        raise
    finally:
        scene.note(f"end: {trouble.name}")
        scene.busy -= set(trouble.whom)


async def whole_run(home: Path) -> list[Batch]:
    history: list[Done] = []
    batches: list[Batch] = []
    async with opened(home, random.Random(SEED)) as scene:
        shelf = shelves(scene, random.Random(SEED))
        for number, first in enumerate(range(0, ROUNDS, BATCH)):
            batch = await one_batch(scene, shelf, history, number, min(BATCH, ROUNDS - first))
            batches.append(batch)
            print(batch, flush=True)
            if batch.faults:
                break
    return batches


async def one_batch(scene: Scene, shelf: dict[str, Shelf], history: list[Done], number: int, rounds: int) -> Batch:
    began = time.monotonic()
    scene.day = Day(pieces=scene.hardware.pieces)
    await live_through(scene, shelf, rounds, random.Random(SEED + number))
    history_before = len(history)
    history += scene.day.done
    emptied, faults = float("inf"), []
    try:
        emptied = await quiet(scene)
        faults = await reckon(scene, history)
    except AssertionError as error:
        faults = [f"{error}; {waiting(scene)}"]
    if faults:
        tell(scene, number, faults, history[history_before:])
    took = time.monotonic() - began
    return Batch(number, rounds, scene.day, took, emptied, room(scene), faults)


def tell(scene: Scene, number: int, faults: list[str], done: list[Done]) -> None:
    again = f"SAMUT_SOAK_SEED={SEED + number} SAMUT_SOAK_ROUNDS={BATCH}"
    print(f"\nbatch {number} of seed {SEED} is wrong; alone: {again}. The world is in {scene.world.home}.")
    for fault in faults:
        print(f"  {fault}")
    for place, piece in enumerate(scene.hardware.pieces, 1):
        (scene.world.home / f"slip {place}.png").write_bytes(piece.picture)
    print(f"    {scene.day.slips}")
    for one in done:
        if any(one.barcode in fault for fault in faults):
            print(f"    {one}")


@pytest.mark.requirement("H-02")
def test_nothing_told_is_lost_and_nothing_is_doubled(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        batches = asyncio.run(whole_run(tmp_path))
        print("\n".join(figure.row() for figure in figures(batches)))
    assert [fault for batch in batches for fault in batch.faults] == []
    assert sum(batch.rounds for batch in batches) == ROUNDS
    assert batches[-1].room.disk < batches[0].room.disk + MOST_DISK_GROWTH
    assert all(batch.day.count > batch.rounds for batch in batches), "people were at work"


def figures(batches: list[Batch]) -> list[Figure]:
    """For docs/benchmarks.md."""
    done = [one for batch in batches for one in batch.day.done]
    lending = Counter(one.outcome for one in done)
    faults = sum((batch.day.faults for batch in batches), Counter[str]())
    wrong = sum(len(batch.faults) for batch in batches)
    memory = {name: max(batch.room.memory.get(name, 0) for batch in batches) for name in batches[0].room.memory}
    return [
        Figure("Rounds with faults", sum(batch.rounds for batch in batches), "", note=f"seed {SEED}"),
        *(Figure(f"Fault: {kind}", count, "times") for kind, count in sorted(faults.items())),
        Figure("Operations", sum(batch.day.count for batch in batches), ""),
        *(Figure(f"Loans, renewals, returns: {kind}", lending[kind], "") for kind in Outcome),
        Figure("Taps at the gate", sum(len(batch.day.taps) for batch in batches), ""),
        Figure("Slips asked for", sum(len(batch.day.slips) for batch in batches), ""),
        Figure("Lost, doubled or not agreeing", wrong, "", 1),
        Figure("Outboxes empty after the last fault, p95", quantile([batch.emptied for batch in batches], 0.95), "s"),
        *(Figure(f"Memory of {name} in the evening, most", most, "MB") for name, most in memory.items()),
        Figure("Disk of all devices, first evening", batches[0].room.disk, "MB"),
        Figure("Disk of all devices, last evening", batches[-1].room.disk, "MB"),
        Figure("Seconds in all", sum(batch.seconds for batch in batches), "s"),
    ]
