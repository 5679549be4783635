"""Item numbers on UHF tags: in their EPC memory, in letters or hex digits, however the library had them written."""

import re
from typing import Literal

from samut_edge.events import Stranger

Writing = Literal["ascii", "hex"]


class ItemNumbers:
    """`pattern` is what an own tag's EPC looks like, read as `writing`; its first group, if any, is the number."""

    def __init__(self, writing: Writing, pattern: str) -> None:
        """Raises ValueError for a pattern that is no regular expression."""
        self._writing = writing
        try:
            self._pattern = re.compile(pattern)
        except re.error as error:
            raise ValueError(f"`pattern` is not a regular expression: {error}") from None

    def read(self, epc: str) -> str | Stranger:
        """`epc` in hex digits."""
        text = epc if self._writing == "hex" else _letters(epc)
        fits = self._pattern.fullmatch(text)
        number = fits and (fits[1] if fits.re.groups else fits[0])
        if number:
            return number
        return Stranger.OTHER_LIBRARY if text else Stranger.UNREADABLE


def _letters(epc: str) -> str:
    """Empty when they are none; short numbers are filled up with zeros or blanks."""
    try:
        text = bytes.fromhex(epc).strip(b"\0 ").decode("ascii")
    except UnicodeDecodeError:
        return ""
    return text if text.isprintable() else ""
