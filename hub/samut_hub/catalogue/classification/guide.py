"""The guide to Dewey numbers: hundreds and tens in our own short words, and the prefixes of Thai school libraries."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("guide.csv")


@dataclass(frozen=True, slots=True)
class Entry:
    """One class, or a prefix that stands before the class. `words` are others that people look it up by."""

    code: str
    thai: str
    english: str
    words: str

    @property
    def is_prefix(self) -> bool:
        return not self.code.isdecimal()

    @property
    def is_hundred(self) -> bool:
        return self.code.endswith("00")

    def name(self, language: str) -> str:
        return self.thai if language == "th" else self.english


@cache
def entries() -> Sequence[Entry]:
    """All of them, classes before prefixes."""
    with _FILE.open(encoding="utf-8", newline="") as file:
        return tuple(Entry(**row) for row in csv.DictReader(file, delimiter="|"))


def entries_about(text: str) -> Sequence[Entry]:
    """Those that have every word of the text in their names, other words or number; all for an empty text."""
    wanted = text.lower().split()
    return [entry for entry in entries() if all(word in _searched(entry) for word in wanted)]


def _searched(entry: Entry) -> str:
    return f"{entry.code} {entry.thai} {entry.english} {entry.words}".lower()
