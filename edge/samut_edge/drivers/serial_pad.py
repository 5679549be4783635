"""RFID pads and gate antennas with a FEIG reader on a serial line (ISO 15693), without any service of its maker.

Built after FEIG's manuals H20800-16e-ID-B (ID CPR family) and H60301-3e-ID-B (ID ISC.MR/PR/PRH101); of them are used:
frames, status bytes, [0x69] RF Reset, [0xB0] with 01 and, addressed, 23, 24, 27, 29, 2B. The reader stands as it is
delivered: ISO host mode, CFG5 with anticollision, 38400 baud, even parity. That it hands over each block's bytes last
byte first is read in two open drivers (dpavlin/Biblio-RFID, digibib/go-feig). None of all this was tried on a reader.
"""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from samut_edge.devices.feig_frames import frame_length
from samut_edge.devices.feig_reader import FeigReader, TagLostError
from samut_edge.devices.library_tag import BadTagError, ItemTag, stranger_of
from samut_edge.devices.lying_tags import LyingTag, LyingTags
from samut_edge.devices.options import Options, Seconds, Text, read_options
from samut_edge.devices.pad import ANSWER_SECONDS, Afi, AfiValues, Security, check_afi
from samut_edge.devices.part import Emit, PartKind, PartState
from samut_edge.devices.running_part import AwayError, RunningPart
from samut_edge.devices.serial_talk import Parity, open_talk
from samut_edge.devices.sightings import Sightings
from samut_edge.devices.tag_codec import Model, dsfid_of, read_memory, turned, write_memory
from samut_edge.events import Stranger, TagPassed

KIND = PartKind.PAD

PATIENCE = 0.6
"""So long a reader may take for one answer: an inventory of a full pad takes up to a third of a second."""

SIGHTINGS, SIGHTINGS_AT_EXIT = 2, 1
READINGS = 3
TRIES = 2


class PadOptions(Options, frozen=True):
    """`library` is the owner code (ISIL without country) of the tags that count; empty: all tags.

    `round_seconds`: from one look at all tags to the next. `turned_blocks`: the reader hands over a block's bytes in
    the other order (tags are read in either; it matters for writing). `exit`: antennas that tags are carried past.
    """

    path: Text
    baud: int = 38400
    parity: Parity = "even"
    library: str = ""
    afi_secured: Afi = AfiValues.SECURED
    afi_cleared: Afi = AfiValues.CLEARED
    round_seconds: Seconds = 0.3
    model: Model = Model.FIXED
    turned_blocks: bool = True
    exit: bool = False

    def __post_init__(self) -> None:
        check_afi(self.afi_secured, self.afi_cleared)


@dataclass(slots=True)
class Unread:
    """A tag whose memory is still to be read: how often that failed, and what it was heard to tell the exit."""

    seen_ns: int
    failed: int = 0
    secured: bool | None = None


