"""What the hub sends without being asked: in its order, and beside the work of the device."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from samut_edge.orders import Orders
from samut_edge.outbox import Outbox
from samut_edge.replica import Replica
from samut_edge.snapshots import SnapshotFetcher
from samut_edge.uplink import Uplink
from samut_wire import messages as m
from samut_wire.codec import Letter
from samut_wire.topics import Kind
from tests.edge.drivers.heard import story
from tests.edge.running_agent import settings_of
from tests.edge.stock import NOW, an_item
from tests.edge.test_replica import MANY, take_snapshot


@asynccontextmanager
async def orders_in(folder: Path) -> AsyncIterator[tuple[Orders, Replica]]:
    """The replica is at version 5; the hub is away."""
    settings, replica = settings_of(folder), Replica(folder / "replica.db")
    take_snapshot(replica, folder)
    async with Outbox(folder / "outbox.db") as outbox:
        uplink = Uplink(settings, outbox, lambda: NOW, boot="b", address=("127.0.0.1", 1))
        fetcher = SnapshotFetcher(replica, folder, base=settings.hub.url, public_key=bytes(32))
        yield Orders(uplink, replica, fetcher), replica
    replica.close()


def letter(delta: m.ReplicaDelta) -> Letter:
    return Letter(id=f"delta-{delta.version}", at=NOW, body=delta)


@story
async def test_cards_are_looked_up_while_a_long_change_is_written(tmp_path: Path) -> None:
    async with orders_in(tmp_path) as (orders, replica):
        long = letter(m.ReplicaDelta(after=5, version=6, rows=MANY))
        taking = asyncio.create_task(orders.take(Kind.DELTA, long))
        looks = 0
        while not taking.done():
            assert replica.member("10001") is not None
            looks += 1
            await asyncio.sleep(0.001)
        assert looks > 10
        assert replica.version == 6


@story
async def test_changes_are_taken_in_the_order_in_which_they_came(tmp_path: Path) -> None:
    async with orders_in(tmp_path) as (orders, replica):
        deltas = [m.ReplicaDelta(after=n, version=n + 1, rows=(an_item("B1", status=f"{n}"),)) for n in range(5, 25)]
        await asyncio.gather(*(orders.take(Kind.DELTA, letter(delta)) for delta in deltas))
        item = replica.item("B1")
        assert item is not None
        assert (replica.version, item.status) == (25, "24")


@story
async def test_a_link_that_breaks_while_a_change_is_written_leaves_it_whole_and_the_next_follows(
    tmp_path: Path,
) -> None:
    async with orders_in(tmp_path) as (orders, replica):
        long = letter(m.ReplicaDelta(after=5, version=6, rows=MANY))
        taking = asyncio.create_task(orders.take(Kind.DELTA, long))
        await asyncio.sleep(0.01)
        taking.cancel()
        await asyncio.wait([taking])
        await orders.take(Kind.DELTA, letter(m.ReplicaDelta(after=6, version=7, rows=(an_item("B1"),))))
        assert (replica.version, replica.item("M04999")) == (7, MANY[-1])
