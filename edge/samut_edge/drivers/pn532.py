"""PN532 modules on a serial line (HSU): NFC cards and tags of ISO 14443 type A, by NXP's manual UM0701-02."""

import asyncio
import time
from collections.abc import Mapping
from typing import Any

from samut_edge.devices.one_tap import OneTap
from samut_edge.devices.options import read_options
from samut_edge.devices.part import Emit, PartKind, PartState
from samut_edge.devices.pn532_frames import ACK, SYNTAX_ERROR, FrameReader, Garbled, Heard, Short, frame
from samut_edge.devices.running_part import AwayError
from samut_edge.devices.serial_port import AskedSerialPart, SerialOptions
from samut_edge.events import CardKind, CardTapped

KIND = PartKind.CARD_READER

WAKE_UP = b"\x55\x55" + bytes(14)
"""7.2.11: any bytes wake its line; the zeros give its clock the time to start."""

FIRMWARE = b"\x02"  # answered by chip, version, revision, what it supports
SAM_OFF = bytes.fromhex("14011401")  # normal mode: no security module is behind it
FEW_TRIES = bytes.fromhex("3205FF0101")  # a look at an empty field ends at once
LIST_ONE_A = bytes.fromhex("4A0100")  # one target, 106 kbit/s type A
SHORTEST = {FIRMWARE: 5, LIST_ONE_A: 2}

TRIES = 3
ACK_SECONDS = 0.2
ANSWER_SECONDS = 0.6
LOOK_SECONDS = 0.06


class Pn532Options(SerialOptions, frozen=True):
    baud: int = 115200


class Pn532(AskedSerialPart):
    def __init__(self, name: str, options: Pn532Options, emit: Emit) -> None:
        super().__init__(name, options, emit)
        self._frames = FrameReader()
        self._heard: asyncio.Queue[Heard] = asyncio.Queue()
        self._tap = OneTap()

    def _connected(self) -> None:
        self._frames.forget()

    def _received(self, chunk: bytes) -> None:
        for heard in self._frames.heard(chunk):
            self._heard.put_nowait(heard)

    async def _converse(self) -> None:
        self._send(WAKE_UP)
        await self._ask(SAM_OFF)
        version = await self._ask(FIRMWARE)
        await self._ask(FEW_TRIES)
        self._became(
            PartState.READY, f"{self._path}, PN5{version[:1].hex()} firmware {'.'.join(map(str, version[1:3]))}"
        )
        while True:
            self._saw(await self._ask(LIST_ONE_A), time.perf_counter_ns())
            await asyncio.sleep(LOOK_SECONDS)

    def _saw(self, found: bytes, seen_ns: int) -> None:
        """6.3.5: number of targets, then target, SENS_RES (2), SEL_RES, length of the chip number, chip number."""
        card = _chip_number(found)
        if card and self._tap.is_new(card, seen_ns):
            self._emit(CardTapped(self.name, CardKind.UID, card, seen_ns))

    async def _ask(self, command: bytes) -> bytes:
        """The values of its answer; raises AwayError when three questions brought none."""
        for _ in range(TRIES):
            while not self._heard.empty():
                self._heard.get_nowait()
            self._send(frame(command))
            try:
                if await self._next(ACK_SECONDS) is Short.ACK:
                    return _values(command, await self._next(ANSWER_SECONDS))
            except (TimeoutError, _BadAnswerError):
                self._send(ACK)  # 6.2.1.3 d: gives up the command that it may be at
        raise AwayError(f"{self._path}: no PN532 answers there")

    async def _next(self, seconds: float) -> Heard:
        async with asyncio.timeout(seconds):
            return await self._heard.get()


class _BadAnswerError(Exception):
    """The answer was garbled, says too little, refused the question, or belongs to another one."""


def _values(command: bytes, answer: Heard) -> bytes:
    if isinstance(answer, Short | Garbled) or answer == SYNTAX_ERROR or answer[:1] != bytes([command[0] + 1]):
        raise _BadAnswerError
    if len(answer) < SHORTEST.get(command, 1):
        raise _BadAnswerError
    return answer[1:]


def _chip_number(found: bytes) -> str:
    if len(found) < 6 or not found[0]:
        return ""
    return found[6 : 6 + found[5]].hex().upper()


def create(name: str, options: Mapping[str, Any], emit: Emit) -> Pn532:
    return Pn532(name, read_options(name, options, Pn532Options), emit)
