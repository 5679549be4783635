"""A virtual RFID pad: the reader service that Deichman's kiosks talk to, with books that can be put on it."""

import asyncio
import base64
import contextlib
from collections.abc import Callable
from typing import Any

import msgspec
from aiohttp import web

from samut_edge.virtual.tag_field import IN_STOCK, ON_LOAN, OWNER, TagField, VirtualTag, virtual_tag

SHORT = 32  # the service reads nine letters of the owner


class TagPad(TagField):
    """Entering starts the service; `port` 0 takes any. `addressed`: it knows one tag from another, as ours does;
    else it is Deichman's own, whose orders reach everything that lies there, and which tells nothing of the exit.
    """

    def __init__(self, host: str, port: int, owner: str, changed: Callable[[], None]) -> None:
        super().__init__(owner, changed)
        self._host, self.port = host, port
        self.addressed = True
        self.silent = False
        self._told: dict[str, dict[str, Any]] = {}
        self._listener: asyncio.Queue[bytes] = asyncio.Queue()
        self._runner: web.AppRunner | None = None
        self.mode = "IDLE"

    def send(self, raw: bytes) -> None:
        """Bytes into the open stream, as they are: a service that stutters."""
        self._listener.put_nowait(raw)

    async def start(self) -> None:
        app = web.Application(middlewares=[self._if_awake])
        app.add_routes(
            [
                web.get("/.status", self._status),
                web.get("/scan", self._scan),
                web.get("/events/", self._events),
                web.get("/start", self._start),
                web.get("/stop", self._stop),
                web.get("/alarmOn", self._alarm_on),
                web.get("/alarmOff", self._alarm_off),
                web.get("/write", self._write),
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
            now = self._inventory()
            for mac in now.keys() - self._told.keys():
                self._tell("addTag", now[mac])
            for mac in self._told.keys() - now.keys():
                self._tell("removeTag", self._told[mac])
            self._told = now
        self.changed()

    def _tell(self, event: str, tag: dict[str, Any]) -> None:
        self.send(b"event: %s\ndata: %s\n\n" % (event.encode(), msgspec.json.encode(tag)))

    def _inventory(self) -> dict[str, dict[str, Any]]:
        reported = [reported_tag(tag, tells_afi=self.addressed) for tag in self.lying.values()]
        return {tag["Mac"]: tag for tag in reported}

    @web.middleware
    async def _if_awake(self, request: web.Request, handler: Any) -> web.StreamResponse:
        while self.silent:
            await asyncio.sleep(0.02)
        response: web.StreamResponse = await handler(request)
        return response

    async def _status(self, _: web.Request) -> web.Response:
        status = {"Reader": {"Name": "virtual"}, "LastInventory": self._inventory(), "Mode": self.mode}
        return web.json_response({**status, "Addressed": True} if self.addressed else status)

    async def _scan(self, _: web.Request) -> web.Response:
        answering = {mac_of(tag) for tag in self.round()}
        return web.json_response({mac: tag for mac, tag in self._inventory().items() if mac in answering})

    async def _start(self, _: web.Request) -> web.Response:
        self.mode = "SCAN"
        self._look()
        return web.Response()

    async def _stop(self, _: web.Request) -> web.Response:
        self.mode = "IDLE"
        return web.Response()

    async def _alarm_on(self, request: web.Request) -> web.Response:
        return self._set_afi(request, IN_STOCK)

    async def _alarm_off(self, request: web.Request) -> web.Response:
        return self._set_afi(request, ON_LOAN)

    def _set_afi(self, request: web.Request, afi: int) -> web.Response:
        def write(tag: VirtualTag) -> None:
            tag.afi = afi

        return self._do(request, write)

    async def _write(self, request: web.Request) -> web.Response:
        query = request.query
        count = len(self._meant(request))
        numbers = iter(range(1, count + 1))

        def write(tag: VirtualTag) -> None:
            part = int(query.get("part", next(numbers)))
            kind = 0x10 | int(query.get("usage", 1))
            wanted = virtual_tag(
                query["barcode"],
                query.get("library", self._owner),
                parts=int(query.get("parts", count)),
                part=part,
                kind=kind,
            )
            tag.memory[:] = wanted.memory

        return self._do(request, write)

    def _meant(self, request: web.Request) -> list[VirtualTag]:
        tagid = request.query.get("tagid") if self.addressed else None
        return [tag for tag in self.lying.values() if tagid in (None, mac_of(tag))]

    def _do(self, request: web.Request, write: Callable[[VirtualTag], None]) -> web.Response:
        meant = self._meant(request)
        if not meant:
            return web.Response(status=400, text="Inventory empty")
        done = [self.write(tag.chip, write) for tag in meant]
        return web.Response(text="OK") if all(done) else web.Response(status=500, text="Failed")

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


def mac_of(tag: VirtualTag) -> str:
    return bytes.fromhex(tag.chip).hex(":").upper()


def reported_tag(tag: VirtualTag, *, tells_afi: bool = True) -> dict[str, Any]:
    """As the service reports it: fields cut out of the memory, and no check sum checked."""
    memory = bytes(tag.memory[:SHORT])
    content = {
        "SeqNum": memory[2],
        "NumItems": memory[1],
        "Barcode": _text(memory[3:19]),
        "Crc": _base64(memory[19:21]),
        "Country": _text(memory[21:23]),
        "Library": _text(memory[23:32]),
    }
    told = {
        "Trtype": 3,
        "Dfsid": tag.dsfid,
        "Id": _base64(bytes.fromhex(tag.chip)),
        "Mac": mac_of(tag),
        "Content": content,
    }
    return {**told, "Afi": tag.afi} if tells_afi else told


def book_tag(barcode: str, owner: str = OWNER) -> dict[str, Any]:
    """A book's tag as the service reports it."""
    return reported_tag(virtual_tag(barcode, owner))


def _base64(octets: bytes) -> str:
    return base64.b64encode(octets).decode("ascii")


def _text(octets: bytes) -> str:
    return octets.rstrip(b"\0").decode("utf-8", "replace")
