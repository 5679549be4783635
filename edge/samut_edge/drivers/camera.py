"""Cameras that read bar codes and QR codes: pictures by OpenCV on a thread, codes by zxing-cpp or pyzbar (zbar)."""

import asyncio
import os
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated, Any, Literal, TypeAlias

import cv2
import msgspec

from samut_edge.devices.options import Options, Seconds, Text, read_options
from samut_edge.devices.part import Emit, PartKind, PartState
from samut_edge.devices.running_part import AwayError, RunningPart
from samut_edge.devices.settled_codes import SettledCodes
from samut_edge.errors import SettingsError
from samut_edge.events import CodeScanned

KIND = PartKind.CAMERA

Engine = Literal["", "zxing", "pyzbar"]
Format = Literal["ean13", "ean8", "upca", "code39", "code128", "itf", "codabar", "qr"]
Fraction = Annotated[float, msgspec.Meta(ge=0, le=1)]
Region = tuple[Fraction, Fraction, Fraction, Fraction]
Picture: TypeAlias = Any
"""A grey picture as a numpy array."""
Decode = Callable[[Picture], list[bytes]]

ZXING = {"ean13": "EAN13", "ean8": "EAN8", "upca": "UPCA", "code39": "Code39", "code128": "Code128"}
ZXING |= {"itf": "ITF", "codabar": "Codabar", "qr": "QRCode"}
ZBAR = {"itf": "I25", "qr": "QRCODE"}
SIZE = (1280, 720)
FFMPEG_QUIET = "-8"
NET_MS = 3000
"""A camera of the network that says nothing for so long is away."""


class CameraOptions(Options, frozen=True):
    """`source`: a camera's number or /dev/… path, the address of a camera in the network (MJPEG, RTSP), or a pattern
    of picture files such as shelf_%03d.png. `region`: left, top, width, height, as parts of the picture.

    `engine`: without it zxing-cpp, which takes a tenth of the time, or pyzbar where that is not installed.
    `again_seconds`: a code that stays in sight is told once; after so long out of sight, once more.
    """

    source: Text
    engine: Engine = ""
    formats: Annotated[tuple[Format, ...], msgspec.Meta(min_length=1)] = ("ean13", "code39", "code128", "qr")
    region: Region = (0.0, 0.0, 1.0, 1.0)
    again_seconds: Seconds = 2.0
    frames_per_second: Annotated[int, msgspec.Meta(ge=1, le=60)] = 10

    def __post_init__(self) -> None:
        left, top, width, height = self.region
        if not (width and height and left + width <= 1 and top + height <= 1):
            raise ValueError("`region` must be left, top, width, height within 0 to 1, and not empty")


class Camera(RunningPart):
    def __init__(self, name: str, options: CameraOptions, emit: Emit) -> None:
        """Raises ImportError when the engine is not installed."""
        super().__init__(name, emit)
        self._options = options
        self._decode, self._engine = _decoder(options)
        self._settled = SettledCodes(options.again_seconds)

    async def _work(self) -> None:
        loop, stop = asyncio.get_running_loop(), threading.Event()

        def tell(call: Callable[..., None], *values: object) -> None:
            loop.call_soon_threadsafe(call, *values)

        with ThreadPoolExecutor(1, thread_name_prefix=self.name) as thread:
            work = loop.run_in_executor(thread, self._watch, tell, stop)
            try:
                await asyncio.shield(work)
            finally:
                stop.set()
                await asyncio.gather(work, return_exceptions=True)

    def _watch(self, tell: Callable[..., None], stop: threading.Event) -> None:
        """On the thread: raises AwayError when the camera is lost; returns only after `stop`."""
        options, due = self._options, 0.0
        capture = _open(options.source)
        try:
            while not stop.is_set():
                if not capture.grab():
                    raise AwayError(f"{options.source} gives no more pictures")
                if time.monotonic() < due and not _is_files(options.source):
                    continue  # a live camera's pictures are taken and dropped: the next one must be of now
                due = time.monotonic() + 1 / options.frames_per_second
                seen_ns = time.perf_counter_ns()
                tell(self._saw, self._codes(capture), seen_ns)
                if _is_files(options.source):
                    stop.wait(due - time.monotonic())
        finally:
            capture.release()

    def _codes(self, capture: cv2.VideoCapture) -> frozenset[str]:
        ok, picture = capture.retrieve()
        if not ok:
            raise AwayError(f"{self._options.source} gave a picture that cannot be read")
        grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY) if picture.ndim == 3 else picture
        return frozenset(_text(code) for code in self._decode(_cut(grey, self._options.region)) if code)

    def _saw(self, codes: frozenset[str], seen_ns: int) -> None:
        self._became(PartState.READY, f"{self._options.source}, {self._engine}")
        for text in self._settled.frame(codes, seen_ns / 1e9):
            self._emit(CodeScanned(self.name, text, seen_ns))


