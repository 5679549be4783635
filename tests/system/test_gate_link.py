"""A gate asks its hub of whom it does not know, over a real broker; it never waits for longer than was set."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from samut_edge.events import CodeScanned
from samut_edge.orders import Orders
from samut_edge.settings import HubSettings
from samut_edge.snapshots import SnapshotFetcher
from samut_wire import messages as m
from samut_wire.codec import Letter, decode, encode
from samut_wire.ids import command_id
from samut_wire.topics import TOPICS, Kind
from tests.edge.drivers.heard import story, until
from tests.edge.standing_gate import Standing, standing, tap
from tests.edge.stock import MANEE_CARD
from tests.system.lone_broker import LoneBroker
from tests.system.mqtt_guest import Guest

GATE = "gate-1"


@asynccontextmanager
async def linked(folder: Path, broker: LoneBroker, **settings: Any) -> AsyncIterator[Standing]:
    """A gate with its link to the broker up."""
    broker.device(GATE)
    at_home = broker.config.home / GATE
    hub = HubSettings(
        host="127.0.0.1",
        mqtt_port=broker.config.mqtt_port,
        url="http://127.0.0.1:1",
        ca=str(broker.config.secrets / "ca.crt"),
        certificate=f"{at_home}.crt",
        key=f"{at_home}.key",
    )
    async with standing(folder, now=datetime.now(UTC), hub=hub, occupancy_reset="never", **settings) as at:
        fetcher = SnapshotFetcher(at.replica, folder, base=hub.url, public_key=bytes(32))
        orders = Orders(at.uplink, at.replica, fetcher, at.gate)
        link = asyncio.create_task(at.uplink.run(orders.take, _state, _description))
        await until(lambda: at.uplink.is_connected)
        yield at
        link.cancel()
        await asyncio.gather(link, return_exceptions=True)


def _state() -> m.DeviceState:
    return m.DeviceState(online=True)


def _description() -> m.DeviceDescription:
    return m.DeviceDescription(role="gate", parts=())


def question(hub: Guest) -> Letter | None:
    """What the hub was asked last."""
    topic = TOPICS[Kind.ASK_ENTRY]
    asked = [payload for name, payload in hub.heard if name == topic.of(GATE)]
    return decode(topic, asked[-1]) if asked else None


def answer(hub: Guest, asked: Letter, found: m.EntryAnswered) -> None:
    now = datetime.now(UTC)
    letter = Letter(id=command_id(int(now.timestamp() * 1000)), at=now, body=found, re=asked.id)
    hub.say(TOPICS[Kind.ENTRY].of(GATE), encode(letter))


@pytest.mark.requirement("H-01")
@story
async def test_who_is_known_to_the_hub_only_comes_in(broker: LoneBroker, tmp_path: Path) -> None:
    with broker.hub() as hub:
        hub.listen_to(TOPICS[Kind.ASK_ENTRY].of(GATE))
        async with linked(tmp_path, broker, hub_seconds=5.0) as at:
            at.gate.happen(CodeScanned("in", "10005", 0))
            await until(lambda: question(hub))
            await at.happens(tap(MANEE_CARD))
            await until(lambda: at.passages() == [("10001", "in", True)])
            asked = question(hub)
            assert asked is not None
            assert isinstance(asked.body, m.EntryAsked)
            assert asked.body.number == "10005"
            await asyncio.to_thread(answer, hub, asked, m.EntryAnswered(known=True, number="10005", name="วีระ"))
            await until(lambda: at.passages() == [("10001", "in", True), ("10005", "in", True)])
            await until(lambda: at.wires.openings == 2 or at.wires.is_on["relay"])


@pytest.mark.requirement("H-03")
@story
async def test_a_guest_shows_a_code(broker: LoneBroker, tmp_path: Path) -> None:
    with broker.hub() as hub:
        hub.listen_to(TOPICS[Kind.ASK_ENTRY].of(GATE))
        async with linked(tmp_path, broker, hub_seconds=5.0) as at:
            at.gate.happen(CodeScanned("in", "G7K2M9", 0))
            await until(lambda: question(hub))
            asked = question(hub)
            assert asked is not None
            assert isinstance(asked.body, m.EntryAsked)
            until_night = datetime.now(UTC) + timedelta(hours=8)
            good = m.EntryAnswered(known=True, guest=asked.body.guest, until=until_night, uses=1)
            await asyncio.to_thread(answer, hub, asked, good)
            await until(lambda: at.wires.openings == 1)
            (kept,) = at.kept(m.PassageRecorded)
            assert (kept.member, kept.guest, kept.allowed) == ("", asked.body.guest, True)


@pytest.mark.requirement("H-02")
@story
async def test_a_hub_that_does_not_answer_keeps_nobody_waiting(broker: LoneBroker, tmp_path: Path) -> None:
    async with linked(tmp_path, broker) as at:
        began = time.monotonic()
        at.gate.happen(CodeScanned("in", "10005", 0))
        await until(lambda: at.passages() == [("", "in", False)])
        assert 0.3 <= time.monotonic() - began < 5
        assert at.wires.openings == 0


def order(hub: Guest, kind: Kind, body: m.Message, *, good_for: float = 30) -> Letter:
    now = datetime.now(UTC)
    exp = now + timedelta(seconds=good_for)
    letter = Letter(id=command_id(int(now.timestamp() * 1000)), at=now, body=body, exp=exp)
    hub.say(TOPICS[kind].of(GATE), encode(letter))
    return letter


def answered(hub: Guest, letter: Letter) -> m.CommandDone | None:
    topic = TOPICS[Kind.COMMAND_DONE]
    told = [decode(topic, payload).body for name, payload in hub.heard if name == topic.of(GATE)]
    return next((done for done in told if isinstance(done, m.CommandDone) and done.id == letter.id), None)


@pytest.mark.requirement("H-05")
@story
async def test_staff_hold_the_gate_open_close_the_entry_and_put_the_count_right(
    broker: LoneBroker, tmp_path: Path
) -> None:
    """Each order is answered; one that comes too late is void."""
    with broker.hub() as hub:
        hub.listen_to(TOPICS[Kind.COMMAND_DONE].of(GATE))
        async with linked(tmp_path, broker) as at:

            async def ordered(kind: Kind, body: m.Message) -> m.CommandDone:
                letter = await asyncio.to_thread(order, hub, kind, body)
                await until(lambda: answered(hub, letter))
                done = answered(hub, letter)
                assert done is not None
                return done

            assert (await ordered(Kind.EMERGENCY, m.EmergencyDeclared(by="l", why="ซ้อม"))).done
            await until(lambda: at.wires.is_on["relay"])
            refused = await ordered(Kind.LET_CLASS_IN, m.ClassLetIn(by="l", persons=30, seconds=60))
            assert (refused.done, refused.detail) == (False, "nobody is let in now")
            assert (await ordered(Kind.EMERGENCY, m.EmergencyDeclared(by="l", why="", over=True))).done
            await until(lambda: not at.wires.is_on["relay"])
            assert (await ordered(Kind.CORRECT_OCCUPANCY, m.OccupancyCorrected(by="l", people=42))).done
            assert (await ordered(Kind.LOCK_GATE, m.GateLocked(by="l", why="ปิด", locked=True))).done
            await until(lambda: at.gate.alarms == ("locked",) and at.inside == 42)
            before = at.wires.openings
            await asyncio.to_thread(order, hub, Kind.OPEN_GATE, m.GateOpened(by="l", seconds=0.2), good_for=-5)
            assert (await ordered(Kind.OPEN_GATE, m.GateOpened(by="l", seconds=0.2))).done
            await until(lambda: at.wires.openings > before and not at.wires.is_on["relay"])
            assert at.wires.openings == before + 1
