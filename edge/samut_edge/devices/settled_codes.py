"""Which of the codes that a camera sees in its pictures are told: steady ones, once for each time they are shown."""

from collections import deque
from collections.abc import Iterable

FRAMES = 5
SIGHTINGS = 2
"""A misread hardly comes twice within five pictures."""


class SettledCodes:
    """A code is told at its second sighting, and again only after it was out of sight for `away` seconds."""

    def __init__(self, away: float) -> None:
        self._away = away
        self._recent: deque[frozenset[str]] = deque(maxlen=FRAMES)
        self._told: dict[str, float] = {}

    def frame(self, codes: Iterable[str], at: float) -> list[str]:
        """What one picture showed; returns what is to be told now. `at`: seconds of a clock that does not jump."""
        seen = frozenset(codes)
        self._recent.append(seen)
        self._told = {code: last for code, last in self._told.items() if at - last <= self._away}
        news = [code for code in sorted(seen - self._told.keys()) if self._sightings(code) >= SIGHTINGS]
        steady = seen & self._told.keys()
        self._told |= dict.fromkeys([*steady, *news], at)
        return news

    def _sightings(self, code: str) -> int:
        return sum(code in frame for frame in self._recent)
