"""What is wired to a gate's inputs, and that the way out needs nobody's leave."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, cast

import pytest

from samut_edge.devices.gate_io import GateIO
from samut_edge.devices.part import PartState
from samut_edge.drivers import create_part
from samut_edge.errors import SettingsError
from samut_edge.events import Input, InputChanged
from samut_edge.virtual.gate_board import GateBoard, chip
from tests.edge.drivers.heard import Heard, ready, story, until

PINS = {"relay": 17, "green": 27, "red": 22, "buzzer": 5}
WIRES = {"beam_outer": 6, "beam_inner": 13, "exit_button": 19, "door": 26, "fire": 20, "tamper": 21}
FAST = {"lamp_seconds": 0.2, "short_tone_seconds": 0.05, "long_tone_seconds": 0.1, "exit_seconds": 0.2}


@dataclass
class Gate:
    """A gate and its wires; `heard` is what the driver told the agent."""

    part: GateIO
    wires: GateBoard
    heard: Heard

    async def tells(self) -> tuple[Input, bool]:
        event = await self.heard.next(InputChanged)
        return event.input, event.active


@asynccontextmanager
async def wired(*active_low: str, pressed: tuple[str, ...] = (), **options: Any) -> AsyncIterator[Gate]:
    fail_safe = bool(options.get("fail_safe"))
    outputs = {**PINS, **({"relay_out": options["relay_out"]} if "relay_out" in options else {})}
    wires = GateBoard(outputs, frozenset(active_low), lambda: None, wires=WIRES, fail_safe=fail_safe)
    wires.plug_in()
    for wire in WIRES:
        wires.set(wire, wire in pressed)
    heard = Heard()
    wanted = {**PINS, **WIRES, **FAST, "debounce_ms": 5, "active_low": list(active_low), **options}
    part = cast("GateIO", create_part("gate", "rpi_gpio", wanted, heard))
    try:
        async with part:
            await ready(part)
            yield Gate(part, wires, heard)
    finally:
        wires.unplug()


@pytest.mark.requirement("H-13")
@story
async def test_every_wire_is_told_when_it_becomes_active_and_when_no_longer() -> None:
    async with wired("door", "tamper") as gate:
        for wire in (Input.DOOR, Input.TAMPER, Input.BEAM_INNER, Input.BEAM_OUTER):
            for active in (True, False):
                gate.wires.set(wire, active)
                assert await gate.tells() == (wire, active)
        assert gate.wires.openings == 0


@pytest.mark.requirement("H-03")
@story
async def test_people_who_walk_through_break_the_beams_in_their_order() -> None:
    async with wired() as gate:
        await gate.wires.walk(inwards=True, step=0.3)
        assert [await gate.tells() for _ in range(4)] == [
            (Input.BEAM_OUTER, True),
            (Input.BEAM_INNER, True),
            (Input.BEAM_OUTER, False),
            (Input.BEAM_INNER, False),
        ]


@pytest.mark.requirement("H-05")
@story
async def test_the_exit_button_opens_while_the_event_loop_hangs() -> None:
    async with wired() as gate:
        gate.wires.set("exit_button", True)
        end = time.monotonic() + 10
        while not chip().lines[PINS["relay"]] and time.monotonic() < end:
            pass  # nothing else runs on this thread: the agent does not know yet
        assert chip().lines[PINS["relay"]] == 1
        assert gate.heard.news == []
        assert await gate.tells() == (Input.EXIT_BUTTON, True)
        gate.wires.set("exit_button", False)
        assert await gate.tells() == (Input.EXIT_BUTTON, False)
        await until(lambda: gate.wires.pulses)
        assert gate.wires.pulses[0].ended - gate.wires.pulses[0].began > 0.19


@pytest.mark.requirement("H-05")
@story
async def test_the_gate_is_open_as_long_as_the_fire_alarm_rings_whatever_the_agent_says() -> None:
    async with wired("fire", fail_safe=True) as gate:
        gate.wires.set("fire", True)
        assert await gate.tells() == (Input.FIRE, True)
        await until(lambda: gate.wires.is_on["relay"])
        gate.part.open(0.05)
        gate.part.stay_open(True)
        gate.part.stay_open(False)
        gate.part.close_to_class()
        await until(lambda: gate.wires.is_on["relay"])
        await asyncio.sleep(0.2)
        assert gate.wires.is_on["relay"]
        assert gate.wires.pulses == []
        gate.wires.set("fire", False)
        await until(lambda: not gate.wires.is_on["relay"])
        assert gate.wires.openings == 1


@pytest.mark.requirement("H-05")
@story
async def test_a_fire_alarm_that_rings_already_opens_the_gate_at_the_start() -> None:
    async with wired(pressed=("fire",)) as gate:
        await until(lambda: gate.wires.is_on["relay"])
        assert await gate.tells() == (Input.FIRE, True)


@pytest.mark.requirement("H-05")
@story
async def test_a_fail_safe_relay_holds_the_gate_and_is_lost_with_the_agent() -> None:
    """Energised while the gate is locked: without power, or without this program, the gate is open."""
    async with wired(fail_safe=True) as gate:
        assert chip().lines[PINS["relay"]] == 1
        await until(lambda: not gate.wires.is_on["relay"])
        gate.part.open(0.1)
        await until(lambda: gate.wires.is_on["relay"])
        assert chip().lines[PINS["relay"]] == 0
        await until(lambda: not gate.wires.is_on["relay"])
    assert PINS["relay"] not in chip().lines


@story
async def test_the_end_of_a_class_cuts_off_nobody_else() -> None:
    async with wired() as gate:
        gate.part.open(30, for_class=True)
        gate.part.open(0.3)
        await until(lambda: gate.wires.is_on["relay"])
        gate.part.close_to_class()
        time.sleep(0.1)
        await until(lambda: gate.wires.is_on["relay"])
        await until(lambda: gate.wires.pulses)
        assert 0.29 < gate.wires.pulses[0].ended - gate.wires.pulses[0].began < 5


@story
async def test_a_wire_that_shakes_is_told_once() -> None:
    async with wired(debounce_ms=200) as gate:
        for _ in range(10):
            gate.wires.set("tamper", True)
            gate.wires.set("tamper", False)
        gate.wires.set("tamper", True)
        assert await gate.tells() == (Input.TAMPER, True)
        time.sleep(0.3)
        await until(lambda: gate.heard.news == [])


@story
async def test_a_gate_that_is_held_open_is_so_again_when_its_chip_is_back() -> None:
    async with wired() as gate:
        gate.part.stay_open(True)
        gate.wires.set("fire", True)
        assert await gate.tells() == (Input.FIRE, True)
        chip().is_present = False
        try:
            await until(lambda: gate.part.status.state is PartState.OFFLINE)
            gate.wires.set("fire", False)
        finally:
            chip().is_present = True
        await ready(gate.part)
        assert chip().lines[PINS["relay"]] == 1
        assert await gate.tells() == (Input.FIRE, False)
        gate.part.stay_open(False)
        assert chip().lines[PINS["relay"]] == 0


@pytest.mark.requirement("H-05")
@story
async def test_a_gate_whose_exit_button_cannot_be_heard_is_not_locked() -> None:
    """Another program holds the button's pin: a relay that is energised to lock stays at rest until it is free."""
    gate_chip = chip()
    gate_chip.busy.add(WIRES["exit_button"])
    wanted = {**PINS, **WIRES, **FAST, "fail_safe": True}
    try:
        async with cast("GateIO", create_part("gate", "rpi_gpio", wanted, Heard())) as part:
            await until(lambda: "cannot be used" in part.status.detail)
            assert not gate_chip.lines
            gate_chip.busy.clear()
            await ready(part)
            assert gate_chip.lines[PINS["relay"]] == 1
            gate_chip.is_present = False
            await until(lambda: part.status.state is PartState.OFFLINE)
            gate_chip.busy.add(PINS["buzzer"])
            gate_chip.is_present = True
            await until(lambda: "busy" in part.status.detail)
            assert PINS["relay"] not in gate_chip.lines
    finally:
        gate_chip.busy.clear()
        gate_chip.is_present = True


