"""One value for one card, whichever reader it is held to: the chip number as NFC readers give it, in hex digits.

Readers that send text write the same chip in many ways: in decimal or hex, first octet first or last, or only a part.
"""

from typing import Annotated, Literal

import msgspec

from samut_edge.devices.options import Options

FACILITY_DIGITS = 5
"""A pair is written 123,45678: the third last octet, and the last two as one number (as printed on 125 kHz cards)."""


class CardFormat(Options, frozen=True):
    """How a reader writes chip numbers. `octets`: how many of the last ones it tells, or shall count."""

    number: Literal["hex", "decimal", "pair"] = "hex"
    reversed: bool = False
    octets: Annotated[int, msgspec.Meta(ge=3, le=10)] | None = None


def card_value(text: str, written: CardFormat) -> str | None:
    """None for what is no chip number of this format."""
    octets = _octets(text.strip(), written)
    if not octets:
        return None
    return (octets[::-1] if written.reversed else octets).hex().upper()


def _octets(text: str, written: CardFormat) -> bytes | None:
    if written.number == "hex":
        return _of_hex(text.replace(" ", "").replace(":", ""), written.octets)
    if written.number == "pair":
        facility, comma, card = text.partition(",")
        is_pair = comma and _is_number(facility) and _is_number(card) and len(card) == FACILITY_DIGITS
        return _of_number(int(facility) << 16 | int(card), written.octets or 3) if is_pair else None
    return _of_number(int(text), written.octets or 4) if _is_number(text) else None


def _of_hex(text: str, octets: int | None) -> bytes | None:
    try:
        found = bytes.fromhex(text)
    except ValueError:
        return None
    return found[-octets:].rjust(octets, b"\0") if octets else found


def _of_number(number: int, octets: int) -> bytes | None:
    return number.to_bytes(octets, "big") if number < 256**octets else None


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal()
