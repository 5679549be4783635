"""A visitor at the kiosk: touches its page over the WebSocket, holds books to its scanner and pad at the bench."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import aiohttp

from tests.system.world import PATIENCE

Screen = dict[str, Any]


class KioskGoneError(Exception):
    """The kiosk's page went away."""


class Visitor:
    """Sees the present screen as the page is told it."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, browser: aiohttp.ClientSession, address: str) -> None:
        self._socket, self._browser, self._address = socket, browser, address
        self.view: dict[str, Any] = {}

    @property
    def screen(self) -> Screen:
        screen: Screen = self.view["screen"]
        return screen

    async def touch(self, what: str, **more: object) -> None:
        await self._socket.send_json({"touch": what, **more})

    async def scan(self, text: str) -> None:
        await self._at_bench("scan", part="scanner", text=text)

    async def put_on_pad(self, barcode: str, *, on: bool = True) -> None:
        await self._at_bench("pad", part="pad", barcode=barcode, on=on)

    async def tap(self, card: str) -> None:
        await self._at_bench("tap", part="reader", kind="uid", value=card)

    async def slips(self) -> list[str]:
        """Addresses of the pictures of printed slips, the newest first."""
        async with self._browser.get(f"{self._address}/bench/state") as answer:
            slips: list[str] = (await answer.json())["printers"][0]["slips"]
            return slips

    async def slip(self, address: str) -> bytes:
        async with self._browser.get(f"{self._address}{address}") as answer:
            return await answer.read()

    async def until(self, fits: Callable[[Screen], object], seconds: float = PATIENCE) -> Screen:
        """The first screen that fits, beginning with the present one. Raises KioskGoneError, TimeoutError."""
        async with asyncio.timeout(seconds):
            while not (self.view and fits(self.screen)):
                message = await self._socket.receive()
                if message.type is not aiohttp.WSMsgType.TEXT:
                    raise KioskGoneError
                self.view = json.loads(message.data)
        return self.screen

    async def until_is(self, name: str, seconds: float = PATIENCE) -> Screen:
        return await self.until(lambda screen: screen["name"] == name, seconds)

    async def until_answered(self, barcode: str, seconds: float = PATIENCE) -> dict[str, Any]:
        """The row of the book once it says what became of it."""
        await self.until(lambda screen: _answered(screen, barcode), seconds)
        return _answered(self.screen, barcode) or {}

    async def sign_in(self, number: str, seconds: float = PATIENCE) -> Screen:
        await self.scan(number)
        return await self.until(lambda screen: screen["name"] in ("borrowing", "not_known"), seconds)

    async def go_home(self, seconds: float = PATIENCE) -> None:
        """Back to a kiosk that waits for the next visitor."""
        if self.view and self.screen["name"] != "welcome":
            await self.touch("leave")
        await self.until(lambda screen: screen["name"] in ("welcome", "done"), seconds)
        if self.screen["name"] == "done":
            await self.touch("leave")
        await self.until_is("welcome", seconds)

    async def _at_bench(self, what: str, **wish: object) -> None:
        async with self._browser.post(
            f"{self._address}/bench/{what}", json=wish, headers={"Origin": self._address}
        ) as answer:
            assert answer.status == 204, await answer.text()


@contextlib.asynccontextmanager
async def visitor_at(port: int) -> AsyncIterator[Visitor]:
    """A visitor in front of the kiosk that serves its page on this port."""
    address = f"http://127.0.0.1:{port}"
    async with (
        aiohttp.ClientSession() as browser,
        browser.ws_connect(f"{address}/ws", origin=address) as socket,
    ):
        visitor = Visitor(socket, browser, address)
        await visitor.until(lambda screen: True)
        yield visitor


def _answered(screen: Screen, barcode: str) -> dict[str, Any] | None:
    for book in screen.get("books", ()):
        if book["key"] == barcode.casefold() and book["is"] != "asked":
            row: dict[str, Any] = book
            return row
    return None
