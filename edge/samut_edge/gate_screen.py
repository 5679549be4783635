"""The small screen beside a gate: what became of the last tap, in Thai and English."""

import asyncio
import json
from importlib.resources import files

from aiohttp import web

from samut_edge.gate import Gate, GateMessage
from samut_edge.kiosk_server import FRESH, SAFE
from samut_rules.reasons import sentence

KEEP_ALIVE_SECONDS = 15
TYPES = {"gate.css": "text/css", "gate.js": "text/javascript"}


def gate_routes(gate: Gate) -> list[web.RouteDef]:
    """`/` and what it loads; `/gate/events` tells of each tap."""

    async def index(request: web.Request) -> web.Response:
        return web.Response(text=_file("gate.html"), content_type="text/html", headers={**SAFE, **FRESH})

    async def asset(request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name not in TYPES:
            raise web.HTTPNotFound
        return web.Response(text=_file(name), content_type=TYPES[name], headers=SAFE)

    async def events(request: web.Request) -> web.StreamResponse:
        return await _tell(gate, request)

    return [web.get("/", index), web.get("/gate/events", events), web.get("/gate/{name}", asset)]


def message_for_page(message: GateMessage) -> dict[str, object]:
    """Both languages at once: the screen shows them below each other. Names stay for the moment of the tap only."""
    return {
        "opens": message.opens,
        "direction": message.direction,
        "name": message.name,
        "th": sentence(message.code, message.values, "th") if message.code else "",
        "en": sentence(message.code, message.values, "en") if message.code else "",
    }


async def _tell(gate: Gate, request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={**SAFE, **FRESH, "Content-Type": "text/event-stream"})
    await response.prepare(request)
    try:
        while True:
            try:
                async with asyncio.timeout(KEEP_ALIVE_SECONDS), gate.changed:
                    await gate.changed.wait()
            except TimeoutError:
                await response.write(b": still here\n\n")
                continue
            if gate.shown is not None:
                await response.write(f"data: {json.dumps(message_for_page(gate.shown))}\n\n".encode())
    except ConnectionResetError:
        return response


def _file(name: str) -> str:
    return files("samut_edge").joinpath("gate_page", name).read_text("utf-8")
