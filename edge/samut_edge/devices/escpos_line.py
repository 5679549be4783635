"""A conversation with an ESC/POS printer: asking for its state, and sending a job that it confirms."""

import asyncio

from samut_edge.devices.part import PartState, PartStatus

DLE_EOT_OFFLINE_CAUSE = b"\x10\x04\x02"
DLE_EOT_PAPER = b"\x10\x04\x04"
GS_R_PAPER = b"\x1d\x72\x01"
"""Unlike DLE EOT it waits in the line behind the job: its answer means that the job is done."""

COVER_OPEN, ERROR = 0x04, 0x40  # bits of the answer to DLE EOT 2
PAPER_NEAR_END, PAPER_END = 0x0C, 0x60  # bits of the answer to DLE EOT 4
ANSWER_SECONDS = 0.7
SEND_SECONDS = 60.0
ROWS_PER_SECOND = 400
"""The slowest printers feed 50 mm a second."""


class EscposLine:
    """Methods raise OSError (TimeoutError too) when the connection breaks; silence is only an unknown state."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def status(self) -> PartStatus:
        paper = await self._ask_now(DLE_EOT_PAPER)
        if paper is None:
            return PartStatus(PartState.UNKNOWN, "the printer does not answer about its state")
        cause = await self._ask_now(DLE_EOT_OFFLINE_CAUSE) or 0
        return _status(paper, cause)

    async def print(self, job: bytes, rows: int, *, confirm: bool) -> bool:
        """True when the printer says that it has printed everything. Waits for that only when `confirm`."""
        async with asyncio.timeout(SEND_SECONDS):
            self._writer.write(job)
            await self._writer.drain()
        return confirm and await self._is_done(patience=2 + rows / ROWS_PER_SECOND)

    async def _is_done(self, patience: float) -> bool:
        self._writer.write(GS_R_PAPER)
        end = asyncio.get_running_loop().time() + patience
        while asyncio.get_running_loop().time() < end:
            if await self._answer(fixed=0x90, value=0x00) is not None:
                return True
            paper = await self._ask_now(DLE_EOT_PAPER)
            if paper is not None and paper & PAPER_END:
                return False
        return False

    async def _ask_now(self, question: bytes) -> int | None:
        self._writer.write(question)
        return await self._answer(fixed=0x93, value=0x12)

    async def _answer(self, *, fixed: int, value: int) -> int | None:
        """The next byte whose fixed bits say that it answers this kind of question; None when none comes."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                while True:
                    answer = (await self._reader.readexactly(1))[0]
                    if answer & fixed == value:
                        return answer
        except TimeoutError:
            return None


def _status(paper: int, cause: int) -> PartStatus:
    if paper & PAPER_END:
        return PartStatus(PartState.PAPER_OUT, "the paper is used up")
    if cause & COVER_OPEN:
        return PartStatus(PartState.OFFLINE, "the printer's cover is open")
    if cause & ERROR:
        return PartStatus(PartState.OFFLINE, "the printer reports a fault")
    if paper & PAPER_NEAR_END:
        return PartStatus(PartState.PAPER_LOW, "the paper is nearly used up")
    return PartStatus(PartState.READY)
