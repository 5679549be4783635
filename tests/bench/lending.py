"""Checkouts: over MQTT as a kiosk asks for them, by the kiosk's own rules, and at the desk over HTTP."""

import asyncio
import http.client
import json
import re
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

import psutil
from sqlalchemy import select

from samut_hub.catalogue.items import ItemFields, add_items
from samut_hub.catalogue.models import Item, Title
from samut_hub.circulation.models import LoanRule
from samut_hub.libraries.models import Library
from samut_hub.members.models import Member
from samut_wire import messages as m
from samut_wire.ids import command_id
from tests.bench.figures import Figure, quantile, spread
from tests.system.counter import Counter, counter_in, enrol_device
from tests.system.world import World

KIOSK, OFFLINE, DESK, DESKS = 300, 300, 400, 4
FIRST = 20
"""Checkouts that warm up and are not counted."""

TEACHERS = ("20035", "20036", "20037", "20038")


def stock(world: World, wanted: int) -> list[str]:
    """Bar codes of so many new copies on the shelf; from then on teachers may have all of them."""
    with world.database.session(None, writes=False) as session:
        library_id = session.scalars(select(Library.id)).one()
    with world.database.session(library_id) as session:
        for rule in session.scalars(select(LoanRule)):
            rule.max_items = 100_000
        title = session.scalars(select(Title).order_by(Title.id)).first()
        assert title is not None
        made: list[Item] = []
        while len(made) < wanted:
            fields = ItemFields(accession_number=f"Z{len(made) + 1:06d}")
            made += add_items(session, title, fields, copies=min(50, wanted - len(made)), now=datetime.now(UTC))
        return [item.barcode for item in made]


def time_kiosk(world: World, books: Sequence[str]) -> tuple[list[float], list[float]]:
    """Milliseconds for each checkout, with the hub and then without; link, outbox and clerk are the kiosk's own."""
    folder = enrol_device(world.config, world.database, "bench-1")
    return asyncio.run(_time_kiosk(world, folder, books))


async def _time_kiosk(world: World, folder: Path, books: Sequence[str]) -> tuple[list[float], list[float]]:
    async with counter_in(folder) as counter:
        await counter.ready()
        while counter.books.item(books[-1]) is None:
            await asyncio.sleep(0.1)
        online = [await _lend_and_return(counter, book, from_hub=True) for book in books[: FIRST + KIOSK]]
        world.kill("broker")
        while counter.uplink.is_connected:
            await asyncio.sleep(0.05)
        offline = [await _lend_and_return(counter, book, from_hub=False) for book in books[-FIRST - OFFLINE :]]
        world.start("broker")
        async with asyncio.timeout(60):
            while len(counter.outbox):
                await asyncio.sleep(0.1)
    return online[FIRST:], offline[FIRST:]


async def _lend_and_return(counter: Counter, book: str, *, from_hub: bool) -> float:
    """Only the lending is timed; the return keeps the member's loans few."""
    began = time.perf_counter()
    lent = await counter.clerk.check_out(m.CheckoutAsked(member=TEACHERS[0], barcode=book))
    took = (time.perf_counter() - began) * 1000
    assert lent.body.decision.allowed, lent
    assert lent.from_hub is from_hub
    await counter.clerk.check_in(m.CheckinAsked(barcode=book))
    return took


class Desk:
    """A librarian's browser, signed in, with one connection that stays open."""

    def __init__(self, world: World) -> None:
        passwords = json.loads((world.config.secrets / "demo-sign-ins.json").read_text())
        self._connection = http.client.HTTPConnection("127.0.0.1", world.ports.hub, timeout=30)
        self._cookies: dict[str, str] = {}
        self._token = self._find_token("/sign-in")
        self.post("/sign-in", username="librarian", password=passwords["librarian"])
        self._token = self._find_token("/desk/")

    def lend(self, member: int, book: str) -> float:
        """Milliseconds for one scan of a book in the member's session."""
        now = command_id(int(time.time() * 1000))
        began = time.perf_counter()
        answer = self.post("/desk/scan", scan=book, member=str(member), command=now)
        took = (time.perf_counter() - began) * 1000
        assert book in answer, answer
        return took

    def post(self, path: str, **filled: str) -> str:
        body = urlencode({**filled, "csrf_token": self._token})
        return self._ask("POST", path, body)

    def _find_token(self, path: str) -> str:
        page = self._ask("GET", path)
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page) or re.search(
            r'csrf[^>]*"([\w.-]{60,})"', page
        )
        assert found is not None, page
        return found[1]

    def _ask(self, method: str, path: str, body: str = "") -> str:
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self._cookies.items())}
        if path.startswith("/desk/") and method == "POST":
            headers["HX-Request"] = "true"
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self._connection.request(method, path, body or None, headers)
        answer = self._connection.getresponse()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self._cookies[key] = rest.split(";")[0]
        text = answer.read().decode()
        assert answer.status < 400, (answer.status, text)
        return text


@dataclass(frozen=True)
class Used:
    """CPU seconds of a program with all its processes."""

    process: psutil.Process

    def seconds(self) -> float:
        total = 0.0
        for process in (self.process, *self.process.children(recursive=True)):
            times = process.cpu_times()
            total += times.user + times.system
        return total


def measure_desk(world: World, books: Sequence[str]) -> list[Figure]:
    """One desk, then several at once."""
    with world.database.session(None, writes=False) as session:
        members = dict(session.execute(select(Member.number, Member.id)).all())
    ids = [members[number] for number in TEACHERS]
    hub, worker = (Used(psutil.Process(world.running[name].pid)) for name in ("hub", "worker"))
    desk = Desk(world)
    for book in books[:FIRST]:
        desk.lend(ids[0], book)
    time.sleep(1)
    before = hub.seconds(), worker.seconds()
    alone = [desk.lend(ids[place % len(ids)], book) for place, book in enumerate(books[FIRST : FIRST + DESK])]
    time.sleep(1)
    pages, beside = (1000 * (used.seconds() - b) / DESK for used, b in zip((hub, worker), before, strict=True))
    took, together = _all_desks(world, ids, books[FIRST + DESK :])
    return [
        *spread("Desk checkout, one desk", alone),
        Figure("Desk checkout, CPU of the pages", pages, "ms", 10, "gunicorn's processes, per book"),
        Figure("Desk checkout, CPU of the worker", beside, "ms", None, "index, replica to the devices"),
        Figure(f"Desk checkouts, {DESKS} desks at once", len(together) / took, "per second"),
        Figure(f"Desk checkout, {DESKS} desks at once, p99", quantile(together, 0.99), "ms"),
    ]


def _all_desks(world: World, ids: Sequence[int], books: Sequence[str]) -> tuple[float, list[float]]:
    desks = [Desk(world) for _ in range(DESKS)]
    shares = [books[place::DESKS] for place in range(DESKS)]

    def work(place: int) -> list[float]:
        return [desks[place].lend(ids[place], book) for book in shares[place]]

    began = time.perf_counter()
    with ThreadPoolExecutor(DESKS) as pool:
        times = [took for part in pool.map(work, range(DESKS)) for took in part]
    return time.perf_counter() - began, times
