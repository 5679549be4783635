"""SIP2 messages as they stand on the wire: lines, checksums, fields. Pure functions over bytes.

Source: 3M Standard Interchange Protocol, version 2.00. What makers' programs do otherwise is understood as long as it
can mean only one thing: CR LF, a missing last `|`, any order of fields, blanks inside times, checksums without their
leading zeros.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

LONGEST_LINE = 4096
LONGEST_VALUE = 255
"""Bytes of a request; characters of a value in an answer (section “variable-length fields”)."""

_TRAILER = re.compile(rb"(?:AY([0-9])\|?)?(?:AZ([0-9A-Fa-f]{1,4})\|?[ \0]*)?\Z")
_FIELD = re.compile(r"([A-Z][A-Z0-9])(.*)", re.DOTALL)
_END = re.compile(rb"\r\n|\r|\n")
_UNFIT = {ord("|"): "/", **dict.fromkeys((*range(32), 127), " ")}


class Kind(StrEnum):
    """What a client may send."""

    BLOCK_PATRON = "01"
    CHECKIN = "09"
    CHECKOUT = "11"
    HOLD = "15"
    ITEM_INFORMATION = "17"
    ITEM_STATUS_UPDATE = "19"
    PATRON_STATUS = "23"
    PATRON_ENABLE = "25"
    RENEW = "29"
    END_SESSION = "35"
    FEE_PAID = "37"
    PATRON_INFORMATION = "63"
    RENEW_ALL = "65"
    LOGIN = "93"
    RESEND = "97"
    STATUS = "99"


LAYOUT: Mapping[Kind, tuple[tuple[str, int], ...]] = {
    Kind.BLOCK_PATRON: (("card_retained", 1), ("at", 18)),
    Kind.CHECKIN: (("no_block", 1), ("at", 18), ("returned_at", 18)),
    Kind.CHECKOUT: (("renewals", 1), ("no_block", 1), ("at", 18), ("due", 18)),
    Kind.HOLD: (("mode", 1), ("at", 18)),
    Kind.ITEM_INFORMATION: (("at", 18),),
    Kind.ITEM_STATUS_UPDATE: (("at", 18),),
    Kind.PATRON_STATUS: (("language", 3), ("at", 18)),
    Kind.PATRON_ENABLE: (("at", 18),),
    Kind.RENEW: (("third_party", 1), ("no_block", 1), ("at", 18), ("due", 18)),
    Kind.END_SESSION: (("at", 18),),
    Kind.FEE_PAID: (("at", 18), ("fee_type", 2), ("payment_type", 2), ("currency", 3)),
    Kind.PATRON_INFORMATION: (("language", 3), ("at", 18), ("summary", 10)),
    Kind.RENEW_ALL: (("at", 18),),
    Kind.LOGIN: (("user_algorithm", 1), ("password_algorithm", 1)),
    Kind.RESEND: (),
    Kind.STATUS: (("status", 1), ("width", 3), ("version", 4)),
}
"""The parts of fixed length at the beginning of each request, behind its two digits."""

_STRAY_LANGUAGE = {Kind.ITEM_INFORMATION: 3}
"""Some clients put the language of the patron before the date here too."""


class Encoding(StrEnum):
    """How a client writes what is not ASCII; the values are Python's names of them."""

    UTF8 = "utf-8"
    TIS620 = "cp874"


class UnreadableError(Exception):
    """The line is no request that could be carried out; it is answered with 96."""


@dataclass(frozen=True, slots=True)
class Line:
    """What came up to an end of line; `text` is None when it was longer than any request may be."""

    text: bytes | None
    end: bytes


@dataclass(frozen=True, slots=True)
class Framed:
    """A line whose checksum, if it has one, is right. `sequence` is the digit of AY, or empty."""

    body: bytes
    sequence: str
    has_checksum: bool


@dataclass(frozen=True, slots=True)
class Request:
    """`fixed` by the names of LAYOUT, `fields` by their two letters; of a field that comes twice the first counts."""

    kind: Kind
    fixed: Mapping[str, str]
    fields: Mapping[str, str]

    def get(self, field: str) -> str:
        """The value without blanks around it; empty when the field is not there."""
        return self.fields.get(field, "").strip()


