"""Every process is killed in turn while people tap, borrow and return: nothing told them is lost, nothing doubled."""

import asyncio
import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import aiohttp
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from samut_edge.clerk import Answer
from samut_edge.replica import Replica
from samut_hub.circulation.models import Conflict, Loan
from samut_hub.commands import Command
from samut_hub.libraries.models import Library
from samut_hub.members.models import Member
from samut_hub.visits.models import Visit
from samut_wire import messages as m
from tests.system.counter import Counter, counter_in, enrol_device
from tests.system.kiosk_page import KioskGoneError, Visitor, visitor_at
from tests.system.world import World, events_on_disk, running_world, wait_until

SEED = 2569
TAPS, AT_KIOSK, AT_COUNTER = 30, 60, 110
EVERY = 16
"""Operations between two power cuts."""

ROUNDS = 2
"""How often each program is killed."""

Verb = Literal["lend", "return"]


@dataclass(frozen=True)
class Done:
    """One operation as the person saw it: `told` it was done, or `refused`; else nobody knows what became of it."""

    verb: Verb
    barcode: str
    member: str
    began: datetime
    ended: datetime
    told: bool
    refused: bool

    def fits(self, at: datetime | None) -> bool:
        return at is not None and self.began <= at <= self.ended


@dataclass(frozen=True)
class Tapped:
    card: int
    opens: bool
    began: datetime
    ended: datetime
    told: bool


@dataclass
class Day:
    """What people did, and how often: the power cutter counts with it."""

    done: list[Done] = field(default_factory=list)
    taps: list[Tapped] = field(default_factory=list)
    moved: asyncio.Condition = field(default_factory=asyncio.Condition)

    @property
    def count(self) -> int:
        return len(self.done) + len(self.taps)

    async def note(self, what: Done | Tapped) -> None:
        (self.done if isinstance(what, Done) else self.taps).append(what)  # type: ignore[arg-type]
        async with self.moved:
            self.moved.notify_all()


class Shelf:
    """Books of one place, and who has them as far as that place was told: its next sensible operation."""

    def __init__(self, books: list[str], members: list[str], dice: random.Random) -> None:
        self._dice = dice
        self._members = members
        self._in, self._out, self._doubtful = list(books), [], []

    def next(self) -> tuple[Verb, str, str]:
        """A book nobody knows the state of is brought back first."""
        if self._doubtful:
            return "return", self._doubtful[0], ""
        lend = self._in and (not self._out or self._dice.random() < 0.55)
        book = self._dice.choice(self._in if lend else self._out)
        return ("lend", book, self._dice.choice(self._members)) if lend else ("return", book, "")

    def note(self, book: str, *, out: bool | None) -> None:
        """`out` is None when it is not known."""
        for place in (self._in, self._out, self._doubtful):
            if book in place:
                place.remove(book)
        (self._doubtful if out is None else self._out if out else self._in).append(book)


def now() -> datetime:
    return datetime.now(UTC)


async def cut_power(world: World, day: Day, dice: random.Random) -> None:
    """One program after the other, each as often as the others; it comes back within two seconds."""
    victims = [name for _ in range(ROUNDS) for name in dice.sample(World.PROGRAMS, len(World.PROGRAMS))]
    for place, victim in enumerate(victims, 1):
        async with day.moved:
            await day.moved.wait_for(lambda place=place: day.count >= place * EVERY)
        await asyncio.sleep(dice.uniform(0, 0.3))
        await asyncio.to_thread(world.kill, victim)
        await asyncio.sleep(dice.uniform(0.1, 2.0))
        world.start(victim)


async def pass_gate(world: World, day: Day) -> None:
    """Members in and out, now and then somebody with a card nobody knows."""
    cards = await asyncio.to_thread(world.cards)
    stranger = len(cards) - 1
    for place in range(TAPS):
        card = stranger if place % 10 == 9 else place % stranger
        reader = "reader_in" if place % 2 == 0 or card == stranger else "reader_out"
        began, opens = now(), card != stranger
        told = await asyncio.to_thread(_tap_once, world, cards[card]["value"], reader, opens)
        await day.note(Tapped(card, opens, began, now(), told))


def _tap_once(world: World, card: str, reader: str, opens: bool) -> bool:
    """Whether the gate showed its decision. Without power it shows none; the next person waits until it is back."""
    try:
        before = world.gate()["openings"]
        if world.tap(card, reader) != 204:
            return False
        wait_until("the gate decides", lambda: _has_decided(world, before, opens), 5)
    except OSError:
        wait_until("the gate is back", lambda: _shows(world.gate))
        return False
    return True


