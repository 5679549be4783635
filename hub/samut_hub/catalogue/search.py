"""The search index of titles: a folder beside the application, thrown away and built anew when it must be."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Hits:
    """One page of titles, best first, and how many there are in all."""

    total: int
    ids: tuple[int, ...]


NOTHING = Hits(0, ())


class TitleIndex:
    """What the indexer left in `path`; a folder that is not there yet finds nothing."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def search(self, text: str, *, page: int = 1, per_page: int = 20, material: str = "") -> Hits:
        """Titles that fit `text`: words are joined by AND unless OR, NOT, หรือ or ไม่ stands between them."""
        return NOTHING
