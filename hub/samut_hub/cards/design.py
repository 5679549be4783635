"""What a card looks like: its size and parts in millimetres from the upper left corner, for both sides."""

from enum import StrEnum
from typing import Literal

import msgspec

from samut_hub.catalogue.labels.codes import Symbology
from samut_hub.catalogue.labels.drawing import Across

LONG, SHORT, CORNER = 85.6, 53.98, 3.18
"""Sides and radius of a card (ISO/IEC 7810, ID-1), as banks and card printers have it."""
MOST_PARTS = 40
LEAST, SMALLEST_TYPE, LARGEST_TYPE = 0.1, 4.0, 40.0
"""Millimetres of a thin line; points."""


class Kind(StrEnum):
    """What a part shows."""

    NAME = "name"
    NUMBER = "number"
    PHOTO = "photo"
    CODE = "code"
    TYPE = "type"
    GROUP = "group"
    LEVEL = "level"
    ISSUED = "issued"
    EXPIRES = "expires"
    OWN_FIELD = "own_field"
    LIBRARY = "library"
    LOGO = "logo"
    TEXT = "text"
    AREA = "area"
    PICTURE = "picture"


class Side(StrEnum):
    FRONT = "front"
    BACK = "back"


SHAPES = frozenset({Kind.PHOTO, Kind.CODE, Kind.LOGO, Kind.AREA, Kind.PICTURE})
"""Parts that are no words."""
IN_TWO_LANGUAGES = frozenset(
    {Kind.NAME, Kind.TYPE, Kind.LEVEL, Kind.ISSUED, Kind.EXPIRES, Kind.OWN_FIELD, Kind.LIBRARY}
)

Language = Literal["th", "en"]


class Part(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`words` are the text, or what stands before a value; `size` is in points, `corner` a radius.

    `of` is the number of the library's own field or of its picture.
    """

    kind: Kind
    side: Side = Side.FRONT
    x: float
    y: float
    width: float
    height: float
    words: str = ""
    language: Language = "th"
    size: float = 8.0
    bold: bool = False
    colour: str = "#000000"
    across: Across = "left"
    corner: float = 0.0
    symbology: Symbology = Symbology.CODE_128
    of: int = 0


class Design(msgspec.Struct, frozen=True, kw_only=True):
    """Pictures lie behind, areas on them in their order, then photo, logo and code, and all words on top."""

    is_upright: bool = False
    parts: tuple[Part, ...] = ()

    @property
    def width(self) -> float:
        return SHORT if self.is_upright else LONG

    @property
    def height(self) -> float:
        return LONG if self.is_upright else SHORT

    @property
    def has_back(self) -> bool:
        return any(part.side is Side.BACK for part in self.parts)

    def shows(self, kind: Kind) -> bool:
        return any(part.kind is kind for part in self.parts)


def is_on_card(part: Part, design: Design) -> bool:
    """Whether the whole part lies on the card, but for what a ruler cannot show."""
    slack = 0.05
    within = min(part.x, part.y) >= -slack
    return within and part.x + part.width <= design.width + slack and part.y + part.height <= design.height + slack