def _has_decided(world: World, before: int, opens: bool) -> bool:
    gate = world.gate()
    return bool(gate["openings"] > before if opens else gate["outputs"]["red"])


def _shows(look: Callable[[], Any]) -> Any:
    with suppress(OSError, IndexError):
        return look()
    return None


async def lend_at_kiosk(world: World, day: Day, shelf: Shelf) -> None:
    """Visit after visit at the touch screen, each of up to three books; after a power cut a new one."""
    left = AT_KIOSK
    while left > 0:
        try:
            async with visitor_at(world.ports.kiosk) as visitor:
                await visitor.until(lambda screen: screen["name"] != "unavailable", 20)
                while left > 0:
                    left -= await _visit_kiosk(visitor, day, shelf, min(3, left))
        except (aiohttp.ClientError, KioskGoneError, ConnectionError, TimeoutError):
            left = AT_KIOSK - sum(1 for done in day.done if done.member.startswith("kiosk"))
            await asyncio.sleep(0.2)


async def _visit_kiosk(visitor: Visitor, day: Day, shelf: Shelf, most: int) -> int:
    await visitor.go_home(10)
    verb, book, member = shelf.next()
    if verb == "lend":
        await visitor.sign_in(member, 10)
    else:
        await visitor.touch("return")
        await visitor.until_is("returning", 10)
    for count in range(1, most + 1):
        began, is_out, told, refused = now(), None, False, False
        try:
            await visitor.scan(book)
            row = await visitor.until_answered(book, 10)
            told = row["is"] in ("lent", "returned")
            is_out = (row["is"] == "lent") if told else None
            refused = row["is"] == "refused"
        finally:
            shelf.note(book, out=is_out)
            await day.note(Done(verb, book, f"kiosk {member}", began, now(), told, refused))
        following = shelf.next()
        if following[0] != verb:
            return count
        book = following[1]
    return most


async def lend_at_counter(counter: Counter, day: Day, shelf: Shelf) -> None:
    """The same without a screen; slow enough not to be over before the last cut."""
    for _ in range(AT_COUNTER):
        verb, book, member = shelf.next()
        began = now()
        told = await _ask(counter, verb, book, member)
        shelf.note(book, out=(verb == "lend") if told else None)
        await day.note(Done(verb, book, f"counter {member}", began, now(), told, refused=not told))
        await asyncio.sleep(0.15)


async def _ask(counter: Counter, verb: Verb, book: str, member: str) -> bool:
    if verb == "return":
        back: Answer[m.CheckinAnswered] = await counter.clerk.check_in(m.CheckinAsked(barcode=book))
        return back.body.returned
    lent = await counter.clerk.check_out(m.CheckoutAsked(member=member, barcode=book))
    return lent.body.decision.allowed


async def live_through(world: World, counter_folder: Path) -> Day:
    """The whole day, and the evening: everything up again and every outbox empty."""
    dice = random.Random(SEED)
    day, books, teachers = Day(), world.free_items(), ["20035", "20036", "20037", "20038"]
    kiosk_shelf = Shelf(books[:12], teachers[:2], random.Random(SEED + 1))
    counter_shelf = Shelf(books[12:30], teachers[2:], random.Random(SEED + 2))
    async with counter_in(counter_folder) as counter:
        await counter.ready()
        async with asyncio.TaskGroup() as people:
            people.create_task(cut_power(world, day, dice))
            people.create_task(pass_gate(world, day))
            people.create_task(lend_at_kiosk(world, day, kiosk_shelf))
            people.create_task(lend_at_counter(counter, day, counter_shelf))
        folders = [world.home / name for name in ("gate-1", "kiosk-1", counter_folder.name)]
        await asyncio.to_thread(
            wait_until, "every outbox is empty", lambda: not any(map(events_on_disk, folders)), 60
        )
        async with asyncio.timeout(20):
            while counter.replica.version < _version(world):
                await asyncio.sleep(0.1)
    return day


def _version(world: World) -> int:
    with world.database.session(None, writes=False) as session:
        return session.scalars(select(Library.replica_version)).one()


@dataclass(frozen=True)
class Evening:
    world: World
    day: Day
    counter: Path

    def loans(self) -> list[Loan]:
        wanted = select(Loan).where(Loan.source != "demo").options(joinedload(Loan.item), joinedload(Loan.member))
        with self.world.database.session(None, writes=False) as session:
            return list(session.scalars(wanted.order_by(Loan.lent_at)))

    def told(self, verb: Verb) -> list[Done]:
        return [done for done in self.day.done if done.verb == verb and done.told]

    def in_doubt(self, verb: Verb) -> list[Done]:
        return [done for done in self.day.done if done.verb == verb and not done.told]


