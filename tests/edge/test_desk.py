"""A librarian at a desk whose hub is away: the same rules, one box, and every event kept once."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, ClientWebSocketResponse, web

from samut_edge.books import Books
from samut_edge.desk import Desk, DeskParts
from samut_edge.desk_counter import DeskCounter
from samut_edge.desk_server import desk_routes
from samut_edge.desk_staff import DeskStaff, PinRefusedError
from samut_edge.devices.thai_identity import ThaiIdentity
from samut_edge.events import CardKind, CardTapped, CodeScanned, ItemGone, ItemSeen, PartEvent
from samut_edge.hub_clerk import HubClerk
from samut_edge.kiosk_slip import Library
from samut_edge.local_clerk import LocalClerk
from samut_edge.outbox import Outbox
from samut_edge.replica import Replica
from samut_edge.settings import HubSettings, Settings
from samut_edge.uplink import Uplink
from samut_wire import messages as m
from samut_wire.cards import card_hash
from samut_wire.codec import Letter
from samut_wire.configuration import DeskSettings
from samut_wire.ids import command_id
from samut_wire.pins import pin_hash
from samut_wire.topics import Kind
from tests.edge.drivers.heard import story, until
from tests.edge.kiosk.small_library import PaperTray
from tests.edge.stock import KEY, MANEE_CARD, NOW, ROWS, an_item
from tests.edge.test_replica import write_snapshot
from tests.ports import free_port

PIN = "274961"
STAFF = m.StaffTold(people=(m.StaffAtDesk(username="wanna", name="วรรณา บรรณารักษ์", pin=pin_hash(PIN)),))
MALI = ThaiIdentity("1103700123457", "มะลิ", "Mali", "1990-05", "f", "1/2", None, None, b"\xff\xd8")


class Line(Uplink):
    """The link as the desk has it; what it tells is heard here."""

    told: list[tuple[Kind, m.Message, str]]

    async def tell(self, kind: Kind, body: m.Message, *, re: str = "") -> None:
        self.told.append((kind, body, re))


class IdReader:
    """A reader into which a card is put when the test says so."""

    def __init__(self) -> None:
        self.cards: asyncio.Queue[ThaiIdentity] = asyncio.Queue()

    async def read_identity(self, *, photo: bool) -> ThaiIdentity:
        return await self.cards.get()


class Window:
    """The desk's page in a browser; `view` is what it was told last."""

    def __init__(self, line: ClientWebSocketResponse) -> None:
        self._line = line
        self.view: dict[str, Any] = {}
        self.token = self.refused = ""

    async def do(self, done: str, **said: str) -> None:
        await self._line.send_json({"do": done, **said})

    async def sees(self, what: str, **values: object) -> dict[str, Any]:
        """Wait until the view holds these values."""
        async with asyncio.timeout(10):
            while not self.view or any(self.view[name] != value for name, value in values.items()):
                await self._hear()
        return self.view

    async def hears_refusal(self) -> str:
        async with asyncio.timeout(10):
            while not self.refused:
                await self._hear()
        refused, self.refused = self.refused, ""
        return refused

    async def line(self, number: int) -> dict[str, Any]:
        """The line of that number, once it is there."""
        async with asyncio.timeout(10):
            while not (self.view and self.view["lines"] and self.view["lines"][0]["number"] == number):
                await self._hear()
        line: dict[str, Any] = self.view["lines"][0]
        return line

    async def _hear(self) -> None:
        said = await self._line.receive_json()
        match said.pop("is"):
            case "view":
                self.view = said
            case "token":
                self.token = said["token"]
            case "refused":
                self.refused = said["why"]


