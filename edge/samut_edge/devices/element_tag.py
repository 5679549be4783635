"""Tags by ISO 28560-2: data elements, each with its object identifier, by the rules of ISO/IEC 15962.

An element is a precursor (bit 8: filling follows, bits 7-5 compaction, bits 4-1 identifier), the number of filling
bytes where bit 8 is set, the length, the packed data, the filling. A precursor of 00 ends the content. Identifiers
from 15 on take one byte more; none of them is used here. The form is told from others by DSFID 06 (access method 0,
data format 6 of ISO/IEC 15961-2). There is no check sum: an error inside a number passes unnoticed.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from samut_edge.devices.isil_letters import pack_isil, unpack_isil
from samut_edge.devices.library_tag import BadTagError, ItemTag, check_tag
from samut_edge.devices.tag_letters import Compaction, pack, unpack

DSFID = 0x06
NUMBER, CONTENTS, OWNER, SET, USAGE = 1, 2, 3, 4, 5
FILLED = 0x80
LONG_IDENTIFIER = 15
LONGEST = 0x7F


@dataclass(frozen=True, slots=True)
class Element:
    identifier: int
    scheme: Compaction
    octets: bytes


def encode_elements(tag: ItemTag, size: int | None = None) -> bytes:
    """Filled up with zeros to `size` bytes where it is given. Raises BadTagError when it does not fit."""
    check_tag(tag)
    rest = [*_owner(tag), *_set(tag), Element(USAGE, Compaction.APPLICATION, bytes([tag.usage << 4]))]
    whole = b"".join(_encode(each) for each in [Element(NUMBER, *pack(tag.barcode)), _contents(rest), *rest])
    if size is not None and len(whole) > size:
        raise BadTagError(f"The content takes {len(whole)} bytes; the tag has {size}.")
    return whole.ljust(size or 0, b"\0")


def decode_elements(memory: bytes) -> ItemTag:
    """Raises BadTagError when the elements do not follow one another, or no item number is among them."""
    found: dict[int, Element] = {}
    for element in _elements(memory):
        if element.identifier in found:
            raise BadTagError(f"Element {element.identifier} stands on the tag twice.")
        found[element.identifier] = element
    if NUMBER not in found:
        raise BadTagError("No item number stands on the tag.")
    country, _, library = _isil(found.get(OWNER)).partition("-")
    parts, part = _parts(found.get(SET))
    number = found[NUMBER]
    return ItemTag(
        unpack(number.scheme, number.octets).strip(), country, library, _usage(found.get(USAGE)), parts, part
    )


def _elements(memory: bytes) -> Iterator[Element]:
    at = 0
    while at < len(memory) and memory[at]:
        element, at = _decode(memory, at)
        yield element


def _decode(memory: bytes, at: int) -> tuple[Element, int]:
    """One element, and where the next begins."""
    octets = iter(memory[at:])
    precursor = _next(octets)
    filling = _next(octets) if precursor & FILLED else 0
    identifier = precursor & 0x0F
    header = 2 + bool(precursor & FILLED)
    if identifier == LONG_IDENTIFIER:
        identifier += _next(octets)
        header += 1
    length = _next(octets)
    begin = at + header
    end = begin + length
    if not 0 < length <= LONGEST or end + filling > len(memory) or any(memory[end : end + filling]):
        raise BadTagError(f"The element at byte {at} does not end where it says.")
    return Element(identifier, Compaction(precursor >> 4 & 7), memory[begin:end]), end + filling


def _next(octets: Iterator[int]) -> int:
    try:
        return next(octets)
    except StopIteration:
        raise BadTagError("The last element on the tag is cut off.") from None


def _encode(element: Element) -> bytes:
    if len(element.octets) > LONGEST:
        raise BadTagError(f"Element {element.identifier} takes {len(element.octets)} bytes; {LONGEST} are possible.")
    return bytes([element.scheme << 4 | element.identifier, len(element.octets)]) + element.octets


def _contents(rest: list[Element]) -> Element:
    """Which elements follow, a bit for each from element 3 on."""
    bits = sum(0x80 >> element.identifier - OWNER for element in rest)
    return Element(CONTENTS, Compaction.APPLICATION, bytes([bits]))


def _owner(tag: ItemTag) -> list[Element]:
    if "-" in tag.country or (tag.library and not tag.country):
        raise BadTagError(f"“{tag.isil}” is no ISIL. It begins with a country, such as TH, and a hyphen.")
    return [Element(OWNER, Compaction.APPLICATION, pack_isil(f"{tag.country}-{tag.library}"))] if tag.country else []


def _isil(element: Element | None) -> str:
    if element is None:
        return ""
    if element.scheme is Compaction.APPLICATION:
        return unpack_isil(element.octets)
    return unpack(element.scheme, element.octets)


def _set(tag: ItemTag) -> list[Element]:
    """Two numbers of as many digits each, one after the other: 1203 is part 3 of 12."""
    if tag.parts == 1 and tag.part == 1:
        return []
    width = len(str(tag.parts))
    return [Element(SET, *pack(f"{tag.parts}{tag.part:0{width}}"))]


def _parts(element: Element | None) -> tuple[int, int]:
    if element is None:
        return 1, 1
    digits = unpack(element.scheme, element.octets)
    if not (digits.isascii() and digits.isdecimal()) or len(digits) % 2:
        raise BadTagError(f"“{digits}” says nothing of the parts of a set.")
    half = len(digits) // 2
    parts, part = int(digits[:half]), int(digits[half:])
    if not 0 <= part <= parts or parts == 0:
        raise BadTagError(f"Part {part} of {parts} is not possible.")
    return parts, part


def _usage(element: Element | None) -> int:
    return element.octets[0] >> 4 if element else 1
