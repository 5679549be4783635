"""Making a picture for cards out of what was uploaded. Runs in a confined process (`samut_hub.confined`)."""

import io
from enum import StrEnum

from PIL import Image, ImageOps, UnidentifiedImageError

from samut_hub.confined import ConfinedError, Fault, call

LARGEST = 10 * 1024 * 1024
MOST_PIXELS = 60_000_000
LONGEST = 1400
"""Pixels of the longer side: a background at 400 in an inch."""
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "MPO")


class PictureFault(StrEnum):
    EMPTY = "empty"
    TOO_LARGE = "too_large"
    TOO_MANY_PIXELS = "too_many_pixels"
    NOT_A_PICTURE = "not_a_picture"


class PictureError(Exception):
    """The file is no picture for cards; `fault` says why."""

    def __init__(self, fault: PictureFault) -> None:
        super().__init__(fault)
        self.fault = fault


def drawn_picture(content: bytes) -> bytes:
    """A JPEG, or a PNG where parts of it are transparent. Raises PictureError."""
    if not content:
        raise PictureError(PictureFault.EMPTY)
    if len(content) > LARGEST:
        raise PictureError(PictureFault.TOO_LARGE)
    try:
        return call(redraw, stdin=content)
    except ConfinedError as error:
        too_many = error.detail == PictureFault.TOO_MANY_PIXELS or error.reason != Fault.FAILED
        raise PictureError(PictureFault.TOO_MANY_PIXELS if too_many else PictureFault.NOT_A_PICTURE) from None


def redraw(*, stdin: bytes) -> bytes:
    """Upright, of no more pixels than are printed, without anything a camera wrote into it."""
    Image.MAX_IMAGE_PIXELS = None
    file = io.BytesIO()
    try:
        with Image.open(io.BytesIO(stdin), formats=FORMATS) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise ValueError(PictureFault.TOO_MANY_PIXELS.value)
            picture.draft("RGB", (LONGEST, LONGEST))
            shrunk = ImageOps.exif_transpose(picture)
            shrunk.thumbnail((LONGEST, LONGEST))
    except (UnidentifiedImageError, OSError, SyntaxError):
        raise ValueError(PictureFault.NOT_A_PICTURE.value) from None
    if shrunk.has_transparency_data:
        shrunk.convert("RGBA").save(file, "PNG", optimize=True)
    else:
        shrunk.convert("RGB").save(file, "JPEG", quality=88, optimize=True)
    return file.getvalue()
