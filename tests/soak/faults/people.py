"""People at the gate, the kiosk and the counters, at work until the day is over; each thing they do is noted."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from typing import Any

import aiohttp

from samut_wire import messages as m
from tests.soak.faults.counter_place import CounterPlace
from tests.soak.faults.day import Done, Outcome, Shelf, SlipAsked, Tapped, Verb, now
from tests.soak.faults.hardware import Hardware
from tests.soak.faults.scene import Scene
from tests.system.kiosk_page import KioskGoneError, Visitor
from tests.system.world import World, wait_until

Wanted = tuple[Verb, str, str]
AWAY = (aiohttp.ClientError, KioskGoneError, ConnectionError, TimeoutError)
ROW = {"lent": Verb.LEND, "renewed": Verb.RENEW, "returned": Verb.RETURN}
MOST_BOOKS = 3


async def pass_gate(scene: Scene, dice: random.Random) -> None:
    """Members in and out, now and then somebody with a card nobody knows."""
    cards = [card["value"] for card in await asyncio.to_thread(scene.world.cards)]
    stranger, place = len(cards) - 1, 0
    while not scene.day.is_over:
        card = stranger if place % 10 == 9 else place % stranger
        reader = "reader_in" if place % 2 == 0 or card == stranger else "reader_out"
        began, opens = now(), card != stranger
        told = await asyncio.to_thread(_tap_once, scene.world, cards[card], reader, opens)
        scene.day.taps.append(Tapped(card, opens, told, began, now()))
        place += 1
        await asyncio.sleep(dice.uniform(0.2, 0.6))


def _tap_once(world: World, card: str, reader: str, opens: bool) -> bool:
    """Whether the gate showed its decision. Without power it shows none; the next person waits until it is back."""
    try:
        before = world.gate()["openings"]
        if world.tap(card, reader) != 204:
            return False
        wait_until("the gate decides", lambda: _has_decided(world, before, opens), 5)
    except (OSError, AssertionError):
        wait_until("the gate is back", lambda: _shows(world.gate), 180)
        return False
    return True


def _has_decided(world: World, before: int, opens: bool) -> bool:
    gate = world.gate()
    return bool(gate["openings"] > before if opens else gate["outputs"]["red"])


def _shows(look: Callable[[], Any]) -> Any:
    with suppress(OSError, IndexError, ValueError):
        return look()
    return None


async def work_at_counter(scene: Scene, place: CounterPlace, shelf: Shelf, dice: random.Random) -> None:
    while not scene.day.is_over:
        verb, book, member = shelf.next()
        async with place.turn:
            began = now()
            told, by_hub, due = await _ask(place, verb, book, member)
        outcome = Outcome.TOLD if told else Outcome.REFUSED
        _note(scene, shelf, Done(verb, book, member, place.folder.name, outcome, by_hub, began, now(), due))
        await asyncio.sleep(dice.uniform(0.05, 0.3))


async def _ask(place: CounterPlace, verb: Verb, book: str, member: str) -> tuple[bool, bool, datetime | None]:
    """Whether it was granted, whether by the hub, and until when."""
    clerk = place.counter.clerk
    match verb:
        case Verb.LEND:
            lent = await clerk.check_out(m.CheckoutAsked(member=member, barcode=book))
            return lent.body.decision.allowed, lent.from_hub, lent.body.decision.due_at
        case Verb.RENEW:
            renewed = await clerk.renew(m.RenewalAsked(member=member, barcode=book))
            return renewed.body.decision.allowed, renewed.from_hub, renewed.body.decision.due_at
        case Verb.RETURN:
            back = await clerk.check_in(m.CheckinAsked(barcode=book))
            return back.body.returned, back.from_hub, None


def _note(scene: Scene, shelf: Shelf, done: Done) -> None:
    shelf.note(done)
    scene.day.done.append(done)


class Guest(Visitor):
    """A visitor with books that have tags; what they hold to the kiosk stays there when its computer ends."""

    def __init__(
        self, socket: aiohttp.ClientWebSocketResponse, browser: aiohttp.ClientSession, address: str, desk: Hardware
    ) -> None:
        super().__init__(socket, browser, address)
        self.desk = desk

    async def scan(self, text: str) -> None:
        self.desk.scan(text)

    async def until_settled(self, books: list[str]) -> None:
        """Each has its answer, and no tag is just written."""
        await self.until(lambda screen: all(_is_settled(screen, book) for book in books), 15)

    def row(self, book: str) -> dict[str, Any]:
        rows = self.view.get("screen", {}).get("books", ()) if self.view else ()
        return next((row for row in rows if row["key"] == book.casefold()), {"is": "asked"})


def _is_settled(screen: dict[str, Any], book: str) -> bool:
    rows = {row["key"]: row for row in screen.get("books", ())}
    row = rows.get(book.casefold())
    return row is not None and row["is"] != "asked" and row.get("tag") != "writing"


@asynccontextmanager
async def _guest_at(scene: Scene) -> AsyncIterator[Guest]:
    address = f"http://127.0.0.1:{scene.world.ports.kiosk}"
    async with (
        aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=None, sock_connect=5)) as browser,
        browser.ws_connect(f"{address}/ws", origin=address) as socket,
    ):
        guest = Guest(socket, browser, address, scene.hardware)
        await guest.until(lambda screen: True, 10)
        yield guest


async def use_kiosk(scene: Scene, shelf: Shelf, dice: random.Random) -> None:
    """Visit after visit, each of up to three books; after a power cut a new one."""
    while not scene.day.is_over:
        try:
            async with _guest_at(scene) as guest:
                await guest.until(lambda screen: screen["name"] != "unavailable", 20)
                while not scene.day.is_over:
                    await _visit(scene, guest, shelf, dice)
        except AWAY:
            await asyncio.sleep(0.2)


async def _visit(scene: Scene, guest: Guest, shelf: Shelf, dice: random.Random) -> None:
    await guest.go_home(30)
    wanted = _plan(shelf, dice)
    verb, _, member = wanted[0]
    if verb is Verb.RETURN:
        await guest.touch("return")
        await guest.until_is("returning", 10)
    elif (await guest.sign_in(member, 15))["name"] != "borrowing":
        return
    try:
        await _hand_in(scene, guest, shelf, wanted)
        await _end(scene, guest, wanted, slip=dice.random() < 0.7)
    finally:
        scene.hardware.clear()
    await asyncio.sleep(1.0)  # the pad takes that long to say that nothing lies there


def _plan(shelf: Shelf, dice: random.Random) -> list[Wanted]:
    """What one member wants at once."""
    wanted = [shelf.next()]
    for _ in range(MOST_BOOKS - 1):
        verb, book, member = shelf.next()
        first, _, who = wanted[0]
        fits = (verb is Verb.RETURN) == (first is Verb.RETURN) and (verb is Verb.RETURN or member == who)
        if fits and dice.random() < 0.6 and book not in [one[1] for one in wanted]:
            wanted.append((verb, book, member))
    return wanted


async def _hand_in(scene: Scene, guest: Guest, shelf: Shelf, wanted: list[Wanted]) -> None:
    """Books onto the pad, and what becomes of each."""
    began = {}
    try:
        for _, book, _ in wanted:
            began[book] = now()
            scene.hardware.lay(book)
            await asyncio.sleep(0.05)
        await guest.until_settled([book for _, book, _ in wanted])
    finally:
        for one in wanted:
            if one[1] in began:
                _note(scene, shelf, _seen(guest.row(one[1]), one, began[one[1]]))


def _seen(row: dict[str, Any], wanted: Wanted, began: datetime) -> Done:
    """What the page said is what was told, also where it was something else than was wanted."""
    verb, book, member = wanted
    by_hub, outcome = bool(row.get("from_hub", False)), Outcome.DOUBT
    if row["is"] == "refused":
        outcome = Outcome.REFUSED
    elif row["is"] in ROW:
        verb, outcome = ROW[row["is"]], Outcome.TOLD
    return Done(verb, book, member, "kiosk-1", outcome, by_hub, began, now())


async def _end(scene: Scene, guest: Guest, wanted: list[Wanted], *, slip: bool) -> None:
    """With a slip or without; while paper is awaited the kiosk may take its time."""
    printer = scene.hardware.printer
    before, about = printer.printed, tuple(f"{verb} {book}" for verb, book, _ in wanted)
    told = False
    try:
        await guest.touch("finish", slip=slip)
        screen = await guest.until(lambda screen: screen["name"] in ("done", "welcome"), 40)
        told = screen["name"] == "done" and screen["slip"] == "printed"
    finally:
        if slip:
            scene.day.slips.append(SlipAsked(about, before, printer.printed, told))
