"""What a file is, told by its own first bytes and never by what its sender says of it."""

from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit


class MediumKind(StrEnum):
    """`OTHER` is downloaded, the others open in place."""

    LINK = "link"
    DOCUMENT = "document"
    EBOOK = "ebook"
    VIDEO = "video"
    AUDIO = "audio"
    PICTURE = "picture"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class FileKind:
    kind: MediumKind
    media_type: str
    ending: str


PDF = FileKind(MediumKind.DOCUMENT, "application/pdf", "pdf")
EPUB = FileKind(MediumKind.EBOOK, "application/epub+zip", "epub")
HEAD = 64
"""Bytes that are needed to tell."""
_BEGINNINGS = (
    (b"%PDF-", PDF),
    (b"\x1aE\xdf\xa3", FileKind(MediumKind.VIDEO, "video/webm", "webm")),
    (b"ID3", FileKind(MediumKind.AUDIO, "audio/mpeg", "mp3")),
    (b"\xff\xfb", FileKind(MediumKind.AUDIO, "audio/mpeg", "mp3")),
    (b"\xff\xf3", FileKind(MediumKind.AUDIO, "audio/mpeg", "mp3")),
    (b"fLaC", FileKind(MediumKind.AUDIO, "audio/flac", "flac")),
    (b"OggS", FileKind(MediumKind.AUDIO, "audio/ogg", "ogg")),
    (b"\xff\xd8\xff", FileKind(MediumKind.PICTURE, "image/jpeg", "jpg")),
    (b"\x89PNG\r\n\x1a\n", FileKind(MediumKind.PICTURE, "image/png", "png")),
    (b"GIF8", FileKind(MediumKind.PICTURE, "image/gif", "gif")),
)
_ENDINGS = frozenset({"zip", "iso", "doc", "docx", "ppt", "pptx", "xls", "xlsx", "odt", "odp", "ods", "txt", "csv"})
"""Of files that are only kept and handed out: office documents, images of discs, packed folders."""


def kind_of(head: bytes, name: str) -> FileKind | None:
    """None for a file that cannot be told: it is neither shown nor handed out."""
    for beginning, kind in _BEGINNINGS:
        if head.startswith(beginning):
            return kind
    if head.startswith(b"PK\x03\x04") and b"mimetypeapplication/epub+zip" in head:
        return EPUB
    if head[4:8] == b"ftyp":
        return _of_mpeg4(head[8:12])
    if head.startswith(b"RIFF"):
        return _of_riff(head[8:12])
    ending = name.rpartition(".")[2].lower()
    return FileKind(MediumKind.OTHER, "application/octet-stream", ending) if ending in _ENDINGS else None


def link_fault(address: str) -> bool:
    """Whether the text is not an address of the web that a browser can open."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return True
    return parts.scheme not in ("http", "https") or not parts.hostname or not address.isprintable()


def _of_mpeg4(brand: bytes) -> FileKind:
    if brand.startswith((b"M4A", b"M4B")):
        return FileKind(MediumKind.AUDIO, "audio/mp4", "m4a")
    return FileKind(MediumKind.VIDEO, "video/mp4", "mp4")


def _of_riff(form: bytes) -> FileKind | None:
    if form == b"WAVE":
        return FileKind(MediumKind.AUDIO, "audio/wav", "wav")
    return FileKind(MediumKind.PICTURE, "image/webp", "webp") if form == b"WEBP" else None
