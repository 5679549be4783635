"""A virtual camera of the network: an endless row of pictures over HTTP (MJPEG), and the code that is held to it.

The code is not held straight, and the lens is not quite sharp.
"""

import asyncio
import contextlib
import io
from collections.abc import Callable
from typing import Literal

import segno
import zxingcpp
from aiohttp import web
from PIL import Image, ImageFilter

SIZE = (1280, 720)
TABLE = 150
"""Grey of what lies behind the code."""

FRAME_SECONDS = 0.1
SHOWN_SECONDS = 1.2
BOUNDARY = "picture"
Kind = Literal["QRCode", "EAN13", "Code39", "Code128", "ITF", "Codabar"]


def code_picture(text: str, kind: Kind = "QRCode", *, turned: float = 7.0, blur: float = 0.8) -> Image.Image:
    """What a camera sees of a code in somebody's hand: `turned` degrees, `blur` in pixels."""
    label = _qr(text) if kind == "QRCode" else _lines(text, kind)
    paper = Image.new("L", (label.width + 60, label.height + 60), 235)
    paper.paste(label, (30, 30))
    view = Image.new("L", SIZE, TABLE)
    held = paper.convert("LA").rotate(turned, Image.Resampling.BICUBIC, expand=True)
    view.paste(
        held.getchannel("L"), ((SIZE[0] - held.width) // 2, (SIZE[1] - held.height) // 2), held.getchannel("A")
    )
    return view.filter(ImageFilter.GaussianBlur(blur))


def _qr(text: str) -> Image.Image:
    png = io.BytesIO()
    segno.make(text, micro=False, error="m").save(png, kind="png", scale=6, border=4)
    return Image.open(png).convert("L")


def _lines(text: str, kind: Kind) -> Image.Image:
    code = zxingcpp.create_barcode(text, getattr(zxingcpp.BarcodeFormat, kind))
    return Image.fromarray(code.to_image(scale=3))


class CodeCamera:
    """Entering switches it on. `port` 0 takes any."""

    def __init__(self, host: str, port: int, changed: Callable[[], None] = lambda: None) -> None:
        self._host, self.port, self._changed = host, port, changed
        self._empty = self._view = _jpeg(Image.new("L", SIZE, TABLE))
        self._runner: web.AppRunner | None = None

    @property
    def is_on(self) -> bool:
        return self._runner is not None

    async def show(self, text: str, seconds: float = SHOWN_SECONDS) -> None:
        """Hold a QR code to the camera for a while, and take it away."""
        self._view = await asyncio.to_thread(lambda: _jpeg(code_picture(text)))
        await asyncio.sleep(seconds)
        self._view = self._empty

    async def switch_on(self) -> None:
        app = web.Application()
        app.router.add_get("/{path:.*}", self._stream)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1, handle_signals=False)
        await self._runner.setup()
        await web.TCPSite(self._runner, self._host, self.port, reuse_address=True).start()
        self.port = self._runner.addresses[0][1]
        self._changed()

    async def switch_off(self) -> None:
        runner, self._runner = self._runner, None
        if runner is not None:
            await runner.cleanup()
            self._changed()

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        kind = f"multipart/x-mixed-replace; boundary={BOUNDARY}"
        stream = web.StreamResponse(headers={"Content-Type": kind, "Cache-Control": "no-store"})
        await stream.prepare(request)
        with contextlib.suppress(ConnectionError):  # nobody looks any more
            while True:
                await stream.write(_part(self._view))
                await asyncio.sleep(FRAME_SECONDS)
        return stream


def _jpeg(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=80)
    return file.getvalue()


def _part(jpeg: bytes) -> bytes:
    head = f"--{BOUNDARY}\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n"
    return head.encode("ascii") + jpeg + b"\r\n"
