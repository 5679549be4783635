"""A computer without a battery clock: what it knows of the time, and when."""

import asyncio
import os
import threading
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from samut_edge.clock import FILE, KEPT_SECONDS, TrueTime, boot_of_kernel, kernel_is_synchronised, ticks, utc_now
from samut_edge.outbox import Outbox
from samut_edge.renewal import Renewal
from samut_edge.uplink import Uplink
from tests.edge.drivers.heard import until
from tests.edge.running_agent import settings_of

SWITCHED_ON = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class Computer:
    """Its own clock begins in 1970; `passed` are the seconds since it was switched on."""

    def __init__(self, folder: Path, boot: str = "first") -> None:
        self.folder, self.boot = folder, boot
        self.passed, self.begins, self.synchronised = 30.0, LONG_AGO, False

    def clock(self) -> TrueTime:
        return TrueTime(
            self.folder,
            system=lambda: self.begins + timedelta(seconds=self.passed),
            ticks=lambda: self.passed,
            boot=self.boot,
            is_synchronised=lambda: self.synchronised,
        )


def told(clock: TrueTime, moment: datetime) -> TrueTime:
    clock.learn(moment)
    clock.keep()
    return clock


def test_nothing_is_known_until_the_hub_tells(tmp_path: Path) -> None:
    pi = Computer(tmp_path)
    clock = pi.clock()
    assert (clock.is_known, clock.is_possible, clock().year) == (False, False, 1970)
    pi.passed = 100.0
    clock.learn(SWITCHED_ON + timedelta(seconds=100))
    assert (clock.is_known, clock.is_possible) == (True, True)
    pi.passed = 160.0
    assert clock() == SWITCHED_ON + timedelta(seconds=160)
    assert clock.at(40.0) == SWITCHED_ON + timedelta(seconds=40), "what was seen before can be put right"


def test_an_agent_that_is_started_again_knows_it_still_but_not_a_computer(tmp_path: Path) -> None:
    pi = Computer(tmp_path)
    told(pi.clock(), SWITCHED_ON + timedelta(seconds=30))
    pi.passed = 500.0
    assert pi.clock()() == SWITCHED_ON + timedelta(seconds=500)
    pi.boot = "second"
    assert not pi.clock().is_known


def test_a_clock_that_stands_before_what_was_known_is_impossible(tmp_path: Path) -> None:
    pi = Computer(tmp_path)
    told(pi.clock(), SWITCHED_ON)
    later = Computer(tmp_path, "second")
    later.begins = SWITCHED_ON - timedelta(days=2)
    assert not later.clock().is_possible
    later.begins = SWITCHED_ON + timedelta(days=2)
    assert (later.clock().is_known, later.clock().is_possible) == (False, True)


def test_the_kernels_time_counts_once_it_is_kept(tmp_path: Path) -> None:
    pi = Computer(tmp_path)
    clock = pi.clock()
    clock.learn(SWITCHED_ON)
    pi.begins, pi.synchronised, pi.passed = SWITCHED_ON + timedelta(hours=1), True, 60.0
    assert clock() == SWITCHED_ON + timedelta(hours=1, seconds=60)
    clock.learn(LONG_AGO)
    assert clock() == SWITCHED_ON + timedelta(hours=1, seconds=60)


def test_a_clock_that_agrees_with_the_hub_is_right_to_the_millisecond(tmp_path: Path) -> None:
    pi = Computer(tmp_path)
    pi.begins = SWITCHED_ON
    clock = pi.clock()
    clock.learn(SWITCHED_ON + timedelta(seconds=pi.passed - 1.2))
    assert (clock.is_known, clock()) == (True, SWITCHED_ON + timedelta(seconds=pi.passed))


def test_letters_take_their_time_and_the_clock_does_not_jump_with_them(tmp_path: Path) -> None:
    pi = Computer(tmp_path)
    clock = pi.clock()
    clock.learn(SWITCHED_ON)
    before = clock()
    clock.learn(SWITCHED_ON + timedelta(seconds=1.5))
    assert clock() == before
    clock.learn(SWITCHED_ON + timedelta(minutes=5))
    assert clock() == before + timedelta(minutes=5)


@pytest.mark.parametrize("content", [b"", b"{", b'{"boot": 7}', b'{"last": "yesterday"}'])
def test_a_torn_file_tells_nothing(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    assert not Computer(tmp_path).clock().is_known


def test_the_kernel_is_asked_without_being_disturbed() -> None:
    before = utc_now()
    assert kernel_is_synchronised() in (True, False)
    assert abs(utc_now() - before) < timedelta(seconds=2)
    assert ticks() > 0
    assert len(boot_of_kernel()) == 36


def test_it_is_kept_when_it_becomes_known_and_changes_and_then_every_hour(tmp_path: Path) -> None:
    pi = Computer(tmp_path)
    clock = pi.clock()
    assert not clock.is_to_be_kept
    clock.learn(SWITCHED_ON)
    assert clock.is_to_be_kept
    clock.keep()
    pi.passed += KEPT_SECONDS - 1
    assert not clock.is_to_be_kept
    clock.learn(SWITCHED_ON + timedelta(hours=5))
    assert clock.is_to_be_kept
    clock.keep()
    pi.passed += KEPT_SECONDS
    assert clock.is_to_be_kept


async def renewing(folder: Path, clock: TrueTime, meanwhile: Coroutine[Any, Any, None]) -> None:
    settings = settings_of(folder)
    async with Outbox(folder / "outbox.db") as outbox:
        uplink = Uplink(settings, outbox, clock, boot="b", address=("127.0.0.1", 1))
        running = asyncio.create_task(Renewal(settings, uplink, clock).run())
        await meanwhile
        running.cancel()
        await asyncio.wait([running])


def test_an_agent_at_rest_leaves_the_memory_card_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("samut_edge.renewal.LOOK_SECONDS", 0.01)
    clock = Computer(tmp_path).clock()
    clock.learn(SWITCHED_ON)

    async def look() -> None:
        await until((tmp_path / FILE).exists)
        written = (tmp_path / FILE).stat().st_mtime_ns
        await asyncio.sleep(0.2)
        assert (tmp_path / FILE).stat().st_mtime_ns == written

    asyncio.run(renewing(tmp_path, clock, look()))


def test_a_slow_memory_card_does_not_stop_the_agent(tmp_path: Path) -> None:
    """It is a pipe that nobody reads for three seconds: whoever opens it waits."""
    slow = tmp_path / f"{FILE}.part"
    os.mkfifo(slow)
    clock = Computer(tmp_path).clock()
    clock.learn(SWITCHED_ON)
    reading = threading.Timer(3, lambda: os.close(os.open(slow, os.O_RDONLY | os.O_NONBLOCK)))

    async def look() -> None:
        began = ticks()
        reading.start()
        await asyncio.sleep(0.1)
        assert not clock.is_to_be_kept, "it is being written"
        assert ticks() - began < 2

    asyncio.run(renewing(tmp_path, clock, look()))
    reading.join()
