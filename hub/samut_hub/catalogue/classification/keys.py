"""Shelf order: a key for each call number, so that bytes sort as books stand, Thai letters included.

A key is a row of parts, each a mark, a text and an end. A part that is missing comes before one that is there
("nothing before something", Library of Congress filing rules), so the key of `895.913` begins that of `895.913 ส6`.
Letters are primary ICU keys of Thai collation: Thai before Latin, capitals like small letters.
"""

import re
from collections.abc import Generator, Iterator
from enum import StrEnum

import icu

from samut_hub.era import common_era

LONGEST = 200
"""Characters of a call number that count for its place on the shelf."""

_END = b"\x01"
_CLASS, _COPY, _VOLUME, _YEAR, _NUMBER, _CUTTER, _WORD = (bytes([mark]) for mark in range(2, 9))

_LETTERS = icu.Collator.createInstance(icu.Locale("th"))
_LETTERS.setStrength(icu.Collator.PRIMARY)

_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
_THAI = "ก-๎"
_A = f"A-Za-z{_THAI}"
_COUNT_WORDS = "เล่มที่|เล่ม|ตอนที่|ตอน|ภาค|vol|pt|no|ฉบับที่|ฉบับ|copy"
_COUNTED = re.compile(rf"(?<![{_A}0-9])(?:({_COUNT_WORDS})[.\s]*|([ลตฉvtc])\.\s*)(\d+)(?![{_A}0-9])", re.IGNORECASE)
_JOINED_COUNT = re.compile(r"([ลฉvc])(\d+)", re.IGNORECASE)
_COPY_WORDS = ("ฉ", "c")
_TOKEN = re.compile(rf"[{_A}0-9.]+")
_SPLIT = re.compile(rf"[^{_A}0-9.]+|\.(?![0-9])|(?<![0-9])\.(?=[0-9])")
_PLAIN_WORD = re.compile(rf"[{_A}]+")
_DDC_CLASS = re.compile(r"(\d{1,3})(?:\.(\d+))?")
_DDC_JOINED = re.compile(rf"([{_A}]+)(\d{{3}}(?:\.\d+)?)")
_LC_CLASS = re.compile(r"([A-Za-z]{1,3})(\d{1,4})(?:\.(\d+))?")
_LC_NUMBER = re.compile(r"(\d{1,4})(?:\.(\d+))?")
_CUTTER_SHAPE = re.compile(rf"([{_A}]+)(\d+)([{_A}]*)")
_YEAR_SHAPE = re.compile(rf"(\d{{4}})([{_A}]?)")
_PIECES = re.compile(rf"\d+|[{_A}]+")


class Scheme(StrEnum):
    """How a call number is built."""

    DDC = "ddc"
    LC = "lc"
    NLM = "nlm"
    FREE = "free"


_BY_NAME = {scheme.value: scheme for scheme in Scheme}

_LEAD = {Scheme.DDC: b"\x10", Scheme.LC: b"\x20", Scheme.NLM: b"\x20", Scheme.FREE: b"\x30"}
"""NLM numbers stand in the places that LC leaves free, so both are one row of shelves."""

_SCHOOL_PREFIXES = {"R", "REF", "F", "FIC", "J", "E", "Y", "SC", "SS", "T", "TH", "B", "C", "CD", "DVD"}
_NLM_CLASS = re.compile(r"Q[S-Z]|W[A-Z]?", re.IGNORECASE)
_LC_LETTERS = re.compile(r"[A-HJ-NP-VZ][A-Z]{0,2}", re.IGNORECASE)


def call_key(number: str, scheme: str) -> bytes:
    """Where the call number stands on the shelf; empty when there is none. A scheme that is not known is free."""
    known = _BY_NAME.get(scheme, Scheme.FREE)
    plain = number[:LONGEST].translate(_DIGITS).strip()
    if not plain:
        return b""
    parts = _natural(plain) if known is Scheme.FREE else _classed(plain, known)
    return _LEAD[known] + b"".join(parts)


def scheme_of(number: str) -> Scheme:
    """What the number looks like: a guess, for numbers that come without a word on it."""
    tokens = _tokens(_COUNTED.sub(" ", number[:LONGEST].translate(_DIGITS)))
    _prefix, rest = _prefix_and_rest(tokens)
    letters = _class_letters(tokens)
    if letters and not _is_school_prefix(tokens, letters):
        if _NLM_CLASS.fullmatch(letters):
            return Scheme.NLM
        if _LC_LETTERS.fullmatch(letters):
            return Scheme.LC
    if rest and (_is_ddc_class(rest[0]) or _is_thai_cutter(rest)):
        return Scheme.DDC
    return Scheme.FREE


def with_volumes(key: bytes) -> tuple[bytes, bytes]:
    """From where to where the keys of this number, its copies, volumes and years stand; the end is not among them."""
    return key, key + _NUMBER


def with_prefix(number: str, prefix: str, scheme: str) -> str:
    """The number in another collection: `น ธ433บ` → `นว ธ433บ`, `020 ก1` → `อ 020 ก1`; "" takes a prefix off."""
    words = number.split()
    keeps_letters = scheme in (Scheme.LC, Scheme.NLM)
    while len(words) > 1 and _PLAIN_WORD.fullmatch(words[0].replace(".", "")):
        if keeps_letters and _LC_CLASS.match(words[0] + words[1]):
            break
        words.pop(0)
    return " ".join(filter(None, (prefix.strip(), *words)))


