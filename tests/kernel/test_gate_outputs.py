"""A gate's relay on a kernel's own pins. The board is active low: at 0 V the gate is open."""

import pytest

from tests.kernel.conftest import Bench

pytestmark = [pytest.mark.kernel, pytest.mark.requirement("H-13")]
OPEN, SHUT = 0, 1


def test_the_gate_does_not_twitch_when_the_agent_starts(bench: Bench) -> None:
    assert bench("gate_outputs")["relay levels at start"] == [SHUT]


def test_a_pulse_opens_it_once_for_the_time_asked(bench: Bench) -> None:
    (_, before), (opened, during), (shut, after) = bench("gate_outputs")["relay in a pulse"]
    assert (before, during, after) == (SHUT, OPEN, SHUT)
    assert 1.0 < shut - opened < 5  # 1.5 was asked; an emulated processor looks and acts late


def test_an_agent_that_is_killed_while_the_gate_is_open_leaves_it_shut_where_the_wire_is_pulled_up(
    bench: Bench,
) -> None:
    said = bench("gate_outputs")
    assert said["relay while open"] == OPEN
    assert said["relay after SIGKILL, pulled up"] == SHUT
    assert said["relay when started anew"] == SHUT


def test_without_the_resistor_it_would_stay_open(bench: Bench) -> None:
    """Why firmware_configs asks for one."""
    assert bench("gate_outputs")["relay after SIGKILL, not pulled up"] == OPEN


def test_an_orderly_end_shuts_it(bench: Bench) -> None:
    said = bench("gate_outputs")
    assert said["relay after an orderly end"] == SHUT
    assert said["end"]
