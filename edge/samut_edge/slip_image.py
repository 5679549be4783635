"""A slip as black dots on white paper, for thermal printers of 203 dots per inch (8 dots a millimetre)."""

import functools
import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import segno
from PIL import Image, ImageDraw, ImageFont, features

from samut_edge.slip import COPY, WHY_COPY, Slip, SlipLine
from samut_edge.slip_text import wrap

FONTS = Path("/usr/share/fonts/truetype/tlwg")
WHITE, BLACK = 255, 0
BLACK_BELOW = 150
"""Grey at the edge of a letter becomes a dot below this; a little above the middle keeps thin Thai loops whole."""

QR_DOT = 6
QR_BORDER = 4
LOGO_HEIGHT = 160
MARGIN = 8
LEADING = 1.45
"""Line height by font size: Thai stacks two marks above a letter and one below."""


@dataclass(frozen=True, slots=True)
class Style:
    size: int
    bold: bool = False
    centred: bool = False
    indent: int = 0
    most_lines: int = 3


LIBRARY = Style(30, bold=True, centred=True)
HEADING = Style(46, bold=True, centred=True)
SMALL_CENTRED = Style(24, centred=True, most_lines=8)
MEMBER = Style(30, bold=True, most_lines=2)
NUMBER_WIDTH = 46
TITLE = Style(30, indent=NUMBER_WIDTH)
NOTE = Style(30, bold=True, indent=NUMBER_WIDTH)
BARCODE = Style(23, indent=NUMBER_WIDTH, most_lines=1)
NOTICE = Style(26, bold=True, centred=True, most_lines=8)


def check_fonts() -> str:
    """What is missing on this computer to print Thai; empty when nothing is."""
    if not features.check("raqm"):
        return "Thai would print with misplaced marks. Install the Debian package libfribidi0."
    if not (FONTS / "Loma.ttf").exists():
        return f"There is no Thai font in {FONTS}. Install the Debian package fonts-thai-tlwg."
    return ""


def slip_image(slip: Slip, width: int, logo: Path | None = None) -> Image.Image:
    """One bit per dot, `width` dots wide and as long as it needs to be."""
    qr = [_gap(10, width), _qr(slip.qr, width)] if slip.qr else [_gap(10, width)]
    return _black_and_white([*_body(slip, width, logo), *qr, _footer(slip, width)], width)


def slip_halves(slip: Slip, width: int, logo: Path | None = None) -> tuple[Image.Image, Image.Image]:
    """What stands above the QR code and below it, for a printer that draws the code itself."""
    return _black_and_white(_body(slip, width, logo), width), _black_and_white([_footer(slip, width)], width)


def qr_image(text: str, width: int) -> Image.Image:
    """A QR code in the middle of the paper."""
    return _black_and_white([_qr(text, width)], width)


