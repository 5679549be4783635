"""The outputs of a gate: relay, lamps, buzzer."""

from typing import Protocol

from samut_edge.devices.part import Part


class GateIO(Part, Protocol):
    """Relay, lamps and buzzer of one gate. Calls return at once; pulses end by themselves."""

    def open(self, seconds: float) -> None:
        """Pulse the relay. It falls back after `seconds` whatever else happens."""

    def say_yes(self) -> None:
        """Green lamp and a short tone."""

    def say_no(self) -> None:
        """Red lamp and a long tone."""
