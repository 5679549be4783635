"""How a gate is wired to the pins of a Raspberry Pi."""

from typing import Annotated, Literal

import msgspec

from samut_edge.devices.options import Options, Seconds
from samut_edge.events import Direction, Input

Pin = Annotated[int, msgspec.Meta(ge=0, le=27)]
Milliseconds = Annotated[int, msgspec.Meta(ge=1, le=1000)]
Output = Literal["relay", "relay_out", "green", "red", "buzzer"]
Wired = Literal[
    "relay",
    "relay_out",
    "green",
    "red",
    "buzzer",
    "beam_outer",
    "beam_inner",
    "exit_button",
    "door",
    "fire",
    "tamper",
]
Pull = Literal["up", "down", "off"]
RELAYS: tuple[Output, ...] = ("relay", "relay_out")
BEAMS = (Input.BEAM_OUTER, Input.BEAM_INNER)


class GateOptions(Options, frozen=True):
    """Pins by their BCM number. `active_low` names what is on, or active, when its pin is at 0 V.

    An input without a pull of its own in `pull` is pulled to where it is not active. `fail_safe`: the relay is
    energised while the gate is locked, so that the gate opens when the power, or this computer, is lost.

    `relay_out`: the way out of a turnstile that is told apart which way it is to turn; `relay` is its way in then.
    """

    relay: Pin
    relay_out: Pin | None = None
    green: Pin | None = None
    red: Pin | None = None
    buzzer: Pin | None = None
    beam_outer: Pin | None = None
    beam_inner: Pin | None = None
    exit_button: Pin | None = None
    door: Pin | None = None
    fire: Pin | None = None
    tamper: Pin | None = None
    active_low: frozenset[Wired] = frozenset()
    pull: dict[Input, Pull] = {}
    fail_safe: bool = False
    lamp_seconds: Seconds = 2.0
    short_tone_seconds: Seconds = 0.15
    long_tone_seconds: Seconds = 0.7
    exit_seconds: Seconds = 5.0
    debounce_ms: Milliseconds = 30
    beam_debounce_ms: Milliseconds = 5

    def __post_init__(self) -> None:
        pins = [*self.pins.values(), *self.input_pins.values()]
        if len(set(pins)) < len(pins):
            raise ValueError("the outputs and inputs must be on different pins")
        if (self.beam_outer is None) != (self.beam_inner is None):
            raise ValueError("`beam_outer` and `beam_inner` go together: one beam cannot tell the direction")

    @property
    def pins(self) -> dict[Output, int]:
        named: dict[Output, int | None]
        named = {
            "relay": self.relay,
            "relay_out": self.relay_out,
            "green": self.green,
            "red": self.red,
            "buzzer": self.buzzer,
        }
        return {output: pin for output, pin in named.items() if pin is not None}

    @property
    def input_pins(self) -> dict[Input, int]:
        named = {
            Input.BEAM_OUTER: self.beam_outer,
            Input.BEAM_INNER: self.beam_inner,
            Input.EXIT_BUTTON: self.exit_button,
            Input.DOOR: self.door,
            Input.FIRE: self.fire,
            Input.TAMPER: self.tamper,
        }
        return {wire: pin for wire, pin in named.items() if pin is not None}

    def relays(self, direction: Direction | None) -> tuple[Output, ...]:
        """What opens the gate that way; None: both ways."""
        if self.relay_out is None:
            return ("relay",)
        return RELAYS if direction is None else ("relay",) if direction == "in" else ("relay_out",)

    def level(self, output: Output, on: bool) -> int:
        """Of the pin, for an output that is on: for a relay that is an open gate."""
        energised = on != (output in RELAYS and self.fail_safe)
        return int(energised != (output in self.active_low))

    def is_active(self, wire: Input, level: int) -> bool:
        return bool(level) != (wire.value in self.active_low)

    def pull_of(self, wire: Input) -> Pull:
        return self.pull.get(wire, "up" if wire.value in self.active_low else "down")

    def bounce_of(self, wire: Input) -> int:
        """Milliseconds for which the wire must be still."""
        return self.beam_debounce_ms if wire in BEAMS else self.debounce_ms
