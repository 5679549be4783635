"""Slip printers."""

from typing import Protocol

from samut_edge.devices.part import Part, PartState, PartStatus
from samut_edge.slip import Slip

CANNOT_PRINT = (PartState.OFFLINE, PartState.PAPER_OUT, PartState.COVER_OPEN, PartState.FAULT)


class Printer(Part, Protocol):
    async def ask_status(self) -> PartStatus:
        """Ask the printer itself, now: ready, paper low or out, cover open, a fault, unknown or offline."""

    async def print_slip(self, slip: Slip) -> PartStatus:
        """Print and cut one slip; returns the state asked for afterwards. Raises PrinterError when it could not."""


class JobPrinter(Printer, Protocol):
    """A printer that knows its jobs by their numbers, also after a restart."""

    async def print_slip(self, slip: Slip, *, job: str = "") -> PartStatus:
        """`job`: the same job is printed once, however often it is asked for; without one each call is its own."""


class PrinterError(Exception):
    """The slip is not (wholly) printed; the sentence says why.

    `begun`: some of it was sent, so that nobody knows how much came out.
    """

    def __init__(self, why: str, *, begun: bool = False) -> None:
        super().__init__(why)
        self.begun = begun
