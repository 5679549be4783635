"""Frames of NXP's PN532 (user manual UM0701-02, 6.2.1): 00 00 FF, length and its sum, what is said, its sum, 00."""

from collections.abc import Iterator
from enum import Enum

START = b"\x00\xff"
ACK = bytes.fromhex("0000FF00FF00")
NACK = bytes.fromhex("0000FFFF0000")
TO_MODULE, FROM_MODULE = 0xD4, 0xD5
SYNTAX_ERROR = b"\x7f"
LONGEST = 262


class Short(Enum):
    """Frames that say nothing but that another one came well, or did not."""

    ACK = b"\x00\xff"
    NACK = b"\xff\x00"


class Garbled(Enum):
    """Something came that is no frame."""

    GARBLED = "garbled"


Heard = bytes | Short | Garbled
"""Bytes are what the module says: the code of the answer and its values; or SYNTAX_ERROR."""


def frame(said: bytes) -> bytes:
    """What the host says: the code of a command and its values (at most 254 bytes)."""
    body = bytes([TO_MODULE]) + said
    return b"\x00" + START + bytes([len(body), _sum(bytes([len(body)]))]) + body + bytes([_sum(body), 0])


class FrameReader:
    """Hand it what comes in, however it is cut up."""

    def __init__(self) -> None:
        self._rest = b""

    def forget(self) -> None:
        self._rest = b""

    def heard(self, chunk: bytes) -> Iterator[Heard]:
        self._rest = (self._rest + chunk)[-4 * LONGEST :]
        while (found := self._next()) is not None:
            yield found

    def _next(self) -> Heard | None:
        _, start, after = self._rest.partition(START)
        if not start or len(after) < 2:
            return None
        for short in Short:
            if after.startswith(short.value):
                self._rest = after[2:]
                return short
        length = after[0]
        if length + after[1] & 0xFF:
            self._rest = after
            return Garbled.GARBLED
        if len(after) < length + 3:
            return None
        body, total = after[2 : 2 + length], after[2 + length]
        if _sum(body) != total:
            self._rest = after
            return Garbled.GARBLED
        self._rest = after[3 + length :]
        return body if body == SYNTAX_ERROR else _said(body)


def _said(body: bytes) -> Heard:
    return body[1:] if body[:1] == bytes([FROM_MODULE]) else Garbled.GARBLED


def _sum(octets: bytes) -> int:
    """What makes the sum of all, this one included, zero."""
    return -sum(octets) & 0xFF
