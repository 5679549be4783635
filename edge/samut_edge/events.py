"""What can happen at an edge computer: the events that its parts emit and its flows understand."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

Direction = Literal["in", "out"]
"""Which way somebody goes through a gate."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


class CardKind(StrEnum):
    """How a member was recognised; the value is read by the driver of that reader."""

    UID = "uid"  # NFC or RFID chip number, upper-case hex
    NUMBER = "number"  # member number from a bar code, QR code or the key pad
    NATIONAL_ID = "national_id"  # 13 digits read from the chip of a Thai national ID card


@dataclass(frozen=True, slots=True)
class CardTapped:
    """A card was held to a reader. `seen_ns` is time.perf_counter_ns() when the driver learnt of it."""

    part: str
    kind: CardKind
    value: str
    seen_ns: int


@dataclass(frozen=True, slots=True)
class CodeScanned:
    """A bar code or QR code was read; `text` is what it says, without the line end.

    Blanks stand for control characters, as GS1 codes and those of pranksters hold: no database takes a NUL.
    """

    part: str
    text: str
    seen_ns: int

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", _CONTROL.sub(" ", self.text).strip())


@dataclass(frozen=True, slots=True)
class ItemSeen:
    """A tag of an item lies steadily on a pad; told again when one more, or one less, of its tags is there.

    `barcode` is the item number the tag carries, `tag` its chip number. Of an item in `of` parts (three discs in one
    box) `seen` have been recognised. `secured` is what the tag says to an exit, None where the pad cannot tell.
    """

    part: str
    barcode: str
    tag: str
    seen: int = 1
    of: int = 1
    secured: bool | None = None


@dataclass(frozen=True, slots=True)
class ItemGone:
    """The last tag of an item left the pad."""

    part: str
    barcode: str
    tag: str


class Stranger(StrEnum):
    """Why a tag on a pad counts for nothing."""

    MEMBER_CARD = "member_card"
    OTHER_LIBRARY = "other_library"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class StrangeTag:
    """A tag lies on the pad that is no item of this library: a hint for whoever put it there."""

    part: str
    tag: str
    why: Stranger


@dataclass(frozen=True, slots=True)
class TagPassed:
    """An antenna at the exit saw a tag go by. `barcode` is empty where the tag told only that it is secured.

    `clears` is false for tags that are secured all their life: nothing is written to them when an item is lent.
    """

    part: str
    barcode: str
    tag: str
    secured: bool
    seen_ns: int
    clears: bool = True


class Input(StrEnum):
    """What is wired to a gate's inputs. Two beams tell the direction by their order."""

    BEAM_OUTER = "beam_outer"
    BEAM_INNER = "beam_inner"
    EXIT_BUTTON = "exit_button"
    DOOR = "door"  # active while the door stands open
    FIRE = "fire"  # active while the fire alarm rings
    TAMPER = "tamper"  # active while the housing is open


@dataclass(frozen=True, slots=True)
class InputChanged:
    """A wire of a gate became active, or no longer is. `seen_ns` is time.perf_counter_ns()."""

    part: str
    input: Input
    active: bool
    seen_ns: int


@dataclass(frozen=True, slots=True)
class PartChanged:
    """A part went on- or offline, ran low on paper, and so on; ask its `status`."""

    part: str


PartEvent = CardTapped | CodeScanned | ItemSeen | ItemGone | StrangeTag | TagPassed | InputChanged | PartChanged
