"""Books with tags on a real pad's driver, while the hub is away: what the tag says, and what was on disk by then."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from samut_edge.books import Books
from samut_edge.drivers.http_pad import create
from samut_edge.events import CardKind, CardTapped, CodeScanned, ItemGone, ItemSeen, PartEvent
from samut_edge.flows import kiosk_events as ev
from samut_edge.hub_clerk import HubClerk
from samut_edge.kiosk import Kiosk, KioskParts
from samut_edge.kiosk_shown import BorrowingView, DoneView, ReturningView, View, WelcomeView
from samut_edge.kiosk_slip import Library
from samut_edge.local_clerk import LocalClerk
from samut_edge.outbox import Outbox
from samut_edge.replica import Replica
from samut_edge.uplink import Uplink
from samut_edge.virtual.tag_field import ON_LOAN, Fault, virtual_tag
from samut_edge.virtual.tag_pad import TagPad
from samut_wire import messages as m
from samut_wire.configuration import KioskSettings
from tests.edge.drivers.heard import story, until
from tests.edge.running_agent import settings_of
from tests.edge.stock import KEY, MANEE_CARD, NOW, ROWS
from tests.edge.test_replica import write_snapshot

pytestmark = pytest.mark.requirement("H-11")


@dataclass
class Corner:
    """A kiosk with its pad; `told` are the pad's events, `written` is what the outbox held whenever a tag began to
    say something else."""

    kiosk: Kiosk
    field: TagPad
    outbox: Outbox
    told: list[PartEvent]
    written: list[tuple[bool | None, list[str]]] = field(default_factory=list)

    def does(self, *events: ev.Event) -> None:
        for event in events:
            self.kiosk.happen(event)

    def kept(self) -> list[str]:
        return [waiting.kind for waiting in self.outbox.waiting()]

    def security(self) -> list[m.SecurityRecorded]:
        letters = (waiting.letter.body for waiting in self.outbox.waiting())
        return [body for body in letters if isinstance(body, m.SecurityRecorded)]

    async def shows(self, wanted: str) -> View:
        """As soon as the tag of the first book is so far."""
        await until(lambda: wanted in _tags(self.kiosk.view()))
        return self.kiosk.view()


def _tags(view: View) -> list[str]:
    return [getattr(book, "tag", "") for book in books_of(view)]


def books_of(view: View) -> tuple[object, ...]:
    return view.screen.books if isinstance(view.screen, BorrowingView | ReturningView) else ()


@asynccontextmanager
async def corner(folder: Path) -> AsyncIterator[Corner]:
    replica = Replica(folder / "replica.db")
    replica.adopt(replica.build(folder / "s", write_snapshot(folder / "s", ROWS)))
    async with Outbox(folder / "outbox.db") as outbox:
        uplink = Uplink(settings_of(folder), outbox, lambda: NOW, boot="b", address=("127.0.0.1", 1))
        local = LocalClerk(Books(replica, outbox), outbox, lambda: NOW, most_items=5)
        service = TagPad("127.0.0.1", 0, "", lambda: None)
        await service.start()
        heard: list[Kiosk] = []
        told: list[PartEvent] = []

        def emit(event: PartEvent) -> None:
            told.append(event)
            for kiosk in heard:
                kiosk.happen(event)

        pad = create(
            "pad", {"url": f"http://127.0.0.1:{service.port}", "seen_seconds": 0.05, "gone_seconds": 0.1}, emit
        )
        kiosk = Kiosk(
            KioskSettings(security="pads"),
            HubClerk(uplink, outbox, local, seconds=0.5),
            parts=KioskParts([], [pad], None, [pad]),
            card_key=KEY,
            library=lambda: Library("ห้องสมุด", "Library"),
            clock=lambda: NOW,
        )
        heard.append(kiosk)
        here = Corner(kiosk, service, outbox, told)
        service.changed = lambda: _witness(here)
        async with pad:
            running = asyncio.create_task(kiosk.run())
            await until(lambda: isinstance(kiosk.view().screen, WelcomeView))
            yield here
            running.cancel()
            await asyncio.wait([running])
        await service.stop()
    replica.close()


def _witness(here: Corner) -> None:
    """Of the one book on the pad: each time its tag says something new."""
    for tag in here.field.lying.values():
        if not here.written or here.written[-1][0] != tag.secured:
            here.written.append((tag.secured, here.kept()))


MANEE = CardTapped("reader", CardKind.UID, MANEE_CARD, 0)


def test_a_tag_is_released_when_the_loan_is_on_disk(tmp_path: Path) -> None:
    @story
    async def told() -> None:
        async with corner(tmp_path) as here:
            here.does(MANEE)
            here.field.put("B00001")
            await here.shows("done")
            assert here.written == [(True, []), (False, ["evt/loan"])]
            here.does(ev.Finish(slip=False))
            await until(lambda: isinstance(here.kiosk.view().screen, DoneView))
            assert here.security() == []

    told()


def test_a_tag_that_does_not_take_it_is_told_to_staff_and_stays_secured(tmp_path: Path) -> None:
    @story
    async def told() -> None:
        async with corner(tmp_path) as here:
            here.field.put("B00001").faults = [Fault.IGNORED] * 99
            here.does(MANEE)
            await here.shows("pending")
            await until(here.security)
            assert here.security() == [m.SecurityRecorded(barcode="B00001", secured=False, member="10001")]
            assert here.written == [(True, [])]

    told()


def test_a_book_lifted_while_it_is_written_is_looked_at_when_it_lies_there_again(tmp_path: Path) -> None:
    @story
    async def told() -> None:
        async with corner(tmp_path) as here:
            tag = here.field.put("B00001")
            tag.faults = [Fault.LIFTED]
            here.does(MANEE)
            await until(lambda: not here.field.lying)
            await until(lambda: here.kept()[:1] == ["evt/loan"] and isinstance(here.told[-1], ItemGone))
            assert tag.secured
            here.field.put_tag(tag)
            await here.shows("done")
            assert not tag.secured
            await until(lambda: [news.done for news in here.security()] in ([], [False, True]))

    told()


def test_a_book_that_comes_back_is_secured_before_its_return_is_written(tmp_path: Path) -> None:
    @story
    async def told() -> None:
        async with corner(tmp_path) as here:
            here.does(ev.StartReturning())
            tag = virtual_tag("B00009")
            tag.afi = ON_LOAN
            here.field.put_tag(tag)
            await here.shows("done")
            assert here.written == [(False, []), (True, [])]
            assert here.kept() == ["evt/return"]

    told()


@pytest.mark.requirement("H-08")
def test_a_book_known_by_its_bar_code_and_never_laid_down_is_left_to_staff(tmp_path: Path) -> None:
    @story
    async def told() -> None:
        async with corner(tmp_path) as here:
            here.does(MANEE, CodeScanned("scanner", "B00002", 0))
            await here.shows("wanted")
            here.does(ev.Finish(slip=False))
            await until(here.security)
            screen = here.kiosk.view().screen
            assert isinstance(screen, DoneView)
            assert screen.to_desk == 1
            assert here.kept() == ["evt/loan", "evt/security"]

    told()


def test_a_kiosk_that_is_ended_while_a_tag_is_written_keeps_the_return_and_tells_of_the_tag(tmp_path: Path) -> None:
    @story
    async def told() -> None:
        async with corner(tmp_path) as here:
            tag = virtual_tag("B00009")
            tag.afi = ON_LOAN
            here.field.put_tag(tag)
            await until(lambda: any(isinstance(event, ItemSeen) for event in here.told))
            here.field.silent = True
            here.does(ev.StartReturning())
            await until(lambda: books_of(here.kiosk.view()))
            assert here.kept() == []
        async with Outbox(tmp_path / "outbox.db") as outbox:
            assert [waiting.kind for waiting in outbox.waiting()] == ["evt/return", "evt/security"]

    told()


def test_a_kiosk_that_is_ended_tells_of_a_tag_that_was_never_cleared(tmp_path: Path) -> None:
    @story
    async def told() -> None:
        async with corner(tmp_path) as here:
            here.does(MANEE, CodeScanned("scanner", "B00002", 0))
            await here.shows("wanted")
            assert here.kept() == ["evt/loan"]
        async with Outbox(tmp_path / "outbox.db") as outbox:
            assert [waiting.kind for waiting in outbox.waiting()] == ["evt/loan", "evt/security"]

    told()


def test_staff_see_the_parts_and_nobodys_name(tmp_path: Path) -> None:
    @story
    async def told() -> None:
        async with corner(tmp_path) as here:
            here.does(MANEE, CodeScanned("scanner", "B00002", 0))
            await here.shows("wanted")
            assert here.kiosk.machine().parts["pad"].state == "ready"
            assert {one.what for one in here.kiosk.machine().happened} == {"member", "lent"}

    told()
