"""Photographs of members: JPEG and PNG only, told by their own bytes and never by a file's name."""

import struct
from dataclasses import dataclass
from enum import StrEnum

LARGEST = 2 * 1024 * 1024
LONGEST_SIDE = 4_000
"""Bytes, and pixels of the longer side: more than a card or a screen can show."""

_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"
_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
"""JPEG start-of-frame markers (ITU-T T.81 table B.1), which carry height and width."""


class PhotoFault(StrEnum):
    """Why a file cannot be a member's photograph."""

    TOO_LARGE = "too_large"
    NOT_A_PHOTO = "not_a_photo"
    TOO_MANY_PIXELS = "too_many_pixels"


@dataclass(frozen=True, slots=True)
class Photo:
    """What the bytes say of themselves; sides in pixels."""

    media_type: str
    width: int
    height: int


def photo_fault(content: bytes) -> PhotoFault | None:
    """Why these bytes are refused, if they are."""
    if len(content) > LARGEST:
        return PhotoFault.TOO_LARGE
    photo = read_photo(content)
    if photo is None or not photo.width or not photo.height:
        return PhotoFault.NOT_A_PHOTO
    return PhotoFault.TOO_MANY_PIXELS if max(photo.width, photo.height) > LONGEST_SIDE else None


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
