"""An outbox that fills: people are warned long before, nothing that was accepted is lost, and gates go on."""

import os
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from samut_edge.clock import TrueTime
from samut_edge.outbox import Outbox
from samut_edge.outbox_room import Fill, Room
from samut_wire import messages as m
from samut_wire.codec import Letter
from samut_wire.ids import command_id
from samut_wire.topics import Kind
from tests.edge.drivers.heard import story
from tests.edge.stock import NOW
from tests.edge.test_outbox import a_return

SMALL = Room(long_from=2, most=4, free_bytes=0)


def a_passage(n: int, direction: str = "in", *, allowed: bool = True, at: datetime = NOW) -> Letter:
    body = m.PassageRecorded(reader="r", direction=direction, allowed=allowed, member=f"{n}")  # type: ignore[arg-type]
    return Letter(id=command_id(n), at=at, body=body)


def counted(outbox: Outbox) -> list[tuple[str, str, int]]:
    bodies = [waiting.letter.body for waiting in outbox.waiting()]
    return [(one.part, one.direction, one.persons) for one in bodies if isinstance(one, m.PersonsCounted)]


@story
async def test_people_are_warned_long_before_it_is_full(tmp_path: Path) -> None:
    async with Outbox(tmp_path / "outbox.db", room=SMALL) as outbox:
        fills = []
        for n in range(4):
            await outbox.add(Kind.RETURN, a_return(f"B{n}", n))
            fills.append(outbox.fill)
        assert fills == [Fill.NORMAL, Fill.LONG, Fill.LONG, Fill.FULL]
        await outbox.add(Kind.RETURN, a_return("B9", 9))
        assert len(outbox) == 5, "a book that was returned is not refused for it"


@story
async def test_a_disk_that_has_little_room_left_counts_as_full(tmp_path: Path) -> None:
    async with Outbox(tmp_path / "outbox.db", room=Room(free_bytes=1 << 62)) as outbox:
        assert outbox.fill is Fill.FULL


@story
async def test_people_who_pass_are_counted_and_told_when_there_is_room_again(tmp_path: Path) -> None:
    path = tmp_path / "outbox.db"
    async with Outbox(path, room=SMALL) as outbox:
        for n in range(4):
            await outbox.add(Kind.PASSAGE, a_passage(n))
        for n in range(4, 300):
            await outbox.add(Kind.PASSAGE, a_passage(n))
        await outbox.add(Kind.PASSAGE, a_passage(301, "out"))
        await outbox.add(Kind.PASSAGE, a_passage(302, allowed=False))
        assert len(outbox) == 4
    async with Outbox(path, room=SMALL) as outbox:
        await outbox.confirm([outbox.waiting()[0].letter.id])
        assert counted(outbox) == [], "not before half of the room is free"
        await outbox.confirm([waiting.letter.id for waiting in outbox.waiting()])
        assert sorted(counted(outbox)) == [("r", "in", 296), ("r", "out", 1)]
        assert {waiting.letter.at for waiting in outbox.waiting()} == {NOW.replace(minute=0, second=0, microsecond=0)}
    async with Outbox(path, room=SMALL) as outbox:
        assert sorted(counted(outbox)) == [("r", "in", 296), ("r", "out", 1)], "once, and durable"


FILLED = """
import asyncio, resource, sqlite3, signal, sys
from pathlib import Path
from samut_edge.outbox import Outbox
from samut_edge.outbox_room import Room
from samut_wire.topics import Kind
from tests.edge.test_outbox import a_return
from tests.edge.test_outbox_room import a_passage

async def live():
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    async with Outbox(Path(sys.argv[1]), room=Room(free_bytes=0)) as outbox:
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, resource.RLIM_INFINITY))
        kept = 0
        try:
            for n in range(5_000):
                await outbox.add(Kind.RETURN, a_return(f"B{n}", n))
                kept += 1
        except sqlite3.Error as error:
            print(type(error).__name__, file=sys.stderr)
        for n in range(20):
            await outbox.add(Kind.PASSAGE, a_passage(9_000 + n))
        print(kept, sum(w.kind is Kind.RETURN for w in outbox.waiting(limit=9_000)))
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        await outbox.confirm([outbox.waiting()[0].letter.id])

asyncio.run(live())
"""


