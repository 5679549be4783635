"""Bar codes and QR codes as bars and squares, measured in modules (the width of the thinnest bar)."""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import groupby

import segno

QUIET = 10
"""Modules of white that a bar code needs on each side (ISO/IEC 15417, 4.3)."""
QR_QUIET = 4
"""Modules of white around a QR code (ISO/IEC 18004, 5.3.8)."""

_ALL_PATTERNS = (
    "212222222122222221121223121322131222122213122312132212221213221312231212112232122132122231113222123122"
    "123221223211221132221231213212223112312131311222321122321221312212322112322211212123212321232121111323"
    "131123131321112313132113132311211313231113231311112133112331132131113123113321133121313121211331231131"
    "213113213311213131311123311321331121312113312311332111314111221411431111111224111422121124121421141122"
    "141221112214112412122114122411142112142211241211221114413111241112134111111242121142121241114212124112"
    "124211411212421112421211212141214121412121111143111341131141114113114311411113411311113141114131311141"
    "411131211412211214211232"
)
_PATTERNS = [_ALL_PATTERNS[at : at + 6] for at in range(0, len(_ALL_PATTERNS), 6)]
_STOP = "2331112"
_START_B, _START_C, _TO_C, _TO_B = 104, 105, 99, 100
"""Values of ISO/IEC 15417, table 1."""

_CODE39_CHARACTERS = "1234567890ABCDEFGHIJKLMNOPQRSTUVWXYZ-. *$/+%"
_WIDE_ELEMENTS = (
    "100100001001100001101100000000110001100110000001110000000100101100100100001100100000110100100001001"
    "001001001101001000000011001100011000001011000000001101100001100001001100000011100100000011001000011"
    "101000010000010011100010010001010010000000111100000110001000110000010110110000001011000001111000000"
    "010010001110010000011010000010000101110000100011000100010010100010101000010100010010001010000101010"
)
_CODE39 = {one: _WIDE_ELEMENTS[at * 9 : at * 9 + 9] for at, one in enumerate(_CODE39_CHARACTERS)}
"""Which of the nine bars and spaces of a character are wide (ISO/IEC 16388, table 1)."""
_WIDE = 2.5
"""How much wider the wide bars of Code 39 are (ISO/IEC 16388 allows 2 to 3)."""


class Symbology(StrEnum):
    """What a scanner reads on the label."""

    CODE_128 = "code128"
    CODE_39 = "code39"
    QR = "qr"


@dataclass(frozen=True, slots=True)
class Bars:
    """Widths in modules: bar, space, bar … bar; `length` is all of them without the white beside them."""

    widths: tuple[float, ...]

    @property
    def length(self) -> float:
        return sum(self.widths)


def bars_of(text: str, symbology: Symbology) -> Bars | None:
    """The bar code, or None where it cannot hold these characters. Code 39 makes letters capitals."""
    if symbology is Symbology.CODE_39:
        return _code39(text.upper())
    return _code128(text)


def qr_of(text: str) -> list[bytes]:
    """Rows of dark (1) and white (0) modules, without the white around."""
    return [bytes(row) for row in segno.make(text, error="m", micro=False, boost_error=False).matrix]


def dark_runs(row: bytes) -> list[tuple[int, int]]:
    """Where dark modules stand beside each other: first module and number."""
    runs, at = [], 0
    for is_dark, modules in groupby(row):
        count = len(list(modules))
        if is_dark:
            runs.append((at, count))
        at += count
    return runs


def _code39(text: str) -> Bars | None:
    if not text or "*" in text or not set(text) <= set(_CODE39):
        return None
    widths: list[float] = []
    for character in f"*{text}*":
        widths += [_WIDE if wide == "1" else 1.0 for wide in _CODE39[character]]
        widths.append(1.0)
    return Bars(tuple(widths[:-1]))


def _code128(text: str) -> Bars | None:
    if not re.fullmatch(r"[\x20-\x7e]+", text):
        return None
    values = _values(text)
    check = (values[0] + sum(place * value for place, value in enumerate(values))) % 103
    pattern = "".join(_PATTERNS[value] for value in (*values, check)) + _STOP
    return Bars(tuple(float(width) for width in pattern))


def _values(text: str) -> tuple[int, ...]:
    """The shortest way to say it: pairs of digits in set C, all else in set B."""
    return min((_START_B, *_rest(text, is_c=False)), (_START_C, *_rest(text, is_c=True)), key=len)


@lru_cache(maxsize=4_000)
def _rest(text: str, *, is_c: bool) -> tuple[int, ...]:
    if not text:
        return ()
    if is_c:
        is_pair = text[:2].isdigit() and len(text) > 1
        return (int(text[:2]), *_rest(text[2:], is_c=True)) if is_pair else (_TO_B, *_rest(text, is_c=False))
    one = (ord(text[0]) - 32, *_rest(text[1:], is_c=False))
    if text[:4].isdigit() and len(text) > 3:
        return min(one, (_TO_C, *_rest(text, is_c=True)), key=len)
    return one
