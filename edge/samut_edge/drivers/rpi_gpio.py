"""A gate's wires on a Raspberry Pi's pins, by the RPi.GPIO API (rpi-lgpio on every current Pi).

When the process dies the kernel turns the pins into inputs: wire the relay so that an open line is the safe state.
Edges come on a thread that all pins share and that swallows exceptions, so nothing is done there: a thread of this
driver looks at the wires, opens for the exit button and the fire alarm by itself, and then tells the agent.
"""

import asyncio
import contextlib
import queue
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

import lgpio
from RPi import GPIO

from samut_edge.devices.gate_wiring import GateOptions, Output
from samut_edge.devices.options import read_options
from samut_edge.devices.part import Emit, PartKind, PartState
from samut_edge.devices.pulses import EVER, Pulses
from samut_edge.devices.running_part import AwayError, RunningPart
from samut_edge.events import Direction, Input, InputChanged

KIND = PartKind.GATE_IO

FAULTS = (RuntimeError, OSError, lgpio.error)
PULLS = {"up": GPIO.PUD_UP, "down": GPIO.PUD_DOWN, "off": GPIO.PUD_OFF}
LOOK_SECONDS = 0.25
"""The wires are looked at this often, however many edges are heard: none is missed for longer."""


class RpiGate(RunningPart):
    def __init__(self, name: str, options: GateOptions, emit: Emit) -> None:
        super().__init__(name, emit)
        self._options = options
        self._pins = options.pins
        self._pulses: Pulses[Output] | None = None
        self._stays_open = False
        self._active: frozenset[Input] = frozenset()

    @property
    def inputs(self) -> frozenset[Input]:
        return frozenset(self._options.input_pins)

    @property
    def exit_seconds(self) -> float:
        return self._options.exit_seconds

    def open(self, seconds: float, direction: Direction | None = None, *, for_class: bool = False) -> None:
        self._open(direction, seconds, "class" if for_class else "")

    def close_to_class(self) -> None:
        self._close("class")

    def stay_open(self, on: bool) -> None:
        self._stays_open = on
        if on:
            self._open(None, EVER, "order")
        else:
            self._close("order")

    def say_yes(self) -> None:
        self._end("red")
        self._pulse("green", self._options.lamp_seconds)
        self._pulse("buzzer", self._options.short_tone_seconds)

    def say_no(self) -> None:
        self._end("green")
        self._pulse("red", self._options.lamp_seconds)
        self._pulse("buzzer", self._options.long_tone_seconds)

    def sound_alarm(self, seconds: float) -> None:
        self._pulse("red", seconds, "alarm")
        self._pulse("buzzer", seconds, "alarm")

    def _open(self, direction: Direction | None, seconds: float, why: str) -> None:
        for relay in self._options.relays(direction):
            self._pulse(relay, seconds, why)

    def _close(self, why: str) -> None:
        for relay in self._options.relays(None):
            self._end(relay, why)

    def _pulse(self, output: Output, seconds: float, why: str = "") -> None:
        if self._pulses is not None and output in self._pins:
            self._pulses.hold(output, time.monotonic() + seconds, why)

    def _end(self, output: Output, why: str = "") -> None:
        if self._pulses is not None and output in self._pins:
            self._pulses.end(output, why)

    async def _work(self) -> None:
        loop = asyncio.get_running_loop()
        lost: asyncio.Future[None] = loop.create_future()

        def lose(fault: AwayError) -> None:
            loop.call_soon_threadsafe(_lose, lost, fault)

        wires = _Wires(self._options, lambda active: self._wires_are(active, loop), lose)
        try:
            self._claim_pins()
            self._pulses = Pulses(self._switch, lose)
            self.stay_open(self._stays_open)
            wires.start()
            self._became(PartState.READY, self._wired())
            await lost
        finally:
            wires.stop()
            if self._pulses is not None:
                self._pulses.stop()
                self._pulses = None
            self._release_pins()

    def _wires_are(self, active: frozenset[Input], loop: asyncio.AbstractEventLoop) -> None:
        """On the thread of the wires. What opens the gate does so first."""
        seen, before = time.perf_counter_ns(), self._active
        for wire in active:
            self._opens_by_itself(wire)
        for wire in before - active:
            self._no_longer(wire)
        self._active = active
        for wire in sorted(active ^ before):
            event = InputChanged(self.name, wire, wire in active, seen)
            loop.call_soon_threadsafe(self._emit, event)

    def _opens_by_itself(self, wire: Input) -> None:
        if wire is Input.FIRE:
            self._open(None, EVER, wire)
        elif wire is Input.EXIT_BUTTON:
            self._open("out", EVER, wire)

    def _no_longer(self, wire: Input) -> None:
        if wire is Input.EXIT_BUTTON:
            self._open("out", self.exit_seconds, "exit")
        self._close(wire)

    def _switch(self, output: Output, on: bool) -> None:
        try:
            GPIO.output(self._pins[output], self._options.level(output, on))
        except FAULTS as error:
            raise AwayError(f"pin {self._pins[output]} does not obey: {error}") from error

    def _wired(self) -> str:
        named = (*self._pins.items(), *self._options.input_pins.items())
        return "BCM " + ", ".join(f"{name} {pin}" for name, pin in named)

    def _claim_pins(self) -> None:
        """The inputs first: no relay locks a gate whose exit button is not heard."""
        try:
            GPIO.setmode(GPIO.BCM)
            for wire, pin in self._options.input_pins.items():
                GPIO.setup(pin, GPIO.IN, pull_up_down=PULLS[self._options.pull_of(wire)])
            for output, pin in self._pins.items():
                GPIO.setup(pin, GPIO.OUT, initial=self._options.level(output, False))
        except FAULTS as error:
            raise AwayError(f"the pins cannot be used: {error}") from error

    def _release_pins(self) -> None:
        """Each by itself: one that another program holds keeps no other from being let go."""
        for pin in (*self._pins.values(), *self._options.input_pins.values()):
            with contextlib.suppress(*FAULTS):  # the chip is lost: the kernel has let go of them already
                GPIO.cleanup(pin)


