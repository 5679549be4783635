"""A scanner that types, on a real input core: what is scanned reaches the agent and nobody else."""

import errno

import pytest

from tests.kernel.conftest import Bench

pytestmark = [pytest.mark.kernel, pytest.mark.requirement("H-10")]


def test_a_scanner_that_is_not_there_is_waited_for(bench: Bench) -> None:
    said = bench("typed_scanner")
    assert said["before it is plugged in"] == ["offline", "no scanner 0c2e:0200 is plugged in"]
    assert said["plugged in"][0] == "ready"
    assert said["codes"] == ["9786160000012"]


def test_a_second_program_is_refused_and_reads_nothing(bench: Bench) -> None:
    said = bench("typed_scanner")
    assert said["a second grab"][0] == errno.EBUSY
    assert said["keys that reached another program"] == 0
    assert said["keys that reach another program once the part has ended"] == 6


def test_a_second_part_says_that_the_scanner_is_held(bench: Bench) -> None:
    state, detail = bench("typed_scanner")["a second part"]
    assert state == "offline"
    assert "is held by another program; end that program" in detail


def test_a_scanner_that_is_pulled_out_in_the_middle_of_a_code_comes_back_without_the_half(bench: Bench) -> None:
    said = bench("typed_scanner")
    state, detail = said["pulled out"]
    assert state == "offline"
    assert "was lost" in detail
    assert said["codes after it was plugged in again"] == ["60000029"]
    assert said["end"]
