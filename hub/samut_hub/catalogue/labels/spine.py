"""A call number as it stands on a spine: one part in a line, and the Dewey class that gives the colour."""

import re

_LC = re.compile(r"([A-Z]{1,3})(\d+(?:\.\d+)?)((?:\.?[A-Z]\d+[a-z]*)*)")
_CUTTER = re.compile(r"\.?[A-Z]\d+[a-z]*")
_CLASS = re.compile(r"\d{3}(?:\.\d+)?")
_DEWEY = re.compile(r"(?:อ|R|Ref\.?)?(\d{3})(?:[./]\d*)*", re.IGNORECASE)
_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
_COPY = re.compile(r"(?:ฉ\.?|c\.|copy)\s*\d+", re.IGNORECASE)
_JOINED = re.compile(r"((?:ล|ฉ|เล่ม|v|c|vol|no|copy)\.?)\s+(\d+)", re.IGNORECASE)
LONGEST_CLASS = 10
"""Characters of a class number that stand in one line; a longer one goes on in the next."""
_THAI = re.compile(r"[ก-ฮ]")


def spine_lines(call_number: str, *, scheme: str = "", copy: int = 1) -> list[str]:
    """Prefix, class, author mark, year, volume, copy: each a line. `copy` is added from 2, where none is said."""
    words = _JOINED.sub(r"\1\2", " ".join(call_number.split())).split()
    classes = [word for word in words if scheme in ("lc", "nlm") and _LC.fullmatch(word)][:1]
    lines = [line for word in words for line in (_lc_parts(word) if word in classes else _parts(word))]
    if lines and copy > 1 and not any(_COPY.fullmatch(line) for line in lines):
        lines.append(f"ฉ.{copy}" if _THAI.search(call_number) else f"c.{copy}")
    return lines


def hundred_of(call_number: str, *, scheme: str = "") -> int | None:
    """The Dewey main class, 0 to 9: 8 for `น 895.913`; None where there is no Dewey class."""
    if scheme in ("lc", "nlm"):
        return None
    found = (_DEWEY.fullmatch(word) for word in call_number.translate(_DIGITS).split())
    return next((int(one[1][0]) for one in found if one), None)


def _lc_parts(word: str) -> list[str]:
    """`QA76.73.P98`: letters, number and cutters (Library of Congress, shelflisting manual G 055)."""
    found = _LC.fullmatch(word)
    return [] if found is None else [found[1], found[2], *_CUTTER.findall(found[3])]


def _parts(word: str) -> list[str]:
    if not _CLASS.fullmatch(word):
        return [word]
    return [word[at : at + LONGEST_CLASS] for at in range(0, len(word), LONGEST_CLASS)]
