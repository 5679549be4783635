"""Other makers' kiosks: CPU of the SIP2 server for each message, and 64 of them at once."""

import asyncio
import contextlib
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import psutil
from sqlalchemy import select

from samut_hub.libraries.models import Library
from samut_hub.sip2.accounts import AccountFields, NewPassword, add_account, make_password
from samut_hub.sip2.codec import sealed
from tests.bench.figures import Figure
from tests.bench.lending import TEACHERS, Used
from tests.ports import free_port
from tests.system.world import BIN, World, wait_until

ALONE, TOGETHER, KIOSKS = 400, 1_280, 64
WARM = 40
"""Messages that are not counted."""


@dataclass(frozen=True)
class Door:
    """The running server and what lets one in."""

    port: int
    password: NewPassword
    used: Used


@contextlib.contextmanager
def door_of(world: World) -> Iterator[Door]:
    """The SIP2 server of this hub, as its supervisor would start it."""
    port, password = free_port(), make_password()
    with (world.home / "samut.toml").open("a") as settings:
        settings.write(f"sip2_port = {port}\n")
    with world.database.session(None, writes=False) as session:
        library_id = session.scalars(select(Library.id)).one()
    fields = AccountFields(networks=["127.0.0.1"], connections=KIOSKS + 2)
    with world.database.session(library_id) as session:
        add_account(session, "bench", password, fields, now=datetime.now(UTC))
    process = subprocess.Popen(
        ["setpriv", "--pdeathsig", "KILL", BIN / "samut", "--home", world.home, "sip2", "serve"]
    )
    try:
        wait_until("the SIP2 server listens", lambda: _listens(port))
        yield Door(port, password, Used(psutil.Process(process.pid)))
    finally:
        process.terminate()
        process.wait(20)


def measure_sip2(world: World, books: Sequence[str]) -> list[Figure]:
    """One kiosk, then 64; each book is lent and taken back once by each."""
    with door_of(world) as door:
        return asyncio.run(_measure(door, books))


async def _measure(door: Door, books: Sequence[str]) -> list[Figure]:
    kiosk = await Kiosk.enter(door)
    alone = books[: WARM + ALONE]
    figures = []
    for name, aim, messages in (
        ("checkout", 8, [kiosk.checkout(TEACHERS[0], book) for book in alone]),
        ("checkin", 6, [kiosk.checkin(book) for book in alone]),
        ("patron status", 3, [kiosk.status(number) for number in TEACHERS * 110]),
    ):
        figures.append(await _cpu(door, kiosk, f"SIP2 {name}", messages, aim=aim))
    kiosks = [kiosk, *[await Kiosk.enter(door) for _ in range(KIOSKS - 1)]]
    wanted = books[:TOGETHER]
    rate, faults = await _at_once(kiosks, wanted)
    back, more_faults = await _at_once(kiosks, wanted, returns=True)
    return [
        *figures,
        Figure(
            f"SIP2 checkouts, {KIOSKS} connections at once", rate, "per second", None, "aim: over 150 on PostgreSQL"
        ),
        Figure(f"SIP2 checkins, {KIOSKS} connections at once", back, "per second"),
        Figure("Of these refused or lost", faults + more_faults, "messages"),
    ]


async def _cpu(door: Door, kiosk: "Kiosk", name: str, messages: Sequence[str], *, aim: float) -> Figure:
    for text in messages[:WARM]:
        await kiosk.ask(text)
    before, began = door.used.seconds(), time.perf_counter()
    for text in messages[WARM:]:
        assert not (await kiosk.ask(text)).startswith((b"120", b"100", b"96"))
    counted = len(messages) - WARM
    cpu, wall = door.used.seconds() - before, time.perf_counter() - began
    return Figure(f"{name}, CPU", 1000 * cpu / counted, "ms", aim, f"{1000 * wall / counted:.1f} ms until the answer")


async def _at_once(kiosks: Sequence["Kiosk"], books: Sequence[str], *, returns: bool = False) -> tuple[float, int]:
    """Messages in a second, and how many were not answered with yes."""

    async def work(place: int) -> int:
        kiosk, own = kiosks[place], books[place :: len(kiosks)]
        member = TEACHERS[place % len(TEACHERS)]
        said = [await kiosk.ask(kiosk.checkin(book) if returns else kiosk.checkout(member, book)) for book in own]
        return sum(not answer.startswith((b"121", b"101")) for answer in said)

    began = time.perf_counter()
    faults = await asyncio.gather(*map(work, range(len(kiosks))))
    return len(books) / (time.perf_counter() - began), sum(faults)


class Kiosk:
    """A client with checksums and sequence numbers."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer, self._sequence = reader, writer, 0

    @classmethod
    async def enter(cls, door: Door) -> "Kiosk":
        kiosk = cls(*await asyncio.open_connection("127.0.0.1", door.port))
        assert (await kiosk.ask(f"9300CNbench|CO{door.password.text}|")).startswith(b"941")
        return kiosk

    async def ask(self, text: str) -> bytes:
        self._sequence = (self._sequence + 1) % 10
        self._writer.write(sealed(text.encode(), sequence=str(self._sequence), with_checksum=True) + b"\r")
        return await self._reader.readuntil(b"\r")

    def checkout(self, member: str, book: str) -> str:
        return f"11NN{_now()}{' ' * 18}AO|AA{member}|AB{book}|AC|BON|"

    def checkin(self, book: str) -> str:
        return f"09N{_now()}{_now()}AP|AO|AB{book}|AC|BIN|"

    def status(self, member: str) -> str:
        return f"23001{_now()}AO|AA{member}|AC|AD|"


def _now() -> str:
    return time.strftime("%Y%m%d    %H%M%S")


def _listens(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False
