"""A slip printer on the kernel's own USB printer driver."""

import pytest

from tests.edge.drivers.slips import QR
from tests.kernel.conftest import Bench

pytestmark = [pytest.mark.kernel, pytest.mark.requirement("H-12")]


def test_a_printer_is_found_by_its_numbers(bench: Bench) -> None:
    said = bench("usb_printer")
    assert said["before it is plugged in"][0] == "offline"
    assert said["plugged in"] == "ready"


def test_a_slip_arrives_whole(bench: Bench) -> None:
    said = bench("usb_printer")
    assert said["the job's bytes in what came"] == 1
    assert said["printed"] == ["ready", 1, []]
    assert said["QR code on the slip"] == [QR]


@pytest.mark.parametrize(
    ("paper", "state"), [("low", "paper_low"), ("out", "paper_out"), ("cover", "cover_open"), ("full", "ready")]
)
def test_its_answers_come_through(bench: Bench, paper: str, state: str) -> None:
    assert bench("usb_printer")[f"state with paper {paper}"] == state


def test_pulled_out_in_the_middle_of_a_slip_it_says_so_and_prints_again_later(bench: Bench) -> None:
    said = bench("usb_printer")
    sentence, begun = said["pulled out in the middle"]
    assert "not wholly printed" in sentence
    assert begun
    assert said["state after it"] == "offline"
    assert said["comes back"]
    assert said["prints again"]
    assert said["end"]
