"""Questions and answers over a serial line: one at a time, none mistaken for the answer to another."""

import asyncio
import contextlib
import termios
from collections.abc import Callable, Iterator
from typing import Literal

import serial

from samut_edge.devices.running_part import AwayError

Parity = Literal["even", "odd", "none"]
PARITIES = {"even": serial.PARITY_EVEN, "odd": serial.PARITY_ODD, "none": serial.PARITY_NONE}
LENGTH_LIMIT = 65536


class SerialTalk:
    """Made by `open_talk`. Whoever asked may be cancelled: the answer is awaited all the same, and then dropped."""

    def __init__(self, port: serial.Serial, length: Callable[[bytes], int], patience: float) -> None:
        self._port, self._length, self._patience = port, length, patience
        self._heard = b""
        self._news = asyncio.Event()
        self._lost: AwayError | None = None
        self._turn = asyncio.Lock()

    async def ask(self, question: bytes) -> bytes:
        """The answer's frame. Raises AwayError when none comes in time, or the line is lost."""
        exchange = asyncio.create_task(self._exchange(question))
        exchange.add_done_callback(_let_be)
        return await asyncio.shield(exchange)

    async def _exchange(self, question: bytes) -> bytes:
        async with self._turn:
            self._heard = b""
            self._write(question)
            try:
                async with asyncio.timeout(self._patience):
                    return await self._whole_frame()
            except TimeoutError:
                self.end(f"{self._port.port} does not answer")  # what may still come would answer another question
                raise AwayError(f"{self._port.port} does not answer") from None

    async def _whole_frame(self) -> bytes:
        while True:
            length = self._length(self._heard)
            if 0 < length <= len(self._heard):
                return self._heard[:length]
            self._news.clear()
            if self._lost is not None:
                raise self._lost
            await self._news.wait()

    def _write(self, question: bytes) -> None:
        if self._lost is not None:
            raise self._lost
        try:
            self._port.write(question)
        except serial.SerialException as error:
            raise AwayError(f"{self._port.port} was lost: {error}") from error

    def readable(self) -> None:
        try:
            self._heard = (self._heard + self._port.read(4096))[:LENGTH_LIMIT]
        except serial.SerialException as error:
            asyncio.get_running_loop().remove_reader(self._port)
            self.end(f"{self._port.port} was lost: {error}")
        self._news.set()

    def end(self, why: str) -> None:
        """Everybody who waits for an answer, or still asks, is told why there will be none."""
        self._lost = self._lost or AwayError(why)
        self._news.set()


def _let_be(exchange: asyncio.Task[bytes]) -> None:
    """What went wrong is nobody's business once nobody waits for it."""
    if not exchange.cancelled():
        exchange.exception()


@contextlib.contextmanager
def open_talk(
    path: str, baud: int, parity: Parity, *, length: Callable[[bytes], int], patience: float
) -> Iterator[SerialTalk]:
    """`length` tells how long the frame will be that begins with what was heard, 0 while it cannot be told.

    Raises AwayError when the line cannot be opened.
    """
    try:
        port = serial.Serial(path, baud, timeout=0, exclusive=True)
        with contextlib.suppress(termios.error):  # USB and pseudo terminals have no parity, and need none
            port.parity = PARITIES[parity]
        port.reset_input_buffer()
    except (serial.SerialException, termios.error) as error:
        raise AwayError(f"{path} cannot be opened: {error}") from error
    talk, loop = SerialTalk(port, length, patience), asyncio.get_running_loop()
    loop.add_reader(port, talk.readable)
    try:
        yield talk
    finally:
        loop.remove_reader(port)
        talk.end(f"{path} was closed")
        port.close()
