"""The part of a label that stands on the spine: a band of colour with its words, and the call number in lines."""

from collections.abc import Sequence

from samut_hub.catalogue.labels.colours import Band
from samut_hub.catalogue.labels.drawing import (
    LINE,
    MM_PER_POINT,
    PAD,
    SMALL,
    Area,
    Drawing,
    Shortfall,
    Text,
    Words,
    line_height,
)

BAND = 4.2
"""Height of the band, where the label is high enough."""
LARGEST, LEAST = 13.0, 5.5
"""Points of the call number's type."""
NOTHING_BELOW = Words()


def put_spine(
    drawing: Drawing, area: Area, lines: Sequence[str], *, band: Band | None, below: Words = NOTHING_BELOW
) -> None:
    """`below` are the item's number and the library's name, printed small where there is room."""
    inner = area.inset(PAD)
    rest = inner if band is None else _put_band(drawing, inner, band)
    for words, shortfall in ((below.library, Shortfall.NO_LIBRARY), (below.number, Shortfall.NO_NUMBER)):
        if not words:
            continue
        left = rest.height - line_height(SMALL)
        if left < len(lines) * line_height(LEAST):
            drawing.shortfalls.add(shortfall)
            continue
        foot = Area(rest.x, rest.y + left, rest.width, line_height(SMALL))
        drawing.texts.append(Text(area=foot, lines=(words,), size=SMALL))
        rest = Area(rest.x, rest.y, rest.width, left)
    _put_lines(drawing, rest, tuple(lines))


def _put_band(drawing: Drawing, inner: Area, band: Band) -> Area:
    """What is left below the band."""
    height = min(BAND, inner.height / 4)
    drawing.fill([Area(inner.x, inner.y, inner.width, height)], band.colour)
    size = min(7.5, height / MM_PER_POINT / LINE)
    words = Area(inner.x + 0.4, inner.y, inner.width - 0.8, height)
    drawing.texts.append(Text(area=words, lines=(band.words,), size=size, bold=True, ink=band.ink))
    return Area(inner.x, inner.y + height, inner.width, inner.height - height)


def _put_lines(drawing: Drawing, area: Area, lines: tuple[str, ...]) -> None:
    if not lines:
        drawing.shortfalls.add(Shortfall.NO_CALL_NUMBER)
        return
    size = area.height / len(lines) / MM_PER_POINT / LINE
    if size < LEAST:
        drawing.shortfalls.add(Shortfall.CROWDED_SPINE)
    drawing.texts.append(Text(area=area, lines=lines, size=min(LARGEST, size), bold=True))
