"""Where the files of pictures lie: under names made of their content, never names from outside."""

import hashlib
import re
from enum import StrEnum
from pathlib import Path

import msgspec

from samut_hub import durable
from samut_hub.catalogue.images.drawing import Drawn, draw
from samut_hub.confined import ConfinedError, Fault, call

LARGEST = 20 * 1024 * 1024
"""Bytes of an upload."""
NAME = re.compile(r"[0-9a-f]{32}")
_SECONDS, _MEGABYTES = 20, 1024


class ImageFault(StrEnum):
    """Why a file cannot be a title's picture."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    TOO_MANY_PIXELS = "pixels"
    NOT_A_PICTURE = "picture"


class ImageError(Exception):
    def __init__(self, fault: ImageFault) -> None:
        super().__init__(f"The picture cannot be used: {fault}.")
        self.fault = fault


class Size(StrEnum):
    LARGE = "large"
    SMALL = "small"


def keep(folder: Path, content: bytes) -> tuple[str, Drawn]:
    """Draw the picture anew, in both sizes, and keep them; the name under which. Raises ImageError."""
    if not content:
        raise ImageError(ImageFault.EMPTY)
    if len(content) > LARGEST:
        raise ImageError(ImageFault.TOO_LARGE)
    drawn = _drawn(content)
    name = hashlib.sha256(drawn.large).hexdigest()[:32]
    put_in_place(folder, name, drawn)
    return name, drawn


def put_in_place(folder: Path, name: str, drawn: Drawn) -> None:
    """Write the files of a picture where they are missing."""
    for size, data in ((Size.LARGE, drawn.large), (Size.SMALL, drawn.small)):
        path = path_of(folder, name, size)
        if not path.is_file():
            durable.write(path, data)


def path_of(folder: Path, name: str, size: Size) -> Path:
    """A file of a picture whose name is right."""
    return folder / name[:2] / f"{name}-{size}.jpg"


def forget(folder: Path, name: str) -> None:
    """Remove the files of a picture that no title has any more."""
    for size in Size:
        path_of(folder, name, size).unlink(missing_ok=True)


def _drawn(content: bytes) -> Drawn:
    try:
        return msgspec.msgpack.decode(call(draw, stdin=content, seconds=_SECONDS, megabytes=_MEGABYTES), type=Drawn)
    except ConfinedError as error:
        too_many = error.detail == ImageFault.TOO_MANY_PIXELS or error.reason != Fault.FAILED
        raise ImageError(ImageFault.TOO_MANY_PIXELS if too_many else ImageFault.NOT_A_PICTURE) from None