@pytest.mark.requirement("H-05")
@story
async def test_a_wire_whose_edge_was_missed_is_noticed_though_a_beam_flickers() -> None:
    async with wired() as gate:
        chip().driven[WIRES["fire"]] = 1
        end = time.monotonic() + 5
        while not chip().lines[PINS["relay"]] and time.monotonic() < end:
            gate.wires.set("beam_outer", not gate.wires.is_active["beam_outer"])
            await asyncio.sleep(0.05)
        assert chip().lines[PINS["relay"]] == 1


@pytest.mark.requirement("H-01")
@story
async def test_a_turnstile_turns_the_way_it_is_asked_to() -> None:
    async with wired(relay_out=4) as gate:
        shown = gate.wires.is_on
        gate.part.open(0.2, "out")
        await until(lambda: shown["relay_out"])
        assert not shown["relay"]
        await until(lambda: not shown["relay_out"])
        gate.part.open(30, "in", for_class=True)
        await until(lambda: shown["relay"])
        assert not shown["relay_out"]
        gate.part.close_to_class()
        await until(lambda: not shown["relay"])
        gate.part.open(0.2)
        await until(lambda: shown["relay"] and shown["relay_out"])
        await until(lambda: not shown["relay"] and not shown["relay_out"])
        assert [pulse.output for pulse in gate.wires.pulses[:2]] == ["relay_out", "relay"]


