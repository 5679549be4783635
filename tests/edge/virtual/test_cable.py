"""The network between an agent and its hub is cut and joined."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from samut_edge.virtual.cable import Cable
from tests.edge.drivers.heard import story

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@contextlib.asynccontextmanager
async def echoing_hub() -> AsyncIterator[int]:
    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while said := await reader.read(1024):
                writer.write(said)
        writer.close()

    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


async def says(streams: Streams, text: bytes) -> bytes:
    reader, writer = streams
    writer.write(text)
    return await reader.readexactly(len(text))


@story
async def test_what_goes_in_comes_out() -> None:
    async with echoing_hub() as port, Cable() as cable:
        streams = await asyncio.open_connection(*await cable.through("127.0.0.1", port))
        assert await says(streams, b"hello" * 50_000) == b"hello" * 50_000
        streams[1].close()


@story
async def test_cut_it_breaks_open_connections_and_refuses_new_ones_until_it_is_joined() -> None:
    async with echoing_hub() as port, Cable() as cable:
        address = await cable.through("127.0.0.1", port)
        streams = await asyncio.open_connection(*address)
        assert await says(streams, b"before") == b"before"
        cable.cut()
        assert cable.is_cut
        with pytest.raises((asyncio.IncompleteReadError, ConnectionError)):
            await says(streams, b"lost")
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection(*address)
        cable.join()
        assert not cable.is_cut
        streams = await asyncio.open_connection(*address)
        assert await says(streams, b"after") == b"after"
        streams[1].close()


@story
async def test_an_address_asked_for_while_it_is_cut_works_once_it_is_joined() -> None:
    async with echoing_hub() as port, Cable() as cable:
        cable.cut()
        address = await cable.through("127.0.0.1", port)
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection(*address)
        cable.join()
        streams = await asyncio.open_connection(*address)
        assert await says(streams, b"hello") == b"hello"
        streams[1].close()


@story
async def test_when_the_hub_is_down_the_line_goes_dead_and_the_cable_lives() -> None:
    async with Cable() as cable:
        async with echoing_hub() as port:
            address = await cable.through("127.0.0.1", port)
        reader, writer = await asyncio.open_connection(*address)
        with contextlib.suppress(ConnectionError):
            assert await reader.read() == b""
        writer.close()
        assert not cable.is_cut
