"""RDM6300 and its kin: 125 kHz EM4100 reader modules on a serial line, 9600 8N1.

A frame is STX, ten hex digits, two hex digits of XOR over the five bytes, ETX; it repeats while the card is near.
"""

import functools
import operator
import re
import time
from collections.abc import Mapping
from typing import Any

from samut_edge.devices.options import read_options
from samut_edge.devices.part import Emit, PartKind
from samut_edge.devices.serial_port import SerialOptions, SerialPart
from samut_edge.events import CardKind, CardTapped

KIND = PartKind.CARD_READER

FRAME = re.compile(rb"\x02([0-9A-Fa-f]{10})([0-9A-Fa-f]{2})\x03")
FRAME_LENGTH = 14
AWAY_NS = 600_000_000
"""A card of which nothing was heard for so long has left the reader."""


def checksum(card: bytes) -> int:
    """XOR over the five bytes of a card number."""
    return functools.reduce(operator.xor, card)


class Rdm6300(SerialPart):
    def __init__(self, name: str, options: SerialOptions, emit: Emit) -> None:
        super().__init__(name, options, emit)
        self._rest = b""
        self._last = ("", 0)

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
                self._heard(card.hex().upper(), seen_ns)
        self._rest = self._rest[end:][-FRAME_LENGTH:]

    def _heard(self, card: str, seen_ns: int) -> None:
        last_card, last_ns = self._last
        self._last = (card, seen_ns)
        if card != last_card or seen_ns - last_ns > AWAY_NS:
            self._emit(CardTapped(self.name, CardKind.UID, card, seen_ns))


def create(name: str, options: Mapping[str, Any], emit: Emit) -> Rdm6300:
    return Rdm6300(name, read_options(name, options, SerialOptions), emit)
