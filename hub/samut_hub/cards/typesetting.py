"""Cards as PDF or PNG: photos and pictures are made as small as they are printed, in a process that has no more."""

import io
import tempfile
from collections.abc import Mapping
from pathlib import Path

import msgspec
from PIL import Image, ImageOps

from samut_hub.catalogue.labels.typesetting import compiled
from samut_hub.confined import call

SECONDS, MEGABYTES = 60, 3_000
MOST_PIXELS = 20_000_000
LONGEST = {"photo": 480, "picture": 1100}
"""Pixels of the longer side by the first word of a file's name: 300 in an inch and some more."""


class Sheets(msgspec.Struct):
    """A document of `document_of` and the content of the files that it names."""

    document: bytes
    files: Mapping[str, bytes]


def print_sheets(document: bytes, files: Mapping[str, bytes]) -> bytes:
    """A PDF. Raises ConfinedError."""
    return _typeset("pdf", 0, document, files)


def show_sheet(document: bytes, files: Mapping[str, bytes], *, ppi: int) -> bytes:
    """The only page as a PNG. Raises ConfinedError."""
    return _typeset("png", ppi, document, files)


def typeset(kind: str, ppi: str, *, stdin: bytes) -> bytes:
    """Run in a process of its own. A picture that cannot be read is a white one."""
    wanted = msgspec.msgpack.decode(stdin, type=Sheets)
    with tempfile.TemporaryDirectory() as folder:
        for name, content in wanted.files.items():
            _write(Path(folder) / name, content)
        return compiled(wanted.document, kind, ppi=float(ppi), pictures=folder)


def _typeset(kind: str, ppi: int, document: bytes, files: Mapping[str, bytes]) -> bytes:
    sent = msgspec.msgpack.encode(Sheets(document, files))
    return call(typeset, kind, str(ppi), stdin=sent, seconds=SECONDS, megabytes=MEGABYTES)


def _write(path: Path, content: bytes) -> None:
    shrunk = _shrunk(content, LONGEST[path.name.partition("-")[0]])
    if shrunk.has_transparency_data:
        shrunk.convert("RGBA").save(path, "PNG")
    else:
        shrunk.convert("RGB").save(path, "JPEG", quality=88)


def _shrunk(content: bytes, longest: int) -> Image.Image:
    """Upright; a small white picture where there is none, or one of too many pixels."""
    nothing = Image.new("RGB", (3, 4), "white")
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG")) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                return nothing
            picture.draft("RGB", (longest, longest))
            shrunk = ImageOps.exif_transpose(picture)
            shrunk.thumbnail((longest, longest))
            return shrunk
    except (OSError, SyntaxError):
        return nothing