@story
async def test_on_a_full_disk_what_was_accepted_stays_and_people_still_pass(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    told = subprocess.run(
        [sys.executable, "-c", FILLED, tmp_path / "outbox.db"],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=True,
    )
    kept, waiting = map(int, told.stdout.split())
    assert "Error" in told.stderr
    assert kept == waiting > 5
    async with Outbox(tmp_path / "outbox.db", room=Room(free_bytes=0)) as outbox:
        letters = [waiting.letter.body for waiting in outbox.waiting()]
        assert sum(isinstance(body, m.ReturnRecorded) for body in letters) == kept - 1
        one_by_one = sum(isinstance(body, m.PassageRecorded) for body in letters)
        assert one_by_one + sum(persons for _, _, persons in counted(outbox)) == 20, (
            "when there is room, they are told"
        )


GONE_ON = """
import asyncio, resource, signal, sys
from pathlib import Path
from samut_edge.clock import TrueTime
from samut_edge.outbox import Outbox
from samut_edge.outbox_room import Room
from samut_wire.topics import Kind
from tests.edge.stock import NOW
from tests.edge.test_outbox import a_return
from tests.edge.test_outbox_room import Pi, a_passage

def let_files_grow_to(most):
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))

async def live():
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    folder = Path(sys.argv[1])
    clock = Pi("one").clock(folder)
    async with Outbox(folder / "outbox.db", room=Room(free_bytes=0), clock=clock) as outbox:
        for n in range(3):
            await outbox.add(Kind.RETURN, a_return(f"B{n}", n))
        await outbox.add(Kind.PASSAGE, a_passage(7, at=clock()))
        let_files_grow_to(1)
        first, second, third, _ = [waiting.letter.id for waiting in outbox.waiting()]
        await outbox.confirm([first])
        clock.learn(NOW)
        await outbox.correct()
        print([waiting.letter.at == NOW for waiting in outbox.waiting()])
        await outbox.confirm([second])
        let_files_grow_to(resource.RLIM_INFINITY)
        await outbox.confirm([third])

asyncio.run(live())
"""


@pytest.mark.requirement("H-14")
@story
async def test_what_the_hub_has_and_a_full_disk_does_not_let_go_goes_with_the_next(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    told = subprocess.run(
        [sys.executable, "-c", GONE_ON, tmp_path],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    assert "2 events that the hub has stay" in told.stderr
    assert told.stdout.split() == ["[True,", "True,", "True]"], "the passage got its time, if only in memory"
    async with Outbox(tmp_path / "outbox.db", room=Room(free_bytes=0)) as outbox:
        assert [type(waiting.letter.body) for waiting in outbox.waiting()] == [m.PassageRecorded]


class Pi:
    """Switched on without knowing the time, in a boot of its own."""

    def __init__(self, boot: str) -> None:
        self.boot, self.passed = boot, 100.0

    def clock(self, folder: Path) -> TrueTime:
        return TrueTime(
            folder,
            system=lambda: datetime.fromisoformat("1970-01-01T00:00:00+00:00") + timedelta(seconds=self.passed),
            ticks=lambda: self.passed,
            boot=self.boot,
            is_synchronised=lambda: False,
        )


@pytest.mark.requirement("H-14")
@story
async def test_what_happened_before_the_time_was_known_gets_its_time(tmp_path: Path) -> None:
    pi = Pi("one")
    clock = pi.clock(tmp_path)
    async with Outbox(tmp_path / "outbox.db", clock=clock) as outbox:
        await outbox.add(Kind.PASSAGE, a_passage(1, at=clock()))
        pi.passed = 400.0
        await outbox.correct()
        assert outbox.waiting()[0].letter.at.year == 1970
    clock = pi.clock(tmp_path)
    async with Outbox(tmp_path / "outbox.db", clock=clock) as outbox:
        clock.learn(NOW)
        await outbox.correct()
        assert outbox.waiting()[0].letter.at == NOW - timedelta(seconds=300)
        pi.passed = 500.0
        await outbox.add(Kind.PASSAGE, a_passage(2, at=clock()))
        await outbox.correct()
        assert outbox.waiting()[1].letter.at == NOW + timedelta(seconds=100)
    async with Outbox(tmp_path / "outbox.db", clock=clock) as outbox:
        assert outbox.waiting()[0].letter.at == NOW - timedelta(seconds=300)


@story
async def test_what_an_earlier_boot_noted_without_the_time_keeps_its_place_before_this_one(tmp_path: Path) -> None:
    """So the hub never takes a return for one that came before its loan."""
    for name, seconds in (("one", (10.0, 40.0)), ("two", (20.0,))):
        pi = Pi(name)
        clock = pi.clock(tmp_path)
        async with Outbox(tmp_path / "outbox.db", clock=clock) as outbox:
            for pi.passed in seconds:
                await outbox.add(Kind.PASSAGE, a_passage(1, at=clock()))
    later = Pi("three").clock(tmp_path)
    async with Outbox(tmp_path / "outbox.db", clock=later) as outbox:
        await outbox.add(Kind.PASSAGE, a_passage(1, at=later()))
        later.learn(NOW)
        await outbox.correct()
        began = NOW - timedelta(seconds=100)
        two = began - timedelta(seconds=20)
        moments = [waiting.letter.at for waiting in outbox.waiting()]
        assert moments == [two - timedelta(seconds=30), two, began, NOW]


@story
async def test_what_began_before_the_time_was_known_and_is_kept_after_it_has_the_time(tmp_path: Path) -> None:
    """The kiosk asked the hub in vain meanwhile."""
    pi = Pi("one")
    clock = pi.clock(tmp_path)
    async with Outbox(tmp_path / "outbox.db", clock=clock) as outbox:
        began = clock()
        pi.passed += 1.5
        clock.learn(NOW)
        await outbox.add(Kind.PASSAGE, a_passage(1, at=began))
        await outbox.add(Kind.PASSAGE, a_passage(2, at=clock()))
        assert [waiting.letter.at for waiting in outbox.waiting()] == [NOW - timedelta(seconds=1.5), NOW]
