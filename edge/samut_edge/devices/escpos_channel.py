"""The way bytes take to an ESC/POS printer and back, whatever the plug."""

import asyncio
import socket
from abc import ABC, abstractmethod

READ_PAUSE = 0.01
CHUNK = 4096


class EscposChannel(ABC):
    """An open line. What the printer says arrives in `heard`; a line that broke ends `heard` or makes it raise."""

    def __init__(self) -> None:
        self.heard = asyncio.StreamReader()

    @abstractmethod
    async def send(self, job: bytes) -> None:
        """Returns when the line has taken all of it. Raises OSError when the line breaks."""

    async def send_now(self, order: bytes) -> None:
        """For what a printer takes even when it holds jobs back (DLE EOT is obeyed off line too)."""
        await self.send(order)

    @abstractmethod
    async def close(self) -> None:
        """Nothing that was sent is lost by it, as far as the line can tell."""


class NetworkChannel(EscposChannel):
    """TCP, mostly port 9100."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        super().__init__()
        self.heard, self._writer = reader, writer
        writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    async def send(self, job: bytes) -> None:
        self._writer.write(job)
        await self._writer.drain()

    async def close(self) -> None:
        self._writer.close()


class PolledChannel(EscposChannel):
    """A device that is read and written in pieces, without waiting; made once it is open, on the event loop."""

    def __init__(self) -> None:
        super().__init__()
        self._listening = asyncio.create_task(self._listen())

    @abstractmethod
    async def _read(self) -> bytes:
        """What has come in; empty when nothing has. Raises OSError when the device is gone."""

    @abstractmethod
    async def _write(self, piece: bytes) -> int:
        """How many bytes the device took: none when it is busy. Raises OSError when it is gone."""

    @abstractmethod
    async def _release(self) -> None:
        """Let go of the device."""

    async def send(self, job: bytes) -> None:
        rest = memoryview(job)
        while rest:
            taken = await self._write(bytes(rest[:CHUNK]))
            rest = rest[taken:]
            if not taken:
                await asyncio.sleep(READ_PAUSE)

    async def close(self) -> None:
        self._listening.cancel()
        try:
            await asyncio.wait([self._listening])
        finally:
            await self._release()

    async def _listen(self) -> None:
        while True:
            try:
                self.heard.feed_data(await self._read())
            except OSError as error:
                self.heard.set_exception(error)
                return
            await asyncio.sleep(READ_PAUSE)
