"""Lists as PDF, by typst in child processes. Words go in as data, never as markup.

A long list is set in parts that are joined. Its pages stay in memory, packed: about 1.2 MB for a thousand rows of a
table.
"""

import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

import msgspec

from samut_hub.confined import call

FONTS = tuple(Path("/usr/share/fonts/truetype") / name for name in ("tlwg", "noto"))
"""Loma for Thai and Latin letters, Noto for those of the neighbours (Debian fonts-tlwg-loma-ttf, fonts-noto-core)."""
FOLDER = Path(__file__).parent / "typst"
SECONDS, MEGABYTES = 120, 3_000
ROWS_AT_ONCE = 1_000
"""Rows in one part."""

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
    joined_pdf(out, FOLDER / "table.typ", {"page": page, "table": table}, rows, tell=tell)


def joined_pdf(
    out: BinaryIO,
    template: Path,
    document: Mapping[str, Any],
    rows: Iterable[T],
    *,
    tell: Callable[[int], None],
    at_once: int | None = None,
    root: Path = FOLDER,
) -> None:
    """The document with `rows`, `first_page` and `first_row`, part by part. Pictures lie below `root`.

    Raises ConfinedError.
    """
    from pypdf import PdfReader, PdfWriter

    writer, done, pages = PdfWriter(), 0, 0
    for some in _in_parts(rows, at_once or ROWS_AT_ONCE):
        part = {**document, "rows": some, "first_page": pages + 1, "first_row": done + 1}
        said = json.dumps(msgspec.to_builtins(part), ensure_ascii=False).encode()
        made = PdfReader(
            io.BytesIO(call(typeset, str(template), str(root), stdin=said, seconds=SECONDS, megabytes=MEGABYTES))
        )
        done, pages = done + len(some), pages + len(made.pages)
        writer.append(made, import_outline=False)
        tell(done)
    writer.write(out)


def typeset(template: str, root: str, *, stdin: bytes) -> bytes:
    """Typst's answer to a document as JSON; run in a process of its own. Pictures lie below `root`."""
    import typst

    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=list(FONTS))
    source = Path(template).read_bytes()
    compiler = typst.Compiler(source, root=root, font_paths=fonts, sys_inputs={"document": stdin.decode()})
    made = compiler.compile(format="pdf", pdf_tags=False)
    return made if isinstance(made, bytes) else b""


def _in_parts(rows: Iterable[T], at_once: int) -> Iterator[list[T]]:
    """At least one part, for the page that says what there is none of."""
    waiting = iter(rows)
    yield list(islice(waiting, at_once))
    while some := list(islice(waiting, at_once)):
        yield some
