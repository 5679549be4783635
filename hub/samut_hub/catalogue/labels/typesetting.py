"""Sheets of labels as PDF or as a picture, by typst in a child process. Words go in as data, never as markup."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from samut_hub.catalogue.labels.drawing import Drawing, Text
from samut_hub.catalogue.labels.sheets import Sheet, line_of
from samut_hub.confined import call

TEMPLATE = Path(__file__).parent / "labels.typ"
FONTS = tuple(Path("/usr/share/fonts/truetype") / name for name in ("tlwg", "noto"))
"""Loma for Thai and Latin letters, Noto for those of the neighbours (Debian fonts-tlwg-loma-ttf, fonts-noto-core)."""
SECONDS, MEGABYTES = 60, 3_000
PREVIEW_PPI = 110.0


def pdf_of(sheet: Sheet, labels: Sequence[Drawing], *, start: int = 1) -> bytes:
    """The sheets, the first label on place `start`. Raises ConfinedError."""
    return call(typeset, "pdf", stdin=_document(sheet, labels, start), seconds=SECONDS, megabytes=MEGABYTES)


def picture_of(sheet: Sheet, labels: Sequence[Drawing], *, start: int = 1) -> bytes:
    """The first sheet as a PNG, with the outlines of its labels. Raises ConfinedError."""
    first = labels[: sheet.labels - start + 1]
    document = _document(sheet, first, start, outlines=True)
    return call(typeset, "png", stdin=document, seconds=SECONDS, megabytes=MEGABYTES)


def trial_of(sheet: Sheet, said: Sequence[str]) -> bytes:
    """A page with the outlines of all labels, rulers and cross hairs; `said` are lines for its middle."""
    document = _document(sheet, (), 1, outlines=True, said=said, is_test=True)
    return call(typeset, "pdf", stdin=document, seconds=SECONDS, megabytes=MEGABYTES)


def typeset(kind: str, *, stdin: bytes) -> bytes:
    """Typst's answer to a document as JSON; run in a process of its own."""
    import typst

    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=list(FONTS))
    compiler = typst.Compiler(TEMPLATE, font_paths=fonts, sys_inputs={"document": stdin.decode()})
    asks: dict[str, Any] = (
        {"format": "png", "ppi": PREVIEW_PPI} if kind == "png" else {"format": "pdf", "pdf_tags": False}
    )
    made = compiler.compile(**asks)
    return made if isinstance(made, bytes) else b""


def _document(
    sheet: Sheet,
    labels: Sequence[Drawing],
    start: int,
    *,
    outlines: bool = False,
    said: Sequence[str] = (),
    is_test: bool = False,
) -> bytes:
    first = start - 1
    places = range(first, first + len(labels))
    pages: list[list[object]] = [[] for _ in range(max(1, sheet.sheets_for(len(labels), start)))]
    for place, label in zip(places, labels, strict=True):
        page, position = divmod(place, sheet.labels)
        pages[page].append(_label(sheet, label, position))
    document = {
        "sheet": msgspec.to_builtins(sheet),
        "outlines": [sheet.place_of(position) for position in range(sheet.labels)] if outlines else [],
        "is_test": is_test,
        "line": line_of(sheet),
        "said": list(said),
        "pages": pages,
    }
    return json.dumps(document, ensure_ascii=False).encode()


def _label(sheet: Sheet, label: Drawing, position: int) -> dict[str, object]:
    x, y = sheet.place_of(position)
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {label.width:g} {label.height:g}">'
    return {
        "x": x,
        "y": y,
        "width": label.width,
        "height": label.height,
        "turned": label.turned,
        "shapes": f"{svg}{''.join(label.shapes)}</svg>" if label.shapes else "",
        "texts": [_text(text) for text in label.texts],
    }


def _text(text: Text) -> dict[str, object]:
    said: dict[str, object] = msgspec.to_builtins(text)
    return said
