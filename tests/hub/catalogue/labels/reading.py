"""Printed sheets as scanners see them: rendered by pdftoppm, read by zbarimg and zxing-cpp."""

import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import zxingcpp
from PIL import Image, ImageChops

LASER, THERMAL = 300, 203
"""Dots per inch of what the scanners are shown."""


@dataclass(frozen=True)
class Page:
    """A rendered page as a PNG."""

    png: bytes

    @property
    def picture(self) -> Image.Image:
        return Image.open(BytesIO(self.png)).convert("RGB")

    def zbar(self) -> set[str]:
        with tempfile.NamedTemporaryFile(suffix=".png") as file:
            file.write(self.png)
            file.flush()
            command = ["zbarimg", "--quiet", "--raw", "-Sdatabar.disable", file.name]
            read = subprocess.run(command, capture_output=True, text=True, check=False)
        return set(read.stdout.splitlines())

    def zxing(self) -> set[str]:
        return {code.text for code in zxingcpp.read_barcodes(self.picture)}

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
        subprocess.run(["pdftoppm", "-png", "-r", str(dpi), path / "labels.pdf", path / "page"], check=True)
        return [Page(file.read_bytes()) for file in sorted(path.glob("page-*.png"))]


def codes_read(pages: Sequence[Page]) -> set[str]:
    """What both readers read alike."""
    read = [(page.zbar(), page.zxing()) for page in pages]
    assert all(zbar == zxing for zbar, zxing in read), [zbar ^ zxing for zbar, zxing in read]
    return set().union(*(zbar for zbar, _ in read))


def _runs(line: Sequence[int]) -> int:
    return sum(before < after for before, after in pairwise((0, *line)))
