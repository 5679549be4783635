"""What can be set for an ESC/POS printer whatever its plug, checked against python-escpos's list of models."""

from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from escpos.capabilities import CAPABILITIES

from samut_edge.devices.options import Options
from samut_edge.slip_image import check_logo

THAI = "CP874"
Cut = Literal["full", "partial", "none"]
CodePage = Annotated[int, msgspec.Meta(ge=0, le=255)]


class EscposOptions(Options, frozen=True, kw_only=True):
    """`profile` is a name from python-escpos's list of models; `width` is in dots (80 mm paper: 512 or 576).

    `text`: Thai as dots, right on every printer, or in the printer's own letters by its `code_page`, which the test
    slip shows (`samut-edge print-test`). `passes` 3: the printer cannot stack marks, so they get lines of their own.
    `drawer` is the pin of the socket. `logo` is a picture file.
    """

    profile: str = "TM-T88V"
    width: Annotated[int, msgspec.Meta(ge=384, le=832, multiple_of=8)] = 512
    text: Literal["raster", "codepage"] = "raster"
    code_page: CodePage | None = None
    passes: Literal[1, 3] = 1
    columns: Annotated[int, msgspec.Meta(ge=16, le=96)] | None = None
    cut: Cut | None = None
    feed: Annotated[int, msgspec.Meta(ge=0, le=20)] = 6
    qr: Literal["raster", "native"] = "raster"
    drawer: Literal[2, 5] | None = None
    logo: str = ""

    def __post_init__(self) -> None:
        models = CAPABILITIES["profiles"]
        if self.profile not in models:
            raise ValueError(f"`profile` must be one of {', '.join(sorted(models))}")
        if not self._pictures:
            raise ValueError(f"`profile` cannot be {self.profile}: it is no slip printer, it prints no pictures")
        widest = self._model["media"]["width"].get("pixels")
        if isinstance(widest, int) and self.width > widest:
            raise ValueError(f"`width` is {self.width} dots, but {self.profile} prints only {widest}")
        if self.text == "codepage" and self.code_page is None and self._listed_page is None:
            raise ValueError(
                f"`code_page` is missing: the profile {self.profile} lists no Thai code page, and would "
                "print question marks. Read the number off the test slip (print-test), or leave `text` at “raster”"
            )
        if self.qr == "native" and not self._can("qrCode"):
            raise ValueError(f"`qr` cannot be “native”: {self.profile} draws no QR codes by itself")
        if self.logo and not Path(self.logo).is_file():
            raise ValueError(f"`logo` is {self.logo}, which is no file. Put the picture into the device's folder")
        if self.logo:
            check_logo(Path(self.logo))

    @property
    def thai_page(self) -> int | None:
        """The number for ESC t; None where Thai is printed as dots."""
        if self.text == "raster":
            return None
        return self._listed_page if self.code_page is None else self.code_page

    @property
    def how_to_cut(self) -> Cut:
        """As it is set, else as the model can."""
        if self.cut is not None:
            return self.cut
        return "full" if self._can("paperFullCut") else "partial" if self._can("paperPartCut") else "none"

    @property
    def raster_command(self) -> str:
        """What the model knows best for pictures, as python-escpos calls it."""
        return self._pictures[0]

    @property
    def letters_in_a_line(self) -> int:
        """Of the printer's own letters, font A."""
        return self.columns or int(self._model["fonts"]["0"]["columns"])

    @property
    def _model(self) -> dict[str, Any]:
        model: dict[str, Any] = CAPABILITIES["profiles"][self.profile]
        return model

    @property
    def _listed_page(self) -> int | None:
        pages = self._model["codePages"].items()
        return next((int(number) for number, encoding in pages if encoding == THAI), None)

    @property
    def _pictures(self) -> list[str]:
        return [name for name in ("bitImageRaster", "graphics", "bitImageColumn") if self._can(name)]

    def _can(self, feature: str) -> bool:
        return bool(self._model["features"].get(feature))
