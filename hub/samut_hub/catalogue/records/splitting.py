"""Where records begin and end in a file of ISO 2709 that may be damaged anywhere.

No byte is passed over silently except what may stand between records (line ends, blanks, a byte order mark).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from samut_hub.catalogue.records.iso2709 import LEADER, RECORD_END

CHUNK = 1 << 18
LONGEST = 1 << 20
"""A record without end is cut here; real ones have at most 99,999 bytes, wrongly made ones a few times that."""
_BETWEEN = b"\r\n \t\0\x1a"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class NotMarcError(Exception):
    """The file holds no ISO 2709 at all."""


@dataclass(frozen=True)
class Piece:
    """What should be one record. `position` counts from 1, `end` is where it ends in the file."""

    position: int
    end: int
    data: bytes
    ended: bool


def pieces(file: BinaryIO) -> Iterator[Piece]:
    """The records of the file in order, in memory that does not grow with it; raises NotMarcError."""
    pending, position, offset, exhausted = b"", 0, 0, False
    while pending or not exhausted:
        if not exhausted and len(pending) <= LONGEST:
            more = file.read(CHUNK + LONGEST - len(pending))
            exhausted, pending = not more, pending + more
        if offset == 0:
            _refuse_other_files(pending)
        start = 0
        while (cut := _next(pending, start, final=exhausted)) is not None:
            begin, end = cut
            position += begin < end
            if begin < end:
                yield Piece(position, offset + end, pending[begin:end], pending[end - 1 : end] == RECORD_END)
            start = end
        pending, offset = pending[start:], offset + start


def _refuse_other_files(first: bytes) -> None:
    if first.strip(_BETWEEN + _BYTE_ORDER_MARK) and RECORD_END not in first and not looks_like_leader(first):
        raise NotMarcError("There is no ISO 2709 record in this file.")


def looks_like_leader(data: bytes) -> bool:
    """Five digits of length and five of the base address, at their places; the rest is often wrong."""
    return len(data) >= LEADER and data[:5].isdigit() and data[12:17].isdigit() and data[:LEADER].isascii()


def _next(data: bytes, start: int, *, final: bool) -> tuple[int, int] | None:
    """Begin and end of the next record; None when more bytes are needed; equal numbers at what is left of a file."""
    begin = _skip_between(data, start)
    if begin >= len(data):
        return (begin, begin) if begin > start else None
    end = _end(data, begin)
    if end is not None:
        return begin, end
    if len(data) - begin > LONGEST:
        return begin, begin + LONGEST
    return (begin, len(data)) if final else None


def _skip_between(data: bytes, start: int) -> int:
    while start < len(data):
        if data[start] in _BETWEEN:
            start += 1
        elif data.startswith(_BYTE_ORDER_MARK, start):
            start += len(_BYTE_ORDER_MARK)
        else:
            break
    return start


def _end(data: bytes, begin: int) -> int | None:
    """The leader's length where a terminator stands there or the next leader begins; else the next terminator."""
    terminator = data.find(RECORD_END, begin, begin + LONGEST)
    stated = begin + int(data[begin : begin + 5]) if looks_like_leader(data[begin : begin + LEADER]) else begin
    if begin < stated <= len(data) and (terminator < 0 or stated <= terminator):
        for end in (stated - 1, stated):
            if end > begin + LEADER and looks_like_leader(data[end : end + LEADER]):
                return end
    if 0 <= terminator < stated - 1 and data[stated - 1 : stated] == RECORD_END:
        return stated if not looks_like_leader(data[terminator + 1 : terminator + 1 + LEADER]) else terminator + 1
    return None if terminator < 0 else terminator + 1
