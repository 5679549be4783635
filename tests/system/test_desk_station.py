"""A day at a desk of its own: readers, slip and ID card over the hub; then without it, as the cable is pulled."""

import asyncio
import contextlib
import json
import re
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from sqlalchemy import select

from samut_hub.catalogue.models import Item
from samut_hub.circulation.models import Loan
from samut_hub.fleet.enrolment import NewDevice, enrol
from samut_hub.libraries.models import Library
from samut_wire.topics import DeviceRole
from tests.edge.drivers.heard import story
from tests.ports import free_port
from tests.system.world import BIN, World, answers, events_on_disk, post, wait_until

DESK, PIN = "desk-2", "274961"
PARTS = """\
[desk]
[parts.nfc]
driver = "pcsc"
options = {{ reader = "nfc" }}
[parts.id_card]
driver = "thai_id"
options = {{ reader = "id_card" }}
[parts.scanner]
driver = "serial_line"
options = {{ path = "{folder}/scanner.tty" }}
[parts.printer]
driver = "escpos_printer"
options = {{ host = "127.0.0.1", port = {printer} }}
"""
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


@pytest.fixture
def desk(world: World) -> Iterator[int]:
    """The port of the desk's page."""
    port, folder = free_port(), world.home / DESK
    with world.database.session(None) as session:
        library = session.scalars(select(Library)).one()
        session.info["library_id"] = library.id
        parts = PARTS.format(folder=folder, printer=free_port())
        new = NewDevice(DESK, DeviceRole.DESK, "เคาน์เตอร์ 1", port, virtual=True, parts=parts)
        enrol(session, world.config, library, new, folder, now=datetime.now(UTC))
    shutil.copy(world.home / "gate-1" / "bench.json", folder / "bench.json")
    with (folder / "log").open("wb") as log:
        agent = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", BIN / "samut-edge", "run", folder / "settings.toml"],
            stdout=log,
            stderr=log,
        )
    try:
        wait_until("the desk's page answers", lambda: answers(port))
        wait_until("the desk is ready", lambda: world.is_ready(DESK))
        yield port
    finally:
        agent.terminate()
        agent.wait(20)


class Librarian:
    """Somebody in front of a browser, with hands at the desk's bench."""

    def __init__(self, browser: aiohttp.ClientSession, hub: int, desk: int) -> None:
        self.browser = browser
        self.hub, self.desk = f"http://127.0.0.1:{hub}", f"http://127.0.0.1:{desk}"
        self._token = ""

    async def look(self, path: str) -> str:
        async with self.browser.get(self.hub + path) as answer:
            text = await answer.text()
        self._token = next(iter(TOKEN.findall(text)), self._token)
        return text

    async def send(self, path: str, **fields: str) -> str:
        """Where the hub leads then."""
        data = {"csrf_token": self._token, **fields}
        async with self.browser.post(self.hub + path, data=data, allow_redirects=False) as answer:
            assert answer.status == 302, (path, re.findall(r"<p[^>]*>(.*?)</p>", await answer.text(), re.DOTALL))
            return answer.headers["Location"]

    async def take_readers(self, page: str) -> None:
        data = {"csrf_token": self._token, "page": page}
        async with self.browser.post(f"{self.hub}/desk/station/take", data=data) as answer:
            assert answer.status == 200

    async def at_bench(self, wish: str, **what: object) -> None:
        async with self.browser.post(f"{self.desk}/bench/{wish}", json=what, headers={"Origin": self.desk}) as answer:
            assert answer.status == 204, await answer.text()

    async def slips(self) -> int:
        async with self.browser.get(f"{self.desk}/bench/state") as answer:
            return len((await answer.json())["printers"][0]["slips"])


@contextlib.asynccontextmanager
async def librarian(world: World, desk: int) -> AsyncIterator[Librarian]:
    """Signed in, at the desk, with a PIN."""
    passwords = json.loads((world.config.secrets / "demo-sign-ins.json").read_text())
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(cookie_jar=jar, timeout=aiohttp.ClientTimeout(60)) as browser:
        person = Librarian(browser, world.ports.hub, desk)
        await person.look("/sign-in")
        await person.send("/sign-in", username="librarian", password=passwords["librarian"])
        await person.look("/desk/station/")
        await person.send("/desk/station/", station=DESK)
        await person.send("/desk/station/pin", pin=PIN, again=PIN)
        yield person