@pytest.fixture(scope="module")
def evening(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Evening]:
    with running_world(tmp_path_factory.mktemp("power")) as world:
        folder = enrol_device(world.config, world.database, "counter-1")
        day = asyncio.run(live_through(world, folder))
        yield Evening(world, day, folder)


def test_it_was_a_full_day(evening: Evening) -> None:
    day = evening.day
    assert day.count >= TAPS + AT_KIOSK + AT_COUNTER
    assert sum(1 for done in day.done if done.told and done.member.startswith("kiosk")) >= 40
    assert sum(1 for tap in day.taps if tap.told) >= 20
    assert len(evening.told("lend")) > 50
    assert len(evening.told("return")) > 30
    with evening.world.database.session(None, writes=False) as session:
        kinds = set(session.scalars(select(Command.kind)))
    assert kinds >= {"evt/passage", "evt/loan", "evt/return", "req/checkout", "req/checkin"}, (
        "with the hub and without"
    )


@pytest.mark.requirement("H-02")
def test_the_gate_decided_every_tap_and_each_is_on_the_hub_once(evening: Evening) -> None:
    with evening.world.database.session(None, writes=False) as session:
        visits = list(session.scalars(select(Visit).where(Visit.device == "gate-1")))
    for tap in evening.day.taps:
        there = [visit for visit in visits if tap.began <= visit.at <= tap.ended]
        assert len(there) == 1 if tap.told else len(there) <= 1, tap
        assert all(visit.allowed == tap.opens for visit in there), tap
        visits = [visit for visit in visits if visit not in there]
    assert visits == []


def test_every_loan_told_is_on_the_hub_once_and_no_other(evening: Evening) -> None:
    left = evening.loans()
    for done in (*evening.told("lend"), *evening.in_doubt("lend")):
        there = [loan for loan in left if loan.item.barcode == done.barcode and done.fits(loan.lent_at)]
        assert len(there) == 1 if done.told else len(there) <= (0 if done.refused else 1), done
        assert all(loan.member.number in done.member for loan in there), done
        left = [loan for loan in left if loan not in there]
    unknown = [(loan.item.barcode, loan.member.number, loan.source, loan.lent_at, loan.returned_at) for loan in left]
    assert unknown == []


def test_every_return_told_ended_the_loan_once(evening: Evening) -> None:
    """A return in doubt is made again; the second finds nothing to do, or what the first did not reach."""
    ended = [loan for loan in evening.loans() if loan.returned_at is not None]
    for loan in ended:
        ways = [
            done for done in evening.day.done if done.barcode == loan.item.barcode and done.fits(loan.returned_at)
        ]
        assert [done.verb for done in ways] == ["return"], (loan.item.barcode, loan.returned_at)
    last = {done.barcode: done for done in evening.day.done}
    open_now = {loan.item.barcode for loan in evening.loans() if loan.returned_at is None}
    for barcode, done in last.items():
        if done.told:
            assert (barcode in open_now) == (done.verb == "lend"), done


def test_counters_and_replicas_agree_with_the_rows(evening: Evening) -> None:
    world = evening.world
    with world.database.session(None, writes=False) as session:
        counted = select(Loan.member_id, func.count()).where(Loan.returned_at.is_(None)).group_by(Loan.member_id)
        rows = {member: count for member, count in session.execute(counted)}  # noqa: C416 — a Row is no tuple
        for member in session.scalars(select(Member)):
            assert member.open_loans == rows.get(member.id, 0), member.number
        kinds = set(session.scalars(select(Conflict.kind)))
    assert kinds <= {"return_not_on_loan"}, "only a return that was made twice leaves a note"
    holders = {loan.item.barcode: loan.member.number for loan in evening.loans() if loan.returned_at is None}
    for folder in (world.home / "kiosk-1", evening.counter):
        wait_until(f"{folder.name} knows where the books are", lambda folder=folder: _knows(folder, holders, evening))


def _knows(folder: Path, holders: dict[str, str], evening: Evening) -> bool:
    replica = Replica(folder / "replica.db")
    try:
        books = {done.barcode for done in evening.day.done}
        return all(replica.item(book).lent_to == holders.get(book, "") for book in books)
    finally:
        replica.close()
