"""A gate that is switched on without knowing the time: real link, real hub; its own clock stands in 1970."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from samut_edge.books import Books
from samut_edge.clock import TrueTime
from samut_edge.outbox import Outbox
from samut_edge.replica import Replica
from samut_edge.settings import read_settings
from samut_edge.uplink import Uplink
from samut_hub.visits.models import Visit
from samut_wire import messages as m
from samut_wire.codec import Letter
from samut_wire.topics import Kind
from tests.edge.drivers.heard import story, until
from tests.edge.stock import ROWS, a_member
from tests.edge.test_replica import write_snapshot
from tests.system.counter import enrol_device
from tests.system.world import World

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class Gate:
    """`ticks` are the seconds since it was switched on."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ticks = 60.0
        self.clock = TrueTime(
            folder,
            system=lambda: LONG_AGO + timedelta(seconds=self.ticks),
            ticks=lambda: self.ticks,
            boot="of this test",
            is_synchronised=lambda: False,
        )

    def link(self, outbox: Outbox) -> Uplink:
        settings = read_settings(self.folder / "settings.toml")
        address = settings.hub.host, settings.hub.mqtt_port
        return Uplink(settings, outbox, self.clock, boot="b", address=address)


async def nothing(kind: Kind, letter: Letter) -> None:
    pass


@pytest.mark.requirement("H-14")
@story
async def test_what_happened_before_the_hub_came_is_told_with_the_time_at_which_it_happened(world: World) -> None:
    gate = Gate(enrol_device(world.config, world.database, "timeless-1", "gate"))
    async with Outbox(gate.folder / "outbox.db", clock=gate.clock) as outbox:
        uplink = gate.link(outbox)
        body = m.PassageRecorded(reader="reader_in", direction="in", allowed=True)
        await outbox.add(Kind.PASSAGE, uplink.letter(body, at=gate.clock()))
        assert outbox.waiting()[0].letter.at.year == 1970
        gate.ticks += 300
        running = asyncio.create_task(
            uplink.run(
                nothing, lambda: m.DeviceState(online=True), lambda: m.DeviceDescription(role="gate", parts=())
            )
        )
        await until(lambda: len(outbox) == 0)
        running.cancel()
        await asyncio.wait([running])
    assert gate.clock.is_known
    with world.database.session(None, writes=False) as session:
        visit = session.scalars(select(Visit).where(Visit.device == "timeless-1")).one()
    assert abs(datetime.now(UTC) - timedelta(seconds=300) - visit.at) < timedelta(seconds=20)


@pytest.mark.requirement("H-08")
@story
async def test_nobody_is_taken_for_expired_or_late_before_the_time_is_known(tmp_path: Path) -> None:
    gate, replica = Gate(tmp_path), Replica(tmp_path / "replica.db")
    header = write_snapshot(tmp_path / "snapshot", ROWS)
    replica.adopt(replica.build(tmp_path / "snapshot", header))
    row = a_member("10077", expires_on=datetime(1969, 12, 1, tzinfo=UTC).date())
    replica.apply(m.ReplicaDelta(after=5, version=6, rows=(row,)))
    async with Outbox(tmp_path / "outbox.db", clock=gate.clock) as outbox:
        books = Books(replica, outbox, lambda: gate.clock.is_known)
        assert books.member_facts(row, gate.clock()).expires_on is None
        assert books.opening_hours.is_open_at(LONG_AGO)
        gate.clock.learn(datetime(2026, 11, 23, 3, 0, tzinfo=UTC))
        assert books.member_facts(row, gate.clock()).expires_on == row.expires_on
        assert books.opening_hours == books.rules.calendar
    replica.close()
