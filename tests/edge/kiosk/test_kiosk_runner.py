"""A kiosk at work: parts, clerk and printer around the flow."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeVar

import pytest

from samut_edge.clerk import Answer
from samut_edge.devices.part import PartState
from samut_edge.events import CardKind, CardTapped, CodeScanned
from samut_edge.flows import kiosk_events as ev
from samut_edge.flows import kiosk_states as k
from samut_edge.kiosk import Kiosk, KioskParts
from samut_edge.kiosk_slip import Library
from samut_edge.kiosk_view import (
    AnyScreenView,
    AskedView,
    BorrowingView,
    DoneView,
    LentView,
    NotKnownView,
    RefusedView,
    ReturnedView,
    ReturningView,
    WelcomeView,
)
from samut_edge.slip import SlipKind
from samut_wire import messages as m
from samut_wire.configuration import KioskSettings
from tests.edge.kiosk.small_library import CARD_KEY, NOW, PaperTray, SmallLibrary, StandingPart, school_library

ScreenT = TypeVar("ScreenT", bound=AnyScreenView)

SOMCHAI = CardTapped("reader", CardKind.UID, "04a1b2c3d4e580", 0)
MALEE = CardTapped("reader", CardKind.UID, "04FFEEDDCCBBAA", 0)


class Standing:
    """A kiosk with all that belongs to it, and a way to wait for what it shows."""

    def __init__(
        self,
        *,
        library: SmallLibrary | None = None,
        printer: PaperTray | None = None,
        idle_seconds: float = 45.0,
    ) -> None:
        self.library = library or school_library()
        self.printer = printer
        self.scanner = StandingPart("scanner")
        self.name = Library("ห้องสมุด", "Library")
        self.kiosk = Kiosk(
            KioskSettings(idle_seconds=idle_seconds),
            self.library,
            parts=KioskParts([StandingPart("reader")], [self.scanner], printer),
            card_key=CARD_KEY,
            library=lambda: self.name,
            clock=lambda: NOW,
        )

    async def shows(self, screen: type[ScreenT], *, books: int = 0) -> ScreenT:
        """That screen, as soon as so many books on it are answered."""
        async with asyncio.timeout(5):
            async for view in self.kiosk.views():
                if isinstance(view.screen, screen) and answered(view.screen) >= books:
                    return view.screen
        raise AssertionError

    async def signs_in(self, card: CardTapped = SOMCHAI) -> BorrowingView:
        self.kiosk.happen(card)
        return await self.shows(BorrowingView)

    async def scans(self, *barcodes: str) -> BorrowingView:
        for barcode in barcodes:
            self.kiosk.happen(CodeScanned("scanner", barcode, 0))
        return await self.shows(BorrowingView, books=len(barcodes))

    async def finishes_with_slip(self) -> DoneView:
        self.kiosk.happen(ev.Finish(slip=True))
        return await self.shows(DoneView)


def answered(screen: AnyScreenView) -> int:
    books = screen.books if isinstance(screen, BorrowingView | ReturningView) else ()
    return sum(not isinstance(book, AskedView) for book in books)


class BrokenLibrary(SmallLibrary):
    """A clerk whose record cannot be read."""

    async def find_member(self, asked: m.MemberAsked) -> Answer[m.MemberFound]:
        raise OSError("the disk does not answer")


@asynccontextmanager
async def working(stand: Standing) -> AsyncIterator[Standing]:
    running = asyncio.create_task(stand.kiosk.run())
    try:
        yield stand
    finally:
        running.cancel()
        await asyncio.wait([running])


def test_a_card_is_recognised_by_its_hash_and_three_books_are_borrowed_with_a_slip() -> None:
    async def story() -> None:
        printer = PaperTray()
        async with working(Standing(printer=printer)) as stand:
            await stand.signs_in()
            screen = await stand.scans("30000012", "30000029", "30000050")
            first, second, third = screen.books
            assert isinstance(first, LentView)
            assert (first.title, first.due) == ("เจ้าชายน้อย", "11 ธ.ค. 2569")
            assert isinstance(second, LentView)
            assert isinstance(third, RefusedView)
            assert third.hints == ("รายการนี้ยืมไม่ได้ในขณะนี้ กรุณาวางไว้ที่เคาน์เตอร์",)
            done = await stand.finishes_with_slip()
            assert (done.count, done.due, done.slip) == (2, "11 ธ.ค. 2569", "printed")
            assert stand.library.lent == [("10001", "30000012"), ("10001", "30000029")]
        (slip,) = printer.slips
        assert (slip.kind, slip.member, len(slip.lines)) == (SlipKind.LOAN, "สมชาย ใจดี", 2)

    asyncio.run(story())


def test_a_reason_is_told_in_the_language_that_was_chosen() -> None:
    async def story() -> None:
        async with working(Standing(printer=PaperTray())) as stand:
            stand.kiosk.happen(ev.ChooseLanguage(language=k.Language.ENGLISH))
            screen = await stand.signs_in(MALEE)
            assert screen.hints == ("You have overdue items: 1. Please return them first.",)
            stand.kiosk.happen(ev.ChooseLanguage(language=k.Language.THAI))
            (book,) = (await stand.scans("30000012")).books
            assert isinstance(book, RefusedView)
            assert book.hints == ("มีรายการเกินกำหนด 1 รายการ กรุณาคืนก่อน",)

    asyncio.run(story())


def test_an_unknown_number_is_told() -> None:
    async def story() -> None:
        async with working(Standing()) as stand:
            stand.kiosk.happen(CodeScanned("scanner", "99999", 0))
            screen = await stand.shows(NotKnownView)
            assert screen.hints == ("ไม่พบสมาชิกนี้ กรุณาติดต่อบรรณารักษ์",)

    asyncio.run(story())


def test_a_late_book_comes_back_with_its_fine() -> None:
    async def story() -> None:
        async with working(Standing(printer=PaperTray())) as stand:
            stand.kiosk.happen(ev.StartReturning())
            stand.kiosk.happen(CodeScanned("scanner", "30000067", 0))
            (book,) = (await stand.shows(ReturningView, books=1)).books
            assert isinstance(book, ReturnedView)
            assert (book.days_late, book.fine) == (5, "10")
            assert stand.library.returned == ["30000067"]

    asyncio.run(story())


def test_the_slip_says_so_when_the_hub_was_away() -> None:
    async def story() -> None:
        printer = PaperTray()
        async with working(Standing(printer=printer)) as stand:
            stand.library.away = True
            await stand.signs_in()
            await stand.scans("30000012")
            await stand.finishes_with_slip()
        assert printer.slips[0].notice

    asyncio.run(story())


@pytest.mark.parametrize("state", [PartState.PAPER_OUT, PartState.OFFLINE])
def test_no_paper_is_told_before_anybody_begins_and_stops_nobody(state: PartState) -> None:
    async def story() -> None:
        async with working(Standing(printer=PaperTray(state=state))) as stand:
            assert stand.kiosk.view().paper == "none"
            await stand.signs_in()
            await stand.scans("30000012")
            done = await stand.finishes_with_slip()
            assert done.slip == "no_paper"

    asyncio.run(story())


def test_a_kiosk_without_a_printer_lends_too() -> None:
    async def story() -> None:
        async with working(Standing(printer=None)) as stand:
            assert (await stand.signs_in()).member == "สมชาย ใจดี"
            assert stand.kiosk.view().paper == "none"

    asyncio.run(story())


@pytest.mark.parametrize(("state", "paper"), [(PartState.PAPER_LOW, "low"), (PartState.UNKNOWN, "ready")])
def test_low_paper_is_told_and_an_unknown_printer_is_trusted(state: PartState, paper: str) -> None:
    async def story() -> None:
        async with working(Standing(printer=PaperTray(state=state))) as stand:
            assert stand.kiosk.view().paper == paper

    asyncio.run(story())


def test_a_jam_is_owned_up_to() -> None:
    async def story() -> None:
        printer = PaperTray()
        printer.jams = True
        async with working(Standing(printer=printer)) as stand:
            await stand.signs_in()
            await stand.scans("30000012")
            done = await stand.finishes_with_slip()
            assert done.slip == "failed"

    asyncio.run(story())


@pytest.mark.requirement("H-09")
def test_an_idle_kiosk_forgets_its_visitor() -> None:
    async def story() -> None:
        async with working(Standing(idle_seconds=0.3)) as stand:
            await stand.signs_in()
            await stand.shows(WelcomeView)
            assert "สมชาย" not in repr(stand.kiosk.view())

    asyncio.run(story())


def test_a_new_name_of_the_library_appears_by_itself() -> None:
    async def story() -> None:
        async with working(Standing()) as stand:
            views = stand.kiosk.views()
            await anext(views)
            stand.name = Library("ห้องสมุดใหม่", "New Library")
            async with asyncio.timeout(5):
                while (await anext(views)).library != "ห้องสมุดใหม่":
                    pass

    asyncio.run(story())


def test_a_clerk_that_fails_ends_the_kiosk_so_that_it_is_started_anew() -> None:
    async def story() -> None:
        stand = Standing(library=BrokenLibrary())
        running = asyncio.create_task(stand.kiosk.run())
        stand.kiosk.happen(SOMCHAI)
        async with asyncio.timeout(5):
            with pytest.raises(ExceptionGroup):
                await running

    asyncio.run(story())
