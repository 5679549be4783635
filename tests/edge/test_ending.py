"""An order of the hub ends the agent, but not in the middle of somebody's visit."""

import asyncio
from pathlib import Path

from samut_edge.configured import Configured
from samut_edge.ending import Ending
from samut_edge.events import CodeScanned
from samut_edge.flows import kiosk_events as ev
from samut_edge.kiosk_shown import BorrowingView, DoneView
from samut_edge.orders import Orders
from samut_edge.outbox import Outbox
from samut_edge.replica import Replica
from samut_edge.setting_up import SettingUp
from samut_edge.snapshots import SnapshotFetcher
from samut_edge.uplink import Uplink
from samut_wire import messages as m
from samut_wire.codec import Letter
from samut_wire.topics import Kind
from tests.edge.drivers.heard import story, until
from tests.edge.kiosk.standing_kiosk import Stand, standing_kiosk
from tests.edge.running_agent import settings_of
from tests.edge.stock import NOW

SOMCHAI = CodeScanned("scanner", "10001", 0)


async def nothing() -> None:
    """Nobody listens."""


async def sign_in(at: Stand) -> None:
    at.kiosk.happen(SOMCHAI)
    await until(lambda: isinstance(at.kiosk.view().screen, BorrowingView))


@story
async def test_a_restart_waits_until_the_visitor_has_finished() -> None:
    ended: list[str] = []
    async with standing_kiosk() as at:
        ending = Ending(at.kiosk.visit_over, end=lambda: ended.append("now"))
        await sign_in(at)
        at.kiosk.happen(CodeScanned("scanner", "30000012", 0))
        await until(lambda: at.library.lent)
        ending()
        ending()
        await asyncio.sleep(0.1)
        assert ended == []
        at.kiosk.happen(ev.Finish(slip=False))
        await until(lambda: ended)
        assert isinstance(at.kiosk.view().screen, DoneView)
        await asyncio.sleep(0.05)
        assert ended == ["now"]


@story
async def test_a_restart_does_not_wait_for_ever() -> None:
    ended: list[str] = []
    async with standing_kiosk() as at:
        await sign_in(at)
        Ending(at.kiosk.visit_over, end=lambda: ended.append("now"), most_seconds=0.1)()
        assert ended == []
        await until(lambda: ended)
        assert isinstance(at.kiosk.view().screen, BorrowingView)


@story
async def test_a_restart_where_nobody_is_served_is_at_once() -> None:
    ended: list[str] = []
    async with standing_kiosk() as at:
        Ending(at.kiosk.visit_over, end=lambda: ended.append("kiosk"))()
        await until(lambda: ended)
        Ending(end=lambda: ended.append("gate"))()
        assert ended == ["kiosk", "gate"]


@story
async def test_orders_of_the_hub_that_end_the_agent_wait_for_the_visitor(tmp_path: Path) -> None:
    settings, ended = settings_of(tmp_path), list[str]()
    replica = Replica(tmp_path / "replica.db")
    async with standing_kiosk() as at, Outbox(tmp_path / "outbox.db") as outbox:
        uplink = Uplink(settings, outbox, lambda: NOW, boot="b", address=("127.0.0.1", 1))
        configured = Configured(tmp_path)
        for number, order in enumerate(
            (
                m.AgentRestarted(by="librarian"),
                m.DeviceConfigured(version=7, by="librarian", content={"kiosk": {}, "parts": {}}),
            )
        ):
            ending = Ending(at.kiosk.visit_over, end=lambda: ended.append("now"))
            setting_up = SettingUp(configured, "kiosk", dict, nothing, end=ending)
            fetcher = SnapshotFetcher(replica, tmp_path, base=settings.hub.url, public_key=bytes(32))
            orders = Orders(uplink, replica, fetcher, setting_up=setting_up, end=ending)
            await sign_in(at)
            await orders.take(Kind.RESTART, Letter(id=f"order-{number}", at=NOW, body=order))
            await asyncio.sleep(0.1)
            assert ended == []
            at.kiosk.happen(ev.Leave())
            await until(lambda: ended)
            ended.clear()
        assert configured.kept.now.number == 7
    replica.close()
