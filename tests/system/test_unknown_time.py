"""A gate that is switched on without knowing the time: real link, real hub; its own clock stands in 1970."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from samut_edge.books import Books
from samut_edge.clock import TrueTime
from samut_edge.identity import has_met_hub
from samut_edge.outbox import Outbox
from samut_edge.replica import Replica
from samut_edge.settings import read_settings
from samut_edge.uplink import Uplink
from samut_hub.fleet.certificates import keep_good
from samut_hub.visits.models import Visit
from samut_wire import messages as m
from samut_wire.codec import Letter, decode, encode
from samut_wire.ids import command_id
from samut_wire.topics import TOPICS, Kind, read_topic
from tests.edge.drivers.heard import story, until
from tests.edge.stock import ROWS, a_member
from tests.edge.test_replica import write_snapshot
from tests.system.counter import enrol_device
from tests.system.lone_broker import LoneBroker
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
        running = asyncio.create_task(linked(uplink))
        await until(lambda: len(outbox) == 0)
        running.cancel()
        await asyncio.wait([running])
    assert gate.clock.is_known
    with world.database.session(None, writes=False) as session:
        visit = session.scalars(select(Visit).where(Visit.device == "timeless-1")).one()
    assert abs(datetime.now(UTC) - timedelta(seconds=300) - visit.at) < timedelta(seconds=20)


class LateHub:
    """Comes later than its broker: confirms each event, tells the time once asked, and does nothing else."""

    def __init__(self, broker: LoneBroker, device: str) -> None:
        self._guest = broker.hub()
        self._device = device
        self._read = 0
        self.told: list[Letter] = []

    async def live(self) -> None:
        with self._guest as guest:
            guest.listen_to(*(TOPICS[kind].of(self._device) for kind in (Kind.PASSAGE, Kind.ASK_TIME)))
            while True:
                for topic, payload in guest.heard[self._read :]:
                    self._read += 1
                    self._answer(decode(read_topic(topic)[1], payload))
                await asyncio.sleep(0.02)

    def _answer(self, letter: Letter) -> None:
        if isinstance(letter.body, m.TimeAsked):
            self._say(Kind.TIME, m.TimeTold(), re=letter.id)
        else:
            self.told.append(letter)
            self._say(Kind.ACKNOWLEDGED, m.EventsAcknowledged(ids=(letter.id,)))

    def _say(self, kind: Kind, body: m.Message, *, re: str = "") -> None:
        letter = Letter(id=command_id(0), at=datetime.now(UTC), body=body, re=re)
        self._guest.say(TOPICS[kind].of(self._device), encode(letter))


@pytest.mark.requirement("H-14")
@pytest.mark.parametrize("passages", [3, 0], ids=["as soon as it confirms", "and every minute"])
@story
async def test_a_hub_that_comes_later_than_its_broker_is_asked_for_the_time_then(
    broker: LoneBroker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, passages: int
) -> None:
    monkeypatch.setattr("samut_edge.uplink.TIME_SECONDS", 0.2)
    monkeypatch.setattr("samut_edge.uplink.TIME_AGAIN", 3600.0 if passages else 0.5)
    gate, hub = Gate(on_its_own(broker, tmp_path)), LateHub(broker, "late-1")
    async with Outbox(gate.folder / "outbox.db", clock=gate.clock) as outbox:
        uplink = gate.link(outbox)
        body = m.PassageRecorded(reader="reader_in", direction="in", allowed=True)
        for _ in range(passages):
            await outbox.add(Kind.PASSAGE, uplink.letter(body, at=gate.clock()))
        working = [asyncio.create_task(linked(uplink))]
        await until(lambda: uplink.is_connected)
        await asyncio.sleep(1)
        assert not has_met_hub(gate.folder), "a broker is no hub"
        working.append(asyncio.create_task(hub.live()))
        await until(lambda: len(outbox) == 0 and gate.clock.is_known)
        for task in working:
            task.cancel()
        await asyncio.wait(working)
    assert has_met_hub(gate.folder)
    assert all(letter.at.year > 2000 for letter in hub.told if letter.id != hub.told[0].id)
    assert len({letter.id for letter in hub.told}) == passages


async def linked(uplink: Uplink) -> None:
    await uplink.run(nothing, lambda: m.DeviceState(online=True), lambda: m.DeviceDescription(role="gate", parts=()))


def on_its_own(broker: LoneBroker, folder: Path) -> Path:
    """The folder of a gate of this broker's hub."""
    secrets = broker.config.secrets
    keep_good(secrets, folder / "device", "late-1", datetime.now(UTC))
    (folder / "settings.toml").write_text(
        f'device = "late-1"\nrole = "gate"\n[hub]\nhost = "127.0.0.1"\nmqtt_port = {broker.config.mqtt_port}\n'
        f'url = "http://127.0.0.1:1"\nca = "{secrets / "ca.crt"}"\n[gate]\ndirections = {{}}\n[parts]\n'
    )
    return folder


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