class Watch:
    """The time, moved by the tests."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **time: float) -> None:
        self.now += timedelta(**time)


@dataclass
class Standing:
    """A desk without its hub, with replica and outbox on disk."""

    desk: Desk
    uplink: Line
    outbox: Outbox
    printer: PaperTray
    id_reader: IdReader
    address: str
    browser: ClientSession
    watch: Watch

    async def window(self) -> Window:
        line = await self.browser.ws_connect(f"{self.address}/desk/ws", origin=self.address)
        window = Window(line)
        await window.do("speak", language="en")
        return window

    async def signed_in(self) -> Window:
        window = await self.window()
        await window.do("sign_in", username="Wanna", pin=PIN)
        await window.sees("the work", worker="วรรณา บรรณารักษ์")
        return window

    def events(self) -> list[m.Message]:
        return [waiting.letter.body for waiting in self.outbox.waiting()]


@asynccontextmanager
async def standing(
    folder: Path, *, idle_minutes: float = 10, rows: tuple[m.ReplicaRow, ...] = ROWS
) -> AsyncIterator[Standing]:
    replica = Replica(folder / "replica.db")
    replica.adopt(replica.build(folder / "s", write_snapshot(folder / "s", rows)))
    hub = HubSettings(host="127.0.0.1", url="http://127.0.0.1:1")
    wanted = DeskSettings(hub_seconds=0.3, idle_minutes=idle_minutes)
    settings = Settings(device="desk-1", role="desk", hub=hub, parts={}, desk=wanted, folder=folder)
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    async with Outbox(folder / "outbox.db") as outbox, ClientSession() as browser:
        watch = Watch()
        uplink = Line(settings, outbox, watch, boot="b", address=("127.0.0.1", 1))
        uplink.told = []
        books, staff, printer, id_reader = (
            Books(replica, outbox),
            DeskStaff(folder, watch),
            PaperTray(),
            IdReader(),
        )
        local = LocalClerk(books, outbox, watch, most_items=20, by=lambda: counter.user)
        counter = DeskCounter(
            wanted,
            HubClerk(uplink, outbox, local, seconds=0.3),
            books,
            staff=staff,
            printer=printer,
            link=(uplink, outbox),
            library=lambda: Library("ห้องสมุด", "Library"),
            clock=watch,
        )
        desk = Desk(uplink, counter, staff, parts=DeskParts([printer], [id_reader]), card_key=KEY)
        desk.told_of_staff(STAFF)
        app = web.Application()
        app.add_routes(desk_routes(counter, hub.url))
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        work = asyncio.create_task(desk.run())
        try:
            yield Standing(desk, uplink, outbox, printer, id_reader, address, browser, watch)
        finally:
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)
            await runner.cleanup()
    replica.close()


def scan(text: str) -> PartEvent:
    return CodeScanned("scanner", text, time.perf_counter_ns())


def tap(uid: str) -> PartEvent:
    return CardTapped("nfc", CardKind.UID, uid, time.perf_counter_ns())


def an_order(body: m.Message, seconds: float = 30) -> Letter:
    return Letter(id=command_id(1), at=NOW, body=body, exp=NOW + timedelta(seconds=seconds))


@pytest.mark.requirement("K-22")
@story
async def test_staff_lend_and_take_back_without_the_hub_and_each_event_is_kept_once(tmp_path: Path) -> None:
    async with standing(tmp_path) as at:
        window = await at.signed_in()
        assert window.view["away_since"] == "23 Nov 2026 10:00"
        await window.do("scan", text="10001")
        assert (await window.sees("Manee", can_print=False))["worker"]
        await until(lambda: at.desk.counter.state.guest is not None)
        await window.do("scan", text="b00001")
        lent = await window.line(1)
        assert (lent["what"], lent["title"], lent["due"], lent["here"]) == ("lent", "เรื่อง B00001", "1 Dec 2026", True)
        assert window.view["guest"]["loans"] == 1
        await window.do("scan", text="B00001")
        assert (await window.line(2))["what"] == "scanned_twice"
        at.watch.pass_by(minutes=1)
        await window.do("scan", text="B00001")
        assert (await window.line(3))["what"] == "returned"
        await window.do("scan", text="B00009")
        late = await window.line(4)
        assert (late["what"], late["days_late"], late["fine"]) == ("returned", 2, "2")
        await window.do("scan", text="B77777")
        unknown = await window.line(5)
        assert (unknown["what"], unknown["barcode"]) == ("unknown", "7777")
        assert [(type(event).__name__, getattr(event, "by", "")) for event in at.events()] == [
            ("LoanRecorded", "wanna"),
            ("ReturnRecorded", "wanna"),
            ("ReturnRecorded", "wanna"),
        ]
        assert window.view["waiting"] == 3
        await window.do("slip")
        await until(lambda: at.printer.slips)
        slip = at.printer.slips[0]
        assert (slip.heading, slip.member, slip.lines[0].barcode) == ("Loan slip", "มานี ใจดี", "B00001")
        assert "This desk kept a record" in slip.notice


@pytest.mark.requirement("K-22")
@story
async def test_staff_see_what_a_member_has_and_renew_one_or_all_without_the_hub(tmp_path: Path) -> None:
    due = NOW + timedelta(days=1)
    has = (an_item("B00011", "10001", due), an_item("B00012", "10001", due, waited_for=True))
    async with standing(tmp_path, rows=(*ROWS, *has)) as at:
        window = await at.signed_in()
        await window.do("scan", text="10001")
        await until(lambda: at.desk.counter.state.guest is not None)
        await window.do("renew", barcode="B00011")
        kept = await window.line(1)
        assert (kept["what"], kept["due"], kept["here"]) == ("renewed", "1 Dec 2026", True)
        await window.do("renew")
        await window.line(3)
        assert [line["what"] for line in window.view["lines"]] == ["not_renewed", "not_renewed", "renewed"]
        mine = {loan["barcode"]: loan["due"] for loan in window.view["guest"]["mine"]}
        assert mine == {"B00011": "1 Dec 2026", "B00012": "24 Nov 2026"}
        assert [(type(event).__name__, getattr(event, "by", "")) for event in at.events()] == [
            ("RenewalRecorded", "wanna")
        ]
        at.watch.pass_by(minutes=1)
        await window.do("scan", text="B00012")
        await window.line(4)
        assert [loan["barcode"] for loan in window.view["guest"]["mine"]] == ["B00011"]
        await window.do("slip")
        await until(lambda: at.printer.slips)
        assert [line.note for line in at.printer.slips[0].lines] == ["Renewed, now due 1 Dec 2026"]


@story
async def test_a_member_who_may_not_borrow_is_refused_with_the_reason(tmp_path: Path) -> None:
    async with standing(tmp_path) as at:
        window = await at.signed_in()
        at.desk.happen(scan("10002"))
        await until(lambda: at.desk.counter.state.guest is not None)
        at.desk.happen(scan("B00001"))
        refused = await window.line(1)
        assert refused["what"] == "refused"
        assert any("ทำบัตรหาย" in hint for hint in refused["hints"])
        assert window.view["guest"]["hints"]
        assert at.events() == []


@story
async def test_a_window_that_is_not_signed_in_sees_and_does_nothing(tmp_path: Path) -> None:
    async with standing(tmp_path) as at:
        stranger = await at.window()
        window = await at.signed_in()
        await window.do("scan", text="10001")
        await window.do("scan", text="B00001")
        await window.line(1)
        await stranger.do("scan", text="B00009")
        await stranger.do("speak", language="th")
        view = await stranger.sees("nothing", language="th")
        assert (view["worker"], view["guest"], view["lines"]) == ("", None, [])
        assert len(at.events()) == 1
        again = await at.window()
        await again.do("go_on", token=window.token)
        assert (await again.sees("the work again", worker="วรรณา บรรณารักษ์"))["guest"]["number"] == "10001"
        await window.do("sign_out")
        await again.sees("nothing any more", worker="")
        assert len(at.events()) == 1


@story
async def test_five_wrong_pins_lock_the_desk_also_through_a_restart(tmp_path: Path) -> None:
    async with standing(tmp_path) as at:
        window = await at.window()
        for name in ("wanna", "nobody", "wanna", "wanna", "wanna"):
            await window.do("sign_in", username=name, pin="111112")
            assert await window.hears_refusal() == "wrong"
        await window.do("sign_in", username="wanna", pin=PIN)
        assert await window.hears_refusal() == "too_often"
        anew = DeskStaff(tmp_path, at.watch)
        with pytest.raises(PinRefusedError):
            await anew.sign_in("wanna", PIN)
        at.watch.pass_by(minutes=6)
        assert (await anew.sign_in("wanna", PIN)).name == "วรรณา บรรณารักษ์"
        assert (tmp_path / "desk-staff.json").stat().st_mode & 0o077 == 0
        assert PIN not in (tmp_path / "desk-staff.json").read_text()


@story
async def test_who_is_no_longer_told_of_cannot_sign_in(tmp_path: Path) -> None:
    async with standing(tmp_path) as at:
        at.desk.told_of_staff(m.StaffTold(people=()))
        window = await at.window()
        assert not (await window.sees("nobody", knows_staff=False))["knows_staff"]
        await window.do("sign_in", username="wanna", pin=PIN)
        assert await window.hears_refusal() == "wrong"


@story
async def test_who_forgets_to_sign_out_is_signed_out(tmp_path: Path) -> None:
    async with standing(tmp_path, idle_minutes=0.01) as at:
        window = await at.signed_in()
        await window.sees("nothing any more", worker="")
        assert not at.desk.counter.is_open


@story
async def test_readers_type_for_the_hub_unless_somebody_works_here(tmp_path: Path) -> None:
    async with standing(tmp_path) as at:
        at.desk.happen(scan(" B00001 "))
        at.desk.happen(tap(MANEE_CARD))
        await until(lambda: len(at.uplink.told) == 2)
        hashed = card_hash(KEY, "uid", MANEE_CARD)
        assert [body for _, body, _ in at.uplink.told] == [
            m.PartRead(part="scanner", text="B00001"),
            m.PartRead(part="nfc", card=hashed, kind="uid"),
        ]
        await at.signed_in()
        at.desk.happen(tap(MANEE_CARD))
        await until(lambda: at.desk.counter.state.guest is not None)
        assert len(at.uplink.told) == 2
        assert at.events() == []


@story
async def test_a_set_on_the_pad_is_typed_once_however_many_of_its_discs_are_found(tmp_path: Path) -> None:
    async with standing(tmp_path) as at:
        for seen in (1, 2, 3):
            at.desk.happen(ItemSeen("pad", "B00001", "E004", seen=seen, of=3))
        at.desk.happen(ItemGone("pad", "B00001", "E004"))
        at.desk.happen(ItemSeen("pad", "B00001", "E004", seen=3, of=3))
        await until(lambda: len(at.uplink.told) == 2)
        assert [body for _, body, _ in at.uplink.told] == [m.PartRead(part="pad", text="B00001")] * 2


@story
async def test_the_hubs_orders_print_a_slip_and_read_a_card_and_nothing_more_is_told_than_asked(
    tmp_path: Path,
) -> None:
    line = m.SlipLineOrdered(title="พระอภัยมณี", barcode="B1", note="due 1 Dec 2026")
    slip = m.SlipOrdered(
        by="wanna", heading="Loan slip", library="L", printed_at="now", member="มานี", lines=(line,), footer="f"
    )
    async with standing(tmp_path) as at:
        assert await at.desk.print_slip(slip) == ""
        assert at.printer.slips[0].lines[0].note == "due 1 Dec 2026"
        for asks_number in (False, True):
            order = an_order(m.IdentityWanted(by="wanna", number=asks_number, photo=True))
            at.id_reader.cards.put_nowait(MALI)
            assert await at.desk.read_identity(order, order.body) == ""  # type: ignore[arg-type]
            kind, told, re = at.uplink.told[-1]
            assert (kind, re) == (Kind.IDENTITY, order.id)
            assert isinstance(told, m.IdentityRead)
            assert (told.name_th, told.number) == ("มะลิ", MALI.number if asks_number else "")
            assert told.card == card_hash(KEY, "national_id", MALI.number)
        late = an_order(m.IdentityWanted(by="wanna", number=False, photo=False), seconds=0.05)
        assert await at.desk.read_identity(late, late.body) == "no card was put in"  # type: ignore[arg-type]
        for file in tmp_path.iterdir():
            assert MALI.number.encode() not in file.read_bytes(), file