def logo_image(logo: Path, width: int) -> Image.Image:
    """The picture in the middle of the paper, no wider than it; shades become dots."""
    with Image.open(logo) as picture:
        seen = picture.convert("RGBA")
    on_paper = Image.new("RGBA", seen.size, "white")
    on_paper.alpha_composite(seen)
    fitting = on_paper.convert("L")
    fitting.thumbnail((width - 2 * MARGIN, LOGO_HEIGHT))
    strip = _gap(fitting.height, width)
    strip.paste(fitting.convert("1"), ((width - fitting.width) // 2, 0))
    return strip


def check_logo(logo: Path) -> None:
    """Raises ValueError where the file is no picture that can be printed."""
    try:
        logo_image(logo, 2 * LOGO_HEIGHT)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:  # Pillow's words for bad files
        raise ValueError(
            f"`logo` is {logo}, which is no picture ({error}). Save it as PNG and put it there"
        ) from None


def lines_image(lines: Iterable[tuple[str, int]], width: int) -> Image.Image:
    """Lines of text, each with the height of its letters."""
    return _black_and_white([_text(text, Style(size, most_lines=4), width) for text, size in lines], width)


def _black_and_white(strips: list[Image.Image], width: int) -> Image.Image:
    return _stack(strips, width).point(lambda dot: WHITE if dot > BLACK_BELOW else BLACK).convert("1")


def _body(slip: Slip, width: int, logo: Path | None) -> list[Image.Image]:
    copy = [_notice(COPY, width), _text(WHY_COPY, SMALL_CENTRED, width), _gap(8, width)] if slip.copy else []
    picture = [logo_image(logo, width), _gap(8, width)] if logo else []
    return [*copy, *picture, *_head(slip, width), *_items(slip.lines, width), _rule(width, 3)]


def _head(slip: Slip, width: int) -> list[Image.Image]:
    return [
        _text(slip.library, LIBRARY, width),
        _text(slip.heading, HEADING, width),
        _text(slip.printed_at, SMALL_CENTRED, width),
        _gap(10, width),
        *([_notice(slip.notice, width), _gap(12, width)] if slip.notice else []),
        _rule(width, 3),
        _gap(4, width),
        _text(slip.member, MEMBER, width),
        _gap(4, width),
        _rule(width, 3),
    ]


def _items(lines: Iterable[SlipLine], width: int) -> list[Image.Image]:
    strips = []
    for number, line in enumerate(lines, 1):
        strips += [_rule(width, 1, dashed=True)] if number > 1 else []
        strips += [_gap(8, width), _item(number, line, width), _gap(8, width)]
    return strips


def _item(number: int, line: SlipLine, width: int) -> Image.Image:
    texts = [(line.title, TITLE), (line.barcode, BARCODE), (line.note, NOTE)]
    item = _stack([_text(text, style, width) for text, style in texts if text], width)
    ImageDraw.Draw(item).text((MARGIN, 0), f"{number}.", fill=BLACK, font=_font(TITLE.size, bold=True))
    return item


def _footer(slip: Slip, width: int) -> Image.Image:
    return _text(slip.footer, SMALL_CENTRED, width)


def _text(text: str, style: Style, width: int) -> Image.Image:
    font = _font(style.size, bold=style.bold)
    left = MARGIN + style.indent
    lines = wrap(text, width - left - MARGIN, font.getlength, style.most_lines)
    height = round(style.size * LEADING)
    strip = _gap(height * len(lines), width)
    pen = ImageDraw.Draw(strip)
    for row, line in enumerate(lines):
        x = (width - font.getlength(line)) / 2 if style.centred else left
        pen.text((x, row * height), line, fill=BLACK, font=font, language="th")
    return strip


def _notice(text: str, width: int) -> Image.Image:
    """White on black: it must be seen."""
    words = _text(text, NOTICE, width)
    box = Image.new("L", (width, words.height + 20), WHITE)
    box.paste(words, (0, 8))
    return box.point(lambda dot: WHITE - dot)


def _qr(text: str, width: int) -> Image.Image:
    drawn = io.BytesIO()
    segno.make(text, error="m", micro=False).save(drawn, kind="png", scale=QR_DOT, border=QR_BORDER)
    code = Image.open(drawn).convert("L")
    strip = _gap(code.height, width)
    strip.paste(code, ((width - code.width) // 2, 0))
    return strip


def _rule(width: int, thickness: int, *, dashed: bool = False) -> Image.Image:
    strip = _gap(thickness, width)
    pen = ImageDraw.Draw(strip)
    step = 12 if dashed else width
    for x in range(MARGIN if dashed else 0, width - MARGIN, step):
        pen.rectangle((x, 0, x + (5 if dashed else width), thickness), fill=BLACK)
    return strip


def _gap(height: int, width: int) -> Image.Image:
    return Image.new("L", (width, height), WHITE)


def _stack(strips: list[Image.Image], width: int) -> Image.Image:
    paper = _gap(sum(strip.height for strip in strips), width)
    y = 0
    for strip in strips:
        paper.paste(strip, (0, y))
        y += strip.height
    return paper


@functools.cache
def _font(size: int, *, bold: bool) -> ImageFont.FreeTypeFont:
    file = FONTS / ("Loma-Bold.ttf" if bold else "Loma.ttf")
    return ImageFont.truetype(str(file), size, layout_engine=ImageFont.Layout.RAQM)
