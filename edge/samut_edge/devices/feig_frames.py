"""Frames of the ISO host protocol of FEIG's OBID readers (classic-pro and i-scan): pure, bytes in and bytes out.

Source: FEIG manuals H20800-16e-ID-B (ID CPR family) and H60301-3e-ID-B (ID ISC.MR/PR/PRH101), chapters on protocol
frames and on [0xB0]; the open drivers dpavlin/Biblio-RFID and digibib/go-feig send the same. Not tried with a reader.
"""

from dataclasses import dataclass
from enum import IntEnum

RF_RESET, ISO_COMMAND = 0x69, 0xB0
ANY_ADDRESS = 0xFF
LONG = 0x02
"""Begins a frame whose length takes two bytes; no short frame has so few."""

SHORTEST = 6
ADDRESSED = 0x01
MORE = 0x80
CHIP_BYTES = 8
ISO15693, ISO14443A = 0x03, 0x04
CASCADE_3 = 0x04


class Command(IntEnum):
    INVENTORY = 0x01
    READ_BLOCKS = 0x23
    WRITE_BLOCKS = 0x24
    WRITE_AFI = 0x27
    WRITE_DSFID = 0x29
    SYSTEM_INFORMATION = 0x2B


class Status(IntEnum):
    """Those of an inventory; any other says that the reader does not obey."""

    OK = 0x00
    NO_TAG = 0x01
    DAMAGED = 0x02
    RADIO_ERROR = 0x83
    RADIO_WARNING = 0x84
    FULL = 0x93
    MORE_DATA = 0x94
    TAG_ERROR = 0x95


class GarbledError(Exception):
    """These bytes are no frame, or their check sum is wrong."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    rest: bytes


def crc16(octets: bytes) -> int:
    """Polynomial 8408 (reflected 1021), start value FFFF; sent low byte first."""
    crc = 0xFFFF
    for octet in octets:
        crc ^= octet
        for _ in range(8):
            crc = crc >> 1 ^ 0x8408 if crc & 1 else crc >> 1
    return crc


def question(command: Command, mode: int, chip: str = "", rest: bytes = b"") -> bytes:
    """To one tag when `chip` is given and `mode` says so."""
    return _frame(bytes([ISO_COMMAND, command, mode]) + bytes.fromhex(chip) + rest)


def rf_reset() -> bytes:
    """The field is switched off and on, so that all tags answer the next inventory, not only new ones."""
    return _frame(bytes([RF_RESET]))


def _frame(asked: bytes) -> bytes:
    framed = bytes([len(asked) + 4, ANY_ADDRESS]) + asked
    return framed + crc16(framed).to_bytes(2, "little")


def frame_length(begun: bytes) -> int:
    """How long the frame that begins so will be; 0 as long as that cannot be told."""
    if begun[:1] == bytes([LONG]):
        return int.from_bytes(begun[1:3], "big") if len(begun) >= 3 else 0
    return begun[0] if begun else 0


def read_answer(frame: bytes, asked: bytes) -> Answer:
    """Raises GarbledError unless it is a whole answer to what was asked."""
    body = frame[3:-2] if frame[:1] == bytes([LONG]) else frame[1:-2]
    if len(frame) < SHORTEST or crc16(frame[:-2]).to_bytes(2, "little") != frame[-2:]:
        raise GarbledError("the reader's answer is damaged")
    if len(body) < 3 or body[1] != asked[2]:
        raise GarbledError("the reader answers to something else than was asked")
    return Answer(body[2], body[3:])


def chips_in(rest: bytes) -> list[str]:
    """The ISO 15693 chips of an inventory. Cards of other kinds are passed over, as far as their length is known."""
    chips, at = [], 1
    while at < len(rest):
        kind = rest[at]
        if kind == ISO15693:
            chips.append(rest[at + 2 : at + 2 + CHIP_BYTES].hex().upper())
            at += 2 + CHIP_BYTES
        elif kind == ISO14443A and at + 1 < len(rest):
            at += 13 if rest[at + 1] & CASCADE_3 else 10
        else:
            break
    return [chip for chip in chips if len(chip) == 2 * CHIP_BYTES]


def blocks_in(rest: bytes) -> tuple[bytes, int]:
    """The blocks one after the other, and how many bytes a block has; each stands behind a byte on its lock."""
    if len(rest) < 2 or not rest[1] or len(rest) != 2 + rest[0] * (1 + rest[1]):
        raise GarbledError("the blocks that the reader gives are not as long as it says")
    size = rest[1]
    return b"".join(rest[at + 1 : at + 1 + size] for at in range(2, len(rest), size + 1)), size