class _Wires:
    """Hears the edges of all inputs, and tells which inputs are active, from a thread of its own.

    `tell` is called once at the start, and whenever that changed. A wire whose edge was missed is noticed when it has
    been another way at two looks, one after the other.
    """

    def __init__(
        self, options: GateOptions, tell: Callable[[frozenset[Input]], None], lose: Callable[[AwayError], None]
    ) -> None:
        self._options, self._tell, self._lose = options, tell, lose
        self._pins = options.input_pins
        self._wires = {pin: wire for wire, pin in self._pins.items()}
        self._edges: queue.SimpleQueue[tuple[Input, int] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="wires", daemon=True)

    def start(self) -> None:
        if not self._pins:
            return
        try:
            for wire, pin in self._pins.items():
                GPIO.add_event_detect(pin, GPIO.BOTH, self._edge, self._options.bounce_of(wire))
        except FAULTS as error:
            raise AwayError(f"the inputs cannot be watched: {error}") from error
        self._thread.start()

    def stop(self) -> None:
        self._edges.put(None)
        if self._thread.is_alive():
            self._thread.join()

    def _edge(self, pin: int) -> None:
        """On the thread of all pins. What fails here is seen at the next look."""
        self._edges.put((self._wires[pin], GPIO.input(pin)))

    def _run(self) -> None:
        try:
            active = self._looked = self._look()
            self._look_at = time.monotonic() + LOOK_SECONDS
            self._tell(active)
            while (now := self._next(active)) is not None:
                if now != active:
                    active = now
                    self._tell(active)
        except FAULTS as error:
            self._lose(AwayError(f"the inputs cannot be read: {error}"))

    def _next(self, active: frozenset[Input]) -> frozenset[Input] | None:
        """What is active after the next edge or look; None when this is to end."""
        left = self._look_at - time.monotonic()
        if left <= 0:
            return self._looked_again(active)
        try:
            edge = self._edges.get(timeout=left)
        except queue.Empty:
            return self._looked_again(active)
        if edge is None:
            return None
        wire, level = edge
        return active | {wire} if self._options.is_active(wire, level) else active - {wire}

    def _looked_again(self, active: frozenset[Input]) -> frozenset[Input]:
        before, self._looked = self._looked, self._look()
        self._look_at = time.monotonic() + LOOK_SECONDS
        return (before & self._looked) | (active & (before ^ self._looked))

    def _look(self) -> frozenset[Input]:
        return frozenset(w for w, pin in self._pins.items() if self._options.is_active(w, GPIO.input(pin)))


def _lose(lost: asyncio.Future[None], fault: AwayError) -> None:
    if not lost.done():
        lost.set_exception(fault)


def create(name: str, options: Mapping[str, Any], emit: Emit) -> RpiGate:
    return RpiGate(name, read_options(name, options, GateOptions), emit)