class SerialPad(RunningPart):
    def __init__(self, name: str, options: PadOptions, emit: Emit) -> None:
        super().__init__(name, emit)
        self._options = options
        self._lying = LyingTags(name, options.library)
        self._sightings = Sightings(SIGHTINGS_AT_EXIT if options.exit else SIGHTINGS)
        self._unread: dict[str, Unread] = {}
        self._doubtful: set[str] = set()
        self._reader: FeigReader | None = None
        self._order = asyncio.Lock()

    async def set_security(self, barcode: str, *, secured: bool) -> Security:
        chips = self._lying.chips_of(barcode)
        if not chips:
            return Security.NO_TAG
        try:
            async with asyncio.timeout(ANSWER_SECONDS), self._order:
                done = [await self._secure(chip, secured) for chip in chips]
        except (AwayError, TimeoutError):
            self._doubt(chips)
            return Security.PENDING
        return Security.DONE if all(done) else Security.PENDING

    async def write_item(self, tag: str, content: ItemTag) -> bool:
        try:
            async with asyncio.timeout(ANSWER_SECONDS), self._order:
                return await self._write(self._connected(), tag, content)
        except (AwayError, BadTagError, TagLostError, TimeoutError):
            return False

    async def _secure(self, chip: str, secured: bool) -> bool:
        """Whether the tag says so, read from it after the write."""
        reader, options = self._connected(), self._options
        self._doubt([chip])
        for _ in range(TRIES):
            try:
                await reader.write_afi(chip, options.afi_secured if secured else options.afi_cleared)
                if await self._ask_exit(reader, chip) is secured:
                    return True
            except TagLostError:
                continue
        return False

    def _doubt(self, chips: list[str]) -> None:
        """What they say to the exit is not known until they are read."""
        for chip in chips:
            self._lying.know(chip, None)
        self._doubtful.update(chips)

    async def _ask_exit(self, reader: FeigReader, chip: str) -> bool | None:
        says = self._says((await reader.information(chip)).afi)
        self._lying.know(chip, says)
        self._doubtful.discard(chip)
        return says

    def _says(self, afi: int) -> bool | None:
        return {self._options.afi_secured: True, self._options.afi_cleared: False}.get(afi)

    async def _write(self, reader: FeigReader, chip: str, content: ItemTag) -> bool:
        before, block = await reader.memory(chip)
        memory = write_memory(content, self._options.model, len(before))
        raw = turned(memory, block) if self._options.turned_blocks else memory
        await reader.write_memory(chip, raw, block)
        await reader.write_dsfid(chip, dsfid_of(self._options.model))
        after, _ = await reader.memory(chip)
        read = await self._read(reader, chip)
        if chip in self._lying:
            self._lying.lay(read)
        return after[: len(raw)] == raw and read.tag == content

    def _connected(self) -> FeigReader:
        if self._reader is None:
            raise AwayError(f"{self._options.path} is away")
        return self._reader

    async def _work(self) -> None:
        options = self._options
        with open_talk(options.path, options.baud, options.parity, length=frame_length, patience=PATIENCE) as line:
            reader = FeigReader(line)
            await reader.inventory()
            self._reader = reader
            try:
                await self._look_again_and_again(reader)
            finally:
                self._reader = None

    async def _look_again_and_again(self, reader: FeigReader) -> None:
        while True:
            pause = asyncio.create_task(asyncio.sleep(self._options.round_seconds))
            await self._round(reader)
            self._became(PartState.READY, f"{self._options.path}, {self._lying.strangers} other tags")
            await pause

    async def _round(self, reader: FeigReader) -> None:
        present = await reader.inventory()
        seen_ns = time.perf_counter_ns()
        change = self._sightings.look(present)
        self._unread.update({chip: Unread(seen_ns) for chip in change.came})
        for chip in change.went:
            self._forget(chip)
        for chip in present:
            if chip in self._unread:
                await self._take_in(reader, chip)
            elif chip in self._doubtful:
                await self._ask_again(reader, chip)
        if not self._options.exit:
            for event in self._lying.news():
                self._emit(event)

    def _forget(self, chip: str) -> None:
        self._lying.lift(chip)
        self._doubtful.discard(chip)
        unread = self._unread.pop(chip, None)
        if unread is not None and self._options.exit:
            self._tell_passing(LyingTag(chip, None, unread.secured), unread.seen_ns)

    async def _ask_again(self, reader: FeigReader, chip: str) -> None:
        try:
            await self._ask_exit(reader, chip)
        except TagLostError:
            return

    async def _take_in(self, reader: FeigReader, chip: str) -> None:
        unread = self._unread[chip]
        try:
            tag = await self._read(reader, chip)
        except TagLostError:
            unread.failed += 1
            if unread.failed < READINGS:
                return
            tag = LyingTag(chip, None, unread.secured)
        del self._unread[chip]
        self._lying.lay(tag)
        if self._options.exit:
            self._tell_passing(tag, unread.seen_ns)

    async def _read(self, reader: FeigReader, chip: str) -> LyingTag:
        """Raises TagLostError. A memory that says nothing makes a tag without content."""
        information = await reader.information(chip)
        if chip in self._unread:
            self._unread[chip].secured = self._says(information.afi)
        memory, block = await reader.memory(chip)
        usual = turned(memory, block) if self._options.turned_blocks else memory
        try:
            item = read_memory(usual, information.dsfid, block)
        except BadTagError:
            item = None
        return LyingTag(chip, item, self._says(information.afi))

    def _tell_passing(self, tag: LyingTag, seen_ns: int) -> None:
        """Items of this library, and every secured tag that cannot be read, or was gone before it was."""
        stranger = stranger_of(tag.tag, self._options.library)
        if stranger is None and tag.tag is not None:
            self._emit(TagPassed(self.name, tag.tag.barcode, tag.chip, tag.secured is True, seen_ns))
        elif stranger is Stranger.UNREADABLE and tag.secured:
            self._emit(TagPassed(self.name, "", tag.chip, secured=True, seen_ns=seen_ns))


def create(name: str, options: Mapping[str, Any], emit: Emit) -> SerialPad:
    return SerialPad(name, read_options(name, options, PadOptions), emit)
