"""Sheets of labels as PDF or as a picture, by typst in a child process. Words go in as data, never as markup."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from samut_hub.catalogue.labels.drawing import Drawing
from samut_hub.catalogue.labels.sheets import Sheet, line_of
from samut_hub.confined import call
from samut_hub.typesetting import FONTS

TEMPLATE = Path(__file__).parent / "labels.typ"
SECONDS, MEGABYTES = 60, 3_000
PREVIEW_PPI = 110.0


@dataclass(frozen=True, slots=True)
class Placed:
    """A drawing with the place of its upper left corner on the paper."""

    x: float
    y: float
    drawing: Drawing


def pdf_of(sheet: Sheet, labels: Sequence[Drawing], *, start: int = 1) -> bytes:
    """The sheets, the first label on place `start`. Raises ConfinedError."""
    document = document_of(sheet, _pages(sheet, labels, start))
    return call(typeset, "pdf", stdin=document, seconds=SECONDS, megabytes=MEGABYTES)


def picture_of(sheet: Sheet, labels: Sequence[Drawing], *, start: int = 1) -> bytes:
    """The first sheet as a PNG, with the outlines of its labels. Raises ConfinedError."""
    first = labels[: sheet.labels - start + 1]
    document = document_of(sheet, _pages(sheet, first, start), outlines=True)
    return call(typeset, "png", stdin=document, seconds=SECONDS, megabytes=MEGABYTES)


def trial_of(sheet: Sheet, said: Sequence[str]) -> bytes:
    """A page with the outlines of all labels, rulers and cross hairs; `said` are lines for its middle."""
    document = document_of(sheet, _pages(sheet, (), 1), outlines=True, said=said, is_test=True)
    return call(typeset, "pdf", stdin=document, seconds=SECONDS, megabytes=MEGABYTES)


def typeset(kind: str, *, stdin: bytes) -> bytes:
    """Typst's answer to a document as JSON; run in a process of its own."""
    return compiled(stdin, kind)


def compiled(document: bytes, kind: str, *, ppi: float = PREVIEW_PPI, pictures: str = "") -> bytes:
    """A document as PDF or PNG, in this process; `pictures` is the folder of the files that its drawings name."""
    import typst

    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=list(FONTS))
    said = {"document": document.decode(), "folder": pictures}
    compiler = typst.Compiler(TEMPLATE, root="/", font_paths=fonts, sys_inputs=said)
    asks: dict[str, Any] = {"format": "png", "ppi": ppi} if kind == "png" else {"format": "pdf", "pdf_tags": False}
    made = compiler.compile(**asks)
    return made if isinstance(made, bytes) else b""


def document_of(
    sheet: Sheet,
    pages: Sequence[Sequence[Placed]],
    *,
    outlines: bool = False,
    marks: Sequence[Sequence[float]] = (),
    said: Sequence[str] = (),
    is_test: bool = False,
) -> bytes:
    """What `compiled` wants. `marks` are thin lines on every page: from x, y to x, y."""
    document = {
        "sheet": msgspec.to_builtins(sheet),
        "outlines": [sheet.place_of(position) for position in range(sheet.labels)] if outlines else [],
        "marks": marks,
        "is_test": is_test,
        "line": line_of(sheet),
        "said": list(said),
        "pages": [[_label(one) for one in page] for page in pages],
    }
    return json.dumps(document, ensure_ascii=False).encode()


def _pages(sheet: Sheet, labels: Sequence[Drawing], start: int) -> list[list[Placed]]:
    first = start - 1
    pages: list[list[Placed]] = [[] for _ in range(max(1, sheet.sheets_for(len(labels), start)))]
    for place, label in enumerate(labels, first):
        page, position = divmod(place, sheet.labels)
        pages[page].append(Placed(*sheet.place_of(position), label))
    return pages


def _label(placed: Placed) -> dict[str, object]:
    label, over = placed.drawing, placed.drawing.bleed
    box = f"{-over:g} {-over:g} {label.width + 2 * over:g} {label.height + 2 * over:g}"
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}">'
    return {
        "x": placed.x,
        "y": placed.y,
        "width": label.width,
        "height": label.height,
        "turned": label.turned,
        "is_back": label.is_back,
        "bleed": over,
        "behind": [msgspec.to_builtins(picture) for picture in label.behind],
        "shapes": f"{svg}{''.join(label.shapes)}</svg>" if label.shapes else "",
        "pictures": [msgspec.to_builtins(picture) for picture in label.pictures],
        "texts": [msgspec.to_builtins(text) for text in label.texts],
    }
