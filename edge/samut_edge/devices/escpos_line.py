"""A conversation with an ESC/POS printer: asking for its state, and sending a job that it confirms."""

import asyncio

from samut_edge.devices.escpos_channel import EscposChannel
from samut_edge.devices.part import PartState, PartStatus

DLE_EOT = b"\x10\x04"
STATE, OFFLINE_CAUSE, ERROR_CAUSE, PAPER = b"\x01", b"\x02", b"\x03", b"\x04"
GS_R_PAPER = b"\x1d\x72\x01"
"""Unlike DLE EOT it waits in the line behind the job: its answer means that the job is done."""

OFFLINE = 0x08  # bit of the answer to DLE EOT 1
COVER_OPEN, PAPER_STOP, ERROR = 0x04, 0x20, 0x40  # to DLE EOT 2
CUTTER, UNRECOVERABLE, TOO_HOT = 0x08, 0x20, 0x40  # to DLE EOT 3
PAPER_NEAR_END, PAPER_END = 0x0C, 0x60  # to DLE EOT 4
ANSWER_SECONDS = 0.7
SEND_SECONDS = 60.0
ROWS_PER_SECOND = 400
"""The slowest printers feed 50 mm a second."""

AT_ONCE, IN_TURN, BY_ITSELF = (0x93, 0x12), (0x90, 0x00), (0x93, 0x10)
"""Fixed bits of an answer, and their value: to DLE EOT, to GS r, and the first of four bytes that a printer sends
unasked (ASB), whose other three look like answers to GS r (TM-T88III specification, table G.1)."""
REST_OF_ASB = 3


class EscposLine:
    """Methods raise OSError (TimeoutError too) when the connection breaks; silence is only an unknown state."""

    def __init__(self, channel: EscposChannel) -> None:
        self._channel = channel

    async def status(self) -> PartStatus:
        """A printer that answers about its paper only is believed about that."""
        await self._forget_late_answers()
        paper = await self._ask_now(PAPER)
        if paper is None:
            return PartStatus(PartState.UNKNOWN, "the printer does not answer about its state")
        cause = await self._ask_now(OFFLINE_CAUSE) or 0
        state = await self._ask_now(STATE) or 0
        error = (await self._ask_now(ERROR_CAUSE) or 0) if (cause & ERROR or state & OFFLINE) else 0
        return _status(paper, cause, state, error)

    async def print(self, job: bytes, rows: int, *, confirm: bool) -> bool:
        """True when the printer says that it has printed everything. Waits for that only when `confirm`."""
        async with asyncio.timeout(SEND_SECONDS):
            await self._channel.send(job)
        return confirm and await self._is_done(patience=2 + rows / ROWS_PER_SECOND)

    async def send(self, order: bytes) -> None:
        async with asyncio.timeout(ANSWER_SECONDS):
            await self._channel.send_now(order)

    async def _is_done(self, patience: float) -> bool:
        await self.send(GS_R_PAPER)
        end = asyncio.get_running_loop().time() + patience
        while asyncio.get_running_loop().time() < end:
            if await self._answer(*IN_TURN) is not None:
                return True
            state = await self._ask_now(PAPER)
            cause = await self._ask_now(OFFLINE_CAUSE)
            if (state or 0) & PAPER_END or (cause or 0) & (COVER_OPEN | ERROR):
                return False
        return False

    async def _ask_now(self, about: bytes) -> int | None:
        await self.send(DLE_EOT + about)
        return await self._answer(*AT_ONCE)

    async def _forget_late_answers(self) -> None:
        """Answers to different questions look alike: one that came too late must not count for the next."""
        try:
            async with asyncio.timeout(0.001):
                while await self._channel.heard.read(64):
                    pass
        except TimeoutError:
            return
        raise ConnectionResetError("the printer hung up")

    async def _answer(self, fixed: int, value: int) -> int | None:
        """The next byte whose fixed bits say that it answers this kind of question; None when none comes."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                while True:
                    answer = (await self._channel.heard.readexactly(1))[0]
                    if answer & fixed == value:
                        return answer
                    if answer & BY_ITSELF[0] == BY_ITSELF[1]:
                        await self._channel.heard.readexactly(REST_OF_ASB)
        except TimeoutError:
            return None


def _status(paper: int, cause: int, state: int, error: int) -> PartStatus:
    """The cover first: with it open, the paper is not seen rightly."""
    if cause & COVER_OPEN:
        return PartStatus(PartState.COVER_OPEN, "the printer's cover is open")
    if paper & PAPER_END or cause & PAPER_STOP:
        return PartStatus(PartState.PAPER_OUT, "the paper is used up")
    if cause & ERROR:
        return PartStatus(PartState.FAULT, f"the printer reports a fault: {_fault(error)}")
    if state & OFFLINE:
        return PartStatus(PartState.FAULT, "the printer is off line: press its feed button, or switch it off and on")
    if paper & PAPER_NEAR_END:
        return PartStatus(PartState.PAPER_LOW, "the paper is nearly used up")
    return PartStatus(PartState.READY)


def _fault(error: int) -> str:
    if error & CUTTER:
        return "the cutter is jammed, take out the paper and switch it off and on"
    if error & UNRECOVERABLE:
        return "switch it off and on; if that does not help it must be repaired"
    if error & TOO_HOT:
        return "its head is too hot, it goes on by itself when it has cooled down"
    return "see its lamps"