@dataclass(frozen=True, slots=True)
class Answer:
    """What the hub says: two digits with everything of fixed length, and fields in their order."""

    head: str
    fields: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Heard:
    """How much came in: ends of lines, and bytes."""

    lines: int = 0
    size: int = 0

    def __sub__(self, before: "Heard") -> "Heard":
        return Heard(self.lines - before.lines, self.size - before.size)


class Lines:
    """Cuts a stream into lines, whatever pieces it arrives in. Empty lines are nothing, but `heard` counts them."""

    def __init__(self, longest: int = LONGEST_LINE) -> None:
        self._longest = longest
        self.heard = Heard()
        self._rest = b""
        self._is_too_long = False

    def feed(self, piece: bytes) -> Iterator[Line]:
        """The lines that are complete now."""
        self._rest += piece
        self.heard = Heard(self.heard.lines, self.heard.size + len(piece))
        while (end := _END.search(self._rest)) is not None:
            text, self._rest = self._rest[: end.start()], self._rest[end.end() :]
            self.heard = Heard(self.heard.lines + 1, self.heard.size)
            if self._is_too_long or len(text) > self._longest:
                self._is_too_long = False
                yield Line(None, end[0])
            elif text.strip(b" \0"):
                yield Line(text.lstrip(b" \0"), end[0])
        if len(self._rest) > self._longest:
            self._rest, self._is_too_long = b"", True


def checksum(text: bytes) -> int:
    """Two's complement of the sum of all bytes up to and with `AZ`, in 16 bits."""
    return -sum(text) & 0xFFFF


def unframe(line: bytes) -> Framed:
    """The line without sequence number and checksum. Raises UnreadableError when the checksum is wrong."""
    found = _TRAILER.search(line)
    if found is None:  # never: it matches the empty end
        raise UnreadableError("no end")
    sequence, sent = found.groups()
    if sent is not None and int(sent, 16) != checksum(line[: found.start(2)]):
        raise UnreadableError("wrong checksum")
    return Framed(line[: found.start()], (sequence or b"").decode(), sent is not None)


def read(body: bytes, encoding: str) -> Request:
    """The request in a line that was unframed. Raises UnreadableError."""
    text = unicodedata.normalize("NFC", body.decode(encoding, errors="replace"))
    try:
        kind = Kind(text[:2])
    except ValueError:
        raise UnreadableError("no such message") from None
    fixed, rest = _cut(kind, text[2:])
    return Request(kind, fixed, _fields(rest))


def write(answer: Answer, *, encoding: str) -> bytes:
    """The answer, still to be sealed. A value has no `|` nor any control character; NFC."""
    values = "".join(f"{name}{clean(value)}|" for name, value in answer.fields)
    return (answer.head + values).encode(encoding, errors="replace")


def sealed(body: bytes, *, sequence: str, with_checksum: bool) -> bytes:
    """With sequence number and checksum; a client that sends no checksum gets neither."""
    if not with_checksum:
        return body
    text = body + (f"AY{sequence}" if sequence else "").encode() + b"AZ"
    return text + f"{checksum(text):04X}".encode()


def clean(value: str) -> str:
    """The value as it may stand in a field."""
    return unicodedata.normalize("NFC", value).translate(_UNFIT)[:LONGEST_VALUE]


def _cut(kind: Kind, text: str) -> tuple[dict[str, str], str]:
    length = sum(size for _, size in LAYOUT[kind])
    stray = _STRAY_LANGUAGE.get(kind, 0)
    if stray and text[:stray].isdigit() and not _is_fields(text[length:]) and _is_fields(text[length + stray :]):
        text = text[stray:]
    if len(text) < length or not _is_fields(text[length:]):
        raise UnreadableError("wrong length")
    letters = iter(text)
    return {name: "".join(islice(letters, size)) for name, size in LAYOUT[kind]}, text[length:]


def _is_fields(text: str) -> bool:
    return not text.strip("| ") or _FIELD.match(text.lstrip("|")) is not None


def _fields(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in _named(text.split("|")):
        found.setdefault(name, value)
    return found


def _named(parts: Iterable[str]) -> Iterator[tuple[str, str]]:
    for part in parts:
        match = _FIELD.fullmatch(part.lstrip())
        if match is not None:
            yield match[1], match[2]
