"""What a library's RFID tag says, by the Danish data model (on which ISO 28560-3 is built)."""

from binascii import crc_hqx

import msgspec

PATRON_CARD = 8
USAGES = range(16)


class TagContent(msgspec.Struct, frozen=True, rename="pascal"):
    """Fields of the data model; `crc` is as it stands on the tag, low byte first. Empty when it was not reported."""

    barcode: str
    seq_num: int = 1
    num_items: int = 1
    crc: bytes = b""
    country: str = ""
    library: str = ""


class Tag(msgspec.Struct, frozen=True, rename="pascal"):
    """`mac` is the chip number."""

    mac: str
    content: TagContent


def tag_crc(content: TagContent, usage: int) -> bytes:
    """CRC-CCITT over the block without its CRC, start value FFFF (Danish RFID data model, February 2009)."""
    head = bytes([0x10 | usage, content.num_items & 255, content.seq_num & 255])
    owner = _field(content.country, 2) + _field(content.library, 9)
    block = head + _field(content.barcode, 16) + owner + bytes(2)
    return crc_hqx(block, 0xFFFF).to_bytes(2, "little")


def usage_of(content: TagContent) -> int | None:
    """The usage that fits the check sum, None when none does. The service does not report the usage itself."""
    return next((usage for usage in USAGES if tag_crc(content, usage) == content.crc), None)


def is_item(tag: Tag, library: str) -> bool:
    """A whole, readable item of this library; any library's when `library` is empty."""
    content = tag.content
    if not content.barcode.strip("\0 ") or (library and content.library.rstrip("\0 ") != library):
        return False
    return not content.crc or usage_of(content) not in (None, PATRON_CARD)


def _field(text: str, width: int) -> bytes:
    return text.encode("latin-1", "replace")[:width].ljust(width, b"\0")
