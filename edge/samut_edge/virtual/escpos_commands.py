"""Reading an ESC/POS byte stream strictly: a command that this printer does not know is a fault, never skipped."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

DATA_LIMIT = 4_000_000


class UnknownCommandError(Exception):
    """Such bytes would make a real printer print rubbish."""


@dataclass(frozen=True, slots=True)
class Initialise:
    """ESC @"""


@dataclass(frozen=True, slots=True)
class Raster:
    """GS v 0: rows of `width_bytes`, eight dots a byte, the highest bit left, 1 is black."""

    width_bytes: int
    rows: int
    dots: bytes


@dataclass(frozen=True, slots=True)
class Feed:
    """ESC d, LF"""

    lines: int


@dataclass(frozen=True, slots=True)
class Cut:
    """GS V"""


@dataclass(frozen=True, slots=True)
class AskNow:
    """DLE EOT: answered at once, whatever waits to be printed."""

    about: int


@dataclass(frozen=True, slots=True)
class AskInTurn:
    """GS r 1: answered when everything before it is printed."""


Command = Initialise | Raster | Feed | Cut | AskNow | AskInTurn
Found = tuple[Command, int]


class CommandReader:
    """Takes bytes as they come in and gives whole commands."""

    def __init__(self) -> None:
        self._bytes = b""

    def feed(self, received: bytes) -> Iterator[Command]:
        self._bytes += received
        while self._bytes:
            found = _read(self._bytes)
            if found is None:
                return
            command, length = found
            self._bytes = self._bytes[length:]
            yield command


def _read(stream: bytes) -> Found | None:
    """The first command and its length; None when more bytes are needed."""
    for prefix, read in COMMANDS.items():
        if stream.startswith(prefix):
            return read(stream)
    if any(prefix.startswith(stream) for prefix in COMMANDS):
        return None
    raise UnknownCommandError(f"unknown command {stream[:8].hex(' ')}")


def _feed(stream: bytes) -> Found | None:
    return (Feed(stream[2]), 3) if len(stream) >= 3 else None


def _cut(stream: bytes) -> Found | None:
    """Functions A (0, 1, 48, 49) and B (65, 66, with a feed)."""
    if len(stream) < 3:
        return None
    if stream[2] in (0, 1, 48, 49):
        return Cut(), 3
    if stream[2] not in (65, 66):
        raise UnknownCommandError(f"GS V {stream[2]}")
    return (Cut(), 4) if len(stream) >= 4 else None


def _raster(stream: bytes) -> Found | None:
    if len(stream) < 8:
        return None
    width, rows = stream[4] | stream[5] << 8, stream[6] | stream[7] << 8
    end = 8 + width * rows
    if stream[3] not in (0, 48) or end > DATA_LIMIT:
        raise UnknownCommandError(f"GS v 0 with mode {stream[3]}, {width} × {rows}")
    return (Raster(width, rows, stream[8:end]), end) if len(stream) >= end else None


def _ask_now(stream: bytes) -> Found | None:
    if len(stream) < 3:
        return None
    if stream[2] not in (1, 2, 3, 4):
        raise UnknownCommandError(f"DLE EOT {stream[2]}")
    return AskNow(stream[2]), 3


def _ask_in_turn(stream: bytes) -> Found | None:
    if len(stream) < 3:
        return None
    if stream[2] not in (1, 49):
        raise UnknownCommandError(f"GS r {stream[2]}")
    return AskInTurn(), 3


COMMANDS: dict[bytes, Callable[[bytes], Found | None]] = {
    b"\x1b@": lambda _: (Initialise(), 2),
    b"\x1bd": _feed,
    b"\x1dV": _cut,
    b"\x1dv0": _raster,
    b"\x10\x04": _ask_now,
    b"\x1dr": _ask_in_turn,
    b"\n": lambda _: (Feed(1), 1),
}
