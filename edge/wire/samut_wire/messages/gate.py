"""What a gate asks, keeps and is told beside the taps of cards: guests, people counted by beams, alarms, orders."""

from datetime import datetime
from typing import Literal

from samut_wire.messages.base import Count, Message, Text
from samut_wire.messages.lending import ReasonGiven


class PersonsCounted(Message, frozen=True, omit_defaults=True):
    """People who passed without a card of their own, one event for each pass of the beams.

    `member` is the teacher with whose class they came; empty for visitors of whom nothing is known.
    """

    part: Text
    direction: Literal["in", "out"]
    persons: Count = 1
    member: Text = ""


class GateAlarmed(Message, frozen=True, omit_defaults=True):
    """Staff should know of this. `quiet`: only noted, as no alarm was due (an item on loan, or one brought in)."""

    part: Text
    kind: Literal["secured_item", "tailgating", "tamper", "door_forced", "door_held", "fire"]
    barcode: Text = ""
    tag: Text = ""
    quiet: bool = False


class EntryAsked(Message, frozen=True, omit_defaults=True):
    """Who is this, whom the replica does not know? A card's hash; or of a code that was scanned the number it may be
    and its hash as a guest pass."""

    card: Text = ""
    number: Text = ""
    guest: Text = ""


class EntryAnswered(Message, frozen=True, omit_defaults=True):
    """As little of the person as a gate needs. `reasons` stand against letting the person in.

    `guest`: the hash of a guest pass, good until `until` for `uses` more entries as far as the hub has heard.
    """

    known: bool
    number: Text = ""
    name: Text = ""
    member_type: Text = ""
    reasons: tuple[ReasonGiven, ...] = ()
    guest: Text = ""
    until: datetime | None = None
    uses: Count = 0


class ClassLetIn(Message, frozen=True, omit_defaults=True):
    """Command: let a class in, `persons` at most within `seconds`, with the teacher `member` if named."""

    by: Text
    persons: Count
    seconds: float
    member: Text = ""
