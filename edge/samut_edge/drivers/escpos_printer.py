"""ESC/POS slip printers on the network. A slip goes out as dots: Thai by code page differs from brand to brand."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Mapping
from typing import Annotated, Any

import msgspec
from escpos.capabilities import CAPABILITIES
from escpos.printer import Dummy
from PIL import Image

from samut_edge.devices.escpos_line import EscposLine
from samut_edge.devices.options import Options, Port, Text, read_options
from samut_edge.devices.part import Emit, PartKind, PartState, PartStatus
from samut_edge.devices.printer import PrinterError
from samut_edge.devices.running_part import AwayError, RunningPart
from samut_edge.errors import SettingsError
from samut_edge.slip import Slip
from samut_edge.slip_image import check_fonts, slip_image

KIND = PartKind.PRINTER

ASK_EVERY_SECONDS = 5.0
CONNECT_SECONDS = 3.0
RASTER_COMMANDS = ("bitImageRaster", "graphics", "bitImageColumn")
CANNOT_PRINT = (PartState.OFFLINE, PartState.PAPER_OUT)


class EscposOptions(Options, frozen=True):
    """`profile` is a name from python-escpos's list of models; `width` is in dots (80 mm paper: 512 or 576)."""

    host: Text
    port: Port = 9100
    profile: str = "TM-T88V"
    width: Annotated[int, msgspec.Meta(ge=384, le=832, multiple_of=8)] = 512

    def __post_init__(self) -> None:
        models = CAPABILITIES["profiles"]
        if self.profile not in models:
            raise ValueError(f"`profile` must be one of {', '.join(sorted(models))}")
        widest = models[self.profile]["media"]["width"].get("pixels")
        if isinstance(widest, int) and self.width > widest:
            raise ValueError(f"`width` is {self.width} dots, but {self.profile} prints only {widest}")


class EscposPrinter(RunningPart):
    def __init__(self, name: str, options: EscposOptions, emit: Emit) -> None:
        super().__init__(name, emit)
        self._options = options
        self._turn = asyncio.Lock()
        self._lost = asyncio.Event()

    async def ask_status(self) -> PartStatus:
        try:
            async with self._connected() as line:
                status = await line.status()
        except AwayError as away:
            status = PartStatus(PartState.OFFLINE, str(away))
        self._became(status.state, status.detail)
        return status

    async def print_slip(self, slip: Slip) -> PartStatus:
        dots = await asyncio.to_thread(slip_image, slip, self._options.width)
        job = await asyncio.to_thread(encode_slip, dots, self._options.profile)
        try:
            async with self._connected() as line:
                status = await self._print(line, job, dots.height)
        except AwayError as away:
            self._became(PartState.OFFLINE, str(away))
            raise PrinterError(f"The slip is not printed: {away}.") from away
        return status

    async def _print(self, line: EscposLine, job: bytes, rows: int) -> PartStatus:
        before = await line.status()
        self._became(before.state, before.detail)
        if before.state in CANNOT_PRINT:
            raise PrinterError(f"The slip is not printed: {before.detail}.")
        finished = await line.print(job, rows, confirm=before.state is not PartState.UNKNOWN)
        after = await line.status()
        self._became(after.state, after.detail)
        if after.state in CANNOT_PRINT and not finished:
            raise PrinterError(f"The slip is not wholly printed: {after.detail}.")
        return after

    async def _work(self) -> None:
        while True:
            self._lost.clear()
            status = await self.ask_status()
            if status.state is PartState.OFFLINE:
                raise AwayError(status.detail)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._lost.wait(), ASK_EVERY_SECONDS)

    def _became(self, state: PartState, detail: str = "") -> None:
        super()._became(state, detail)
        if state is PartState.OFFLINE:
            self._lost.set()

    @contextlib.asynccontextmanager
    async def _connected(self) -> AsyncIterator[EscposLine]:
        """One conversation at a time: most printers take a single connection."""
        async with self._turn:
            writer: asyncio.StreamWriter | None = None
            try:
                reader, writer = await self._connect()
                yield EscposLine(reader, writer)
            except (OSError, EOFError) as error:
                raise AwayError(f"{self._options.host}:{self._options.port} does not answer ({error})") from error
            finally:
                if writer is not None:
                    writer.close()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        async with asyncio.timeout(CONNECT_SECONDS):
            reader, writer = await asyncio.open_connection(self._options.host, self._options.port)
        writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return reader, writer


def encode_slip(dots: Image.Image, profile: str) -> bytes:
    """The bytes that print these dots and cut the paper, in the commands that the model knows."""
    paper = Dummy(profile=profile)
    command = next(name for name in RASTER_COMMANDS if paper.profile.supports(name))
    paper.hw("INIT")
    paper.image(dots, impl=command)
    paper.cut()
    return bytes(paper.output)


def create(name: str, options: Mapping[str, Any], emit: Emit) -> EscposPrinter:
    trouble = check_fonts()
    if trouble:
        raise SettingsError(f"Part “{name}”: {trouble}")
    return EscposPrinter(name, read_options(name, options, EscposOptions), emit)
