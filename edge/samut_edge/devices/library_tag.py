"""What a library's RFID tag says, whichever way it is written on the chip."""

from dataclasses import dataclass
from enum import IntEnum

from samut_edge.events import Stranger

LONGEST_SET = 255


class Usage(IntEnum):
    """Type of usage, as ISO 28560-3 (one half byte) and ISO 28560-2 (class qualifier of element 5) number it."""

    NEW = 0  # bought, not yet worked on
    CIRCULATING = 1
    REFERENCE = 2
    DISCARDED = 7
    MEMBER_CARD = 8
    EQUIPMENT = 9


class BadTagError(Exception):
    """The memory says nothing that can be relied on, or the content fits no tag; the sentence says why."""


@dataclass(frozen=True, slots=True)
class ItemTag:
    """One tag's content. `country` and `library` are the two halves of the owner's ISIL (“TH” and “SAMUT”).

    Of an item in `parts` parts this is part `part`; 0 is the only tag of a package that has one for all its parts.
    `usage` is a number of `Usage`, or one that the standard left free.
    """

    barcode: str
    country: str = ""
    library: str = ""
    usage: int = Usage.CIRCULATING
    parts: int = 1
    part: int = 1

    @property
    def isil(self) -> str:
        return "-".join(half for half in (self.country, self.library) if half)


def check_tag(tag: ItemTag) -> None:
    """Raises BadTagError for content that no model can hold."""
    if not tag.barcode or tag.barcode != tag.barcode.strip() or not tag.barcode.isprintable():
        raise BadTagError(f"“{tag.barcode}” is no item number: it must have letters or digits, and no blanks around.")
    if not (1 <= tag.parts <= LONGEST_SET and 0 <= tag.part <= tag.parts):
        raise BadTagError(f"Part {tag.part} of {tag.parts} is not possible. An item has 1 to {LONGEST_SET} parts.")
    if not 0 <= tag.usage <= 15:
        raise BadTagError(f"Usage {tag.usage} is not possible. Choose 0 to 15.")


def stranger_of(tag: ItemTag | None, library: str) -> Stranger | None:
    """Why this tag is no item of `library` (owner code or whole ISIL; any when empty); None when it is one."""
    if tag is None or not tag.barcode:
        return Stranger.UNREADABLE
    if tag.usage == Usage.MEMBER_CARD:
        return Stranger.MEMBER_CARD
    if library and library not in (tag.library, tag.isil):
        return Stranger.OTHER_LIBRARY
    return None
