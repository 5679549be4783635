"""Tags by the Danish RFID data model for libraries (February 2009), on which the basic block of ISO 28560-3 is built.

Byte 0 is version and usage, 1 and 2 the set, 3-18 the item number, 19-20 the check sum (low byte first), 21-22 the
country, from 23 the owner: nine bytes on tags of 32 bytes, eleven on larger ones. Item numbers longer than 16 bytes
stand in a library extension block, told by 01 in byte 3 (clarification of ISO 28560-3:2011, biblstandard.dk); the
fields of that block are described in no public text, so such tags are neither read nor written here.
"""

from binascii import crc_hqx

from samut_edge.devices.library_tag import BadTagError, ItemTag, check_tag

VERSION = 0x10
TRUNCATED, WHOLE = 32, 34
LONGEST_NUMBER = 16
IN_EXTENSION = 0x01


def danish_crc(block: bytes) -> bytes:
    """CRC-CCITT, start value FFFF, over 32 bytes: the block without its check sum, filled up with zeros."""
    covered = (block[:19] + block[21:WHOLE]).ljust(32, b"\0")
    return crc_hqx(covered, 0xFFFF).to_bytes(2, "little")


def encode_danish(tag: ItemTag, size: int = TRUNCATED) -> bytes:
    """The basic block, filled up to `size` bytes. Raises BadTagError when a field is too long for it."""
    check_tag(tag)
    return basic_block(tag, size)


def basic_block(tag: ItemTag, size: int = TRUNCATED) -> bytes:
    """As `encode_danish`, of a tag as it was found: its set may be out of order."""
    owner = 9 if size < WHOLE else 11
    number = _field(tag.barcode, LONGEST_NUMBER, "item number")
    end = _field(tag.country, 2, "country") + _field(tag.library, owner, "owner code")
    block = bytes([VERSION | tag.usage, tag.parts & 0xFF, tag.part & 0xFF]) + number + bytes(2) + end
    return (block[:19] + danish_crc(block) + block[21:]).ljust(size, b"\0")


def decode_danish(memory: bytes) -> ItemTag:
    """Raises BadTagError unless a check sum fits: of the whole block, or of the truncated one."""
    fits = [size for size in (WHOLE, TRUNCATED) if len(memory) >= size and _is_whole(memory[:size])]
    if not fits:
        raise BadTagError("The check sum of the Danish data model fits neither the whole block nor the short one.")
    block = memory[: fits[0]]
    if block[3] == IN_EXTENSION:
        raise BadTagError("The item number stands in an extension block, whose form is not known here.")
    return ItemTag(
        barcode=_text(block[3:19]),
        country=_text(block[21:23]),
        library=_text(block[23:]),
        usage=block[0] & 0x0F,
        parts=block[1] or 1,
        part=block[2],
    )


def _is_whole(block: bytes) -> bool:
    return block[0] & 0xF0 == VERSION and danish_crc(block) == block[19:21]


def _field(text: str, width: int, what: str) -> bytes:
    octets = text.encode()
    if len(octets) > width:
        raise BadTagError(f"The {what} “{text}” is too long for the Danish data model: {width} bytes fit.")
    return octets.ljust(width, b"\0")


def _text(field: bytes) -> str:
    try:
        text = field.split(b"\0")[0].decode()
    except UnicodeDecodeError:
        raise BadTagError("A field of the tag is no text.") from None
    return text.strip()
