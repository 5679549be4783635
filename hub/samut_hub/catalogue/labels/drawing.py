"""A label as it is drawn: areas in millimetres from its upper left corner, shapes, words, and what found no room."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

MM_PER_INCH = 25.4
MM_PER_POINT = MM_PER_INCH / 72
LINE = 1.42
"""Height of a line by that of its letters: Thai marks above and below need it."""
PAD = 1.0
"""White that is kept along the edge of a label."""


SMALL, PLAIN, LARGE = 5.5, 6.5, 7.5
"""Sizes of type in points."""
ROUNDING = 1e-6


class Shortfall(StrEnum):
    """What a label could not give."""

    THIN_BARS = "thin_bars"
    QR_FOR_WIDTH = "qr_for_width"
    QR_FOR_LETTERS = "qr_for_letters"
    SMALL_QR = "small_qr"
    NO_CODE = "no_code"
    NO_NUMBER = "no_number"
    NO_TITLE = "no_title"
    NO_CALL_NUMBER = "no_call_number"
    NO_LIBRARY = "no_library"
    CROWDED_SPINE = "crowded_spine"


@dataclass(frozen=True, slots=True)
class Area:
    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    def inset(self, by: float) -> "Area":
        return Area(self.x + by, self.y + by, self.width - 2 * by, self.height - 2 * by)


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What the code says and what stands with it; empty is not wanted."""

    barcode: str = ""
    number: str = ""
    title: str = ""
    call_number: str = ""
    library: str = ""


Across = Literal["left", "center", "right"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """Words in a box. `shorten` breaks lines and ends with … where they do not fit; `shrink` keeps each line whole;
    `wrap` breaks lines between words, then shrinks, and only then does as `shorten`.

    `size` is in points.
    """

    area: Area
    lines: tuple[str, ...]
    size: float
    fit: Literal["shorten", "shrink", "wrap"] = "shrink"
    across: Across = "center"
    down: Literal["top", "horizon"] = "horizon"
    bold: bool = False
    ink: str = "#000000"


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture in a box, by the name of its file: `cover` fills the box, `contain` shows the whole picture."""

    area: Area
    file: str
    fit: Literal["cover", "contain"] = "cover"
    corner: float = 0.0


@dataclass(slots=True)
class Drawing:
    """One label. `shapes` are SVG elements without text; `turned` says that it is printed turned by a right angle
    (to the left; a back to the right, so that both have their heads at one edge), `room_for_bars` how wide an area
    the bar code needs for bars of full width, where it is less.

    Pictures lie `behind` the shapes or, `pictures`, on them. By `bleed` millimetres all may reach over the edge.
    """

    width: float
    height: float
    turned: bool = False
    is_back: bool = False
    bleed: float = 0.0
    behind: list[Picture] = field(default_factory=list)
    shapes: list[str] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)
    shortfalls: set[Shortfall] = field(default_factory=set)
    room_for_bars: float = 0.0

    @property
    def whole(self) -> Area:
        return Area(0, 0, self.width, self.height)

    def fill(self, areas: Iterable[Area], colour: str = "#000000") -> None:
        boxes = (f"M{one.x:.4f} {one.y:.4f}h{one.width:.4f}v{one.height:.4f}h{-one.width:.4f}z" for one in areas)
        self.shapes.append(f'<path fill="{colour}" d="{"".join(boxes)}"/>')


def line_height(size: float) -> float:
    """Millimetres that a line of type needs."""
    return size * MM_PER_POINT * LINE


def snapped(place: float, dot: float) -> float:
    """The nearest place where a dot of the printer begins."""
    return round(place / dot) * dot
