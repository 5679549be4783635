"""Programming sheets of scanners: `python -m firmware_configs.sheets` makes a PDF of each in build/.

A sheet has the bar codes of its folder's programming.toml in their order, and a test code that shows whether letters,
digits and signs arrive as they were printed.
"""

import sys
import tomllib
from pathlib import Path
from typing import Any

import msgspec
import zxingcpp
from PIL import Image, ImageDraw, ImageFont

HERE = Path(__file__).parent
BUILD = HERE.parent / "build"
TEST_CODE = "Samut-0123/Az"
FONT = "/usr/share/fonts/truetype/tlwg/Loma.ttf"

DOTS_PER_INCH = 300
PAGE = (2480, 3508)  # A4
MARGIN = 200
FIRST_ROW, ROW = 620, 460
DOTS_PER_MODULE = 4  # 0.34 mm: read at 10 to 20 cm, and from a screen


class Code(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One setting; `source` is where the maker says so."""

    text: str
    what: str
    source: str


class Sheet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`reader_programming`: the codes begin with FNC 3, which says that they are no data (ISO/IEC 15417)."""

    title: str
    note: str
    reader_programming: bool
    code: tuple[Code, ...]


def sheets() -> dict[str, Sheet]:
    """By the name of their folder."""
    return {path.parent.name: _read(path) for path in sorted(HERE.glob("*/programming.toml"))}


def page(sheet: Sheet) -> Image.Image:
    paper = Image.new("L", PAGE, 255)
    pen = ImageDraw.Draw(paper)
    pen.text((MARGIN, 150), sheet.title, fill=0, font=_font(72))
    pen.multiline_text((MARGIN, 260), _wrapped(sheet.note, pen), fill=0, font=_font(38), spacing=14)
    for row, code in enumerate(sheet.code):
        _draw(paper, row, code, reader_programming=sheet.reader_programming)
    test = Code(TEST_CODE, "Test: this must arrive, letter by letter", "")
    _draw(paper, len(sheet.code), test, reader_programming=False)
    return paper.convert("1", dither=Image.Dither.NONE)


def bar_code(text: str, *, reader_programming: bool) -> Image.Image:
    more: dict[str, Any] = {"readerInit": True} if reader_programming else {}
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.Code128, **more)
    return Image.fromarray(code.to_image(scale=DOTS_PER_MODULE, add_quiet_zones=True, add_hrt=False))


def write(folder: Path) -> list[Path]:
    """All sheets as PDF in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, sheet in sheets().items():
        path = folder / f"{name}.pdf"
        page(sheet).save(path, resolution=DOTS_PER_INCH)
        written.append(path)
    return written


def _read(path: Path) -> Sheet:
    return msgspec.convert(tomllib.loads(path.read_text("utf-8")), Sheet)


def _draw(paper: Image.Image, row: int, code: Code, *, reader_programming: bool) -> None:
    top, pen = FIRST_ROW + row * ROW, ImageDraw.Draw(paper)
    pen.text((MARGIN, top), f"{row + 1}. {code.what}", fill=0, font=_font(44))
    bars = bar_code(code.text, reader_programming=reader_programming)
    paper.paste(bars.resize((bars.width, 200), Image.Resampling.NEAREST), (MARGIN, top + 80))
    pen.text((MARGIN, top + 290), code.text, fill=0, font=_font(38))
    pen.text((PAGE[0] - MARGIN, top + 290), code.source, fill=0, font=_font(30), anchor="ra")


def _wrapped(text: str, pen: ImageDraw.ImageDraw) -> str:
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if pen.textlength(longer, _font(38)) > PAGE[0] - 2 * MARGIN:
            lines.append(word)
        else:
            lines[-1] = longer
    return "\n".join(lines)


def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONT, size)


if __name__ == "__main__":
    for sheet_path in write(BUILD):
        sys.stdout.write(f"{sheet_path}\n")
