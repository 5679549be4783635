"""The lending of a kiosk without its screen: real link, outbox, replica and rules, with a certificate of its own."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select

from samut_edge.books import Books
from samut_edge.clock import Clock, TrueTime, utc_now
from samut_edge.hub_clerk import HubClerk
from samut_edge.local_clerk import LocalClerk
from samut_edge.orders import Orders
from samut_edge.outbox import Outbox
from samut_edge.replica import Replica
from samut_edge.settings import Settings, read_settings
from samut_edge.snapshots import SnapshotFetcher
from samut_edge.uplink import Uplink
from samut_hub.config import Config
from samut_hub.db import Database
from samut_hub.fleet.enrolment import NewDevice, enrol
from samut_hub.libraries.models import Library
from samut_rules.reasons import Code
from samut_wire import messages as m
from samut_wire.topics import DeviceRole

HUB_SECONDS = 1.5
MOST_ITEMS = 20


@dataclass(frozen=True)
class Counter:
    settings: Settings
    uplink: Uplink
    outbox: Outbox
    replica: Replica
    books: Books
    clerk: HubClerk

    async def ready(self, seconds: float = 60) -> None:
        """Connected, and with a replica."""
        async with asyncio.timeout(seconds):
            while not (self.uplink.is_connected and self.replica.version):
                await asyncio.sleep(0.02)


def enrol_device(config: Config, database: Database, device: str, role: str = "kiosk") -> Path:
    """A new device of the demo library; its folder."""
    folder = config.home / device
    with database.session(None) as session:
        library = session.scalars(select(Library)).one()
        session.info["library_id"] = library.id
        enrol(session, config, library, NewDevice(device, DeviceRole(role), device), folder, now=datetime.now(UTC))
    return folder


@contextlib.asynccontextmanager
async def counter_in(folder: Path, clock: TrueTime | None = None) -> AsyncIterator[Counter]:
    """At work until the end of the context, with the hub or without; its time is right unless it has a `clock`."""
    time: Clock = clock or utc_now
    settings = read_settings(folder / "settings.toml")
    replica = Replica(folder / "replica.db")
    async with Outbox(folder / "outbox.db", clock=clock) as outbox:
        uplink = Uplink(settings, outbox, time, boot="counter", address=(settings.hub.host, settings.hub.mqtt_port))
        books = Books(replica, outbox, lambda: clock is None or clock.is_known)
        local = LocalClerk(books, outbox, time, most_items=MOST_ITEMS, hindrance=lambda: _hindrance(clock))
        clerk = HubClerk(uplink, outbox, local, seconds=HUB_SECONDS)
        key = settings.file(settings.hub.signing_key).read_bytes()
        orders = Orders(
            uplink, replica, SnapshotFetcher(replica, folder, base=settings.hub.url, public_key=key), None
        )

        def state() -> m.DeviceState:
            return m.DeviceState(online=True, replica_version=replica.version, outbox_length=len(outbox))

        link = asyncio.create_task(
            uplink.run(orders.take, state, lambda: m.DeviceDescription(role="kiosk", parts=()))
        )
        try:
            yield Counter(settings, uplink, outbox, replica, books, clerk)
        finally:
            link.cancel()
            await asyncio.wait([link])
    replica.close()


def _hindrance(clock: TrueTime | None) -> Code | None:
    return Code.OFFLINE_NO_CLOCK if clock is not None and not clock.is_possible else None
