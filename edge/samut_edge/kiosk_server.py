"""The kiosk page and its WebSocket: the page as it was built, views one way, touches the other."""

import asyncio
from pathlib import Path

import msgspec
from aiohttp import WSCloseCode, WSMsgType, web

from samut_edge.flows.kiosk_events import AnyTouch
from samut_edge.kiosk import Kiosk
from samut_edge.own_page import is_from_own_page

PAGE = Path(__file__).parent / "kiosk_page"
NOT_BUILT = "The kiosk page is not built yet. Run “npm install && npm run build” and reload.\n"
SAFE = {
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
FRESH = {"Cache-Control": "no-store"}
FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}
"""For files that carry the hash of what is in them in their names."""

LARGEST_TOUCH = 1024
HEARTBEAT_SECONDS = 10.0

_views = msgspec.json.Encoder()
_touches: msgspec.json.Decoder[AnyTouch] = msgspec.json.Decoder(AnyTouch)


def kiosk_routes(kiosk: Kiosk, page: Path = PAGE) -> list[web.RouteDef]:
    """`/`, `/assets/…` and `/ws`, to stand beside the agent's other routes. Any number of pages may be open."""

    async def index(request: web.Request) -> web.StreamResponse:
        file = page / "index.html"
        if not file.is_file():
            return web.Response(status=503, text=NOT_BUILT, headers={**SAFE, **FRESH})
        return web.FileResponse(file, headers={**SAFE, **FRESH})

    async def asset(request: web.Request) -> web.StreamResponse:
        file = page / "assets" / request.match_info["file"]
        if not file.is_file():
            raise web.HTTPNotFound(headers=SAFE)
        return web.FileResponse(file, headers={**SAFE, **FOR_EVER})

    async def socket(request: web.Request) -> web.StreamResponse:
        return await _converse(kiosk, request)

    return [web.get("/", index), web.get(r"/assets/{file:[\w.-]+}", asset), web.get("/ws", socket)]


async def _converse(kiosk: Kiosk, request: web.Request) -> web.WebSocketResponse:
    """A page of another origin is turned away; so is a page that says what this version does not know."""
    if not is_from_own_page(request):
        raise web.HTTPForbidden(text="Only the kiosk's own page may connect.\n", headers=SAFE)
    socket = web.WebSocketResponse(heartbeat=HEARTBEAT_SECONDS, max_msg_size=LARGEST_TOUCH)
    await socket.prepare(request)
    telling = asyncio.create_task(_tell(kiosk, socket))
    try:
        await _listen(kiosk, socket)
    finally:
        telling.cancel()
        await asyncio.wait([telling])
    return socket


async def _tell(kiosk: Kiosk, socket: web.WebSocketResponse) -> None:
    async for view in kiosk.views():
        try:
            await socket.send_str(_views.encode(view).decode())
        except ConnectionError:
            return


async def _listen(kiosk: Kiosk, socket: web.WebSocketResponse) -> None:
    async for message in socket:
        if message.type is not WSMsgType.TEXT:
            continue
        try:
            kiosk.happen(_touches.decode(message.data))
        except msgspec.MsgspecError:
            await socket.close(code=WSCloseCode.POLICY_VIOLATION, message=b"unknown touch; reload the page")
