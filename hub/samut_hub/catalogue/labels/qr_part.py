"""A QR code on a label, with words beside it or below."""

from math import floor

from samut_hub.catalogue.labels.codes import QR_QUIET, dark_runs, qr_of
from samut_hub.catalogue.labels.drawing import (
    LARGE,
    PAD,
    PLAIN,
    ROUNDING,
    SMALL,
    Across,
    Area,
    Drawing,
    Shortfall,
    Text,
    Words,
    line_height,
    snapped,
)

LEAST, MOST, SMALLEST = 10.0, 20.0, 6.0
"""Side of a QR code without the white around it: what is read at once, what is enough, what is read at all."""
EDGE = 0.3
"""What a cut beside the line may take of the white around a code."""
COLUMN = 12.0
"""Width that words beside a QR code need."""


def put_qr(drawing: Drawing, area: Area, words: Words, *, dot: float) -> None:
    """The code with its white, as large as the words leave room for."""
    rows = qr_of(words.barcode)
    module = _module(len(rows), area, dot)
    side = module * len(rows)
    if side < LEAST - ROUNDING:
        drawing.shortfalls.add(Shortfall.SMALL_QR if side >= SMALLEST else Shortfall.NO_CODE)
    box = module * (len(rows) + 2 * QR_QUIET) if side >= SMALLEST else 0.0
    column, across = _room_for_words(area, box)
    if box:
        put_modules(drawing, _place_of(area, column, box), rows, module=module, dot=dot)
    _put_column(drawing, column, words, across=across)


def _module(count: int, area: Area, dot: float) -> float:
    """Side of a module in whole dots: large, but words keep half of the label where they can."""
    modules = count + 2 * QR_QUIET
    room = (min(area.width, area.height) - 2 * EDGE) / modules
    half = max(area.width, area.height) / 2 / modules
    dots = floor(min(room, MOST / count, max(LEAST / count, half)) / dot + ROUNDING)
    if dots * dot * count < LEAST and (dots + 1) * dot <= room + ROUNDING:
        dots += 1
    return dots * dot


def _room_for_words(area: Area, box: float) -> tuple[Area, Across]:
    """Beside the code, else below it; of no height where there is no room."""
    inner = area.inset(PAD)
    beside, below = max(area.x + EDGE + box, inner.x), max(area.y + EDGE + box, inner.y)
    if inner.right - beside >= COLUMN:
        return Area(beside, inner.y, inner.right - beside, inner.height), "left"
    return Area(inner.x, below, inner.width, max(0.0, inner.bottom - below)), "center"


def _place_of(area: Area, column: Area, box: float) -> Area:
    """Where the code with its white lies: in the middle of what the words leave."""
    if column.x > area.x + PAD + ROUNDING:
        return Area(column.x - box, area.y + (area.height - box) / 2, box, box)
    y = area.y + EDGE if column.height >= line_height(SMALL) else area.y + (area.height - box) / 2
    return Area(area.x + (area.width - box) / 2, y, box, box)


def put_modules(drawing: Drawing, place: Area, rows: list[bytes], *, module: float, dot: float) -> None:
    """The dark modules of a code whose white around it fills `place`."""
    x, y = snapped(place.x + QR_QUIET * module, dot), snapped(place.y + QR_QUIET * module, dot)
    drawing.fill(
        Area(x + at * module, y + row * module, count * module, module)
        for row, line in enumerate(rows)
        for at, count in dark_runs(line)
    )


def _put_column(drawing: Drawing, column: Area, words: Words, *, across: Across) -> None:
    """Number and call number, the library's name at the foot, and the title in what is left."""
    rest = column
    for said, size, shortfall in (
        (words.number, LARGE, Shortfall.NO_NUMBER),
        (words.call_number, PLAIN, Shortfall.NO_CALL_NUMBER),
    ):
        height = line_height(size)
        if said and height <= rest.height + ROUNDING:
            row = Area(rest.x, rest.y, rest.width, height)
            drawing.texts.append(Text(area=row, lines=(said,), size=size, across=across, bold=size == LARGE))
            rest = Area(rest.x, rest.y + height, rest.width, rest.height - height)
        elif said:
            drawing.shortfalls.add(shortfall)
    rest = _put_library(drawing, rest, words, across=across)
    lines = floor(rest.height / line_height(PLAIN) + ROUNDING)
    if words.title and lines:
        place = Area(rest.x, rest.y, rest.width, lines * line_height(PLAIN))
        drawing.texts.append(
            Text(area=place, lines=(words.title,), size=PLAIN, fit="shorten", across=across, down="top")
        )
    elif words.title:
        drawing.shortfalls.add(Shortfall.NO_TITLE)


def _put_library(drawing: Drawing, rest: Area, words: Words, *, across: Across) -> Area:
    """At the foot, where a line for the title is left above it; what stays above it is answered."""
    height = line_height(SMALL)
    if not words.library:
        return rest
    if rest.height < height + (line_height(PLAIN) if words.title else 0) - ROUNDING:
        drawing.shortfalls.add(Shortfall.NO_LIBRARY)
        return rest
    foot = Area(rest.x, rest.bottom - height, rest.width, height)
    drawing.texts.append(Text(area=foot, lines=(words.library,), size=SMALL, fit="shorten", across=across))
    return Area(rest.x, rest.y, rest.width, rest.height - height)
