"""What lies in the field of a reader that looks again and again, and may miss a tag in any one look."""

from collections.abc import Iterable
from typing import NamedTuple

MISSES = 3


class Change(NamedTuple):
    came: list[str]
    went: list[str]


class Sightings:
    """A tag has come after `needed` looks in a row that saw it, and gone after three in a row that did not."""

    def __init__(self, needed: int) -> None:
        self._needed = needed
        self._seen: dict[str, int] = {}
        self._missed: dict[str, int] = {}

    def look(self, tags: Iterable[str]) -> Change:
        seen = dict.fromkeys(tags)
        here = self._missed
        self._seen = {tag: self._seen.get(tag, 0) + 1 for tag in seen if tag not in here}
        came = [tag for tag, times in self._seen.items() if times >= self._needed]
        missed = {tag: 0 if tag in seen else misses + 1 for tag, misses in here.items()}
        went = [tag for tag, misses in missed.items() if misses >= MISSES]
        self._missed = {tag: misses for tag, misses in missed.items() if misses < MISSES} | dict.fromkeys(came, 0)
        return Change(came, went)
