"""The wires of a gate: relay, lamps and buzzer out; beams, buttons and contacts in."""

from typing import Protocol

from samut_edge.devices.part import Part
from samut_edge.events import Direction, Input


class GateIO(Part, Protocol):
    """One gate. Calls return at once; pulses end by themselves.

    The exit button and the fire alarm open the gate without asking anybody; that they did is told as InputChanged.
    """

    @property
    def inputs(self) -> frozenset[Input]:
        """What is wired."""

    @property
    def exit_seconds(self) -> float:
        """How long the exit button opens the gate after it was let go."""

    def open(self, seconds: float, direction: Direction | None = None, *, for_class: bool = False) -> None:
        """Pulse the relay of that way, or of both. It falls back after `seconds` whatever else happens."""

    def close_to_class(self) -> None:
        """The class is in: end its pulse, and no other."""

    def stay_open(self, on: bool) -> None:
        """Open until told otherwise, also when the hardware was lost meanwhile."""

    def say_yes(self) -> None:
        """Green lamp and a short tone."""

    def say_no(self) -> None:
        """Red lamp and a long tone."""

    def sound_alarm(self, seconds: float) -> None:
        """Red lamp and the tone for so long."""
