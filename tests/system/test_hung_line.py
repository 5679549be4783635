"""A device whose line hangs ends all the same when it is told to."""

import asyncio
import contextlib
from pathlib import Path

import aiomqtt
import pytest

from samut_edge.clock import milliseconds, utc_now
from samut_edge.outbox import Outbox
from samut_edge.settings import HubSettings, Settings
from samut_edge.uplink import Uplink
from samut_wire import messages as m
from samut_wire.codec import Letter
from samut_wire.ids import command_id
from samut_wire.topics import Kind
from tests.edge.drivers.heard import story
from tests.ports import free_port
from tests.soak.faults.line import Line
from tests.system.lone_broker import LoneBroker

LONG = m.LogTold(part=1, of=1, text="x" * 60_000)
MORE_THAN_A_LINE_HOLDS = 200
ENDS_WITHIN = 15
"""Seconds; leave is taken for five of them."""


def settings_of(broker: LoneBroker, name: str) -> Settings:
    """Of a device with a certificate of its own."""
    broker.device(name)
    hub = HubSettings(
        host="127.0.0.1",
        mqtt_port=broker.config.mqtt_port,
        url="http://127.0.0.1:1",
        ca="secrets/ca.crt",
        certificate=f"{name}.crt",
        key=f"{name}.key",
    )
    return Settings(device=name, role="gate", hub=hub, parts={}, folder=broker.config.home)


async def nothing(*_: object) -> None:
    """Nobody says anything here."""


@story
async def test_the_link_ends_when_it_is_cancelled_though_nobody_takes_leave_of_it(
    broker: LoneBroker, tmp_path: Path
) -> None:
    line = Line(free_port(), broker.config.mqtt_port)
    await line.join()
    async with Outbox(tmp_path / "outbox.db") as outbox:
        address = ("127.0.0.1", line.port)
        uplink = Uplink(settings_of(broker, "gate-1"), outbox, utc_now, boot="b", address=address)
        running = asyncio.create_task(
            uplink.run(
                nothing, lambda: m.DeviceState(online=True), lambda: m.DeviceDescription(role="gate", parts=())
            )
        )
        while not uplink.is_connected:
            await asyncio.sleep(0.01)
        line.hang()
        telling = [asyncio.create_task(uplink.tell(Kind.LOG, LONG)) for _ in range(MORE_THAN_A_LINE_HOLDS)]
        await asyncio.sleep(0.2)
        running.cancel()
        ended, _ = await asyncio.wait([running], timeout=ENDS_WITHIN)
        assert ended
        assert running.cancelled()
        for task in telling:
            task.cancel()
    await line.end()


@story
async def test_the_link_ends_when_it_is_cancelled_in_the_moment_of_an_answer(
    broker: LoneBroker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Python 3.11 then forgets the cancellation in the library's hands; the outbox's sender and the link go on."""
    publish = aiomqtt.Client.publish

    async def publish_and_forget(client: aiomqtt.Client, *what: object, **how: object) -> None:
        await publish(client, *what, **how)  # type: ignore[arg-type]
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.sleep(0.05)

    monkeypatch.setattr(aiomqtt.Client, "publish", publish_and_forget)
    settings = settings_of(broker, "gate-1")
    for moment in (0.02, 0.07, 0.12, 0.17):
        async with Outbox(tmp_path / f"outbox-{moment}.db") as outbox:
            await outbox.add(Kind.PASSAGE, a_passage())
            address = ("127.0.0.1", broker.config.mqtt_port)
            uplink = Uplink(settings, outbox, utc_now, boot="b", address=address)
            running = asyncio.create_task(
                uplink.run(
                    nothing, lambda: m.DeviceState(online=True), lambda: m.DeviceDescription(role="gate", parts=())
                )
            )
            while not uplink.is_connected:
                await asyncio.sleep(0.001)
            await asyncio.sleep(moment)
            running.cancel()
            ended, _ = await asyncio.wait([running], timeout=ENDS_WITHIN)
            assert ended, moment
            assert running.cancelled()


def a_passage() -> Letter:
    now = utc_now()
    body = m.PassageRecorded(reader="in", direction="in", allowed=True)
    return Letter(id=command_id(milliseconds(now)), at=now, body=body)
