"""Text of bibliographic records in the codings that libraries really send: UTF-8, MARC-8 and the Thai TIS-620.

MARC-8: MARC 21 Specifications for Record Structure, Character Sets, part 2 (the tables are pymarc's).
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from enum import StrEnum

from pymarc import marc8_mapping

ESCAPE = 0x1B
_ASCII, _ANSEL, _EAST_ASIAN = 0x42, 0x45, 0x31
_SHORT_SETS = {ord("g"): 0x67, ord("b"): 0x62, ord("p"): 0x70, ord("s"): _ASCII}
_DESIGNATION = re.compile(rb"\x1b(?:\$?(?P<g0>[(,])|\$?(?P<g1>[)-])|\$)!?(?P<set>.)", re.DOTALL)
_REFERENCE = re.compile(r"&#x([0-9A-Fa-f]{4,6})(?:%x)?;")
_THAI_RUN = re.compile(rb"[\xa1-\xda\xdf-\xfb]{4,}")
_TABLES: dict[int, dict[int, tuple[int, int]]] = marc8_mapping.CODESETS


class Coding(StrEnum):
    UTF8 = "utf-8"
    MARC8 = "marc-8"
    THAI = "cp874"


def decoder(coding: Coding) -> Callable[[bytes], str]:
    """Turns bytes of this coding into text; raises UnicodeDecodeError when they are not of it."""
    match coding:
        case Coding.UTF8:
            return _decode_utf8
        case Coding.MARC8:
            return decode_marc8
        case Coding.THAI:
            return _decode_thai


def likely_codings(record: bytes, *, says_unicode: bool) -> list[Coding]:
    """What the record may be written in, likeliest first: the leader's word is often wrong in both directions.

    Text in MARC-8 or TIS-620 is hardly ever valid UTF-8, so valid UTF-8 is believed. Long runs of high bytes
    without escape sequences are Thai: MARC-8 has single ones, before a letter.
    """
    if record.isascii():
        return [Coding.UTF8 if says_unicode else Coding.MARC8]
    if _is_utf8(record):
        return [Coding.UTF8]
    if ESCAPE not in record and _mostly_thai(record):
        return [Coding.THAI]
    return [] if says_unicode else [Coding.MARC8]


def decode_marc8(data: bytes) -> str:
    """Composed (NFC) text; `&#x0E25;` stands for a character that MARC-8 does not have."""
    text = data.decode("ascii") if data.isascii() and ESCAPE not in data else _compose(data)
    return _REFERENCE.sub(lambda found: chr(int(found[1], 16)), text) if "&#x" in text else text


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _mostly_thai(data: bytes) -> bool:
    high = sum(byte > 0x7F for byte in data)
    return sum(map(len, _THAI_RUN.findall(data))) * 2 > high


def _decode_utf8(data: bytes) -> str:
    return data.decode("utf-8")


def _decode_thai(data: bytes) -> str:
    return data.decode("cp874")


def _compose(data: bytes) -> str:
    """MARC-8 writes combining marks before their letter, Unicode after it."""
    letters: list[str] = []
    marks: list[str] = []
    for character, is_mark in _marc8_characters(data):
        if is_mark:
            marks.append(character)
        else:
            letters += [character, *marks]
            marks.clear()
    return unicodedata.normalize("NFC", "".join(letters + marks))


def _marc8_characters(data: bytes) -> Iterator[tuple[str, bool]]:
    g0, g1, at = _ASCII, _ANSEL, 0
    while at < len(data):
        if data[at] == ESCAPE:
            g0, g1, at = _switch(data, at, (g0, g1))
            continue
        width = 3 if g0 == _EAST_ASIAN and data[at] > 0x20 else 1
        code = int.from_bytes(data[at : at + width], "big")
        yield _character(data, at, code, g1 if width == 1 and code > 0x7F else g0)
        at += width


def _switch(data: bytes, at: int, sets: tuple[int, int]) -> tuple[int, int, int]:
    """The graphic sets after the escape sequence at `at`, and where the text goes on."""
    g0, g1 = sets
    if data[at + 1 : at + 2] and data[at + 1] in _SHORT_SETS:
        return _SHORT_SETS[data[at + 1]], g1, at + 2
    found = _DESIGNATION.match(data, at)
    if found is None or found["set"][0] not in _TABLES:
        raise UnicodeDecodeError(Coding.MARC8, data, at, at + 1, "unknown escape sequence")
    chosen = found["set"][0]
    return (g0, chosen, found.end()) if found["g1"] else (chosen, g1, found.end())


def _character(data: bytes, at: int, code: int, table: int) -> tuple[str, bool]:
    if code < 0x20:
        return chr(code), False
    known = _TABLES[table].get(code) or _TABLES[table].get(code & 0x7F if code < 0x100 else code)
    if known is None and code in marc8_mapping.ODD_MAP:
        return chr(marc8_mapping.ODD_MAP[code]), False
    if known is None and code in (0x20, 0xA0):
        return " ", False
    if known is None:
        raise UnicodeDecodeError(Coding.MARC8, data, at, at + 1, "no such character")
    return chr(known[0]), bool(known[1])
