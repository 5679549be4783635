"""What can happen at an edge computer: the events that its parts emit and its flows understand."""

from dataclasses import dataclass
from enum import StrEnum


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
    """A bar code or QR code was read; `text` is what it says, without the line end."""

    part: str
    text: str
    seen_ns: int


@dataclass(frozen=True, slots=True)
class ItemSeen:
    """A tag lies steadily on a pad. `barcode` is the item number the tag carries."""

    part: str
    barcode: str
    tag: str


@dataclass(frozen=True, slots=True)
class ItemGone:
    """A tag left the pad."""

    part: str
    barcode: str
    tag: str


@dataclass(frozen=True, slots=True)
class PartChanged:
    """A part went on- or offline, ran low on paper, and so on; ask its `status`."""

    part: str


PartEvent = CardTapped | CodeScanned | ItemSeen | ItemGone | PartChanged
