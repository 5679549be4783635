"""Colours of the ten Dewey classes on spine labels. There is no national convention: each library keeps its own."""

import re
from dataclasses import dataclass
from enum import StrEnum

_COLOUR = re.compile(r"#[0-9a-f]{6}")


class Palette(StrEnum):
    """Sets of ten colours to start from."""

    SPECTRUM = "spectrum"
    SCHOOL = "school"
    CAREFUL = "careful"


PALETTES: dict[Palette, tuple[str, ...]] = {
    Palette.SPECTRUM: (
        "#8c8c8c", "#e53935", "#fb8c00", "#fdd835", "#7cb342", "#00897b", "#29b6f6", "#1e58c8", "#8e24aa", "#ec5fa3",
    ),
    Palette.SCHOOL: (
        "#e53935", "#1e58c8", "#4fc3f7", "#f48fb1", "#795548", "#9e9e9e", "#111111", "#2e9e4b", "#fdd835", "#fb8c00",
    ),
    Palette.CAREFUL: (
        "#000000", "#e69f00", "#56b4e9", "#009e73", "#f0e442", "#0072b2", "#d55e00", "#cc79a7", "#999999", "#7a3e9d",
    ),
}  # fmt: skip
"""SCHOOL is as in a Thai school library that publishes its colours (St Gabriel's). CAREFUL are those of Okabe and Ito
that people with weak colour vision can tell apart, with grey and violet."""


@dataclass(frozen=True, slots=True)
class Band:
    """A strip of colour, and the words printed in it: a colour alone tells too little."""

    colour: str
    words: str

    @property
    def ink(self) -> str:
        """Black or white, whichever stands out more (WCAG 2.2, relative luminance)."""
        return "#000000" if _luminance(self.colour) > 0.179 else "#ffffff"


def is_colour(text: str) -> bool:
    return _COLOUR.fullmatch(text.lower()) is not None


def _luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
