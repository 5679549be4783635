"""A gate's beams, exit button and fire alarm on a kernel's own pins: each edge once, chatter never."""

import asyncio
import time
from typing import Any

from samut_edge.devices.part import PartState
from samut_edge.drivers import create_part
from samut_edge.events import InputChanged, PartEvent
from tests.kernel.guest import run, say, until
from tests.kernel.sim_chip import SimChip

RELAY, OUTER, INNER, FIRE, EXIT = 17, 23, 24, 6, 26
WIRING = {
    "relay": RELAY,
    "beam_outer": OUTER,
    "beam_inner": INNER,
    "fire": FIRE,
    "exit_button": EXIT,
    "active_low": ["relay", "beam_outer", "beam_inner", "fire", "exit_button"],
    "exit_seconds": 0.5,
}
PEOPLE = 20
TRIES = 20
SHORTER_THAN_DEBOUNCE = 0.02
ACTIVE, IDLE = 0, 1
OPEN, SHUT = 0, 1


class Gate:
    """What happened, in words."""

    def __init__(self, chip: SimChip) -> None:
        self.chip = chip
        self.events: list[str] = []

    def heard(self, event: PartEvent) -> None:
        if isinstance(event, InputChanged):
            self.events.append(f"{event.input} {'on' if event.active else 'off'}")

    def part(self, **more: Any) -> Any:
        return create_part("gate", "rpi_gpio", {**WIRING, **more}, self.heard)

    async def walk_in(self) -> None:
        """Legs, body and bag: the beams overlap, as they do behind each other."""
        for pin, level in ((OUTER, ACTIVE), (INNER, ACTIVE), (OUTER, IDLE), (INNER, IDLE)):
            self.chip.pull(pin, level)
            await asyncio.sleep(0.06)

    def chatter(self, pin: int) -> float:
        """The longest touch of the contact, in seconds: an emulated processor may be held up in the middle of one."""
        longest = 0.0
        for _ in range(5):
            began = time.monotonic()
            self.chip.pull(pin, ACTIVE)
            self.chip.pull(pin, IDLE)
            longest = max(longest, time.monotonic() - began)
        return longest

    async def relay_is(self, level: int) -> bool:
        return await until(lambda: self.chip.level(RELAY) == level, 20)


async def bench() -> None:
    gate = Gate(SimChip())
    gate.chip.pull(RELAY, SHUT)
    async with gate.part() as part:
        await until(lambda: part.status.state is PartState.READY)
        say("wired", part.status.detail)
        await _people(gate)
        await _chatter(gate)
        await _exit_button(gate)
        await _fire(gate)
    gate.chip.pull(FIRE, ACTIVE)
    async with gate.part(pull={"fire": "off"}):  # a pull of the driver's own would hide the one of the wire here
        say("open when it starts while the alarm rings", await gate.relay_is(OPEN))


async def _people(gate: Gate) -> None:
    gate.events.clear()
    for _ in range(PEOPLE):
        await gate.walk_in()
    await until(lambda: len(gate.events) >= 4 * PEOPLE, 20)
    say("one person's events", gate.events[:4])
    say("events of all", [len(gate.events), gate.events.count("beam_outer on"), gate.events.count("beam_inner off")])
    say("all in the same order", all(gate.events[at : at + 4] == gate.events[:4] for at in range(0, 4 * PEOPLE, 4)))


async def _chatter(gate: Gate) -> None:
    for pin in (EXIT, FIRE):
        for _ in range(TRIES):
            gate.events.clear()
            longest = gate.chatter(pin)
            await asyncio.sleep(0.5)
            if longest < SHORTER_THAN_DEBOUNCE:
                break
            await gate.relay_is(SHUT)
        say(f"events of chatter at {pin}", [longest < SHORTER_THAN_DEBOUNCE, gate.events])


async def _exit_button(gate: Gate) -> None:
    gate.chip.pull(EXIT, ACTIVE)
    say("open while the exit button is pressed", await gate.relay_is(OPEN))
    gate.chip.pull(EXIT, IDLE)
    await asyncio.sleep(0.1)
    say("still open after it", gate.chip.level(RELAY) == OPEN)
    say("shut again", await gate.relay_is(SHUT))


async def _fire(gate: Gate) -> None:
    """The event loop stands still while it begins."""
    gate.chip.pull(FIRE, ACTIVE)
    end = time.monotonic() + 10
    while gate.chip.level(RELAY) == SHUT and time.monotonic() < end:
        time.sleep(0.01)
    say("open by the fire alarm though the agent hangs", gate.chip.level(RELAY) == OPEN)
    await asyncio.sleep(1.5)
    say("open as long as it rings", gate.chip.level(RELAY) == OPEN)
    gate.chip.pull(FIRE, IDLE)
    say("shut when it has ended", await gate.relay_is(SHUT))


run(bench)
