"""Photographs of members: drawn anew from what was sent, three wide and four high as on a card.

What is kept is told by its own bytes and never by a file's name: JPEG, of old also PNG.
"""

import io
import struct
from dataclasses import dataclass
from enum import StrEnum

from PIL import Image, ImageOps, UnidentifiedImageError

from samut_hub.confined import ConfinedError, Fault, call

LARGEST = 20 * 1024 * 1024
"""Bytes of a file that is sent: as a telephone takes them."""
MOST_PIXELS = 60_000_000
WIDTH, HEIGHT = 600, 800
"""Pixels of what is kept: a card of 25 mm by 33 shows half of them."""
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "MPO")
_FACE = 0.35
"""Where, from above, the middle of a picture that is too high is cut out."""
_QUALITY = 87

_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"
_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
"""JPEG start-of-frame markers (ITU-T T.81 table B.1), which carry height and width."""


class PhotoFault(StrEnum):
    """Why a file cannot be a member's photograph."""

    TOO_LARGE = "too_large"
    NOT_A_PHOTO = "not_a_photo"
    TOO_MANY_PIXELS = "too_many_pixels"


class PhotoError(Exception):
    """The file is no photograph that is kept; `fault` says why."""

    def __init__(self, fault: PhotoFault) -> None:
        super().__init__(f"The photograph is refused: {fault}.")
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Photo:
    """What the bytes say of themselves; sides in pixels."""

    media_type: str
    width: int
    height: int


def drawn_photo(content: bytes) -> bytes:
    """The JPEG that is kept of a file. Raises PhotoError."""
    if len(content) > LARGEST:
        raise PhotoError(PhotoFault.TOO_LARGE)
    try:
        return call(redraw, stdin=content)
    except ConfinedError as error:
        too_many = error.detail == PhotoFault.TOO_MANY_PIXELS or error.reason is not Fault.FAILED
        raise PhotoError(PhotoFault.TOO_MANY_PIXELS if too_many else PhotoFault.NOT_A_PHOTO) from None


def redraw(*, stdin: bytes) -> bytes:
    """Upright and cut out, without anything the camera wrote into it. Runs confined; raises ValueError."""
    Image.MAX_IMAGE_PIXELS = None
    file = io.BytesIO()
    try:
        with Image.open(io.BytesIO(stdin), formats=FORMATS) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise ValueError(PhotoFault.TOO_MANY_PIXELS.value)
            picture.draft("RGB", (2 * HEIGHT, 2 * HEIGHT))
            _cut_out(ImageOps.exif_transpose(picture)).save(file, "JPEG", quality=_QUALITY, optimize=True)
    except (UnidentifiedImageError, OSError, SyntaxError):
        raise ValueError(PhotoFault.NOT_A_PHOTO.value) from None
    return file.getvalue()


def _cut_out(picture: Image.Image) -> Image.Image:
    """As large as it is, but no larger than needed."""
    scale = min(picture.width / WIDTH, picture.height / HEIGHT)
    width, height = max(1, round(WIDTH * scale)), max(1, round(HEIGHT * scale))
    left, top = (picture.width - width) // 2, round((picture.height - height) * _FACE)
    cut = picture.crop((left, top, left + width, top + height))
    cut.thumbnail((WIDTH, HEIGHT))
    if not cut.has_transparency_data:
        return cut.convert("RGB")
    on_white = Image.new("RGBA", cut.size, "white")
    on_white.alpha_composite(cut.convert("RGBA"))
    return on_white.convert("RGB")


def read_photo(content: bytes) -> Photo | None:
    """Kind and size, or None when it is neither JPEG nor PNG."""
    if content.startswith(_PNG) and content[12:16] == b"IHDR" and len(content) >= 24:
        return Photo("image/png", *struct.unpack(">II", content[16:24]))
    if content.startswith(_JPEG):
        return _read_jpeg(content)
    return None


def _read_jpeg(content: bytes) -> Photo | None:
    """Walk from segment to segment up to the frame."""
    at = 2
    while at + 9 <= len(content) and content[at] == 0xFF:
        marker, length = content[at + 1], int.from_bytes(content[at + 2 : at + 4])
        if marker in _FRAMES:
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return Photo("image/jpeg", width, height)
        at += 2 + length if marker != 0xFF else 1
    return None
