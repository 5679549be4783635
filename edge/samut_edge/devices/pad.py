"""RFID pads: several items at once, and what their tags say to the gate at the exit."""

from enum import IntEnum, StrEnum
from typing import Annotated, Protocol

import msgspec

from samut_edge.devices.library_tag import ItemTag
from samut_edge.devices.part import Part

ANSWER_SECONDS = 1.8
"""An order is answered by then, whatever happened."""

Afi = Annotated[int, msgspec.Meta(ge=0, le=255)]


class AfiValues(IntEnum):
    """The usual values of the application family identifier, the byte by which an exit tells tags.

    C2 is registered for libraries under ISO/IEC 15961-2 and says “on loan”; 07 says “in stock” (biblstandard.dk,
    “AFI for libraries”, 2009; digibib/go-feig writes the same two). Other sites have others: they are options.
    """

    SECURED = 0x07
    CLEARED = 0xC2


def check_afi(secured: int, cleared: int) -> None:
    """Raises ValueError when an exit could not tell the one from the other."""
    if secured == cleared:
        raise ValueError("`afi_secured` and `afi_cleared` must be two values")


class Security(StrEnum):
    """What became of an order to secure an item, or to let it pass the exit."""

    DONE = "done"  # written to every tag of the item, and read back
    PENDING = "pending"  # a tag was lifted, did not take it, or reads back otherwise: it may alarm, or fail to
    NO_TAG = "no_tag"  # none of its tags lies here


class Pad(Part, Protocol):
    async def set_security(self, barcode: str, *, secured: bool) -> Security:
        """Write to exactly the tags of this item that lie here, and read them back. Answers within two seconds.

        Success is never inferred: what was not read back is PENDING.
        """


class TagWriter(Part, Protocol):
    """A pad at which staff write the tags of new items."""

    async def write_item(self, tag: str, content: ItemTag) -> bool:
        """Write this content to the tag with this chip number, which lies here; True when it was read back as wished.

        Answers within two seconds. What the tag says to the exit stays as it is.
        """
