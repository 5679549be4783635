"""The test slip of a printer: what to set for it can be read off the paper."""

import asyncio

from PIL import Image, ImageDraw, ImageFont

from samut_edge.devices.escpos_job import EscposJob, drawer_pulse, picture, qr_code, whole, written
from samut_edge.devices.escpos_options import EscposOptions
from samut_edge.devices.escpos_part import EscposPart
from samut_edge.devices.part import PartStatus
from samut_edge.drivers import create_part
from samut_edge.errors import SettingsError
from samut_edge.events import PartEvent
from samut_edge.settings import Settings
from samut_edge.slip_image import FONTS, lines_image
from samut_edge.slip_rows import Row

THAI = "กุ้ง ปู่ ที่ น้ำ ญี่ปุ่น ฐู"
"""Two marks above, one below, สระอำ under a tone, and letters that lose their foot."""
CODE_PAGES = (20, 21, 22, 23, 24, 25, 26, 47, 48, 70, 96, 255)
"""Where makers put Thai: Epson 20 to 26, others the rest (python-escpos's models, reports of users)."""
THREE_PASSES = range(20, 27)
RULER, STEP = 832, 16
WIDTHS = (384, 512, 576, 640, 832)
QR = "SAMUT1 TEST"


def print_test(settings: Settings, part: str) -> PartStatus:
    """Print it and say how the printer is afterwards. Raises SettingsError and PrinterError."""
    return asyncio.run(_print(settings, part))


def trial_job(options: EscposOptions, name: str = "") -> EscposJob:
    """Thai as dots and by code page, a ruler, a QR code, the cut, and the drawer where there is one."""
    pages = sorted({*CODE_PAGES, *([options.thai_page] if options.thai_page is not None else [])})
    head = lines_image([(f"Samut {name}", 34), (THAI, 40), (f"raster: {options.profile}, {options.width}", 24)], 384)
    job = picture(head, options) + _ruler(options)
    for page in pages:
        job += written([Row(f"code_page={page} {THAI}")], page, 1)
    for page in [page for page in pages if page in THREE_PASSES or page == options.thai_page]:
        job += written([Row(f"code_page={page} passes=3 {THAI}")], page, 3)
    job += qr_code(QR, options)
    if options.drawer is not None:
        job += EscposJob(drawer_pulse(options.drawer), 0)
    return whole(job, options)


def _ruler(options: EscposOptions) -> EscposJob:
    """Wider than most paper: the last number that is whole is the `width`."""
    strip = Image.new("1", (RULER, 48), 0)
    pen = ImageDraw.Draw(strip)
    font = ImageFont.truetype(str(FONTS / "Loma.ttf"), 22)
    for x in range(0, RULER, STEP):
        pen.line((x, 0, x, 8), fill=1)
    for width in WIDTHS:
        pen.line((width - 1, 0, width - 1, 47), fill=1)
        pen.text((width - 46, 16), str(width), fill=1, font=font)
    octets = b"\x1dv0\x00" + (RULER // 8).to_bytes(2, "little") + strip.height.to_bytes(2, "little") + strip.tobytes()
    return EscposJob(octets, strip.height) if options.raster_command == "bitImageRaster" else EscposJob(b"", 0)


async def _print(settings: Settings, name: str) -> PartStatus:
    if name not in settings.parts:
        raise SettingsError(f"There is no part “{name}”. Choose one of: {', '.join(settings.parts)}.")
    wanted = settings.parts[name]
    part = create_part(name, wanted.driver, wanted.options, _nobody_listens)
    if not isinstance(part, EscposPart):
        raise SettingsError(f"The part “{name}” is no slip printer: its driver is {wanted.driver}.")
    async with part:
        return await part.print_job(trial_job(part.options, name))


def _nobody_listens(_: PartEvent) -> None:
    """Nothing but the slip is wanted."""
