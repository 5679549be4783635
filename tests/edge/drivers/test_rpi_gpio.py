"""A gate opens, and closes again whatever happens."""

import os
import subprocess
import sys
import time
from typing import Any, cast

import pytest

from samut_edge.devices.gate_io import GateIO
from samut_edge.devices.part import PartState
from samut_edge.drivers import create_part
from samut_edge.errors import SettingsError
from samut_edge.virtual.gate_board import GateBoard, chip
from tests.edge.drivers.heard import Heard, ready, story, until

PINS = {"relay": 17, "green": 27, "red": 22, "buzzer": 5}
FAST = {"lamp_seconds": 0.2, "short_tone_seconds": 0.05, "long_tone_seconds": 0.1}


def board(*active_low: str) -> GateBoard:
    gate_board = GateBoard(PINS, frozenset(active_low), lambda: None)
    gate_board.plug_in()
    return gate_board


def gate(**options: Any) -> GateIO:
    return cast("GateIO", create_part("gate", "rpi_gpio", {**PINS, **FAST, **options}, Heard()))


@story
async def test_the_relay_is_pulsed_for_the_time_asked() -> None:
    wires = board()
    async with gate() as part:
        await ready(part)
        part.open(0.3)
        await until(lambda: wires.is_on["relay"])
        await until(lambda: wires.pulses)
    wires.unplug()
    pulse = wires.pulses[0]
    assert pulse.output == "relay"
    assert 0.29 < pulse.ended - pulse.began < 2


@story
async def test_opening_an_open_gate_keeps_it_open_longer_and_never_shorter() -> None:
    wires = board()
    async with gate() as part:
        await ready(part)
        part.open(0.3)
        part.open(0.5)
        part.open(0.1)
        await until(lambda: wires.pulses)
    wires.unplug()
    assert [pulse.output for pulse in wires.pulses] == ["relay"]
    assert 0.49 < wires.pulses[0].ended - wires.pulses[0].began < 2


@story
async def test_the_relay_falls_back_though_the_event_loop_hangs() -> None:
    wires = board()
    async with gate() as part:
        await ready(part)
        part.open(0.1)
        end = time.monotonic() + 10
        while chip().lines[PINS["relay"]] and time.monotonic() < end:
            pass  # nothing else runs on this thread
        assert chip().lines[PINS["relay"]] == 0
    wires.unplug()


@story
async def test_yes_is_green_with_a_short_tone_and_no_is_red_with_a_long_one() -> None:
    wires = board()
    async with gate() as part:
        await ready(part)
        part.say_yes()
        await until(lambda: wires.is_on["green"] and wires.is_on["buzzer"])
        part.say_no()
        await until(lambda: wires.is_on["red"])
        assert not wires.is_on["green"]
        await until(lambda: not any(wires.is_on.values()))
    wires.unplug()
    assert {pulse.output for pulse in wires.pulses} == {"green", "red", "buzzer"}


@story
async def test_an_active_low_relay_is_never_on_by_itself() -> None:
    wires = board("relay")
    async with gate(active_low=["relay"]) as part:
        await ready(part)
        assert chip().lines[PINS["relay"]] == 1
        part.open(0.1)
        await until(lambda: wires.is_on["relay"])
        assert chip().lines[PINS["relay"]] == 0
        await until(lambda: wires.pulses)
    wires.unplug()
    assert wires.openings == 1


@story
async def test_leaving_releases_the_relay() -> None:
    wires = board()
    async with gate() as part:
        await ready(part)
        part.open(60)
        await until(lambda: wires.is_on["relay"])
    await until(lambda: not wires.is_on["relay"])
    wires.unplug()
    assert PINS["relay"] not in chip().lines


@story
async def test_a_missing_chip_is_a_state_and_the_gate_comes_back() -> None:
    wires = board()
    chip().is_present = False
    try:
        async with gate() as part:
            await until(lambda: "cannot be used" in part.status.detail)
            part.open(1)
            chip().is_present = True
            await ready(part)
            chip().is_present = False
            part.open(1)
            await until(lambda: part.status.state is PartState.OFFLINE)
            chip().is_present = True
            await ready(part)
            part.open(0.05)
            await until(lambda: wires.pulses)
    finally:
        chip().is_present = True
    wires.unplug()


def test_two_outputs_on_one_pin_are_refused() -> None:
    chip()
    with pytest.raises(SettingsError, match="different pins"):
        gate(green=17)


def test_a_computer_without_pins_is_told_so() -> None:
    """In a process of its own, where no virtual pins were put in."""
    told = "from samut_edge.drivers import create_part; create_part('gate', 'rpi_gpio', {'relay': 17}, print)"
    environment = {key: value for key, value in os.environ.items() if not key.startswith("RPI_LGPIO")}
    run = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, env=environment, check=False)
    assert "SettingsError: Part “gate”: the driver “rpi_gpio” cannot run on this computer" in run.stderr
