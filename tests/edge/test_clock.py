"""A computer without a battery clock: what it knows of the time, and when."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from samut_edge.clock import FILE, TrueTime, boot_of_kernel, kernel_is_synchronised, ticks, utc_now

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
    pi.clock().learn(SWITCHED_ON + timedelta(seconds=30))
    pi.passed = 500.0
    assert pi.clock()() == SWITCHED_ON + timedelta(seconds=500)
    pi.boot = "second"
    assert not pi.clock().is_known


def test_a_clock_that_stands_before_what_was_known_is_impossible(tmp_path: Path) -> None:
    pi = Computer(tmp_path)
    pi.clock().learn(SWITCHED_ON)
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
