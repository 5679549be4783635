"""RFID pads: several items at once, and what their tags say to the gate at the exit."""

from enum import StrEnum
from typing import Protocol

from samut_edge.devices.part import Part


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
