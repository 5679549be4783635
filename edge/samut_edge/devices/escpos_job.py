"""A slip in the bytes of one printer: as dots, or in its own letters; QR code, cut and drawer in its commands."""

from dataclasses import dataclass
from pathlib import Path

from escpos.printer import Dummy
from PIL import Image

from samut_edge.devices.escpos_options import EscposOptions
from samut_edge.slip import Slip
from samut_edge.slip_image import logo_image, qr_image, slip_halves, slip_image
from samut_edge.slip_rows import Row, in_one_pass, in_passes, is_writable, slip_rows

INITIALISE = b"\x1b@"
CENTRED, LEFT = b"\x1ba\x01", b"\x1ba\x00"
BOLD, LIGHT = b"\x1bE\x01", b"\x1bE\x00"
BIG, NORMAL = b"\x1d!\x11", b"\x1d!\x00"
TIGHT, USUAL_SPACING = b"\x1b3\x18", b"\x1b2"
"""Lines of 24 dots, the height of a letter, so that the marks touch what they belong to."""
NO_CHINESE = b"\x1c."
"""FS . : printers made for China take two bytes of Thai for one sign otherwise."""
CUTS = {"full": b"\x1dV\x00", "partial": b"\x1dV\x01", "none": b""}
DRAWERS = {2: b"\x1bp\x00\x19\xfa", 5: b"\x1bp\x01\x19\xfa"}
"""ESC p: 50 ms on, 500 ms off."""
BLOCK_ROWS = 128
"""A picture goes out in blocks of so many rows. One that was cut short takes what comes next for its own dots."""
ROWS_OF_A_LINE = 30
QR_ROWS = 300


@dataclass(frozen=True, slots=True)
class EscposJob:
    """`rows` of dots: how long the paper will be, and so how long it takes."""

    octets: bytes
    rows: int

    def __add__(self, other: "EscposJob") -> "EscposJob":
        return EscposJob(self.octets + other.octets, self.rows + other.rows)


def slip_job(slip: Slip, options: EscposOptions) -> EscposJob:
    """Signs that the printer's code page lacks make the whole slip a picture: nobody can read question marks.

    Before a copy go as many zeros as a block has: they fill up with white what the try before it left open, and else
    a printer passes over them.
    """
    zeros = EscposJob(bytes(options.width // 8 * BLOCK_ROWS) if slip.copy else b"", 0)
    body, foot = slip_rows(slip, options.letters_in_a_line)
    if options.thai_page is not None and is_writable(body + foot):
        return zeros + whole(_letters(slip, body, foot, options), options)
    return zeros + whole(_dots(slip, options), options)


def whole(content: EscposJob, options: EscposOptions) -> EscposJob:
    """From a clean start to the cut."""
    return EscposJob(INITIALISE, 0) + content + cut(options)


def cut(options: EscposOptions) -> EscposJob:
    feed = b"\x1bd" + bytes([options.feed])
    return EscposJob(feed + CUTS[options.how_to_cut], options.feed * ROWS_OF_A_LINE)


def picture(dots: Image.Image, options: EscposOptions) -> EscposJob:
    paper = Dummy(profile=options.profile)
    paper.image(dots, impl=options.raster_command, fragment_height=BLOCK_ROWS)
    return EscposJob(bytes(paper.output), dots.height)


def qr_code(text: str, options: EscposOptions) -> EscposJob:
    if options.qr == "raster":
        return picture(qr_image(text, options.width), options)
    return EscposJob(CENTRED + native_qr(text) + LEFT, QR_ROWS)


def native_qr(text: str, dot: int = 6) -> bytes:
    """GS ( k: model 2, so many dots a module, level M, the text, print."""
    orders = [b"A2\x00", b"C" + bytes([dot]), b"E1", b"P0" + text.encode(), b"Q0"]
    return b"".join(b"\x1d(k" + (len(order) + 1).to_bytes(2, "little") + b"1" + order for order in orders)


def drawer_pulse(pin: int) -> bytes:
    return DRAWERS[pin]


def written(rows: list[Row], page: int, passes: int) -> EscposJob:
    """In the printer's own letters."""
    octets = [NO_CHINESE, b"\x1bt" + bytes([page])]
    for row in rows:
        octets += [CENTRED if row.centred else LEFT, BOLD if row.bold else LIGHT, BIG if row.big else NORMAL]
        octets += [_in_passes(row.text) if passes > 1 else in_one_pass(row.text) + b"\n"]
    lines = sum((1 + row.big) * passes for row in rows)
    return EscposJob(b"".join([*octets, LEFT, LIGHT, NORMAL]), lines * ROWS_OF_A_LINE)


def _in_passes(text: str) -> bytes:
    return TIGHT + b"".join(line + b"\n" for line in in_passes(text)) + USUAL_SPACING


def _dots(slip: Slip, options: EscposOptions) -> EscposJob:
    if options.qr == "raster" or not slip.qr:
        return picture(slip_image(slip, options.width, _logo(options)), options)
    above, below = slip_halves(slip, options.width, _logo(options))
    return picture(above, options) + qr_code(slip.qr, options) + picture(below, options)


def _letters(slip: Slip, body: list[Row], foot: list[Row], options: EscposOptions) -> EscposJob:
    logo = _logo(options)
    job = picture(logo_image(logo, options.width).convert("1"), options) if logo else EscposJob(b"", 0)
    page = options.thai_page or 0
    job += written(body, page, options.passes)
    if slip.qr:
        job += qr_code(slip.qr, options)
    return job + written(foot, page, options.passes)


def _logo(options: EscposOptions) -> Path | None:
    return Path(options.logo) if options.logo else None
