"""What all parts have in common: a name, a state that can be asked at any time, a life as a context."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType
from typing import Protocol, Self

from samut_edge.events import PartEvent

Emit = Callable[[PartEvent], None]
"""Hands an event to the agent. Call it only on the agent's event loop (threads: loop.call_soon_threadsafe)."""


class PartKind(StrEnum):
    """What a driver drives; each driver names its own as `KIND`."""

    CARD_READER = "card_reader"
    SCANNER = "scanner"
    PAD = "pad"
    PRINTER = "printer"
    GATE_IO = "gate_io"
    CAMERA = "camera"
    SIP2_LINE = "sip2_line"  # no hardware: a way to the hub for kiosks of other makers


class PartState(StrEnum):
    READY = "ready"
    OFFLINE = "offline"  # not reachable; the driver goes on trying
    PAPER_LOW = "paper_low"
    PAPER_OUT = "paper_out"
    COVER_OPEN = "cover_open"
    FAULT = "fault"  # it says itself that it cannot work: a jammed cutter, a head too hot
    UNKNOWN = "unknown"  # reachable, but it does not answer about its state


@dataclass(frozen=True, slots=True)
class PartStatus:
    """`detail` is for the technician: model, path, last fault. Never personal data."""

    state: PartState
    detail: str = ""


class Part(Protocol):
    """A piece of hardware. Entering starts it and never fails because the hardware is away: that is a state."""

    name: str

    @property
    def status(self) -> PartStatus: ...

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
