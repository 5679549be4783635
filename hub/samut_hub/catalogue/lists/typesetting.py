"""Bibliographies, catalogue cards and lists with pictures as PDF. `service.most_rows` says where a list ends."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from samut_hub.typesetting import Page, joined_pdf

FOLDER = Path(__file__).parent / "typst"
PICTURES_AT_ONCE = 200
"""Entries with pictures in one part."""


def pictures_pdf(
    out: BinaryIO, page: Page, entries: Iterable[dict[str, Any]], pictures: Path, tell: Callable[[int], None]
) -> None:
    """Entries with `cover`, a path below `pictures` or empty, `title`, and `lines`. Raises ConfinedError."""
    root = pictures if pictures.is_dir() else FOLDER
    template, document = FOLDER / "pictures.typ", {"page": page}
    joined_pdf(out, template, document, entries, tell=tell, root=root, at_once=PICTURES_AT_ONCE)


def citations_pdf(
    out: BinaryIO,
    page: Page,
    citations: Iterable[Sequence[tuple[str, bool]]],
    *,
    is_numbered: bool,
    tell: Callable[[int], None],
) -> None:
    """Each with the following lines indented, or with a number. Raises ConfinedError."""
    document = {"page": page, "is_numbered": is_numbered}
    joined_pdf(out, FOLDER / "bibliography.typ", document, citations, tell=tell)


def cards_pdf(out: BinaryIO, cards: Iterable[Any], *, per_page: int, tell: Callable[[int], None]) -> None:
    """One card on a page of its size, or four on A4 with lines to cut along. Raises ConfinedError."""
    joined_pdf(out, FOLDER / "cards.typ", {"per_page": per_page}, cards, tell=tell)
