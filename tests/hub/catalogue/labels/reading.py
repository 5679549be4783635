"""Printed sheets as scanners see them: rendered by pdftoppm, read by zbarimg and zxing-cpp."""

import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import zxingcpp
from PIL import Image, ImageChops

from samut_hub.catalogue.labels.drawing import MM_PER_INCH
from samut_hub.catalogue.labels.sheets import Sheet

LASER, THERMAL = 300, 203
"""Dots per inch of what the scanners are shown."""
FORMATS = [zxingcpp.BarcodeFormat.Code128, zxingcpp.BarcodeFormat.Code39Std, zxingcpp.BarcodeFormat.QRCodeModel2]
_ONLY = ("-Sdisable", "-Scode128.enable", "-Scode39.enable", "-Sqrcode.enable")
"""Without Code 32, the Italian pharmacists' reading of Code 39."""


@dataclass(frozen=True)
class Page:
    """A rendered page."""

    picture: Image.Image
    dpi: int

    def crops(self, sheet: Sheet) -> list[Image.Image]:
        """Each printed label by itself, as a scanner is held to it."""
        picture, dots = self.picture.convert("L"), self.dpi / MM_PER_INCH
        boxes = (sheet.place_of(position) for position in range(sheet.labels))
        width, height = sheet.label_width, sheet.label_height
        crops = [
            picture.crop((round(x * dots), round(y * dots), round((x + width) * dots), round((y + height) * dots)))
            for x, y in boxes
        ]
        return [crop for crop in crops if crop.getextrema()[0] == 0]

    def covered_by(self, colour: tuple[int, int, int]) -> int:
        """How many separate strips of a colour stand in rows and columns on the page."""
        picture = self.picture
        away = ImageChops.difference(picture, Image.new("RGB", picture.size, colour)).split()
        farthest = ImageChops.lighter(ImageChops.lighter(*away[:2]), away[2])
        across, down = farthest.point([255] * 4 + [0] * 252).getprojection()
        return _runs(across) * _runs(down)


def sheets_of(pdf: bytes, dpi: int = LASER) -> list[Page]:
    """The pages of a PDF, printed."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        (path / "labels.pdf").write_bytes(pdf)
        subprocess.run(["pdftoppm", "-r", str(dpi), path / "labels.pdf", path / "page"], check=True)
        return [Page(_opened(file), dpi) for file in sorted(path.glob("page-*.ppm"))]


def codes_read(pages: Iterable[Page], sheet: Sheet) -> list[str]:
    """What stands on the labels in their order, read alike by both readers."""
    labels = [label for page in pages for label in page.crops(sheet)]
    zbar, zxing = _read_by_zbar(labels), _read_by_zxing(labels)
    assert zbar == zxing, set(zbar) ^ set(zxing)
    return zbar


def _read_by_zbar(labels: Sequence[Image.Image]) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / f"{number}.pgm" for number in range(len(labels))]
        for label, file in zip(labels, files, strict=True):
            label.save(file)
        command = ["zbarimg", "--quiet", "--raw", *_ONLY, *files]
        read = subprocess.run(command, capture_output=True, text=True, check=False)
    return read.stdout.splitlines()


def _read_by_zxing(labels: Sequence[Image.Image]) -> list[str]:
    return [code.text for label in labels for code in zxingcpp.read_barcodes(label, formats=FORMATS)]


def _opened(file: Path) -> Image.Image:
    with Image.open(file) as picture:
        return picture.copy()


def _runs(line: Sequence[int]) -> int:
    return sum(before < after for before, after in pairwise((0, *line)))
