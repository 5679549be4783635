"""How ISO/IEC 15962 packs text into few bits: its compaction schemes.

Sources: the example of ISO 28560-2:2014, annex D, as public texts print it; an open reader of Finnish tags.
"""

from enum import IntEnum

from samut_edge.devices.library_tag import BadTagError


class Compaction(IntEnum):
    APPLICATION = 0  # as the element itself defines
    INTEGER = 1
    NUMERIC = 2
    FIVE_BIT = 3
    SIX_BIT = 4
    SEVEN_BIT = 5
    LATIN = 6  # ISO/IEC 8859-1
    UTF8 = 7


BIGGEST_INTEGER = 19  # digits
DIGITS = "0123456789"
FIVE = frozenset(map(chr, range(0x41, 0x60)))
SIX = frozenset(map(chr, range(0x20, 0x60)))
SEVEN = frozenset(map(chr, range(0x7F)))


def pack(text: str) -> tuple[Compaction, bytes]:
    """The scheme that takes the fewest bytes, and the bytes."""
    if text and set(text) <= set(DIGITS):
        return _pack_digits(text)
    letters = set(text)
    if letters <= FIVE and len(text) >= 3:
        return Compaction.FIVE_BIT, from_bits("".join(f"{ord(each) & 0x1F:05b}" for each in text), "0")
    if letters <= SIX:
        return Compaction.SIX_BIT, from_bits("".join(f"{ord(each) & 0x3F:06b}" for each in text), "100000")
    if letters <= SEVEN:
        return Compaction.SEVEN_BIT, from_bits("".join(f"{ord(each):07b}" for each in text), "1")
    return _pack_octets(text)


def unpack(scheme: Compaction, octets: bytes) -> str:
    """Raises BadTagError when these bytes cannot have been packed so."""
    match scheme:
        case Compaction.INTEGER:
            return str(int.from_bytes(octets, "big"))
        case Compaction.NUMERIC:
            return _unpack_digits(octets)
        case Compaction.FIVE_BIT:
            return "".join(chr(0x40 | each) for each in _groups(octets, 5)).removesuffix("@")
        case Compaction.SIX_BIT:
            return "".join(chr(each if each >= 0x20 else each | 0x40) for each in _groups(octets, 6)).removesuffix(
                " "
            )
        case Compaction.SEVEN_BIT:
            return "".join(chr(each) for each in _groups(octets, 7)).removesuffix("\x7f")
        case Compaction.LATIN:
            return octets.decode("latin-1")
        case Compaction.UTF8:
            return _utf8(octets)
        case _:
            raise BadTagError("The tag packs a text in a way that only its own application knows.")


def _pack_digits(text: str) -> tuple[Compaction, bytes]:
    """As an integer where no leading zero would be lost."""
    if text[0] != "0" and 2 <= len(text) <= BIGGEST_INTEGER:
        number = int(text)
        return Compaction.INTEGER, number.to_bytes((number.bit_length() + 7) // 8, "big")
    return Compaction.NUMERIC, bytes.fromhex(text + "F" * (len(text) % 2))


def _unpack_digits(octets: bytes) -> str:
    digits = octets.hex().removesuffix("f")
    if not set(digits) <= set(DIGITS):
        raise BadTagError("A number on the tag has something else than digits.")
    return digits


def _pack_octets(text: str) -> tuple[Compaction, bytes]:
    try:
        return Compaction.LATIN, text.encode("latin-1")
    except UnicodeEncodeError:
        return Compaction.UTF8, text.encode()


def _utf8(octets: bytes) -> str:
    try:
        return octets.decode()
    except UnicodeDecodeError:
        raise BadTagError("A text on the tag is not UTF-8.") from None


def from_bits(bits: str, filling: str) -> bytes:
    """Filled up to whole bytes with the beginning of `filling`, again and again."""
    missing = -len(bits) % 8
    bits += (filling * 8)[:missing]
    return bytes(int(bits[at : at + 8], 2) for at in range(0, len(bits), 8))


def _groups(octets: bytes, width: int) -> list[int]:
    bits = "".join(f"{each:08b}" for each in octets)
    return [int(bits[at : at + width], 2) for at in range(0, len(bits) - width + 1, width)]