def plug(desk: int, *, joined: bool) -> None:
    """The desk's network cable, in or out."""
    assert post(desk, "/bench/network", {"joined": joined})[0] == 204


def people_known(folder: Path) -> str:
    file = folder / "desk-staff.json"
    return file.read_text() if file.exists() else ""


async def next_read(stream: aiohttp.ClientResponse) -> str:
    """What comes into the box of the page."""
    async with asyncio.timeout(30):
        async for line in stream.content:
            said = line.decode().strip()
            if said.startswith("data: ") and "text" in said:
                return str(json.loads(said.removeprefix("data: "))["text"])
    raise AssertionError("the stream ended")


async def view_where(line: aiohttp.ClientWebSocketResponse, **values: object) -> dict[str, Any]:
    """What the desk's own page shows, once it is so."""
    async with asyncio.timeout(60):
        while True:
            said: dict[str, Any] = await line.receive_json()
            if said["is"] == "view" and all(said[name] == value for name, value in values.items()):
                return said


@pytest.mark.requirement("W-01", "C-05")
def test_a_desk_works_with_the_hub_and_without_and_tells_everything_once(world: World, desk: int) -> None:
    card, member = world.cards()[0], world.members()[0]
    online, offline = world.free_items()[-2:]

    @story
    async def with_the_hub() -> None:
        async with librarian(world, desk) as person:
            await person.look("/desk/")
            await person.take_readers("a" * 32)
            async with person.browser.get(f"{person.hub}/desk/station/stream?page={'a' * 32}") as stream:
                await asyncio.sleep(0.5)
                await person.at_bench("tap", part="nfc", kind="uid", value=card["value"])
                assert await next_read(stream) == member
                await person.at_bench("scan", part="scanner", text=online)
                assert await next_read(stream) == online
            opened = await person.send("/desk/scan", scan=member, command="019aa4c5-0000-7000-8000-000000000001")
            member_id = re.findall(r"member=(\d+)", opened)[0]
            second = "019aa4c5-0000-7000-8000-000000000002"
            await person.send("/desk/scan", scan=online, member=member_id, command=second)
            await person.send(f"/desk/station/slip/{member_id}")
            async with asyncio.timeout(30):
                while await person.slips() == 0:
                    await asyncio.sleep(0.1)
            page = await person.send("/desk/station/enrol")
            await person.at_bench("tap", part="id_card", kind="national_id", value="1103700123457")
            async with asyncio.timeout(30):
                while "นายสมชาย ใจดี" not in await person.look(page):
                    await asyncio.sleep(0.2)
            await person.send(f"{page}/forget")

    @story
    async def without_the_hub() -> None:
        async with aiohttp.ClientSession() as browser:
            address = f"http://127.0.0.1:{desk}"
            line = await browser.ws_connect(f"{address}/desk/ws", origin=address)
            await line.send_json({"do": "sign_in", "username": "librarian", "pin": PIN})
            await view_where(line, worker="วรรณา บรรณารักษ์")
            await line.send_json({"do": "scan", "text": member})
            await line.send_json({"do": "scan", "text": offline})
            lent = await view_where(line, waiting=1, can_print=True)
            assert (lent["lines"][0]["what"], lent["lines"][0]["here"]) == ("lent", True)

    with_the_hub()
    wait_until("the desk knows the PIN", lambda: "librarian" in people_known(world.home / DESK))
    plug(desk, joined=False)
    wait_until("the desk is alone", lambda: not world.device(DESK).online)
    without_the_hub()
    plug(desk, joined=True)
    wait_until("all is told", lambda: events_on_disk(world.home / DESK) == 0)
    with world.database.session(None) as session:
        here = Item.barcode.in_((online, offline))
        loans = session.scalars(select(Loan).join(Item).where(here, Loan.returned_at.is_(None))).all()
        assert sorted((loan.item.barcode, loan.source) for loan in loans) == sorted(
            [(online, "desk:librarian"), (offline, "desk:librarian")]
        )
