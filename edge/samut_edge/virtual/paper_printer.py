"""A virtual slip printer on TCP: it draws what it is sent on paper, and the paper can run out."""

import asyncio
import io
from collections import deque
from collections.abc import Callable
from enum import StrEnum

from PIL import Image

from samut_edge.virtual.escpos_commands import (
    AskInTurn,
    AskNow,
    Command,
    CommandReader,
    Cut,
    Feed,
    Raster,
    UnknownCommandError,
)

LINE_ROWS = 30
SLIPS_KEPT = 20

ALWAYS = 0x12  # these two bits are set in every answer to DLE EOT
OFFLINE = 0x08  # 1: state
STOPPED_BY_PAPER_END = 0x20  # 2: cause
NEAR_END, END = 0x0C, 0x60  # 4: paper


class Paper(StrEnum):
    """What a visitor to the bench can do to the printer."""

    FULL = "full"
    LOW = "low"
    OUT = "out"
    SILENT = "silent"  # prints, but never answers: many cheap models
    OFF = "off"


class PaperPrinter:
    """`slips` are PNG files, oldest first; `faults` tells of bytes that no printer would understand.

    `port` 0 takes any free port when the printer is first switched on, and keeps it.
    `rows_left`: after so many rows of dots the paper is out; None for an endless roll.
    """

    def __init__(self, host: str, port: int, changed: Callable[[], None]) -> None:
        self._host, self.port = host, port
        self._changed = changed
        self.paper = Paper.FULL
        self.slips: deque[bytes] = deque(maxlen=SLIPS_KEPT)
        self.printed = 0
        self.faults: list[str] = []
        self.rows_left: int | None = None
        self.received = b""
        self._strips: list[Image.Image] = []
        self._waiting: deque[tuple[Command, asyncio.StreamWriter]] = deque()
        self._server: asyncio.Server | None = None
        self._calls: set[asyncio.StreamWriter] = set()

    @property
    def slip_numbers(self) -> range:
        """Of the slips that are still here; the first one ever is 1."""
        return range(self.printed - len(self.slips) + 1, self.printed + 1)

    def slip(self, number: int) -> bytes | None:
        numbers = self.slip_numbers
        return self.slips[numbers.index(number)] if number in numbers else None

    async def set_paper(self, paper: Paper) -> None:
        """Also switches the printer on and off. With new paper it goes on where it stopped."""
        self.paper = paper
        if paper is Paper.OFF:
            self.switch_off()
        else:
            await self.switch_on()
            self._print_waiting()
        self._changed()

    async def switch_on(self) -> None:
        if self._server is None:
            self._server = await asyncio.start_server(self._serve, self._host, self.port)
            self.port = self._server.sockets[0].getsockname()[1]

    def switch_off(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            server.close()
        self._strips.clear()
        self._waiting.clear()
        for call in self._calls:
            call.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._calls.add(writer)
        commands = CommandReader()
        try:
            while received := await reader.read(65536):
                self.received += received
                self._take(commands, received, writer)
        except ConnectionError:
            pass
        except UnknownCommandError as fault:
            self.faults.append(str(fault))
            self._changed()
        finally:
            self._calls.discard(writer)
            writer.close()

    def _take(self, commands: CommandReader, received: bytes, writer: asyncio.StreamWriter) -> None:
        for command in commands.feed(received):
            if isinstance(command, AskNow):
                self._answer(writer, self._state(command.about))
            else:
                self._waiting.append((command, writer))
        self._print_waiting()

    def _print_waiting(self) -> None:
        while self._waiting and self.paper is not Paper.OUT:
            command, writer = self._waiting.popleft()
            if isinstance(command, AskInTurn):
                self._answer(writer, 0x03 if self.paper is Paper.LOW else 0x00)
            else:
                self._print(command, writer)

    def _print(self, command: Command, writer: asyncio.StreamWriter) -> None:
        match command:
            case Raster():
                self._print_raster(command, writer)
            case Feed(lines):
                self._strips.append(Image.new("1", (8, lines * LINE_ROWS), 1))
            case Cut():
                self._cut()

    def _print_raster(self, raster: Raster, writer: asyncio.StreamWriter) -> None:
        """As far as the paper goes; the rest waits for new paper."""
        rows = raster.rows if self.rows_left is None else min(raster.rows, self.rows_left)
        cut_at = rows * raster.width_bytes
        self._strips.append(_picture(Raster(raster.width_bytes, rows, raster.dots[:cut_at])))
        if self.rows_left is not None:
            self.rows_left -= rows
        if rows < raster.rows:
            self.paper, self.rows_left = Paper.OUT, None
            rest = Raster(raster.width_bytes, raster.rows - rows, raster.dots[cut_at:])
            self._waiting.appendleft((rest, writer))
            self._changed()

    def _cut(self) -> None:
        self.slips.append(_png(self._strips))
        self.printed += 1
        self._strips.clear()
        self._changed()

    def _state(self, about: int) -> int:
        out = self.paper is Paper.OUT
        low = out or self.paper is Paper.LOW
        bits = {1: OFFLINE * out, 2: STOPPED_BY_PAPER_END * out, 4: NEAR_END * low | END * out}
        return ALWAYS | bits.get(about, 0)

    def _answer(self, writer: asyncio.StreamWriter, state: int) -> None:
        if self.paper is not Paper.SILENT and not writer.is_closing():
            writer.write(bytes([state]))


def _picture(raster: Raster) -> Image.Image:
    black_is_one = Image.frombytes("1", (raster.width_bytes * 8, raster.rows), raster.dots)
    return black_is_one.point(lambda dot: not dot)


def _png(strips: list[Image.Image]) -> bytes:
    width = max((strip.width for strip in strips), default=8)
    paper = Image.new("1", (width, max(sum(strip.height for strip in strips), 1)), 1)
    y = 0
    for strip in strips:
        paper.paste(strip, (0, y))
        y += strip.height
    png = io.BytesIO()
    paper.save(png, "PNG")
    return png.getvalue()
