"""The virtual end of a gate's wires: which of relay, lamps and buzzer are on, and how often the relay was pulsed."""

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


@dataclass(frozen=True, slots=True)
class Pulse:
    """Times are time.monotonic()."""

    output: str
    began: float
    ended: float


class GateBoard:
    """`pins` by output name. An open line is off, because the relay is wired so."""

    def __init__(self, pins: dict[str, int], active_low: frozenset[str], changed: Callable[[], None]) -> None:
        self._outputs = {pin: output for output, pin in pins.items()}
        self._active_low = active_low
        self._changed = changed
        self._began: dict[str, float] = {}
        self.is_on = dict.fromkeys(pins, False)
        self.pulses: list[Pulse] = []

    @property
    def openings(self) -> int:
        """How often the relay was switched on."""
        return sum(pulse.output == "relay" for pulse in self.pulses) + self.is_on["relay"]

    def plug_in(self) -> None:
        loop = asyncio.get_running_loop()
        self._listener = lambda pin, level: loop.call_soon_threadsafe(self._take, pin, level, time.monotonic())
        chip().listeners.append(self._listener)

    def unplug(self) -> None:
        chip().listeners.remove(self._listener)

    def _take(self, pin: int, level: int | None, at: float) -> None:
        output = self._outputs.get(pin)
        if output is None:
            return
        on = level is not None and bool(level) != (output in self._active_low)
        if on != self.is_on[output]:
            self.is_on[output] = on
            self._note(output, on, at)
            self._changed()

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
