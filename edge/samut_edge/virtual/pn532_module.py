"""A virtual PN532 on a serial line: it speaks the frames of NXP's manual UM0701-02, also badly when it is told to."""

import asyncio
import re
from collections import deque
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path

from samut_edge.virtual.answering_plug import AnsweringPlug

QUESTION = re.compile(rb"\x00\x00\xff([^\x00])(.)\xd4", re.DOTALL)
ACK, NACK = bytes.fromhex("0000FF00FF00"), bytes.fromhex("0000FFFF0000")
SYNTAX_ERROR = bytes.fromhex("0000FF01FF7F8100")
FIRMWARE = bytes.fromhex("32010607")  # PN532 version 1.6, all protocols
TAP_SECONDS = 0.4
WAKE_UP = b"\x55\x55"


class Fault(StrEnum):
    """What happens to one answer."""

    NACK = "it says that it did not understand"
    WRONG_SUM = "a bit of the answer is wrong"
    HALF = "only half of the answer comes"
    SILENCE = "no answer comes"
    NOISE = "noise comes before the answer"
    REFUSAL = "it calls the question wrong"
    UNPLUG = "the plug is pulled out in the middle of the answer"


class Pn532Module:
    """`faults` are used up one by one, by the next answers. It sleeps until it is woken, and refuses before its
    security module was configured, as the real one does."""

    def __init__(self, part: str, path: Path, changed: Callable[[], None] = lambda: None) -> None:
        self.plug = AnsweringPlug(part, path, changed, self._heard)
        self.faults: deque[Fault] = deque()
        self.looks = 0
        self._card = b""
        self._rest = b""
        self._is_awake = self._is_configured = False

    def plug_in(self) -> None:
        self._rest, self._is_awake, self._is_configured = b"", False, False
        self.plug.plug_in()

    def unplug(self) -> None:
        self.plug.unplug()

    @property
    def is_plugged_in(self) -> bool:
        return self.plug.is_plugged_in

    async def tap(self, chip_number: str) -> None:
        """Raises BenchError when it is unplugged."""
        self.plug.send(b"")
        self.put(chip_number)
        await asyncio.sleep(TAP_SECONDS)
        self.take()

    def put(self, chip_number: str) -> None:
        self._card = bytes.fromhex(chip_number)

    def take(self) -> None:
        self._card = b""

    def _heard(self, chunk: bytes) -> None:
        self._rest += chunk
        self._is_awake = self._is_awake or WAKE_UP in self._rest
        while (start := QUESTION.search(self._rest)) and len(self._rest) >= start.end() + start[1][0] + 1:
            end = start.end() - 1 + start[1][0]
            body, total = self._rest[start.end() - 1 : end], self._rest[end]
            self._rest = self._rest[end + 2 :]
            if self._is_awake:
                self._take_in(body[1:], is_whole=(sum(body) + total) & 0xFF == 0)

    def _take_in(self, question: bytes, *, is_whole: bool) -> None:
        fault = self.faults.popleft() if self.faults else None
        if fault is Fault.SILENCE:
            return
        if fault is Fault.NACK or not is_whole:
            self.plug.send(NACK)
            return
        self.plug.send(ACK)
        answer = SYNTAX_ERROR if fault is Fault.REFUSAL else self._answer(question)
        self.plug.send(_spoilt(answer, fault))
        if fault is Fault.UNPLUG:
            self.plug.unplug()

    def _answer(self, question: bytes) -> bytes:
        match question[0]:
            case 0x02:
                return _frame(b"\x03" + FIRMWARE)
            case 0x14:
                self._is_configured = True
                return _frame(b"\x15")
            case 0x32 if self._is_configured:
                return _frame(b"\x33")
            case 0x4A if self._is_configured:
                self.looks += 1
                return _frame(b"\x4b" + self._targets())
        return SYNTAX_ERROR

    def _targets(self) -> bytes:
        if not self._card:
            return b"\x00"
        return b"\x01\x01\x00\x04\x08" + bytes([len(self._card)]) + self._card


def _spoilt(answer: bytes, fault: Fault | None) -> bytes:
    if fault is Fault.WRONG_SUM:
        return answer[:-2] + bytes([answer[-2] ^ 1]) + answer[-1:]
    if fault in (Fault.HALF, Fault.UNPLUG):
        return answer[: len(answer) // 2]
    return b"\x00\xff\x13\x37\x00" + answer if fault is Fault.NOISE else answer


def _frame(said: bytes) -> bytes:
    body = b"\xd5" + said
    return b"\x00\x00\xff" + bytes([len(body), -len(body) & 0xFF]) + body + bytes([-sum(body) & 0xFF, 0])
