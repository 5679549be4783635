"""The network cable between the agent and its hub: every connection goes through it, and it can be cut."""

import asyncio
import contextlib
import socket

CHUNK = 65536


class Cable:
    """Use it as a context: leaving it ends everything that goes through it."""

    def __init__(self) -> None:
        self.is_cut = False
        self._strands: list[_Strand] = []

    async def through(self, host: str, port: int) -> tuple[str, int]:
        """A local address that leads to `host` and `port` as long as the cable is whole."""
        strand = _Strand(host, port)
        self._strands.append(strand)
        if not self.is_cut:
            strand.open()
        return strand.address

    def cut(self) -> None:
        """Open connections break and new ones are refused."""
        self.is_cut = True
        for strand in self._strands:
            strand.close()

    def join(self) -> None:
        self.is_cut = False
        for strand in self._strands:
            strand.open()

    async def __aenter__(self) -> "Cable":
        return self

    async def __aexit__(self, *_: object) -> None:
        self.cut()
        await asyncio.gather(*[strand.end() for strand in self._strands])


class _Strand:
    """One address. A second socket keeps its port while nobody listens, so that connecting is truly refused."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._keeper = _bound(0)
        self.address: tuple[str, int] = self._keeper.getsockname()
        self._listening: asyncio.Task[None] | None = None
        self._door: socket.socket | None = None
        self._calls: set[asyncio.Task[None]] = set()

    def open(self) -> None:
        if self._door is None:
            self._door = _bound(self.address[1])
            self._door.listen(64)
            self._listening = asyncio.create_task(self._accept(self._door))

    def close(self) -> None:
        if self._door is not None and self._listening is not None:
            self._listening.cancel()
            self._door.close()
            self._door = None
        for call in self._calls:
            call.cancel()

    async def end(self) -> None:
        await asyncio.gather(*self._calls, *([self._listening] if self._listening else []), return_exceptions=True)
        self._keeper.close()

    async def _accept(self, door: socket.socket) -> None:
        while True:
            caller, _ = await asyncio.get_running_loop().sock_accept(door)
            call = asyncio.create_task(self._carry(caller))
            self._calls.add(call)
            call.add_done_callback(self._calls.discard)

    async def _carry(self, caller: socket.socket) -> None:
        async with contextlib.AsyncExitStack() as ends:
            near = await _streams(ends, await asyncio.open_connection(sock=caller))
            with contextlib.suppress(OSError):  # the hub is away: hang up, as a router would
                far = await _streams(ends, await asyncio.open_connection(*self._target))
                await asyncio.gather(_pump(near[0], far[1]), _pump(far[0], near[1]))


Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def _streams(ends: contextlib.AsyncExitStack, streams: Streams) -> Streams:
    writer = streams[1]
    writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    ends.callback(writer.transport.abort)
    return streams


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while chunk := await reader.read(CHUNK):
        writer.write(chunk)
        await writer.drain()
    if writer.can_write_eof():
        writer.write_eof()


def _bound(port: int) -> socket.socket:
    door = socket.socket()
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    door.bind(("127.0.0.1", port))
    door.setblocking(False)
    return door
