"""What all messages have in common: their base, and the kinds of values in them."""

from typing import Annotated

import msgspec

PROTOCOL = 1

Text = Annotated[str, msgspec.Meta(max_length=10_000, pattern="^[^\\x00]*$")]
"""Short text as databases can keep it."""

Count = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]


class Message(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Base of all bodies."""