@pytest.mark.requirement("H-05")
@story
async def test_the_exit_button_of_a_turnstile_turns_it_outwards_and_fire_frees_both_ways() -> None:
    async with wired(relay_out=4, fail_safe=True) as gate:
        await until(lambda: not gate.wires.is_on["relay"] and not gate.wires.is_on["relay_out"])
        assert (chip().lines[PINS["relay"]], chip().lines[4]) == (1, 1)
        gate.wires.set("exit_button", True)
        await until(lambda: gate.wires.is_on["relay_out"])
        assert not gate.wires.is_on["relay"]
        gate.wires.set("exit_button", False)
        await until(lambda: not gate.wires.is_on["relay_out"])
        gate.wires.set("fire", True)
        await until(lambda: gate.wires.is_on["relay"] and gate.wires.is_on["relay_out"])
        gate.wires.set("fire", False)
        await until(lambda: not gate.wires.is_on["relay"] and not gate.wires.is_on["relay_out"])
    assert not chip().lines


@story
async def test_the_alarm_sounds_as_long_as_it_was_asked() -> None:
    async with wired() as gate:
        gate.part.sound_alarm(0.4)
        gate.part.say_yes()
        await until(lambda: gate.wires.is_on["red"] and gate.wires.is_on["buzzer"])
        await until(lambda: not gate.wires.is_on["red"] and not gate.wires.is_on["buzzer"])
        longest = max(pulse.ended - pulse.began for pulse in gate.wires.pulses if pulse.output == "buzzer")
        assert longest > 0.39


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"beam_outer": 6}, "go together"),
        ({"door": 17}, "different pins"),
        ({"relay_out": 17}, "different pins"),
        ({"pull": {"door": "sideways"}}, "sideways"),
        ({"active_low": ["window"]}, "window"),
        ({"debounce_ms": 0}, "debounce_ms"),
    ],
)
def test_wiring_that_cannot_be_is_refused(options: dict[str, Any], named: str) -> None:
    chip()
    with pytest.raises(SettingsError, match=named):
        create_part("gate", "rpi_gpio", {"relay": 17, **options}, print)
