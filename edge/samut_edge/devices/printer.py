"""Slip printers."""

from typing import Protocol

from samut_edge.devices.part import Part, PartStatus
from samut_edge.slip import Slip


class Printer(Part, Protocol):
    async def ask_status(self) -> PartStatus:
        """Ask the printer itself, now: ready, paper low, paper out, unknown or offline."""

    async def print_slip(self, slip: Slip) -> PartStatus:
        """Print and cut one slip; returns the state asked for afterwards. Raises PrinterError when it could not."""


class PrinterError(Exception):
    """The slip is not (wholly) printed; the sentence says why."""
