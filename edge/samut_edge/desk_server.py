"""The desk's own page, for when the hub is away, and its WebSocket: what is to be seen, and what staff do."""

import asyncio
from datetime import datetime
from importlib.resources import files
from zoneinfo import ZoneInfo

import msgspec
from aiohttp import WSCloseCode, WSMsgType, web

from samut_edge.desk_counter import DeskCounter, HubThereError, Keep, Scanned
from samut_edge.desk_staff import PinRefusedError
from samut_edge.desk_view import view_of
from samut_edge.flows.kiosk_states import Language
from samut_edge.kiosk_server import FRESH, SAFE
from samut_edge.own_page import is_from_own_page

TYPES = {"desk.css": "text/css", "desk.js": "text/javascript", "desk.svg": "image/svg+xml"}
LARGEST = 2048
HEARTBEAT_SECONDS = 10.0


class Done(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="do"):
    """What a page may send."""


class SignIn(Done, frozen=True, tag="sign_in"):
    username: str
    pin: str


class GoOn(Done, frozen=True, tag="go_on"):
    """The page was loaded anew, and still knows its token."""

    token: str


class SignOut(Done, frozen=True, tag="sign_out"):
    pass


class Scan(Done, frozen=True, tag="scan"):
    text: str


class Renew(Done, frozen=True, tag="renew"):
    """Without a bar code all that the member has."""

    barcode: str = ""


class EndSession(Done, frozen=True, tag="end_session"):
    pass


class PrintSlip(Done, frozen=True, tag="slip"):
    pass


class Speak(Done, frozen=True, tag="speak"):
    language: Language


AnyDone = SignIn | GoOn | SignOut | Scan | Renew | EndSession | PrintSlip | Speak


class Token(msgspec.Struct, frozen=True, tag_field="is", tag="token"):
    """Given to the page that signed in."""

    token: str


class Refused(msgspec.Struct, frozen=True, tag_field="is", tag="refused"):
    """Why nobody was signed in: “wrong”, “too_often” (then `until`), or “hub_there”."""

    why: str
    until: str = ""


_encoder = msgspec.json.Encoder()
_decoder: msgspec.json.Decoder[AnyDone] = msgspec.json.Decoder(AnyDone)


def desk_routes(counter: DeskCounter, hub: str) -> list[web.RouteDef]:
    """`/`, what it loads, and `/desk/ws`. `hub` is the hub's address, for the link to its pages."""

    async def index(request: web.Request) -> web.Response:
        return web.Response(text=_file("desk.html"), content_type="text/html", headers={**SAFE, **FRESH})

    async def asset(request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name not in TYPES:
            raise web.HTTPNotFound(headers=SAFE)
        return web.Response(text=_file(name), content_type=TYPES[name], headers=SAFE)

    async def socket(request: web.Request) -> web.StreamResponse:
        if not is_from_own_page(request):
            raise web.HTTPForbidden(text="Only the desk's own page may connect.\n", headers=SAFE)
        return await _Page(counter, hub).converse(request)

    return [web.get("/", index), web.get("/desk/ws", socket), web.get("/desk/{name}", asset)]


class _Page:
    """One browser window. It sees members and books only while its token is the one of who is signed in."""

    def __init__(self, counter: DeskCounter, hub: str) -> None:
        self._counter = counter
        self._hub = hub
        self._token = ""
        self._language = Language.THAI
        self._socket = web.WebSocketResponse(heartbeat=HEARTBEAT_SECONDS, max_msg_size=LARGEST)
        self._printing: set[asyncio.Task[None]] = set()

    @property
    def _is_signed_in(self) -> bool:
        return bool(self._token) and self._token == self._counter.token

    async def converse(self, request: web.Request) -> web.WebSocketResponse:
        await self._socket.prepare(request)
        telling = asyncio.create_task(self._tell_changes())
        try:
            async for message in self._socket:
                if message.type is WSMsgType.TEXT:
                    await self._hear(message.data)
        finally:
            telling.cancel()
            await asyncio.wait([telling])
        return self._socket

    async def _hear(self, text: str) -> None:
        try:
            done = _decoder.decode(text)
        except msgspec.MsgspecError:
            await self._socket.close(code=WSCloseCode.POLICY_VIOLATION, message=b"unknown; reload the page")
            return
        match done:
            case Speak(language=language):
                self._language = language
            case GoOn(token=token):
                self._token = token
            case SignIn():
                await self._sign_in(done)
            case _ if self._is_signed_in:
                self._work(done)
        await self._tell_view()

    def _work(self, done: AnyDone) -> None:
        match done:
            case Scan(text=text) if text.strip():
                self._counter.scan(Scanned(text=text.strip()))
            case Renew(barcode=barcode):
                self._counter.renew(Keep(barcode))
            case EndSession():
                self._counter.end_session()
            case PrintSlip():
                task = asyncio.create_task(self._counter.print_slip(self._language))
                self._printing.add(task)
                task.add_done_callback(self._printing.discard)
            case SignOut():
                self._counter.sign_out()

    async def _sign_in(self, wish: SignIn) -> None:
        try:
            self._token = await self._counter.sign_in(wish.username, wish.pin)
        except HubThereError:
            await self._send(Refused("hub_there"))
        except PinRefusedError as error:
            why = "wrong" if error.until is None else "too_often"
            await self._send(Refused(why, "" if error.until is None else self._clock(error.until)))
        else:
            await self._send(Token(self._token))

    def _clock(self, at: datetime) -> str:
        return f"{at.astimezone(ZoneInfo(self._counter.library().zone)):%H:%M}"

    async def _tell_changes(self) -> None:
        async for _ in self._counter.changes():
            await self._tell_view()

    async def _tell_view(self) -> None:
        await self._send(view_of(self._counter, self._language, signed_in=self._is_signed_in, hub=self._hub))

    async def _send(self, said: msgspec.Struct) -> None:
        try:
            await self._socket.send_str(_encoder.encode(said).decode())
        except ConnectionError:  # the window was closed
            return


def _file(name: str) -> str:
    return files("samut_edge").joinpath("desk_page", name).read_text("utf-8")
