"""The page of a device that has not joined yet, or joins again: one field, for a scanner, for pasting or for typing.

It answers in the whole network until the device has joined, as a gate has no screen and nobody wants a terminal. It
holds no secrets then, and a code of another hub only makes a device that its owner misses at once. Until its hub has
answered it takes a code of another hub as well, on its own page or from the memory card; from then on it takes none.
"""

import asyncio
import html
import logging
from collections.abc import Callable, Sequence
from importlib.resources import files
from pathlib import Path

from aiohttp import web

from samut_edge.errors import SettingsError
from samut_edge.joining import Joiner, JoinError, JoinFault, digest_of
from samut_edge.own_page import is_from_own_page, only_by_own_name
from samut_wire.errors import WireError
from samut_wire.joining import ClaimCode, read_code

log = logging.getLogger(__name__)

PATH = "/join"
LOOK_SECONDS = 2.0
LARGEST = 4096
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",  # with none, browsers send a form without saying from where
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
SENTENCES: dict[JoinFault, tuple[str, str]] = {
    JoinFault.UNKNOWN: (
        "ระบบกลางไม่รู้จักรหัสนี้ ตรวจดูแล้วลองใหม่ หรือสร้างรหัสใหม่",
        "The hub does not know this code. Look at it again, or make a new one.",
    ),
    JoinFault.EXPIRED: (
        "รหัสนี้หมดอายุแล้ว สร้างรหัสใหม่ที่ระบบกลาง",
        "This code is too old. Make a new one on the hub.",
    ),
    JoinFault.USED: (
        "รหัสนี้ถูกใช้กับอุปกรณ์อื่นแล้ว สร้างรหัสใหม่ที่ระบบกลาง",
        "Another device has used this code. Make a new one on the hub.",
    ),
    JoinFault.TOO_OFTEN: (
        "ใส่รหัสผิดหลายครั้ง รอห้านาทีแล้วลองใหม่",
        "Too many wrong codes. Wait five minutes, then try again.",
    ),
    JoinFault.REFUSED: ("ระบบกลางไม่รับอุปกรณ์นี้", "The hub did not accept this device."),
    JoinFault.NOT_A_CODE: (
        "รหัสหรือที่อยู่ไม่ถูกต้อง สแกนอีกครั้ง หรือพิมพ์รหัสสั้นพร้อมที่อยู่ของระบบกลาง",
        "This is no code. Scan it again, or type the short code with the address of the hub.",
    ),
    JoinFault.AWAY: (
        "ติดต่อระบบกลางไม่ได้ อุปกรณ์จะลองใหม่เอง ตรวจดูสายเครือข่าย",
        "The hub does not answer. The device tries again by itself; look at the network cable.",
    ),
    JoinFault.IMPOSTOR: (
        "ผู้ที่ตอบไม่ใช่ระบบกลางของรหัสนี้ ยังไม่ได้เข้าร่วม แจ้งผู้ดูแลระบบ",
        "What answered is not the hub of this code. Nothing was done; tell the administrator.",
    ),
    JoinFault.OTHER_DEVICE: (
        "รหัสนี้เป็นของอุปกรณ์อื่น เครื่องนี้เข้าร่วมไว้แล้วในชื่ออื่น",
        "This code is for another device; this computer has joined as a different one.",
    ),
}


class JoiningPage:
    """`joined` is set when the device has joined. `look_into` are files that may come to hold a code,
    `then` is done with it."""

    def __init__(
        self, joiner: Joiner, look_into: Sequence[Path] = (), then: Callable[[], object] = lambda: None
    ) -> None:
        self._joiner = joiner
        self._look_into = look_into
        self._then = then
        self._refused: set[str] = set()
        self._turn = asyncio.Lock()
        self._said: JoinError | None = None
        self.joined = asyncio.Event()

    def routes(self, path: str = PATH) -> list[web.RouteDef]:
        return [web.get(path, self._show), web.post(path, self._take), web.get("/join/join.css", _style)]

    async def look(self) -> None:
        """Join as soon as a code is found in a file; until cancelled."""
        while True:
            for code in dict.fromkeys(self._joiner.codes_in([*self._joiner.own_files, *self._look_into])):
                if digest_of(code) not in self._refused and await self._join(code):
                    break
            await asyncio.sleep(LOOK_SECONDS)

    async def _join(self, code: ClaimCode) -> str:
        """The id, or empty: then `_said` tells why not."""
        async with self._turn:
            try:
                device = await self._joiner.join(code)
            except JoinError as error:
                log.warning("not joined: %s", error)
                self._said = error
                if error.fault is not JoinFault.AWAY:
                    self._refused.add(digest_of(code))
                return ""
            self._said = None
            self._refused.add(digest_of(code))
        self.joined.set()
        self._then()
        return device

    async def _show(self, request: web.Request) -> web.Response:
        return self._page()

    async def _take(self, request: web.Request) -> web.Response:
        if not is_from_own_page(request):
            raise web.HTTPForbidden(headers=HEADERS)
        form = await request.post()
        try:
            code = read_code(str(form.get("code", ""))[:LARGEST], str(form.get("url", ""))[:LARGEST])
        except WireError as error:
            self._said = JoinError(JoinFault.NOT_A_CODE, str(error))
            return self._page(status=422)
        device = await self._join(code)
        return self._page(device, status=200 if device else 422)

    def _page(self, device: str = "", status: int = 200) -> web.Response:
        text = _file("join.html").replace("{{state}}", _state(device, self._said))
        return web.Response(text=text, status=status, content_type="text/html", headers=HEADERS)


async def join_anew(settings: Path, claim: Path) -> None:
    """Somebody may have been quicker than the owner: while no hub has answered, the code on the card counts."""
    joiner = Joiner(settings)
    for code in [] if joiner.is_bound else joiner.codes_in([claim]):
        try:
            await joiner.join(code)
        except (JoinError, OSError) as error:
            log.warning("not joined anew: %s", error)


async def wait_until_joined(settings: Path, *, claim: Path | None, host: str, port: int) -> None:
    """Serve the page and look for a code in files until the device has its settings."""
    joiner = Joiner(settings, page_port=port)
    page = JoiningPage(joiner, [claim] if claim else [])
    app = web.Application(middlewares=[only_by_own_name(host)], client_max_size=LARGEST * 4)
    app.add_routes([web.get("/", _to_page), *page.routes()])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=2)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            raise SettingsError(f"The page for joining cannot be served on port {port}: {error.strerror}.") from None
        log.info("not joined yet; the code can be entered on port %d", port)
        async with asyncio.TaskGroup() as tasks:
            looking = tasks.create_task(page.look())
            await page.joined.wait()
            looking.cancel()
    finally:
        await runner.cleanup()


async def _to_page(request: web.Request) -> web.Response:
    raise web.HTTPFound(PATH)


async def _style(request: web.Request) -> web.Response:
    return web.Response(text=_file("join.css"), content_type="text/css", headers=HEADERS)


def _state(device: str, said: JoinError | None) -> str:
    if device:
        name = html.escape(device)
        return f'<p class="good">เข้าร่วมแล้วในชื่อ {name} กำลังเริ่มทำงาน<br>Joined as {name}. It starts now.</p>'
    if said is None:
        return ""
    thai, english = SENTENCES[said.fault]
    detail = f"<small>{html.escape(said.detail)}</small>" if said.detail else ""
    return f'<p class="bad" role="alert">{thai}<br><span lang="en">{english}</span>{detail}</p>'


def _file(name: str) -> str:
    return files("samut_edge").joinpath("join_page", name).read_text("utf-8")
