"""Reading an ESC/POS byte stream strictly: a command that this printer does not know is a fault, never skipped."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

FIRST_LETTER = 0x20
DATA_LIMIT = 4_000_000


class UnknownCommandError(Exception):
    """Such bytes would make a real printer print rubbish."""


@dataclass(frozen=True, slots=True)
class Initialise:
    """ESC @"""


@dataclass(frozen=True, slots=True)
class Nothing:
    """NUL outside a command is passed over."""


@dataclass(frozen=True, slots=True)
class Raster:
    """GS v 0: rows of `width_bytes`, eight dots a byte, the highest bit left, 1 is black."""

    width_bytes: int
    rows: int
    dots: bytes


@dataclass(frozen=True, slots=True)
class Feed:
    """ESC d, LF: the line is printed, and the paper goes on."""

    lines: int


@dataclass(frozen=True, slots=True)
class Cut:
    """GS V"""

    whole: bool = True


@dataclass(frozen=True, slots=True)
class Letters:
    """Text in the code page that is chosen."""

    octets: bytes


@dataclass(frozen=True, slots=True)
class CodePage:
    """ESC t"""

    number: int


@dataclass(frozen=True, slots=True)
class OneByteLetters:
    """FS . : a byte is a letter, Chinese is off."""


@dataclass(frozen=True, slots=True)
class Align:
    """ESC a: 0 left, 1 centred, 2 right"""

    where: int


@dataclass(frozen=True, slots=True)
class Bold:
    """ESC E"""

    on: bool


@dataclass(frozen=True, slots=True)
class Size:
    """GS ! : how many times as wide and as high"""

    width: int
    height: int


@dataclass(frozen=True, slots=True)
class LineSpacing:
    """ESC 3 in dots; ESC 2 is 30."""

    dots: int


@dataclass(frozen=True, slots=True)
class DrawerPulse:
    """ESC p: the pin of the drawer's socket."""

    pin: int


@dataclass(frozen=True, slots=True)
class QrOrder:
    """GS ( k with cn = 49: function and what it is given."""

    function: int
    given: bytes


@dataclass(frozen=True, slots=True)
class AskNow:
    """DLE EOT: answered at once, whatever waits to be printed."""

    about: int


@dataclass(frozen=True, slots=True)
class AskInTurn:
    """GS r 1: answered when everything before it is printed."""


Command = (
    Initialise
    | Nothing
    | Raster
    | Feed
    | Cut
    | Letters
    | CodePage
    | OneByteLetters
    | Align
    | Bold
    | Size
    | LineSpacing
    | DrawerPulse
    | QrOrder
    | AskNow
    | AskInTurn
)
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
    if stream[0] >= FIRST_LETTER:
        end = next((place for place, octet in enumerate(stream) if octet < FIRST_LETTER), len(stream))
        return Letters(stream[:end]), end
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
    whole = stream[2] in (0, 48, 65)
    if stream[2] in (0, 1, 48, 49):
        return Cut(whole), 3
    if stream[2] not in (65, 66):
        raise UnknownCommandError(f"GS V {stream[2]}")
    return (Cut(whole), 4) if len(stream) >= 4 else None


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


def _number(name: str, allowed: frozenset[int], made: Callable[[int], Command]) -> Callable[[bytes], Found | None]:
    """A command with one number behind its two bytes."""

    def read(stream: bytes) -> Found | None:
        if len(stream) < 3:
            return None
        if stream[2] not in allowed:
            raise UnknownCommandError(f"{name} {stream[2]}")
        return made(stream[2]), 3

    return read


def _drawer(stream: bytes) -> Found | None:
    if len(stream) < 5:
        return None
    if stream[2] not in (0, 1, 48, 49):
        raise UnknownCommandError(f"ESC p {stream[2]}")
    return DrawerPulse(5 if stream[2] & 1 else 2), 5


def _symbol(stream: bytes) -> Found | None:
    """QR codes only: cn 49, functions 65 model, 67 size, 69 correction, 80 store, 81 print."""
    if len(stream) < 5:
        return None
    end = 5 + (stream[3] | stream[4] << 8)
    if len(stream) < end:
        return None
    if end < 8 or stream[5] != 49 or stream[6] not in (65, 67, 69, 80, 81):
        raise UnknownCommandError(f"GS ( k {stream[3:8].hex(' ')}")
    return QrOrder(stream[6], stream[7:end]), end


ANY = frozenset(range(256))
SIZES = frozenset(wide << 4 | high for wide in range(8) for high in range(8))

COMMANDS: dict[bytes, Callable[[bytes], Found | None]] = {
    b"\x1b@": lambda _: (Initialise(), 2),
    b"\x1bd": _feed,
    b"\x1bt": _number("ESC t", ANY, CodePage),
    b"\x1ba": _number("ESC a", frozenset({0, 1, 2, 48, 49, 50}), lambda n: Align(n & 3)),
    b"\x1bE": _number("ESC E", ANY, lambda n: Bold(bool(n & 1))),
    b"\x1b3": _number("ESC 3", ANY, LineSpacing),
    b"\x1b2": lambda _: (LineSpacing(30), 2),
    b"\x1d!": _number("GS !", SIZES, lambda n: Size((n >> 4) + 1, (n & 7) + 1)),
    b"\x1c.": lambda _: (OneByteLetters(), 2),
    b"\x1bp": _drawer,
    b"\x1d(k": _symbol,
    b"\x1dV": _cut,
    b"\x1dv0": _raster,
    b"\x10\x04": _ask_now,
    b"\x1dr": _ask_in_turn,
    b"\x00": lambda _: (Nothing(), 1),
    b"\n": lambda _: (Feed(1), 1),
}