def _open(source: str) -> cv2.VideoCapture:
    if "://" in source:
        patience = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, NET_MS, cv2.CAP_PROP_READ_TIMEOUT_MSEC, NET_MS]
        capture = cv2.VideoCapture(source, cv2.CAP_FFMPEG, patience)
    elif _is_files(source):
        capture = cv2.VideoCapture(source, cv2.CAP_IMAGES)
    else:
        wanted = [cv2.CAP_PROP_FRAME_WIDTH, SIZE[0], cv2.CAP_PROP_FRAME_HEIGHT, SIZE[1], cv2.CAP_PROP_BUFFERSIZE, 1]
        capture = cv2.VideoCapture(int(source) if source.isdecimal() else source, cv2.CAP_V4L2, wanted)
    if not capture.isOpened():
        raise AwayError(f"there is no camera at {source}")
    return capture


def _is_files(source: str) -> bool:
    return "%" in source and "://" not in source


def _cut(picture: Picture, region: Region) -> Picture:
    height, width = picture.shape
    left, top = round(region[0] * width), round(region[1] * height)
    return picture[top : top + round(region[3] * height), left : left + round(region[2] * width)]


def _text(code: bytes) -> str:
    """UTF-8, or the older Thai code page that some QR code makers write."""
    try:
        return code.decode("utf-8")
    except UnicodeDecodeError:
        return code.decode("cp874", "replace")


def _decoder(options: CameraOptions) -> tuple[Decode, str]:
    """With the name of the engine that does it."""
    if options.engine != "pyzbar":
        try:
            return _zxing(options.formats), "zxing-cpp"
        except ImportError:
            if options.engine:
                raise
    return _zbar(options.formats), "pyzbar"


def _zxing(formats: tuple[Format, ...]) -> Decode:
    import zxingcpp

    wanted = zxingcpp.BarcodeFormats([getattr(zxingcpp.BarcodeFormat, ZXING[name]) for name in formats])

    def decode(picture: Picture) -> list[bytes]:
        return [code.bytes for code in zxingcpp.read_barcodes(picture, formats=wanted, try_downscale=False)]

    return decode


def _zbar(formats: tuple[Format, ...]) -> Decode:
    from pyzbar import pyzbar

    wanted = [pyzbar.ZBarSymbol[ZBAR.get(name, name.upper())] for name in formats]

    def decode(picture: Picture) -> list[bytes]:
        return [code.data for code in pyzbar.decode(picture, symbols=wanted)]

    return decode


def _hush() -> None:
    """A camera that is away is a state, and no line of OpenCV and FFmpeg in the journal at each new try."""
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", FFMPEG_QUIET)


def create(name: str, options: Mapping[str, Any], emit: Emit) -> Camera:
    wanted = read_options(name, options, CameraOptions)
    _hush()
    try:
        return Camera(name, wanted, emit)
    except ImportError as error:
        raise SettingsError(
            f"Part “{name}”: the engine {wanted.engine or 'for codes'} is not installed: {error} "
            "Install samut-edge[devices], for pyzbar also the Debian package libzbar0."
        ) from error
