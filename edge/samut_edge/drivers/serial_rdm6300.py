"""RDM6300 and its kin: 125 kHz EM4100 reader modules on a serial line, 9600 8N1.

A frame is STX, ten hex digits, two hex digits of XOR over the five bytes, ETX; it repeats while the card is near.
"""

import functools
import operator
import re
import time
from collections.abc import Mapping
from typing import Annotated, Any

import msgspec

from samut_edge.devices.one_tap import OneTap
from samut_edge.devices.options import read_options
from samut_edge.devices.part import Emit, PartKind
from samut_edge.devices.serial_port import SerialOptions, SerialPart
from samut_edge.events import CardKind, CardTapped

KIND = PartKind.CARD_READER

FRAME = re.compile(rb"\x02([0-9A-Fa-f]{10})([0-9A-Fa-f]{2})\x03")
FRAME_LENGTH = 14


class Rdm6300Options(SerialOptions, frozen=True):
    """`octets`: how many of the last ones count, where other readers of these cards tell fewer than all five."""

    octets: Annotated[int, msgspec.Meta(ge=3, le=5)] = 5


def checksum(card: bytes) -> int:
    """XOR over the five bytes of a card number."""
    return functools.reduce(operator.xor, card)


class Rdm6300(SerialPart):
    def __init__(self, name: str, options: Rdm6300Options, emit: Emit) -> None:
        super().__init__(name, options, emit)
        self._rest = b""
        self._octets = options.octets
        self._tap = OneTap()

    def _connected(self) -> None:
        self._rest = b""

    def _received(self, chunk: bytes) -> None:
        seen_ns = time.perf_counter_ns()
        self._rest += chunk
        end = 0
        for frame in FRAME.finditer(self._rest):
            end = frame.end()
            card = bytes.fromhex(frame[1].decode("ascii"))
            if checksum(card) == int(frame[2], 16):
                self._heard(card[-self._octets :].hex().upper(), seen_ns)
        self._rest = self._rest[end:][-FRAME_LENGTH:]

    def _heard(self, card: str, seen_ns: int) -> None:
        if self._tap.is_new(card, seen_ns):
            self._emit(CardTapped(self.name, CardKind.UID, card, seen_ns))


def create(name: str, options: Mapping[str, Any], emit: Emit) -> Rdm6300:
    return Rdm6300(name, read_options(name, options, Rdm6300Options), emit)