def _classed(number: str, scheme: Scheme) -> Iterator[bytes]:
    """Prefix of the collection, class, cutters and years in their order, then volume and copy."""
    counted = [(one[1] or one[2], one[3]) for one in _COUNTED.finditer(number)]
    tokens = _tokens(_COUNTED.sub(" ", number))
    prefix, rest = _prefix_and_rest(tokens) if scheme is Scheme.DDC else _lc_prefix(tokens)
    yield _letters(" ".join(prefix)) + _END
    rest = yield from _ddc_class(rest) if scheme is Scheme.DDC else _lc_class(rest)
    if scheme is Scheme.DDC:
        joined = [found for token in rest[1:] if (found := _JOINED_COUNT.fullmatch(token))]
        counted += [(one[1], one[2]) for one in joined]
        rest = [token for token in rest if token not in {one[0] for one in joined}]
    yield from map(_part, rest)
    marked = [(_COPY if word.lower().startswith(_COPY_WORDS) else _VOLUME, digits) for word, digits in counted]
    yield from (mark + _count(digits) for mark, digits in sorted(marked, reverse=True))


def _tokens(number: str) -> list[str]:
    return [token for token in _SPLIT.split(number.replace("/", "").replace("'", "")) if _TOKEN.fullmatch(token)]


def _prefix_and_rest(tokens: list[str]) -> tuple[list[str], list[str]]:
    """`อ 030 …`, `Ref. 020 …`, `น ธ433บ`; in `อ030 ร451` the prefix is joined to the class."""
    count = next((place for place, token in enumerate(tokens) if not _PLAIN_WORD.fullmatch(token)), len(tokens))
    prefix, rest = tokens[:count], tokens[count:]
    joined = _DDC_JOINED.fullmatch(rest[0]) if rest and not prefix else None
    if joined and ("." in rest[0] or (len(rest) > 1 and _CUTTER_SHAPE.fullmatch(rest[1]))):
        return [joined[1]], [joined[2], *rest[1:]]
    if prefix and not rest:
        return prefix[:1], prefix[1:]
    return prefix, rest


def _lc_prefix(tokens: list[str]) -> tuple[list[str], list[str]]:
    """`Ref QA 76.9`: the letters that stand last before the number are the class."""
    for place, token in enumerate(tokens):
        if _LC_CLASS.fullmatch(token):
            return tokens[:place], tokens[place:]
        if _LC_NUMBER.fullmatch(token) and place and _LC_CLASS.fullmatch(tokens[place - 1] + token):
            return tokens[: place - 1], [tokens[place - 1] + token, *tokens[place + 1 :]]
        if not _PLAIN_WORD.fullmatch(token):
            break
    return _prefix_and_rest(tokens)


def _ddc_class(tokens: list[str]) -> Generator[bytes, None, list[str]]:
    found = _DDC_CLASS.fullmatch(tokens[0]) if tokens else None
    if found is None:
        return tokens
    yield _CLASS + found[1].zfill(3).encode() + (found[2] or "").rstrip("0").encode() + _END
    return tokens[1:]


def _lc_class(tokens: list[str]) -> Generator[bytes, None, list[str]]:
    found = _LC_CLASS.fullmatch(tokens[0]) if tokens else None
    if found is None:
        return tokens
    yield _CLASS + found[1].upper().encode() + _END + found[2].zfill(4).encode() + (found[3] or "").encode() + _END
    return tokens[1:]


def _part(token: str) -> bytes:
    year, cutter = _YEAR_SHAPE.fullmatch(token), _CUTTER_SHAPE.fullmatch(token)
    if year:
        return _YEAR + _common_era(year[1]).encode() + _letters(year[2]) + _END
    if cutter:
        return _CUTTER + _letters(cutter[1]) + _END + cutter[2].encode() + _END + _letters(cutter[3]) + _END
    return b"".join(_natural(token))


def _natural(text: str) -> Iterator[bytes]:
    """Words by their letters, digits as numbers."""
    for piece in _PIECES.findall(text):
        yield _NUMBER + _count(piece) if piece[0].isdecimal() else _WORD + _letters(piece) + _END


def _count(digits: str) -> bytes:
    """A whole number: the longer one is the greater."""
    plain = digits.lstrip("0")
    return bytes([len(plain) + 2]) + plain.encode() + _END


def _common_era(year: str) -> str:
    return str(common_era(int(year)))


def _letters(text: str) -> bytes:
    key: bytes = _LETTERS.getSortKey(text)
    return key.rstrip(b"\0")


def _class_letters(tokens: list[str]) -> str:
    """The Latin letters right before the first number, as LC and NLM have them; empty when there are none."""
    _prefix, rest = _lc_prefix(tokens)
    found = _LC_CLASS.fullmatch(rest[0]) if rest else None
    return found[1] if found else ""


def _is_school_prefix(tokens: list[str], letters: str) -> bool:
    """`R 020`, `FIC 813.5`: a collection before a Dewey number, written with a space and three digits."""
    place = tokens.index(letters) if letters in tokens else -1
    if place < 0 or letters.upper() not in _SCHOOL_PREFIXES:
        return False
    return re.fullmatch(r"\d{3}(\.\d+)?", tokens[place + 1]) is not None


def _is_ddc_class(token: str) -> bool:
    return re.fullmatch(r"\d{3}(\.\d+)?", token) is not None


def _is_thai_cutter(tokens: list[str]) -> bool:
    found = _CUTTER_SHAPE.fullmatch(tokens[0])
    return found is not None and re.match(f"[{_THAI}]", tokens[0]) is not None
