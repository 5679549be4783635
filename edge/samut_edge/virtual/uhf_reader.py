"""A virtual UHF reader of Chafon's make on a serial line, with tags in its field; it answers badly when told to."""

from collections import deque
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path

from samut_edge.virtual.answering_plug import AnsweringPlug
from samut_edge.virtual.faults import BenchError

INVENTORY, INFO, SET_POWER = 0x01, 0x21, 0x2F
DONE, COMPLETE, MORE, NO_TAG, NO_ANTENNA = 0x00, 0x01, 0x03, 0xFB, 0xF8
LONG_TYPE, SHORT_TYPE = 0x0C, 0x09  # UHFReader288M, UHFReader18
TAGS_PER_FRAME = 4
STRENGTH = 0x5A
EPC_OCTETS = 12


class Fault(StrEnum):
    """What happens to one answer."""

    WRONG_SUM = "a bit of the answer is wrong"
    HALF = "only half of the answer comes"
    SILENCE = "no answer comes"
    COLLISION = "the tags drown each other: none is seen in this look"
    NO_ANTENNA = "no antenna is connected"
    UNPLUG = "the plug is pulled out in the middle of the answer"


class UhfReader:
    """`faults` are used up one by one, by the next answers; `tags` are EPCs in hex digits."""

    def __init__(
        self,
        part: str,
        path: Path,
        changed: Callable[[], None] = lambda: None,
        *,
        kind: int = LONG_TYPE,
        form: int | None = None,
    ) -> None:
        """`form`: whose way of telling tags it uses, when it is not its own (clones)."""
        self.plug = AnsweringPlug(part, path, changed, self._heard)
        self.faults: deque[Fault] = deque()
        self.tags: list[str] = []
        self.power = 26
        self.looks = 0
        self._kind, self._form, self._changed = kind, form or kind, changed
        self._rest = b""

    @property
    def is_plugged_in(self) -> bool:
        return self.plug.is_plugged_in

    @property
    def barcodes(self) -> list[str]:
        """What the tags say to whoever reads them as letters."""
        return [bytes.fromhex(tag).rstrip(b"\0").decode("ascii", "replace") for tag in self.tags]

    def plug_in(self) -> None:
        self._rest = b""
        self.plug.plug_in()

    def unplug(self) -> None:
        self.plug.unplug()

    def put(self, barcode: str) -> None:
        self.tags.append(letters(barcode))
        self._changed()

    def take(self, barcode: str) -> None:
        self.tags = [tag for tag in self.tags if tag != letters(barcode)]
        self._changed()

    def _heard(self, chunk: bytes) -> None:
        self._rest += chunk
        while self._rest and len(self._rest) > self._rest[0]:
            end = self._rest[0] + 1
            question, self._rest = self._rest[:end], self._rest[end:]
            if crc(question) == 0:
                self._take_in(question[2], question[3:-2])

    def _take_in(self, command: int, values: bytes) -> None:
        fault = self.faults.popleft() if self.faults else None
        if fault is Fault.SILENCE:
            return
        answer = b"".join(self._answer(command, values, fault))
        if fault is Fault.WRONG_SUM:
            answer = answer[:-1] + bytes([answer[-1] ^ 1])
        self.plug.send(answer[: len(answer) // 2] if fault in (Fault.HALF, Fault.UNPLUG) else answer)
        if fault is Fault.UNPLUG:
            self.unplug()

    def _answer(self, command: int, values: bytes, fault: Fault | None) -> list[bytes]:
        if command == INFO:
            return [_frame(INFO, DONE, bytes([3, 1, self._kind, 2, 0x31, 0x80, self.power, 10]))]
        if command == SET_POWER:
            self.power = values[0]
            return [_frame(SET_POWER, DONE)]
        self.looks += 1
        if fault is Fault.NO_ANTENNA:
            return [_frame(INVENTORY, NO_ANTENNA)]
        return self._inventory([] if fault is Fault.COLLISION else self.tags)

    def _inventory(self, tags: list[str]) -> list[bytes]:
        if not tags:
            return [_frame(INVENTORY, NO_TAG if self._form == SHORT_TYPE else COMPLETE)]
        parts = [tags[at : at + TAGS_PER_FRAME] for at in range(0, len(tags), TAGS_PER_FRAME)]
        last = len(parts) - 1
        return [
            _frame(INVENTORY, COMPLETE if at == last else MORE, self._told(part)) for at, part in enumerate(parts)
        ]

    def _told(self, tags: list[str]) -> bytes:
        octets = [bytes.fromhex(tag) for tag in tags]
        if self._form == SHORT_TYPE:
            return bytes([len(tags)]) + b"".join(bytes([len(tag)]) + tag for tag in octets)
        told = (bytes([len(tag)]) + tag + bytes([STRENGTH]) for tag in octets)
        return bytes([1, len(tags)]) + b"".join(told)  # antenna 1


def letters(barcode: str) -> str:
    """An item number as a 96-bit EPC of letters. Raises BenchError for what is not written so."""
    if not barcode.isascii() or len(barcode) > EPC_OCTETS:
        raise BenchError(
            "แท็ก UHF เก็บได้เฉพาะตัวอักษรอังกฤษและตัวเลขไม่เกิน 12 ตัว",
            "A UHF tag holds at most 12 English letters and digits.",
        )
    return barcode.encode("ascii").ljust(EPC_OCTETS, b"\0").hex().upper()


def crc(octets: bytes) -> int:
    """CRC-16/MCRF4XX; 0 over a whole frame."""
    value = 0xFFFF
    for octet in octets:
        value ^= octet
        for _ in range(8):
            value = value >> 1 ^ (0x8408 if value & 1 else 0)
    return value


def _frame(command: int, status: int, values: bytes = b"") -> bytes:
    body = bytes([len(values) + 5, 0, command, status]) + values
    return body + crc(body).to_bytes(2, "little")
