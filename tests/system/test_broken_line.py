"""A line that breaks in the middle of a snapshot: what came stays, the rest is fetched when it is there again."""

import asyncio
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from samut_edge.replica import Replica, verified_header
from samut_edge.snapshots import SnapshotFetcher
from samut_hub.fleet.snapshots import offer_snapshot
from samut_hub.libraries.models import Library
from samut_wire import messages as m
from tests.edge.drivers.heard import story
from tests.system.world import World


class BrittleLine:
    """To the hub's pages; each connection breaks after so many bytes from there. `ranges` were asked for."""

    def __init__(self, port: int, breaks_after: int) -> None:
        self._port = port
        self.breaks_after = breaks_after
        self.carried = 0
        self.ranges: list[str] = []

    async def __aenter__(self) -> str:
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def __aexit__(self, *_: object) -> None:
        self._server.close()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        hub_reader, hub_writer = await asyncio.open_connection("127.0.0.1", self._port)
        asked = await reader.readuntil(b"\r\n\r\n")
        self.ranges += re.findall(r"(?i)range: bytes=(\d+)-", asked.decode())
        hub_writer.write(asked.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        left = self.breaks_after
        while left and (piece := await hub_reader.read(min(left, 2000))):
            writer.write(piece)
            await writer.drain()
            left -= len(piece)
            self.carried += len(piece)
        writer.transport.abort() if not left else writer.close()
        hub_writer.close()


def offer(world: World) -> tuple[m.SnapshotOffered, bytes]:
    key = (world.home / "gate-1" / "snapshot.pub").read_bytes()
    with world.database.session(None, writes=False) as session:
        library = session.scalars(select(Library)).one()
        session.info["library_id"] = library.id
        return offer_snapshot(session, world.config, library, datetime.now(UTC)), key


@story
async def test_a_broken_transfer_goes_on_where_it_broke(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("samut_edge.snapshots.PAUSES", (0,) * 40)
    offered, key = offer(world)
    version = verified_header(offered, key).version
    size = (world.home / "snapshots" / f"demo-{version}.jsonl.gz").stat().st_size
    line = BrittleLine(world.ports.hub, breaks_after=size // 4)
    replica = Replica(tmp_path / "replica.db")
    async with line as base:
        assert await SnapshotFetcher(replica, tmp_path, base=base, public_key=key).take(offered)
    assert replica.version == version
    assert len(line.ranges) >= 3
    assert sorted(map(int, line.ranges)) == list(map(int, line.ranges)), "each time further on"
    assert line.carried < 2 * size + 40 * 600, "what came is not fetched again"
    assert not list(tmp_path.glob("snapshot*"))
    replica.close()


@story
async def test_what_came_of_another_snapshot_is_not_mixed_in(world: World, tmp_path: Path) -> None:
    offered, key = offer(world)
    (tmp_path / "snapshot-0123456789abcdef.part").write_bytes(b"of an older one")
    own = tmp_path / f"snapshot-{verified_header(offered, key).sha256[:16]}.part"
    own.write_bytes(b"torn by a power cut")
    replica = Replica(tmp_path / "replica.db")
    fetcher = SnapshotFetcher(replica, tmp_path, base=f"http://127.0.0.1:{world.ports.hub}", public_key=key)
    assert await fetcher.take(offered), "found damaged, fetched anew as a whole"
    assert not list(tmp_path.glob("snapshot*"))
    replica.close()
