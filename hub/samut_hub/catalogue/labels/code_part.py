"""The part of a label that scanners read: a bar code with words above and below it, or a QR code."""

from math import floor

from samut_hub.catalogue.labels.codes import QUIET, Bars, Symbology, bars_of
from samut_hub.catalogue.labels.drawing import (
    LARGE,
    MM_PER_INCH,
    PAD,
    PLAIN,
    ROUNDING,
    SMALL,
    Area,
    Drawing,
    Shortfall,
    Text,
    Words,
    line_height,
    snapped,
)
from samut_hub.catalogue.labels.qr_part import EDGE, put_qr

THIN_BAR = 0.25
"""Millimetres of the thinnest bar that every scanner reads, printed at 203 dpi too."""
THINNEST_BAR = 0.19
"""Below this some scanners fail even with a laser's print."""
WIDEST_BAR = 0.38
COARSE_DOT = MM_PER_INCH / 300
LEAST_BARS, MOST_BARS = 7.0, 14.0
"""Height of a bar code."""


def put_code(drawing: Drawing, area: Area, words: Words, *, symbology: Symbology, dot: float) -> None:
    """The code that was chosen; a QR code where the bar code cannot be. `dot` is that of the printer, in mm."""
    if symbology is not Symbology.QR:
        bars = bars_of(words.barcode, symbology)
        thin = None if bars is None else bar_width(bars, area.width, dot)
        if bars is not None and (thin is None or thin < THIN_BAR - ROUNDING):
            drawing.room_for_bars = width_needed(bars)
        if bars is not None and thin is not None:
            _put_bars(drawing, area, words, bars=bars, thin=thin, dot=dot)
            return
        drawing.shortfalls.add(Shortfall.QR_FOR_LETTERS if bars is None else Shortfall.QR_FOR_WIDTH)
    put_qr(drawing, area, words, dot=dot)


def bar_width(bars: Bars, width: float, dot: float) -> float | None:
    """Millimetres of the thinnest bar, in whole dots, so that code and quiet zones fit; None where they do not.

    Dots of 300 to the inch where they make a bar that every scanner reads.
    """
    widest = min(WIDEST_BAR, (width - 2 * EDGE) / (bars.length + 2 * QUIET))
    coarse, fine = (floor(widest / step + ROUNDING) * step for step in (_coarse(dot), dot))
    if coarse >= THIN_BAR - ROUNDING:
        return coarse
    return fine if fine >= THINNEST_BAR else None


def _coarse(dot: float) -> float:
    """Whole dots of this printer that are one dot of 300 to the inch: a lesser printer prints all bars alike too."""
    return max(1, floor(COARSE_DOT / dot + ROUNDING)) * dot


def width_needed(bars: Bars) -> float:
    """Millimetres of label on which every scanner reads the code."""
    return (bars.length + 2 * QUIET) * THIN_BAR + 2 * EDGE


def _put_bars(drawing: Drawing, area: Area, words: Words, *, bars: Bars, thin: float, dot: float) -> None:
    if thin < THIN_BAR - ROUNDING:
        drawing.shortfalls.add(Shortfall.THIN_BARS)
    inner = area.inset(PAD)
    rows = _rows_that_fit(drawing, words, inner.height - LEAST_BARS)
    height = min(MOST_BARS, inner.height - sum(rows.values()))
    y = inner.y + (inner.height - height - sum(rows.values())) / 2
    for row, said, size in (("library", words.library, SMALL), ("title", words.title, PLAIN)):
        if row in rows:
            place = Area(inner.x, y, inner.width, rows[row])
            drawing.texts.append(Text(area=place, lines=(said,), size=size, fit="shorten"))
            y += rows[row]
    left = snapped(area.x + (area.width - bars.length * thin) / 2, _coarse(dot))
    drawing.fill(_bars_at(bars, Area(left, y, thin, height)))
    if "number" in rows:
        _put_numbers(drawing, Area(inner.x, y + height, inner.width, rows["number"]), words)


def _rows_that_fit(drawing: Drawing, words: Words, room: float) -> dict[str, float]:
    """Heights of the rows of words, the more important ones first; a second line for the title if room is left."""
    wanted = {
        "number": (words.number or words.call_number, LARGE, Shortfall.NO_NUMBER),
        "title": (words.title, PLAIN, Shortfall.NO_TITLE),
        "library": (words.library, SMALL, Shortfall.NO_LIBRARY),
    }
    rows: dict[str, float] = {}
    for row, (said, size, shortfall) in wanted.items():
        if said and line_height(size) <= room + ROUNDING:
            rows[row] = line_height(size)
            room -= rows[row]
        elif said:
            drawing.shortfalls.add(shortfall)
    if "title" in rows and room >= line_height(PLAIN) + 1:
        rows["title"] *= 2
    return rows


def _put_numbers(drawing: Drawing, row: Area, words: Words) -> None:
    """The number below the bars; with a call number, one to the left and one to the right."""
    if not (words.number and words.call_number):
        said = words.number or words.call_number
        drawing.texts.append(Text(area=row, lines=(said,), size=LARGE, bold=True))
        return
    narrow = row.width * 0.4
    left = Area(row.x, row.y, narrow, row.height)
    right = Area(row.x + narrow + 1, row.y, row.width - narrow - 1, row.height)
    drawing.texts.append(Text(area=left, lines=(words.number,), size=LARGE, bold=True, across="left"))
    drawing.texts.append(Text(area=right, lines=(words.call_number,), size=PLAIN, across="right"))


def _bars_at(bars: Bars, first: Area) -> list[Area]:
    """`first` is as wide as the thinnest bar and as high as all."""
    areas, x = [], first.x
    for place, width in enumerate(bars.widths):
        if place % 2 == 0:
            areas.append(Area(x, first.y, width * first.width, first.height))
        x += width * first.width
    return areas
