"""The line does to real connections what it says."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.edge.drivers.heard import story, until
from tests.ports import free_port
from tests.soak.faults.line import Line


@asynccontextmanager
async def line_to_an_echo() -> AsyncIterator[Line]:
    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while said := await reader.read(1000):
            writer.write(said)
        writer.close()

    target = free_port()
    server = await asyncio.start_server(echo, "127.0.0.1", target)
    line = Line(free_port(), target)
    await line.join()
    try:
        yield line
    finally:
        await line.end()
        server.close()


async def call(line: Line) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection("127.0.0.1", line.port)


async def hears(reader: asyncio.StreamReader, count: int, seconds: float = 0.2) -> bytes:
    """What came of so many octets within that time."""
    heard = b""
    try:
        async with asyncio.timeout(seconds):
            while len(heard) < count and (more := await reader.read(count - len(heard))):
                heard += more
    except TimeoutError:
        pass
    return heard


@story
async def test_cut_and_joined() -> None:
    async with line_to_an_echo() as line:
        reader, writer = await call(line)
        writer.write(b"hello")
        assert await hears(reader, 5) == b"hello"
        line.cut()
        with pytest.raises(ConnectionResetError):
            await reader.read(1)
        with pytest.raises(ConnectionRefusedError):
            await call(line)
        await line.join()
        _, again = await call(line)
        again.close()


@story
async def test_it_hangs_and_flows_again() -> None:
    async with line_to_an_echo() as line:
        reader, writer = await call(line)
        line.hang()
        writer.write(b"hello")
        late_reader, late = await call(line)
        late.write(b"late")
        assert await hears(reader, 5) + await hears(late_reader, 4) == b""
        line.flow()
        assert await hears(reader, 5) + await hears(late_reader, 4) == b"hellolate"


@story
async def test_it_crawls() -> None:
    async with line_to_an_echo() as line:
        reader, writer = await call(line)
        line.crawl(2, 0.1)
        writer.write(b"hello")
        assert b"hello".startswith(await hears(reader, 5, 0.15))
        assert await hears(reader, 5, 2)


@story
async def test_it_breaks_in_the_middle() -> None:
    async with line_to_an_echo() as line:
        reader, writer = await call(line)
        line.break_after(2)
        writer.write(b"hello")
        with pytest.raises(ConnectionResetError):
            await hears(reader, 5, 2)
        await until(lambda: not line.is_to_break)
        reader, writer = await call(line)
        writer.write(b"hello")
        assert await hears(reader, 5) == b"hello"
