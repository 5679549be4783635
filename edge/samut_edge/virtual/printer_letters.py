"""The letters of a virtual printer: font A, 12 × 24 dots, in the code pages that it has."""

import functools
from dataclasses import dataclass
from pathlib import Path
from unicodedata import category

from PIL import Image, ImageDraw, ImageFont

CELL, HEIGHT = 12, 24
SIZE = 19
FONT = Path("/usr/share/fonts/truetype/tlwg/Loma.ttf")
THAI, OTHER = "cp874", "cp437"
NIKHAHIT_AA, AM = "\u0e4d\u0e32", "\u0e33"
BELOW = "\u0e38\u0e39\u0e3a"


@dataclass(frozen=True, slots=True)
class Written:
    """Some letters of a line, and how they look."""

    octets: bytes
    page: int
    wide: int = 1
    high: int = 1
    bold: bool = False


@dataclass(frozen=True, slots=True)
class LetterCase:
    """`thai_pages` by their numbers; a printer that `stacks` puts marks over and under their letters by itself."""

    thai_pages: frozenset[int] = frozenset({21})
    stacks: bool = True

    def draw(self, line: list[Written], spacing: int, align: int, width: int) -> Image.Image:
        """One line across the paper, white where nothing stands."""
        pieces = [self._piece(written) for written in line]
        paper = Image.new("L", (width, max([spacing, *(piece.height for piece in pieces)])), 255)
        x = (width - sum(piece.width for piece in pieces)) * align // 2
        for piece in pieces:
            paper.paste(piece, (max(x, 0), 0))
            x += piece.width
        return paper.point(lambda dot: 255 if dot > 150 else 0).convert("1")

    def _piece(self, written: Written) -> Image.Image:
        text = written.octets.decode(THAI if written.page in self.thai_pages else OTHER, "replace")
        cells = _stacked(text) if self.stacks else list(text)
        piece = Image.new("L", (CELL * max(len(cells), 1), HEIGHT + 8 * self.stacks), 255)
        for place, cell in enumerate(cells):
            piece.paste(_glyph(cell, piece.height, bold=written.bold), (place * CELL, 0))
        return piece.resize((piece.width * written.wide, piece.height * written.high))


def _stacked(text: str) -> list[str]:
    cells: list[str] = []
    for sign in text:
        if cells and category(sign) == "Mn":
            cells[-1] += sign
        else:
            cells.append(sign)
    return cells


@functools.cache
def _glyph(cell: str, height: int, *, bold: bool) -> Image.Image:
    """Squeezed to the width of a letter."""
    if category(cell[0]) == "Mn":
        return _mark_alone(cell[0], height)
    font = ImageFont.truetype(str(FONT), SIZE, layout_engine=ImageFont.Layout.RAQM)
    drawn = Image.new("L", (max(CELL, round(font.getlength(cell))), height), 255)
    ImageDraw.Draw(drawn).text((0, height - SIZE - 6), cell, 0, font, language="th", stroke_width=0.4 if bold else 0)
    return drawn.resize((CELL, height))


def _mark_alone(mark: str, height: int) -> Image.Image:
    """In a line of marks: close to the line of letters."""
    font = ImageFont.truetype(str(FONT), SIZE, layout_engine=ImageFont.Layout.BASIC)
    left, top, right, bottom = (round(edge) for edge in font.getbbox(mark))
    place = Image.new("L", (CELL, height), 255)
    y = 0 if mark in BELOW else height - (bottom - top) - 1
    ImageDraw.Draw(place).text(((CELL - (right - left)) // 2 - left, y - top), mark, 0, font)
    return place
