"""The small screen beside a gate: what became of the last tap, how full it is, what goes on; in Thai and English."""

import asyncio
from importlib.resources import files

import msgspec
from aiohttp import web

from samut_edge.gate import Gate, GateMessage
from samut_edge.gate_view import Words, scene
from samut_edge.kiosk_server import FRESH, SAFE
from samut_rules.reasons import Code, sentence

KEEP_ALIVE_SECONDS = 15
TYPES = {
    "gate.css": "text/css",
    "gate.js": "text/javascript",
    "words.js": "text/javascript",
    "sounds.js": "text/javascript",
}


BLOCKED = Words("กรุณาติดต่อเคาน์เตอร์ก่อนเข้าใช้", "Please go to the desk first.")


class TapShown(msgspec.Struct, frozen=True, tag="tap", tag_field="kind"):
    """Told once, when it happens, and never again: a screen that comes later learns nothing of who was there."""

    opens: bool
    direction: str
    name: str
    words: Words


def page_routes() -> list[web.RouteDef]:
    """`/` and what it loads."""

    async def index(request: web.Request) -> web.Response:
        return web.Response(text=_file("gate.html"), content_type="text/html", headers={**SAFE, **FRESH})

    async def asset(request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name not in TYPES:
            raise web.HTTPNotFound
        return web.Response(text=_file(name), content_type=TYPES[name], headers={**SAFE, **FRESH})

    return [web.get("/", index), web.get("/gate/{name}", asset)]


def gate_routes(gate: Gate) -> list[web.RouteDef]:
    """The page; `/gate/events` tells it of each tap and of each change."""

    async def events(request: web.Request) -> web.StreamResponse:
        return await _tell(gate, request)

    return [web.get("/gate/events", events), *page_routes()]


def message_for_page(message: GateMessage) -> TapShown:
    """Both languages at once: the screen shows them below each other."""
    return TapShown(message.opens, message.direction, message.name, _said(message))


def _said(message: GateMessage) -> Words:
    """What staff wrote of a member is for the desk, and not for everybody who stands around."""
    if message.code == Code.MEMBER_BLOCKED:
        return BLOCKED
    if not message.code:
        return Words("", "")
    return Words(sentence(message.code, message.values, "th"), sentence(message.code, message.values, "en"))


async def _tell(gate: Gate, request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={**SAFE, **FRESH, "Content-Type": "text/event-stream"})
    await response.prepare(request)
    told, last = gate.shown, b""
    try:
        while True:
            version, standing = gate.version, _scene(gate)
            if gate.shown is not told and gate.shown is not None:
                told = gate.shown
                await _send(response, msgspec.json.encode(message_for_page(told)))
            if standing != last:
                last = standing
                await _send(response, standing)
            await _news(gate, response, version)
    except ConnectionResetError:
        return response


async def _news(gate: Gate, response: web.StreamResponse, version: int) -> None:
    """Until something changed since that version."""
    try:
        async with asyncio.timeout(KEEP_ALIVE_SECONDS), gate.changed:
            await gate.changed.wait_for(lambda: gate.version != version)
    except TimeoutError:
        await response.write(b": still here\n\n")


def _scene(gate: Gate) -> bytes:
    return msgspec.json.encode(scene(gate.state, gate.rules, gate.books.library, gate.now()))


async def _send(response: web.StreamResponse, message: bytes) -> None:
    await response.write(b"data: %s\n\n" % message)


def _file(name: str) -> str:
    return files("samut_edge").joinpath("gate_page", name).read_text("utf-8")
