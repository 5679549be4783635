"""Lists as PDF, by typst in child processes. Words go in as data, never as markup.

A long list is set in parts that are joined. Its pages stay in memory, packed: about 1.2 MB for a thousand rows of a
table. `service.most_rows` says where a list ends.
"""

import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

import msgspec
from pypdf import PdfReader, PdfWriter

from samut_hub.catalogue.labels.typesetting import FONTS
from samut_hub.confined import call

FOLDER = Path(__file__).parent / "typst"
SECONDS, MEGABYTES = 120, 3_000
ROWS_AT_ONCE, PICTURES_AT_ONCE = 1_000, 200
"""Rows, cards or citations in one part; entries with pictures."""

T = TypeVar("T")


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """What stands around the list on every page. `page` is the word before the page's number."""

    library: str
    heading: str
    about: str
    page: str


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """The columns: what they are called, their shares of the width, which are of numbers."""

    labels: list[str]
    widths: list[float]
    right: list[bool]


def table_pdf(
    out: BinaryIO, page: Page, table: Table, rows: Iterable[Sequence[str]], tell: Callable[[int], None]
) -> None:
    """Writes the file; `tell` is given the number of rows done. Raises ConfinedError."""
    _joined(out, "table", {"page": page, "table": table}, rows, tell=tell, at_once=ROWS_AT_ONCE)


def pictures_pdf(
    out: BinaryIO, page: Page, entries: Iterable[dict[str, Any]], pictures: Path, tell: Callable[[int], None]
) -> None:
    """Entries with `cover`, a path below `pictures` or empty, `title`, and `lines`. Raises ConfinedError."""
    root = pictures if pictures.is_dir() else FOLDER
    _joined(out, "pictures", {"page": page}, entries, tell=tell, root=root, at_once=PICTURES_AT_ONCE)


def citations_pdf(
    out: BinaryIO,
    page: Page,
    citations: Iterable[Sequence[tuple[str, bool]]],
    *,
    is_numbered: bool,
    tell: Callable[[int], None],
) -> None:
    """Each with the following lines indented, or with a number. Raises ConfinedError."""
    _joined(
        out, "bibliography", {"page": page, "is_numbered": is_numbered}, citations, tell=tell, at_once=ROWS_AT_ONCE
    )


def cards_pdf(out: BinaryIO, cards: Iterable[Any], *, per_page: int, tell: Callable[[int], None]) -> None:
    """One card on a page of its size, or four on A4 with lines to cut along. Raises ConfinedError."""
    _joined(out, "cards", {"per_page": per_page}, cards, tell=tell, at_once=ROWS_AT_ONCE)


def typeset(template: str, root: str, *, stdin: bytes) -> bytes:
    """Typst's answer to a document as JSON; run in a process of its own. Pictures lie below `root`."""
    import typst

    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=list(FONTS))
    source = (FOLDER / f"{template}.typ").read_bytes()
    compiler = typst.Compiler(source, root=root, font_paths=fonts, sys_inputs={"document": stdin.decode()})
    made = compiler.compile(format="pdf", pdf_tags=False)
    return made if isinstance(made, bytes) else b""


def _joined(
    out: BinaryIO,
    template: str,
    document: dict[str, Any],
    rows: Iterable[T],
    *,
    tell: Callable[[int], None],
    at_once: int,
    root: Path = FOLDER,
) -> None:
    writer, done, pages = PdfWriter(), 0, 0
    for some in _in_parts(rows, at_once):
        part = {**document, "rows": some, "first_page": pages + 1, "first_row": done + 1}
        said = json.dumps(msgspec.to_builtins(part), ensure_ascii=False).encode()
        made = PdfReader(
            io.BytesIO(call(typeset, template, str(root), stdin=said, seconds=SECONDS, megabytes=MEGABYTES))
        )
        done, pages = done + len(some), pages + len(made.pages)
        writer.append(made, import_outline=False)
        tell(done)
    writer.write(out)


def _in_parts(rows: Iterable[T], at_once: int) -> Iterator[list[T]]:
    """At least one part, for the page that says what there is none of."""
    waiting = iter(rows)
    yield list(islice(waiting, at_once))
    while some := list(islice(waiting, at_once)):
        yield some
