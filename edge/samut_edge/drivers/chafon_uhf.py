"""UHF readers of Chafon and its clones on a serial line: a pad where books are laid, or the antenna of an exit.

A message is length, address, command, values, CRC-16; an answer has a status before its values.
Nothing is written to UHF tags: an exit asks its copy of the loans whether an item may pass.
"""

import asyncio
import time
from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from chafon_rfid import command as c
from chafon_rfid.base import ReaderCommand, ReaderResponseFrame, ReaderType
from chafon_rfid.response import (
    G2_TAG_INVENTORY_STATUS_ANTENNA_ERROR,
    G2_TAG_INVENTORY_STATUS_COMPLETE,
    G2_TAG_INVENTORY_STATUS_MEMORY_EXCEEDED,
    G2_TAG_INVENTORY_STATUS_MORE_FRAMES,
    G2_TAG_INVENTORY_STATUS_TIMEOUT,
)
from chafon_rfid.uhfreader18 import G2InventoryResponseFrame as ShortInventory
from chafon_rfid.uhfreader288m import G2InventoryCommand
from chafon_rfid.uhfreader288m import G2InventoryResponseFrame as LongInventory

from samut_edge.devices.epc import ItemNumbers, Writing
from samut_edge.devices.options import read_options
from samut_edge.devices.pad import Security
from samut_edge.devices.part import Emit, PartKind, PartState
from samut_edge.devices.running_part import AwayError
from samut_edge.devices.serial_port import AskedSerialPart, SerialOptions
from samut_edge.devices.sightings import Sightings
from samut_edge.events import ItemGone, ItemSeen, Stranger, StrangeTag, TagPassed

KIND = PartKind.PAD

SHORT_FORM = {ReaderType.RRU9803M.value, ReaderType.RRU9803M_1.value, ReaderType.UHFReader18.value}
"""Older readers, whose question has no parameters and whose answer tells neither antenna nor strength."""

INFO_OCTETS = 7
NO_TAG = 0xFB
ENDS = {
    G2_TAG_INVENTORY_STATUS_COMPLETE,
    G2_TAG_INVENTORY_STATUS_TIMEOUT,
    G2_TAG_INVENTORY_STATUS_MEMORY_EXCEEDED,
    NO_TAG,
}
LOOK_TENTHS = 3  # the longest that one look may take, in tenths of a second
TRIES = 3
ANSWER_SECONDS = 1.0
PAUSE_SECONDS = 0.1
ANYTHING = ".+"


class UhfOptions(SerialOptions, frozen=True):
    """`power` in dBm, kept as the reader has it when it is not given. `exit`: the antenna of an exit, not a pad.

    `epc`: what the item number is written in; `pattern`: what own tags say; its first group is the number. In hex
    digits every shirt says something: there is no own tag without a pattern.
    """

    baud: int = 57600
    power: Annotated[int, msgspec.Meta(ge=0, le=33)] | None = None
    exit: bool = False
    epc: Writing = "ascii"
    pattern: str = ANYTHING

    def __post_init__(self) -> None:
        ItemNumbers(self.epc, self.pattern)
        if self.epc == "hex" and self.pattern == ANYTHING:
            raise ValueError("`pattern` is missing: in hex, tags of clothes would be items. Say what yours say")


class _Info(ReaderResponseFrame):  # type: ignore[misc]
    """Firmware (2), type, protocols, frequencies (2), power in dBm; more follows."""

    def __init__(self, frame: bytes) -> None:
        super().__init__(frame)
        if len(self.data) < INFO_OCTETS:
            raise ValueError("too little is told")


