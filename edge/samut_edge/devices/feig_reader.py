"""What a FEIG reader can do with ISO 15693 tags in its field, each addressed by its chip number."""

from dataclasses import dataclass

from samut_edge.devices.feig_frames import (
    ADDRESSED,
    MORE,
    Answer,
    Command,
    GarbledError,
    Status,
    blocks_in,
    chips_in,
    question,
    read_answer,
    rf_reset,
)
from samut_edge.devices.running_part import AwayError
from samut_edge.devices.serial_talk import SerialTalk

READS = (16, 8)
"""Blocks asked for at once; the smallest library tags have eight."""

INVENTORY_STATUS = frozenset(Status)


class TagLostError(Exception):
    """The tag does not answer, or refuses."""


@dataclass(frozen=True, slots=True)
class SystemInformation:
    dsfid: int
    afi: int


class FeigReader:
    """Methods raise AwayError when the reader itself does not answer."""

    def __init__(self, line: SerialTalk) -> None:
        self._line = line

    async def inventory(self) -> list[str]:
        """The chip numbers of all tags that answer now; without a reset, readers as delivered tell only new ones."""
        await self._ask(rf_reset())
        answer = await self._inventory(mode=0)
        chips = chips_in(answer.rest)
        while answer.status == Status.MORE_DATA:
            answer = await self._inventory(mode=MORE)
            chips += chips_in(answer.rest)
        return list(dict.fromkeys(chips))

    async def _inventory(self, mode: int) -> Answer:
        answer = await self._ask(question(Command.INVENTORY, mode))
        if answer.status not in INVENTORY_STATUS:
            raise AwayError(f"the reader refuses ({answer.status:02X}): set it to ISO host mode, without scan mode")
        return answer

    async def information(self, chip: str) -> SystemInformation:
        """Raises TagLostError, also when another tag's information comes."""
        rest = await self._of_tag(Command.SYSTEM_INFORMATION, chip)
        if len(rest) < 10 or rest[5:9].hex().upper() != chip[8:]:  # only the low half of the number is reliable
            raise TagLostError(f"{chip} does not say what it is")
        return SystemInformation(dsfid=rest[0], afi=rest[9])

    async def memory(self, chip: str) -> tuple[bytes, int]:
        """The beginning of the memory, bytes as the reader hands them over, and the size of a block."""
        for count in READS[:-1]:
            try:
                return await self._blocks(chip, count)
            except TagLostError:
                continue
        return await self._blocks(chip, READS[-1])

    async def write_memory(self, chip: str, memory: bytes, block: int) -> None:
        """Raises TagLostError when the reader says that it was not written."""
        head = bytes([0, len(memory) // block, block])
        await self._of_tag(Command.WRITE_BLOCKS, chip, head + memory)

    async def write_afi(self, chip: str, afi: int) -> None:
        """Raises TagLostError when the reader says that it was not written."""
        await self._of_tag(Command.WRITE_AFI, chip, bytes([afi]))

    async def write_dsfid(self, chip: str, dsfid: int) -> None:
        """Raises TagLostError when the reader says that it was not written."""
        await self._of_tag(Command.WRITE_DSFID, chip, bytes([dsfid]))

    async def _blocks(self, chip: str, count: int) -> tuple[bytes, int]:
        rest = await self._of_tag(Command.READ_BLOCKS, chip, bytes([0, count]))
        try:
            return blocks_in(rest)
        except GarbledError as error:
            raise TagLostError(f"{chip}: {error}") from None

    async def _of_tag(self, command: Command, chip: str, rest: bytes = b"") -> bytes:
        answer = await self._ask(question(command, ADDRESSED, chip, rest))
        if answer.status != Status.OK:
            raise TagLostError(f"{chip}: the reader reports {answer.status:02X} for {command.name}")
        return answer.rest

    async def _ask(self, asked: bytes) -> Answer:
        """Asked again after a damaged answer: every command here may be given twice."""
        try:
            return read_answer(await self._line.ask(asked), asked)
        except GarbledError:
            pass
        try:
            return read_answer(await self._line.ask(asked), asked)
        except GarbledError as error:
            raise AwayError(str(error)) from None
