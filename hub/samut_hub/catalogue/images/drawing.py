"""Making the pictures that pages show out of what was uploaded. Runs in a confined process (`samut_hub.confined`)."""

import io

import msgspec
from PIL import Image, ImageOps, UnidentifiedImageError

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "MPO")
MOST_PIXELS = 60_000_000
"""More than any camera of a telephone takes in one picture; 30,000 by 30,000 would be fifteen times as many."""
LARGE, SMALL = 1200, 240
"""Pixels of the longer side."""
_QUALITY = 82


class Drawn(msgspec.Struct, frozen=True):
    """JPEG files without anything the camera wrote into them; the sides are those of the large one in pixels."""

    large: bytes
    small: bytes
    width: int
    height: int


def draw(*, stdin: bytes) -> bytes:
    """`Drawn` of an uploaded picture as MessagePack. Raises ValueError("pixels") or ValueError("picture")."""
    Image.MAX_IMAGE_PIXELS = None
    try:
        with Image.open(io.BytesIO(stdin), formats=FORMATS) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise ValueError("pixels")
            picture.draft("RGB", (LARGE, LARGE))
            upright = ImageOps.exif_transpose(picture)
            large, small = _jpeg(upright, LARGE), _jpeg(upright, SMALL)
    except (UnidentifiedImageError, OSError, SyntaxError):
        raise ValueError("picture") from None
    return msgspec.msgpack.encode(Drawn(large[0], small[0], *large[1]))


def _jpeg(picture: Image.Image, longest: int) -> tuple[bytes, tuple[int, int]]:
    shrunk = picture.copy()
    shrunk.thumbnail((longest, longest))
    if shrunk.mode in ("RGBA", "LA", "P", "PA"):
        on_white = Image.new("RGBA", shrunk.size, "white")
        on_white.alpha_composite(shrunk.convert("RGBA"))
        shrunk = on_white
    file = io.BytesIO()
    shrunk.convert("RGB").save(file, "JPEG", quality=_QUALITY, optimize=True, progressive=True)
    return file.getvalue(), shrunk.size
