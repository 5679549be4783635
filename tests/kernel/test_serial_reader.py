"""A reader on a USB serial line, named by a real udev."""

import pytest

from tests.kernel.conftest import Bench

pytestmark = [pytest.mark.kernel, pytest.mark.requirement("H-10")]


def test_a_reader_that_is_not_there_is_waited_for(bench: Bench) -> None:
    said = bench("serial_reader")
    assert said["before it is plugged in"][0] == "offline"
    assert said["plugged in"] == ["ready", "/dev/serial/by-id/usb-Samut_bench_RDM_reader_0042-if00, 9600 baud"]


def test_a_card_is_read(bench: Bench) -> None:
    assert bench("serial_reader")["card"] == ["62E3086CED"]


def test_pulled_out_in_the_middle_of_a_card_it_is_offline_and_comes_back(bench: Bench) -> None:
    said = bench("serial_reader")
    state, detail = said["pulled out"]
    assert state == "offline"
    assert "was lost" in detail
    assert said["card after it was plugged in again"] == ["62E3086CED"]
    assert said["end"]
