"""The virtual end of a gate's wires: which of relay, lamps and buzzer are on, what is pressed, who walks through."""

import asyncio
import importlib
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

CHIP_FOLDER = str(Path(__file__).parent / "gpiochip")
PI_5 = "c04170"
STANDING_ON_IT = ("lgpio", "RPi", "RPi.GPIO", "samut_edge.drivers.rpi_gpio")
RELAYS = ("relay", "relay_out")
STEP_SECONDS = 0.12
"""How long a person takes from one beam to the next."""


@dataclass(frozen=True, slots=True)
class Pulse:
    """Times are time.monotonic()."""

    output: str
    began: float
    ended: float


class GateBoard:
    """`pins` by output name, `wires` by input name. An open line is off, because the relay is wired so.

    `fail_safe`: a relay is energised while its way is locked. `is_on["relay"]` is an open gate either way.
    """

    def __init__(
        self,
        pins: dict[str, int],
        active_low: frozenset[str],
        changed: Callable[[], None],
        *,
        wires: dict[str, int] | None = None,
        fail_safe: bool = False,
    ) -> None:
        self._outputs = {pin: output for output, pin in pins.items()}
        self._wires = wires or {}
        self._active_low = active_low
        self._fail_safe = fail_safe
        self._changed = changed
        self._began: dict[str, float] = {}
        self.is_on = dict.fromkeys(pins, False)
        self.is_active = dict.fromkeys(self._wires, False)
        self.pulses: list[Pulse] = []

    @property
    def openings(self) -> int:
        """How often a relay was switched on."""
        ended = sum(pulse.output in RELAYS for pulse in self.pulses)
        return ended + sum(self.is_on.get(relay, False) for relay in RELAYS)

    def plug_in(self) -> None:
        loop = asyncio.get_running_loop()
        self._listener = lambda pin, level: loop.call_soon_threadsafe(self._take, pin, level, time.monotonic())
        chip().listeners.append(self._listener)

    def unplug(self) -> None:
        """Everything that was pressed is let go."""
        chip().listeners.remove(self._listener)
        for pin in self._wires.values():
            chip().drive(pin, None)

    def set(self, wire: str, active: bool) -> None:
        """Press a button, break a beam, open the door; or let it go."""
        chip().drive(self._wires[wire], int(active != (wire in self._active_low)))
        self.is_active[wire] = active
        self._changed()

    async def walk(self, inwards: bool, step: float = STEP_SECONDS) -> None:
        """One person through both beams."""
        first, second = ("beam_outer", "beam_inner") if inwards else ("beam_inner", "beam_outer")
        for wire, broken in ((first, True), (second, True), (first, False), (second, False)):
            self.set(wire, broken)
            await asyncio.sleep(step)

    def _take(self, pin: int, level: int | None, at: float) -> None:
        output = self._outputs.get(pin)
        if output is None:
            return
        on = self._is_on(output, level)
        if on != self.is_on[output]:
            self.is_on[output] = on
            self._note(output, on, at)
            self._changed()

    def _is_on(self, output: str, level: int | None) -> bool:
        energised = level is not None and bool(level) != (output in self._active_low)
        return energised != (output in RELAYS and self._fail_safe)

    def _note(self, output: str, on: bool, at: float) -> None:
        if on:
            self._began[output] = at
        else:
            self.pulses.append(Pulse(output, self._began.pop(output), at))


def chip() -> ModuleType:
    """The virtual lgpio, put before the real one for the rest of this process."""
    if CHIP_FOLDER not in sys.path:
        os.environ.setdefault("RPI_LGPIO_REVISION", PI_5)
        os.environ.setdefault("RPI_LGPIO_CHIP", "0")
        sys.path.insert(0, CHIP_FOLDER)
        for name in STANDING_ON_IT:
            sys.modules.pop(name, None)
    return importlib.import_module("lgpio")
