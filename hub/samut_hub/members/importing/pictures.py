"""Photographs in a ZIP archive, each named by its member's number: read and drawn anew in a confined process."""

import io
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import msgspec
from PIL import Image, ImageOps, UnidentifiedImageError

from samut_hub.confined import ConfinedError, Fault, call
from samut_hub.members.importing.policy import Refusal

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP")
MOST_PIXELS = 60_000_000
"""More than any camera of a telephone takes in one picture."""
LARGEST_PICTURE = 30 * 1024 * 1024
MOST_PICTURES = 50_000
SIDE = 800
"""Pixels of the longer side, of which a card shows less than half."""
AT_ONCE = 20
_QUALITY = 85
_SECONDS, _MEGABYTES = 60, 1024
_NO_PICTURES = ("Thumbs.db", "desktop.ini")


class Picture(msgspec.Struct, frozen=True):
    """A file of the archive: its place, its name, and the JPEG made of it, or why there is none."""

    position: int
    name: str
    jpeg: bytes = b""
    reason: str = ""

    @property
    def stem(self) -> str:
        return PurePosixPath(self.name).stem


def names_in(path: Path) -> list[Picture]:
    """All files of the archive but those that computers leave behind. Raises ConfinedError."""
    answer = call(_names, str(path), seconds=_SECONDS, megabytes=_MEGABYTES)
    return msgspec.msgpack.decode(answer, type=list[Picture])


def pictures_in(path: Path, *, after: int) -> Iterator[list[Picture]]:
    """The pictures behind that place, in parts, in memory that does not grow with the archive."""
    wanted = [one for one in names_in(path) if one.position > after]
    for start in range(0, len(wanted), AT_ONCE):
        yield _drawn(path, wanted[start : start + AT_ONCE])


def _drawn(path: Path, some: list[Picture]) -> list[Picture]:
    """One that costs the process its life is told alone, and the others come."""
    places = ",".join(str(one.position) for one in some)
    try:
        answer = call(_draw, str(path), places, seconds=_SECONDS, megabytes=_MEGABYTES)
    except ConfinedError as error:
        if len(some) == 1:
            reason = Refusal.BROKEN if error.reason is Fault.FAILED else Refusal.TOO_LARGE
            return [msgspec.structs.replace(some[0], reason=reason.value)]
        return [drawn for one in some for drawn in _drawn(path, [one])]
    return msgspec.msgpack.decode(answer, type=list[Picture])


def _names(path: str, *, stdin: bytes) -> bytes:
    """Runs confined. Raises ValueError."""
    return msgspec.msgpack.encode([Picture(position, info.filename) for position, info in _files(path)])


def _draw(path: str, places: str, *, stdin: bytes) -> bytes:
    """Runs confined. Raises ValueError."""
    wanted = set(map(int, places.split(",")))
    with zipfile.ZipFile(path) as archive:
        made = [_picture(archive, position, info) for position, info in _files(path) if position in wanted]
    return msgspec.msgpack.encode(made)


def _files(path: str) -> list[tuple[int, zipfile.ZipInfo]]:
    try:
        with zipfile.ZipFile(path) as archive:
            found = archive.infolist()
    except zipfile.BadZipFile as error:
        raise ValueError("no_archive") from error
    if len(found) > MOST_PICTURES:
        raise ValueError("too_many")
    return [(place, info) for place, info in enumerate(found, start=1) if _is_meant(info)]


def _is_meant(info: zipfile.ZipInfo) -> bool:
    path = PurePosixPath(info.filename)
    return not (info.is_dir() or path.name in _NO_PICTURES or path.name.startswith(".") or "__MACOSX" in path.parts)


def _picture(archive: zipfile.ZipFile, position: int, info: zipfile.ZipInfo) -> Picture:
    try:
        return Picture(position, info.filename, _jpeg(_content(archive, info)))
    except _NoPictureError as error:
        return Picture(position, info.filename, reason=error.reason.value)


class _NoPictureError(Exception):
    def __init__(self, reason: Refusal) -> None:
        super().__init__(reason.value)
        self.reason = reason


def _content(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """However much it unpacks to, no more is read than a picture may have."""
    if info.flag_bits & 1:
        raise _NoPictureError(Refusal.LOCKED)
    try:
        with archive.open(info) as file:
            content = file.read(LARGEST_PICTURE + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError):
        raise _NoPictureError(Refusal.BROKEN) from None
    if len(content) > LARGEST_PICTURE:
        raise _NoPictureError(Refusal.TOO_LARGE)
    return content


def _jpeg(content: bytes) -> bytes:
    """Upright, small enough, and without what the camera wrote into it, such as the place."""
    Image.init()
    Image.MAX_IMAGE_PIXELS = None
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise _NoPictureError(Refusal.TOO_MANY_PIXELS)
            picture.draft("RGB", (SIDE, SIDE))
            upright = ImageOps.exif_transpose(picture)
            upright.thumbnail((SIDE, SIDE))
            out = io.BytesIO()
            _on_white(upright).save(out, "JPEG", quality=_QUALITY, optimize=True)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        raise _NoPictureError(Refusal.NOT_A_PICTURE) from None
    return out.getvalue()


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode not in ("RGBA", "LA", "P", "PA"):
        return picture.convert("RGB")
    sheet = Image.new("RGBA", picture.size, "white")
    sheet.alpha_composite(picture.convert("RGBA"))
    return sheet.convert("RGB")
