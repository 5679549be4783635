"""A gate's relay, lamps and buzzer on a Raspberry Pi's pins, by the RPi.GPIO API (rpi-lgpio on every current Pi).

When the process dies the kernel turns the pins into inputs: wire the relay so that an open line is the safe state.
"""

import asyncio
import contextlib
import time
from collections.abc import Mapping
from typing import Annotated, Any, Literal

import lgpio
import msgspec
from RPi import GPIO

from samut_edge.devices.options import Options, Seconds, read_options
from samut_edge.devices.part import Emit, PartKind, PartState
from samut_edge.devices.pulses import Pulses
from samut_edge.devices.running_part import AwayError, RunningPart

KIND = PartKind.GATE_IO

FAULTS = (RuntimeError, OSError, lgpio.error)
Pin = Annotated[int, msgspec.Meta(ge=0, le=27)]
Output = Literal["relay", "green", "red", "buzzer"]


class GateOptions(Options, frozen=True):
    """Pins by their BCM number. `active_low` names the outputs that are on when their pin is at 0 V."""

    relay: Pin
    green: Pin | None = None
    red: Pin | None = None
    buzzer: Pin | None = None
    active_low: frozenset[Output] = frozenset()
    lamp_seconds: Seconds = 2.0
    short_tone_seconds: Seconds = 0.15
    long_tone_seconds: Seconds = 0.7

    def __post_init__(self) -> None:
        pins = list(self.pins.values())
        if len(set(pins)) < len(pins):
            raise ValueError("`relay`, `green`, `red` and `buzzer` must be different pins")

    @property
    def pins(self) -> dict[Output, int]:
        named: dict[Output, int | None]
        named = {"relay": self.relay, "green": self.green, "red": self.red, "buzzer": self.buzzer}
        return {output: pin for output, pin in named.items() if pin is not None}


class RpiGate(RunningPart):
    def __init__(self, name: str, options: GateOptions, emit: Emit) -> None:
        super().__init__(name, emit)
        self._options = options
        self._pins = options.pins
        self._pulses: Pulses[Output] | None = None

    def open(self, seconds: float) -> None:
        self._pulse("relay", seconds)

    def say_yes(self) -> None:
        self._end("red")
        self._pulse("green", self._options.lamp_seconds)
        self._pulse("buzzer", self._options.short_tone_seconds)

    def say_no(self) -> None:
        self._end("green")
        self._pulse("red", self._options.lamp_seconds)
        self._pulse("buzzer", self._options.long_tone_seconds)

    def _pulse(self, output: Output, seconds: float) -> None:
        if self._pulses is not None and output in self._pins:
            self._pulses.hold(output, time.monotonic() + seconds)

    def _end(self, output: Output) -> None:
        if self._pulses is not None and output in self._pins:
            self._pulses.end(output)

    async def _work(self) -> None:
        loop = asyncio.get_running_loop()
        lost: asyncio.Future[None] = loop.create_future()
        self._claim_pins()
        self._pulses = Pulses(self._switch, lambda fault: loop.call_soon_threadsafe(_lose, lost, fault))
        try:
            self._became(PartState.READY, "BCM " + ", ".join(f"{output} {pin}" for output, pin in self._pins.items()))
            await lost
        finally:
            self._pulses.stop()
            self._pulses = None
            self._release_pins()

    def _switch(self, output: Output, on: bool) -> None:
        try:
            GPIO.output(self._pins[output], self._level(output, on))
        except FAULTS as error:
            raise AwayError(f"pin {self._pins[output]} does not obey: {error}") from error

    def _level(self, output: Output, on: bool) -> int:
        return int(on != (output in self._options.active_low))

    def _claim_pins(self) -> None:
        try:
            GPIO.setmode(GPIO.BCM)
            for output, pin in self._pins.items():
                GPIO.setup(pin, GPIO.OUT, initial=self._level(output, False))
        except FAULTS as error:
            raise AwayError(f"the pins cannot be used: {error}") from error

    def _release_pins(self) -> None:
        with contextlib.suppress(*FAULTS):  # the chip is lost: the kernel has let go of them already
            GPIO.cleanup(list(self._pins.values()))


def _lose(lost: asyncio.Future[None], fault: AwayError) -> None:
    if not lost.done():
        lost.set_exception(fault)


def create(name: str, options: Mapping[str, Any], emit: Emit) -> RpiGate:
    return RpiGate(name, read_options(name, options, GateOptions), emit)
