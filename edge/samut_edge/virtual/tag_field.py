"""What lies in the field of a virtual RFID reader: tags with their memory, and what can go wrong with them."""

import hashlib
import secrets
from binascii import crc_hqx
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

COUNTRY = "TH"
OWNER = "SAMUT"
BLOCK = 4
BLOCKS = 28  # as on an ICODE SLIX
IN_STOCK, ON_LOAN = 0x07, 0xC2
CIRCULATING, MEMBER_CARD = 0x11, 0x18  # data model 1 with its usage


class Fault(StrEnum):
    """What happens to the next write to a tag."""

    REFUSED = "refused"
    LIFTED = "lifted"  # the tag is gone before the write reaches it
    LIFTED_AFTER = "lifted_after"  # it takes the write, and is gone before it is read back
    IGNORED = "ignored"  # the reader says that it is written, and it is not


class TagKind(StrEnum):
    """What a visitor to the bench can put on a pad."""

    ITEM = "item"
    MEMBER_CARD = "member_card"
    FOREIGN = "foreign"  # another library's
    BLANK = "blank"
    DAMAGED = "damaged"  # an item whose check sum is wrong


FOREIGN_OWNER = "ELSEWHERE"


@dataclass
class VirtualTag:
    """`chip` is its number in hex digits; `secured` is what an exit with the usual values makes of `afi`."""

    chip: str
    memory: bytearray
    afi: int = IN_STOCK
    dsfid: int = 0
    faults: list[Fault] = field(default_factory=list)
    missed_rounds: int = 0

    @property
    def secured(self) -> bool | None:
        return {IN_STOCK: True, ON_LOAN: False}.get(self.afi)

    @property
    def barcode(self) -> str:
        return bytes(self.memory[3:19]).rstrip(b"\0").decode("utf-8", "replace")

    def write_block(self, number: int, octets: bytes) -> None:
        self.memory[number * BLOCK : number * BLOCK + len(octets)] = octets

    def spoil(self) -> None:
        """One bit of the item number is wrong; the check sum no longer fits."""
        self.memory[4] ^= 0x01


def virtual_tag(
    barcode: str, owner: str = OWNER, *, parts: int = 1, part: int = 1, kind: int = CIRCULATING
) -> VirtualTag:
    """A whole tag of the Danish data model; its chip number follows from what it says."""
    block = bytes([kind, parts, part]) + _text(barcode, 16) + bytes(2) + _text(COUNTRY, 2) + _text(owner, 11)
    check = crc_hqx((block[:19] + block[21:]).ljust(32, b"\0"), 0xFFFF).to_bytes(2, "little")
    memory = (block[:19] + check + block[21:]).ljust(BLOCK * BLOCKS, b"\0")
    chip = b"\xe0\x04" + hashlib.sha256(f"{barcode} {owner} {part} {kind}".encode()).digest()[:6]
    return VirtualTag(chip.hex().upper(), bytearray(memory))


def blank_tag() -> VirtualTag:
    return VirtualTag(f"E004{secrets.token_hex(6)}".upper(), bytearray(BLOCK * BLOCKS), afi=0)


class TagField:
    """`lying` are the tags by chip number, `rounds` the looks at them; `changed` hears of what a visitor sees."""

    def __init__(self, owner: str, changed: Callable[[], None]) -> None:
        self._owner, self.changed = owner or OWNER, changed
        self.lying: dict[str, VirtualTag] = {}
        self.rounds = 0

    @property
    def barcodes(self) -> list[str]:
        return [tag.barcode for tag in self.lying.values()]

    def put(self, barcode: str, *, parts: int = 1, part: int = 1) -> VirtualTag:
        tag = virtual_tag(barcode, self._owner, parts=parts, part=part)
        self.put_tag(tag)
        return tag

    def lay(self, kind: TagKind, barcode: str, *, parts: int, part: int) -> None:
        """Part `part` of `parts`, where it is an item."""
        match kind:
            case TagKind.BLANK:
                self.put_tag(blank_tag())
            case TagKind.MEMBER_CARD:
                self.put_tag(virtual_tag(barcode, self._owner, kind=MEMBER_CARD))
            case TagKind.FOREIGN:
                self.put_tag(virtual_tag(barcode, FOREIGN_OWNER))
            case TagKind.ITEM:
                self.put(barcode, parts=parts, part=part)
            case TagKind.DAMAGED:
                tag = virtual_tag(barcode, self._owner, parts=parts, part=part)
                tag.spoil()
                tag.chip = blank_tag().chip
                self.put_tag(tag)

    def put_tag(self, tag: VirtualTag) -> None:
        self.lying[tag.chip] = tag
        self._look()

    def take(self, barcode: str) -> None:
        """All tags of the item."""
        for tag in [tag for tag in self.lying.values() if tag.barcode == barcode]:
            self.lying.pop(tag.chip)
        self._look()

    def take_tag(self, chip: str) -> None:
        self.lying.pop(chip, None)
        self._look()

    def write(self, chip: str, do: Callable[[VirtualTag], None]) -> bool:
        """A write that reaches this tag, if it lies there and nothing goes wrong; what the reader makes of it."""
        tag = self.lying.get(chip)
        if tag is None:
            return False
        fault = tag.faults.pop(0) if tag.faults else None
        if fault is Fault.LIFTED:
            self.take_tag(chip)
        if fault is None or fault is Fault.LIFTED_AFTER:
            do(tag)
        if fault is Fault.LIFTED_AFTER:
            self.take_tag(chip)
        self._look()
        return fault in (None, Fault.LIFTED_AFTER, Fault.IGNORED)

    def round(self) -> list[VirtualTag]:
        """The tags that answer this time; one that collides with another is missing."""
        self.rounds += 1
        answering = []
        for tag in self.lying.values():
            if tag.missed_rounds:
                tag.missed_rounds -= 1
            else:
                answering.append(tag)
        return answering

    def _look(self) -> None:
        self.changed()


def _text(text: str, width: int) -> bytes:
    return text.encode()[:width].ljust(width, b"\0")
