"""A line between a device and its hub that can be cut, hang, crawl, or break in the middle of a message."""

import asyncio
import contextlib
import socket
import struct
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

CHUNK = 65536
HANG_UP_HARD = struct.pack("ii", 1, 0)
"""SO_LINGER of no seconds: closing sends RST (tcp(7))."""


@dataclass(frozen=True)
class Crawl:
    """So many octets at once, and a pause after each."""

    octets: int
    seconds: float


class Line:
    """Listens on `port` and carries what comes to `target`. It begins whole."""

    def __init__(self, port: int, target: int) -> None:
        self.port = port
        self._target = target
        self._door: asyncio.Server | None = None
        self._flows = asyncio.Event()
        self._flows.set()
        self._crawl: Crawl | None = None
        self._left: int | None = None
        self._calls: set[asyncio.Task[None]] = set()
        self._callers: set[asyncio.StreamWriter] = set()

    async def join(self) -> None:
        """The cable is in its socket; again, if it was pulled."""
        if self._door is None:
            self._door = await asyncio.start_server(self._take_call, "127.0.0.1", self.port, reuse_address=True)

    def cut(self) -> None:
        """What stands breaks, and new calls are refused."""
        if self._door is not None:
            self._door.close()
            self._door = None
        self._hang_up()

    def hang(self) -> None:
        """Everything stands, also new calls, and nothing passes."""
        self._flows.clear()

    def flow(self) -> None:
        """As good as new."""
        self._flows.set()
        self._crawl = self._left = None

    def crawl(self, octets: int, seconds: float) -> None:
        self._crawl = Crawl(octets, seconds)

    def break_after(self, octets: int) -> None:
        """When so many more have passed, each call is reset, wherever in a message that is; then all is well."""
        self._left = octets

    @property
    def is_to_break(self) -> bool:
        return self._left is not None

    async def end(self) -> None:
        self.cut()
        self.flow()
        await asyncio.gather(*self._calls, return_exceptions=True)

    def _hang_up(self) -> None:
        for caller in [one for one in self._callers if not one.is_closing()]:
            caller.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, HANG_UP_HARD)
            caller.transport.abort()
        for call in self._calls:
            call.cancel()

    def _take_call(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        call = asyncio.create_task(self._carry(reader, writer))
        self._calls.add(call)
        self._callers.add(writer)
        call.add_done_callback(self._calls.discard)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """The hub away: hang up, as a router would."""
        ends = [writer]
        try:
            with contextlib.suppress(OSError):
                await self._flows.wait()
                far_reader, far = await asyncio.open_connection("127.0.0.1", self._target)
                ends.append(far)
                for end in ends:
                    end.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                await _first_of(self._pump(reader, far), self._pump(far_reader, writer))
        finally:
            self._callers.discard(writer)
            for end in ends:
                end.transport.abort()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while chunk := await reader.read(CHUNK):
            for part in self._parts_of(chunk):
                await self._flows.wait()
                writer.write(part)
                await writer.drain()
                if self._crawl is not None:
                    await asyncio.sleep(self._crawl.seconds)
                self._count(len(part))

    def _parts_of(self, chunk: bytes) -> list[bytes]:
        """Not a byte more than may pass before the line breaks."""
        if self._left is not None:
            return [chunk[: self._left + 1]]
        size = self._crawl.octets if self._crawl is not None else len(chunk)
        return [chunk[at : at + size] for at in range(0, len(chunk), size)]

    def _count(self, octets: int) -> None:
        if self._left is None:
            return
        self._left -= octets
        if self._left < 0:
            self._left = None
            self._hang_up()


async def _first_of(*pumps: Coroutine[Any, Any, None]) -> None:
    """A call ends as soon as one of its ends does."""
    tasks = [asyncio.create_task(pump) for pump in pumps]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
