"""A virtual RFID pad: the reader service that Deichman's kiosks talk to, with books that can be put on it."""

import asyncio
import base64
import contextlib
import hashlib
from binascii import crc_hqx
from collections.abc import Callable
from typing import Any

import msgspec
from aiohttp import web

CIRCULATING = 0x11  # data model 1, usage 1
COUNTRY = "TH"
OWNER = "SAMUT"

Tag = dict[str, Any]


def book_tag(barcode: str, owner: str = OWNER) -> Tag:
    """A whole tag of the Danish data model, as the service reports it; the chip number follows from the barcode."""
    chip = b"\xe0\x04" + hashlib.sha256(barcode.encode()).digest()[:6]
    block = bytes([CIRCULATING, 1, 1]) + _field(barcode, 16) + _field(COUNTRY, 2) + _field(owner, 9) + bytes(2)
    content = {"SeqNum": 1, "NumItems": 1, "Barcode": barcode, "Country": COUNTRY, "Library": owner}
    content["Crc"] = _base64(crc_hqx(block, 0xFFFF).to_bytes(2, "little"))
    return {"Trtype": 3, "Dfsid": 0, "Id": _base64(chip), "Mac": chip.hex(":").upper(), "Content": content}


class TagPad:
    """Entering starts the service; `lying` are the tags on it by chip number. `port` 0 takes any."""

    def __init__(self, host: str, port: int, owner: str, changed: Callable[[], None]) -> None:
        self._host, self.port, self._owner = host, port, owner or OWNER
        self._changed = changed
        self.lying: dict[str, Tag] = {}
        self._told: dict[str, Tag] = {}
        self._listener: asyncio.Queue[bytes] = asyncio.Queue()
        self._runner: web.AppRunner | None = None
        self.mode = "IDLE"

    @property
    def barcodes(self) -> list[str]:
        return [tag["Content"]["Barcode"] for tag in self.lying.values()]

    def put(self, barcode: str) -> None:
        self.put_tag(book_tag(barcode, self._owner))

    def put_tag(self, tag: Tag) -> None:
        self.lying[tag["Mac"]] = tag
        self._look()

    def take(self, barcode: str) -> None:
        for mac, tag in list(self.lying.items()):
            if tag["Content"]["Barcode"] == barcode:
                del self.lying[mac]
        self._look()

    def send(self, raw: bytes) -> None:
        """Bytes into the open stream, as they are: a service that stutters."""
        self._listener.put_nowait(raw)

    async def start(self) -> None:
        app = web.Application()
        app.add_routes(
            [
                web.get("/.status", self._status),
                web.get("/scan", self._scan),
                web.get("/events/", self._events),
                web.get("/start", self._start),
                web.get("/stop", self._stop),
            ]
        )
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1, handle_signals=False)
        await self._runner.setup()
        await web.TCPSite(self._runner, self._host, self.port, reuse_address=True).start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        runner, self._runner = self._runner, None
        if runner is not None:
            await runner.cleanup()
        self.mode = "IDLE"

    def _look(self) -> None:
        """Tell the listener of every difference to what it was told before."""
        if self.mode == "SCAN":
            for mac in self.lying.keys() - self._told.keys():
                self._tell("addTag", self.lying[mac])
            for mac in self._told.keys() - self.lying.keys():
                self._tell("removeTag", self._told[mac])
            self._told = dict(self.lying)
        self._changed()

    def _tell(self, event: str, tag: Tag) -> None:
        self.send(b"event: %s\ndata: %s\n\n" % (event.encode(), msgspec.json.encode(tag)))

    async def _status(self, _: web.Request) -> web.Response:
        return web.json_response({"Reader": {"Name": "virtual"}, "LastInventory": self.lying, "Mode": self.mode})

    async def _scan(self, _: web.Request) -> web.Response:
        return web.json_response(self.lying)

    async def _start(self, _: web.Request) -> web.Response:
        self.mode = "SCAN"
        self._look()
        return web.Response()

    async def _stop(self, _: web.Request) -> web.Response:
        self.mode = "IDLE"
        return web.Response()

    async def _events(self, request: web.Request) -> web.StreamResponse:
        """The newest listener is the only one; like the service, it gets no header before the first event."""
        news = self._listener = asyncio.Queue()
        self._told = {}
        self._look()
        first = await news.get()
        stream = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-cache"})
        await stream.prepare(request)
        with contextlib.suppress(ConnectionError):  # the driver went away
            await stream.write(first)
            while True:
                await stream.write(await news.get())
        return stream


def _base64(octets: bytes) -> str:
    return base64.b64encode(octets).decode("ascii")


def _field(text: str, width: int) -> bytes:
    return text.encode("latin-1")[:width].ljust(width, b"\0")
