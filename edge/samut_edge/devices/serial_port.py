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
            self._became(PartState.READY, f"{self._path}, {self._baud} baud")
            await _until_lost(port, self._received)
        finally:
            port.close()

    def _open(self) -> serial.Serial:
        try:
            return serial.Serial(self._path, self._baud, timeout=0, exclusive=True)
        except serial.SerialException as error:
            raise AwayError(f"{self._path} cannot be opened: {error}") from error


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
