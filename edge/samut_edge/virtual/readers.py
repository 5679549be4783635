"""Virtual readers as a visitor to the bench sees them: things a card can be held to, or a code be shown to."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from samut_edge.devices.card_number import CardFormat
from samut_edge.events import CardKind
from samut_edge.virtual.card_slot import CardSlot
from samut_edge.virtual.chip_cards import ChipCard, NfcCard, ThaiIdCard
from samut_edge.virtual.code_camera import CodeCamera
from samut_edge.virtual.faults import BenchError
from samut_edge.virtual.key_scanner import KeyScanner
from samut_edge.virtual.pn532_module import Pn532Module
from samut_edge.virtual.serial_plug import SerialPlug

CHIP_NUMBER = re.compile(r"(?:[0-9A-Fa-f]{2}){4,10}")
CITIZEN_NUMBER = re.compile(r"[0-9]{13}")
EM4100_NUMBER = re.compile(r"[0-9A-Fa-f]{10}")


class Pluggable(Protocol):
    """What can be pulled out at the bench."""

    @property
    def is_plugged_in(self) -> bool: ...

    def plug_in(self) -> None: ...

    def unplug(self) -> None: ...


class Reader(Protocol):
    """`takes` are the kinds of cards it can read; `reads_codes` says whether free text can be scanned."""

    @property
    def takes(self) -> frozenset[CardKind]: ...

    @property
    def reads_codes(self) -> bool: ...

    async def tap(self, kind: CardKind, value: str) -> None:
        """Raises BenchError when this reader cannot read such a card, or nobody listens."""


@dataclass(frozen=True, slots=True)
class ChipReader:
    slot: CardSlot
    takes: frozenset[CardKind] = frozenset({CardKind.UID, CardKind.NATIONAL_ID})
    reads_codes: bool = False

    async def tap(self, kind: CardKind, value: str) -> None:
        await self.slot.tap(_chip_card(kind, value))


@dataclass(frozen=True, slots=True)
class ProximityReader:
    """RDM6300: sends the card's frame a few times while it is near."""

    plug: SerialPlug
    takes: frozenset[CardKind] = frozenset({CardKind.UID})
    reads_codes: bool = False

    async def tap(self, kind: CardKind, value: str) -> None:
        if kind is not CardKind.UID or not EM4100_NUMBER.fullmatch(value):
            raise BenchError(
                "เครื่องอ่านนี้อ่านได้เฉพาะบัตร 125 kHz ที่มีเลขฐานสิบหก 10 หลัก",
                "This reader reads only 125 kHz cards, whose number has ten hex digits.",
            )
        self.plug.send(em4100_frame(value) * 3)


@dataclass(frozen=True, slots=True)
class NfcModule:
    """PN532: the card lies there while the module looks at it a few times."""

    module: Pn532Module
    takes: frozenset[CardKind] = frozenset({CardKind.UID})
    reads_codes: bool = False

    async def tap(self, kind: CardKind, value: str) -> None:
        if kind is not CardKind.UID or not CHIP_NUMBER.fullmatch(value):
            raise only_chips()
        await self.module.tap(value)


@dataclass(frozen=True, slots=True)
class CodeReader:
    """Any serial scanner that sends lines."""

    plug: SerialPlug
    takes: frozenset[CardKind] = frozenset({CardKind.NUMBER})
    reads_codes: bool = True

    async def tap(self, kind: CardKind, value: str) -> None:
        if kind is not CardKind.NUMBER:
            raise only_codes()
        self.plug.send(value.encode() + b"\r\n")


@dataclass(frozen=True, slots=True)
class TypingReader:
    """A scanner that types like a keyboard."""

    scanner: KeyScanner
    takes: frozenset[CardKind] = frozenset({CardKind.NUMBER})
    reads_codes: bool = True

    async def tap(self, kind: CardKind, value: str) -> None:
        if kind is not CardKind.NUMBER:
            raise only_codes()
        await self.scanner.scan(value)


@dataclass(frozen=True, slots=True)
class SeeingReader:
    """A camera: the code is held to it as a QR code."""

    camera: CodeCamera
    takes: frozenset[CardKind] = frozenset({CardKind.NUMBER})
    reads_codes: bool = True

    async def tap(self, kind: CardKind, value: str) -> None:
        if kind is not CardKind.NUMBER:
            raise only_codes()
        await self.camera.show(value)


@dataclass(frozen=True, slots=True)
class NumberReader:
    """Reads cards, and writes their numbers as text in the way of its make."""

    write: Callable[[str], Awaitable[None]]
    card: CardFormat
    takes: frozenset[CardKind] = frozenset({CardKind.UID})
    reads_codes: bool = False

    async def tap(self, kind: CardKind, value: str) -> None:
        if kind is not CardKind.UID or not CHIP_NUMBER.fullmatch(value):
            raise only_chips()
        await self.write(as_written(value, self.card))


def as_written(value: str, card: CardFormat) -> str:
    """How a reader of this format writes the chip number."""
    octets = bytes.fromhex(value)[::-1] if card.reversed else bytes.fromhex(value)
    number = int.from_bytes(octets, "big")
    if card.number == "pair":
        return f"{number >> 16},{number & 0xFFFF:05d}"
    return octets.hex().upper() if card.number == "hex" else f"{number:010d}"


def only_chips() -> BenchError:
    return BenchError(
        "เครื่องอ่านนี้อ่านได้เฉพาะบัตร NFC ที่มีเลขฐานสิบหก 8–20 หลัก",
        "This reader reads only NFC cards, whose number has 8 to 20 hex digits.",
    )


def only_codes() -> BenchError:
    return BenchError("เครื่องสแกนอ่านได้เฉพาะบาร์โค้ดและคิวอาร์โค้ด", "A scanner reads only bar codes and QR codes.")


def em4100_frame(number: str) -> bytes:
    check = 0
    for byte in bytes.fromhex(number):
        check ^= byte
    return b"\x02%s%02X\x03" % (number.upper().encode("ascii"), check)


def _chip_card(kind: CardKind, value: str) -> ChipCard:
    if kind is CardKind.UID and CHIP_NUMBER.fullmatch(value):
        return NfcCard(value)
    if kind is CardKind.NATIONAL_ID and CITIZEN_NUMBER.fullmatch(value):
        return ThaiIdCard(value)
    raise BenchError(
        "เครื่องอ่านนี้อ่านได้เฉพาะบัตร NFC (เลขฐานสิบหก 8–20 หลัก) และบัตรประชาชน (13 หลัก)",
        "This reader reads NFC cards (8 to 20 hex digits) and Thai ID cards (13 digits).",
    )