class ChafonReader(AskedSerialPart):
    def __init__(self, name: str, options: UhfOptions, emit: Emit) -> None:
        super().__init__(name, options, emit)
        self._options = options
        self._numbers = ItemNumbers(options.epc, options.pattern)
        self._sightings = Sightings(needed=1 if options.exit else 2)
        self._items: dict[str, set[str]] = {}
        self._rest = b""
        self._frames: asyncio.Queue[bytes] = asyncio.Queue()

    async def set_security(self, barcode: str, *, secured: bool) -> Security:
        """There is nothing to write: what the exit knows of the loan is what counts, on the pad or off it."""
        return Security.DONE

    def _connected(self) -> None:
        self._rest = b""

    def _received(self, chunk: bytes) -> None:
        self._rest += chunk
        while self._rest and len(self._rest) > self._rest[0]:
            end = self._rest[0] + 1
            self._frames.put_nowait(self._rest[:end])
            self._rest = self._rest[end:]

    async def _converse(self) -> None:
        about = (await self._ask(ReaderCommand(c.CF_GET_READER_INFO), _Info))[0].data
        power = self._options.power
        if power is not None and about[6] != power:
            await self._ask(ReaderCommand(c.CF_SET_RF_POWER, data=[power]))
        kind, dbm = about[2], about[6] if power is None else power
        self._became(PartState.READY, f"{self._path}, reader type {kind:02X}, {about[0]}.{about[1]}, {dbm} dBm")
        while True:
            self._saw(await self._look(is_short=kind in SHORT_FORM), time.perf_counter_ns())
            await asyncio.sleep(PAUSE_SECONDS)

    async def _look(self, *, is_short: bool) -> list[str]:
        """The EPCs in the field, in hex digits."""
        question = (
            ReaderCommand(c.G2_TAG_INVENTORY) if is_short else G2InventoryCommand(q_value=4, scan_time=LOOK_TENTHS)
        )
        frames = await self._ask(question, ShortInventory if is_short else LongInventory)
        try:
            return [bytes(tag.epc).hex().upper() for frame in frames for tag in frame.get_tag()]
        except IndexError:
            raise AwayError(f"{self._path}: the reader tells its tags in a form that is not known here") from None

    async def _ask(self, question: Any, kind: Any = ReaderResponseFrame) -> list[Any]:
        """The frames of its answer; raises AwayError when three questions brought none."""
        for _ in range(TRIES):
            self._rest = b""
            while not self._frames.empty():
                self._frames.get_nowait()
            self._send(bytes(question.serialize()))
            try:
                async with asyncio.timeout(ANSWER_SECONDS):
                    return await self._answer(question.cmd, kind)
            except (TimeoutError, ValueError, IndexError):  # the last two are the library's words for a garbled frame
                continue
        raise AwayError(f"{self._path}: no UHF reader answers there")

    async def _answer(self, command: int, kind: Any) -> list[Any]:
        frames: list[Any] = []
        while True:
            frame = kind(await self._frames.get())
            if frame.resp_cmd != command:
                continue
            if frame.result_status == G2_TAG_INVENTORY_STATUS_ANTENNA_ERROR:
                raise AwayError(f"{self._path}: the reader says that no antenna is connected")
            frames.append(frame)
            if command != c.G2_TAG_INVENTORY or frame.result_status in ENDS:
                return frames
            if frame.result_status != G2_TAG_INVENTORY_STATUS_MORE_FRAMES:
                raise ValueError(f"unknown status {frame.result_status:02X}")

    def _saw(self, tags: list[str], seen_ns: int) -> None:
        came, went = self._sightings.look(tags)
        for tag in went:
            self._gone(tag)
        for tag in came:
            number = self._numbers.read(tag)
            if not self._options.exit:
                self._lies(tag, number)
            elif not isinstance(number, Stranger):
                self._emit(TagPassed(self.name, number, tag, secured=True, seen_ns=seen_ns, clears=False))

    def _lies(self, tag: str, number: str | Stranger) -> None:
        if isinstance(number, Stranger):
            self._emit(StrangeTag(self.name, tag, number))
            return
        tags = self._items.setdefault(number, set())
        if not tags:
            self._emit(ItemSeen(self.name, number, tag))
        tags.add(tag)

    def _gone(self, tag: str) -> None:
        for number, tags in list(self._items.items()):
            if tags == {tag}:
                del self._items[number]
                self._emit(ItemGone(self.name, number, tag))
            tags.discard(tag)


def create(name: str, options: Mapping[str, Any], emit: Emit) -> ChafonReader:
    return ChafonReader(name, read_options(name, options, UhfOptions), emit)
