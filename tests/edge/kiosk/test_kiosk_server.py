"""The kiosk's page and WebSocket, spoken to over the network."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from yarl import URL

from samut_edge.events import CardKind, CardTapped, CodeScanned
from tests.edge.kiosk.standing_kiosk import Stand, standing_kiosk

SOMCHAI = CardTapped("reader", CardKind.UID, "04A1B2C3D4E580", 0)
Story = Callable[[Stand, aiohttp.ClientSession], Awaitable[None]]


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """A built page, as small as can be."""
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<title>kiosk</title>")
    (tmp_path / "assets" / "index-1a2b.js").write_text("export {}")
    (tmp_path / "secret.txt").write_text("not for the page")
    return tmp_path


def tell(story: Story, page: Path) -> None:
    async def told() -> None:
        async with standing_kiosk(page=page) as stand, aiohttp.ClientSession() as browser:
            await story(stand, browser)

    asyncio.run(told())


def socket(stand: Stand, browser: aiohttp.ClientSession, origin: str = "") -> Any:
    return browser.ws_connect(stand.address + "ws", origin=origin or stand.address.rstrip("/"))


async def until(line: aiohttp.ClientWebSocketResponse, screen: str) -> dict[str, Any]:
    """The first view of that screen whose books are all answered."""
    async with asyncio.timeout(5):
        while True:
            view: dict[str, Any] = await line.receive_json()
            books = view["screen"].get("books", [])
            if view["screen"]["name"] == screen and all(book["is"] != "asked" for book in books):
                return view


def test_the_page_is_served_fresh_and_under_a_strict_policy(page: Path) -> None:
    async def story(stand: Stand, browser: aiohttp.ClientSession) -> None:
        async with browser.get(stand.address) as answer:
            assert await answer.text() == "<title>kiosk</title>"
            assert answer.headers["Cache-Control"] == "no-store"
            assert answer.headers["Content-Security-Policy"].startswith("default-src 'self';")
            assert "unsafe" not in answer.headers["Content-Security-Policy"]

    tell(story, page)


def test_files_named_by_what_is_in_them_are_kept(page: Path) -> None:
    async def story(stand: Stand, browser: aiohttp.ClientSession) -> None:
        async with browser.get(stand.address + "assets/index-1a2b.js") as answer:
            assert answer.status == 200
            assert "immutable" in answer.headers["Cache-Control"]

    tell(story, page)


@pytest.mark.parametrize("path", ["assets/gone.js", "assets/..", "assets/%2e%2e%2fsecret.txt", "secret.txt"])
def test_nothing_else_is_served(page: Path, path: str) -> None:
    async def story(stand: Stand, browser: aiohttp.ClientSession) -> None:
        async with browser.get(URL(stand.address + path, encoded=True)) as answer:
            assert answer.status == 404

    tell(story, page)


def test_a_page_that_was_not_built_says_how(tmp_path: Path) -> None:
    async def story(stand: Stand, browser: aiohttp.ClientSession) -> None:
        async with browser.get(stand.address) as answer:
            assert answer.status == 503
            assert "npm run build" in await answer.text()

    tell(story, tmp_path)


def test_a_touch_borrows_and_every_page_shows_the_same(page: Path) -> None:
    async def story(stand: Stand, browser: aiohttp.ClientSession) -> None:
        async with socket(stand, browser) as one, socket(stand, browser) as other:
            assert (await until(one, "welcome"))["library"] == "ห้องสมุดโรงเรียนบ้านหนองน้ำใส"
            await one.send_json({"touch": "language", "language": "en"})
            await one.send_json({"touch": "type_number"})
            for digit in "10001":
                await other.send_json({"touch": "digit", "digit": digit})
            while (await until(one, "typing"))["screen"]["digits"] != "10001":
                pass
            await one.send_json({"touch": "submit"})
            await until(one, "borrowing")
            stand.kiosk.happen(CodeScanned("scanner", "30000012", 0))
            seen = [await with_book(one), await with_book(other)]
            assert seen[0]["screen"] == seen[1]["screen"]
            lent = {"is": "lent", "key": "30000012", "title": "เจ้าชายน้อย", "due": "11 Dec 2026", "from_hub": True}
            assert seen[0]["screen"]["books"] == [{**lent, "found": False, "tag": "none", "parts": ""}]

    tell(story, page)


async def with_book(line: aiohttp.ClientWebSocketResponse) -> dict[str, Any]:
    while not (view := await until(line, "borrowing"))["screen"]["books"]:
        pass
    return view


def test_a_page_that_comes_back_sees_where_the_visit_is(page: Path) -> None:
    async def story(stand: Stand, browser: aiohttp.ClientSession) -> None:
        async with socket(stand, browser) as line:
            stand.kiosk.happen(SOMCHAI)
            await until(line, "borrowing")
        async with socket(stand, browser) as line:
            view = await line.receive_json()
            assert view["screen"]["member"] == "สมชาย ใจดี"
            assert 0 < view["ends_in_ms"] <= 45_000

    tell(story, page)


@pytest.mark.requirement("H-09")
def test_the_page_is_never_told_a_member_number_or_a_card(page: Path) -> None:
    async def story(stand: Stand, browser: aiohttp.ClientSession) -> None:
        async with socket(stand, browser) as line:
            stand.kiosk.happen(SOMCHAI)
            view = await until(line, "borrowing")
            assert "10001" not in str(view)
            assert "04A1" not in str(view)

    tell(story, page)


@pytest.mark.parametrize("origin", ["http://elsewhere.example", "null", "http://127.0.0.1:1"])
def test_a_page_of_another_origin_is_turned_away(page: Path, origin: str) -> None:
    async def story(stand: Stand, browser: aiohttp.ClientSession) -> None:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refusal:
            await socket(stand, browser, origin)
        assert refusal.value.status == 403

    tell(story, page)


@pytest.mark.parametrize(
    "said", ["{", '{"touch":"open_sesame"}', '{"touch":"digit","digit":"A"}', '{"touch":"leave","x":1}']
)
def test_a_page_that_says_what_is_not_known_is_closed_and_the_kiosk_goes_on(page: Path, said: str) -> None:
    async def story(stand: Stand, browser: aiohttp.ClientSession) -> None:
        async with socket(stand, browser) as line:
            await until(line, "welcome")
            await line.send_str(said)
            closed = await line.receive()
            assert closed.type is aiohttp.WSMsgType.CLOSE
            assert closed.data == aiohttp.WSCloseCode.POLICY_VIOLATION
        async with socket(stand, browser) as line:
            await until(line, "welcome")

    tell(story, page)
