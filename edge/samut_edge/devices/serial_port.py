"""A part on a serial line, read without blocking; unplugged and plugged in again it is found by its path."""

import asyncio
from abc import abstractmethod
from collections.abc import Callable

import serial

from samut_edge.devices.options import Options, Text
from samut_edge.devices.part import Emit, PartState
from samut_edge.devices.running_part import AwayError, RunningPart


class SerialOptions(Options, frozen=True):
    """`path` may be a link, such as /dev/serial/by-id/…, which stays the same when the plug moves."""

    path: Text
    baud: int = 9600


class SerialPart(RunningPart):
    """A device that speaks without being asked."""

    def __init__(self, name: str, options: SerialOptions, emit: Emit) -> None:
        super().__init__(name, emit)
        self._path, self._baud = options.path, options.baud

    @abstractmethod
    def _received(self, chunk: bytes) -> None:
        """Some bytes came in; they may be less or more than one message."""

    def _connected(self) -> None:
        """The line is open anew: forget what came before."""

    async def _work(self) -> None:
        port = self._open()
        try:
            self._connected()
            await self._use(port)
        finally:
            port.close()

    async def _use(self, port: serial.Serial) -> None:
        self._became(PartState.READY, f"{self._path}, {self._baud} baud")
        await _until_lost(port, self._received)

    def _open(self) -> serial.Serial:
        try:
            return serial.Serial(self._path, self._baud, timeout=0, write_timeout=1, exclusive=True)
        except serial.SerialException as error:
            raise AwayError(f"{self._path} cannot be opened: {error}") from error


class AskedSerialPart(SerialPart):
    """A device that answers when it is asked. It is ready when `_converse` says so, not when its line is open."""

    _port: serial.Serial

    @abstractmethod
    async def _converse(self) -> None:
        """Ask, again and again; raises AwayError when no sensible answer comes."""

    def _send(self, question: bytes) -> None:
        try:
            self._port.write(question)
        except serial.SerialException as error:
            raise AwayError(f"{self._path} was lost: {error}") from error

    async def _use(self, port: serial.Serial) -> None:
        self._port = port
        both = [asyncio.create_task(_until_lost(port, self._received)), asyncio.create_task(self._converse())]
        try:
            ended, _ = await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            ended.pop().result()
        finally:
            for task in both:
                task.cancel()
            await asyncio.gather(*both, return_exceptions=True)


async def _until_lost(port: serial.Serial, received: Callable[[bytes], None]) -> None:
    loop = asyncio.get_running_loop()
    lost: asyncio.Future[None] = loop.create_future()

    def readable() -> None:
        try:
            chunk = port.read(4096)
        except serial.SerialException as error:
            loop.remove_reader(port)
            lost.set_exception(AwayError(f"{port.port} was lost: {error}"))
        else:
            received(chunk)

    loop.add_reader(port, readable)
    try:
        await lost
    finally:
        loop.remove_reader(port)
