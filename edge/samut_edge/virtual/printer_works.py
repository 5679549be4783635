"""The works of a virtual slip printer: it draws what it is sent on paper, and the paper can run out."""

import io
from collections import deque
from collections.abc import Callable
from enum import StrEnum

import segno
from PIL import Image

from samut_edge.virtual.escpos_commands import (
    Align,
    AskInTurn,
    AskNow,
    Bold,
    CodePage,
    Command,
    CommandReader,
    Cut,
    DrawerPulse,
    Feed,
    Initialise,
    Letters,
    LineSpacing,
    QrOrder,
    Raster,
    Size,
    UnknownCommandError,
)
from samut_edge.virtual.printer_letters import LetterCase, Written

LINE_ROWS = 30
SLIPS_KEPT = 20
MODEL, DOT, LEVEL, STORE, PRINT = 65, 67, 69, 80, 81

ALWAYS = 0x12  # these two bits are set in every answer to DLE EOT
OFFLINE = 0x08  # 1: state
COVER_OPEN, STOPPED_BY_PAPER_END, ERROR = 0x04, 0x20, 0x40  # 2: cause
CUTTER_JAMMED = 0x08  # 3: error
NEAR_END, END = 0x0C, 0x60  # 4: paper


class Paper(StrEnum):
    """What a visitor to the bench can do to the printer."""

    FULL = "full"
    LOW = "low"
    OUT = "out"
    COVER = "cover"  # its cover is open
    JAM = "jam"  # its cutter is stuck
    SILENT = "silent"  # prints, but never answers: many cheap models
    OFF = "off"


STOPPED = (Paper.OUT, Paper.COVER, Paper.JAM, Paper.OFF)
Answer = Callable[[bytes], None]


class PrinterWorks:
    """`slips` are PNG files, oldest first; `faults` tells of bytes that no printer would understand.

    `rows_left`: after so many rows of dots the paper is out; None for an endless roll. `width` is in dots.
    """

    def __init__(self, changed: Callable[[], None], width: int = 512, letters: LetterCase | None = None) -> None:
        self._changed = changed
        self._width = width
        self._case = letters or LetterCase()
        self.paper = Paper.FULL
        self.slips: deque[bytes] = deque(maxlen=SLIPS_KEPT)
        self.printed = 0
        self.drawer_openings = 0
        self.faults: list[str] = []
        self.rows_left: int | None = None
        self.received = b""
        self.cuts: list[Cut] = []
        self._strips: list[Image.Image] = []
        self._waiting: deque[tuple[Command, Answer]] = deque()
        self._line: list[Written] = []
        self._page, self._align, self._spacing = 0, 0, LINE_ROWS
        self._size, self._bold = Size(1, 1), False
        self._code: dict[int, bytes] = {}
        self._commands = CommandReader()

    @property
    def slip_numbers(self) -> range:
        """Of the slips that are still here; the first one ever is 1."""
        return range(self.printed - len(self.slips) + 1, self.printed + 1)

    @property
    def torn(self) -> bool:
        """Whether paper hangs out that was not cut off."""
        return bool(self._strips)

    def slip(self, number: int) -> bytes | None:
        numbers = self.slip_numbers
        return self.slips[numbers.index(number)] if number in numbers else None

    def lose_power(self) -> None:
        """What was received and not printed is gone; what hangs out stays."""
        self._waiting.clear()
        self._commands = CommandReader()
        self._reset()

    def take(self, received: bytes, answer: Answer) -> bool:
        """False when no printer would understand this.

        A picture that was cut short waits for the rest of its dots, whoever sends them, until the power goes.
        """
        self.received += received
        try:
            for command in self._commands.feed(received):
                if isinstance(command, AskNow):
                    self._answer(answer, self._state(command.about))
                else:
                    self._waiting.append((command, answer))
        except UnknownCommandError as fault:
            self.faults.append(str(fault))
            self._commands = CommandReader()
            self._changed()
            return False
        self.go_on()
        return True

    def go_on(self) -> None:
        """With new paper, or its cover shut, it prints on where it stopped."""
        while self._waiting and self.paper not in STOPPED:
            command, answer = self._waiting.popleft()
            if isinstance(command, AskInTurn):
                self._answer(answer, 0x03 if self.paper is Paper.LOW else 0x00)
            else:
                self._print(command, answer)

    def _print(self, command: Command, answer: Answer) -> None:
        match command:
            case Raster():
                self._print_raster(command, answer)
            case Feed(lines):
                self._feed(lines)
            case Cut():
                self.cuts.append(command)
                self._cut()
            case DrawerPulse():
                self.drawer_openings += 1
                self._changed()
            case QrOrder():
                self._draw_code(command)
            case _:
                self._set(command)

    def _set(self, command: Command) -> None:
        match command:
            case Initialise():
                self._reset()
            case Letters(octets):
                self._line.append(Written(octets, self._page, self._size.width, self._size.height, self._bold))
            case CodePage(number):
                self._page = number
            case Align(where):
                self._align = where
            case Bold(on):
                self._bold = on
            case Size():
                self._size = command
            case LineSpacing(dots):
                self._spacing = dots

    def _reset(self) -> None:
        self._line, self._code = [], {}
        self._page, self._align, self._spacing = 0, 0, LINE_ROWS
        self._size, self._bold = Size(1, 1), False

    def _feed(self, lines: int) -> None:
        if self._line:
            self._strips.append(self._case.draw(self._line, self._spacing, self._align, self._width))
            self._line = []
            lines -= 1
        if lines > 0:
            self._strips.append(Image.new("1", (8, lines * self._spacing), 1))

    def _draw_code(self, order: QrOrder) -> None:
        """Stored before printed; without a size it is too small to read, as on a real printer."""
        self._code[order.function] = order.given
        if order.function != PRINT:
            return
        drawn = io.BytesIO()
        level = {b"0": "l", b"1": "m", b"2": "q", b"3": "h"}[self._code.get(LEVEL, b"0")]
        text = self._code[STORE][1:].decode()
        dot = self._code.get(DOT, b"\x03")[0]
        segno.make(text, error=level, micro=False).save(drawn, kind="png", scale=dot, border=4)
        code = Image.open(drawn).convert("1")
        strip = Image.new("1", (self._width, code.height), 1)
        strip.paste(code, ((self._width - code.width) * self._align // 2, 0))
        self._strips.append(strip)

    def _print_raster(self, raster: Raster, answer: Answer) -> None:
        """As far as the paper goes; the rest waits for new paper."""
        rows = raster.rows if self.rows_left is None else min(raster.rows, self.rows_left)
        cut_at = rows * raster.width_bytes
        self._strips.append(_picture(Raster(raster.width_bytes, rows, raster.dots[:cut_at])))
        if self.rows_left is not None:
            self.rows_left -= rows
        if rows < raster.rows:
            self.paper, self.rows_left = Paper.OUT, None
            rest = Raster(raster.width_bytes, raster.rows - rows, raster.dots[cut_at:])
            self._waiting.appendleft((rest, answer))
            self._changed()

    def _cut(self) -> None:
        self.slips.append(_png(self._strips))
        self.printed += 1
        self._strips.clear()
        self._changed()

    def _state(self, about: int) -> int:
        out = self.paper is Paper.OUT
        low = out or self.paper is Paper.LOW
        cover, jam = self.paper is Paper.COVER, self.paper is Paper.JAM
        bits = {
            1: OFFLINE * (out or cover or jam),
            2: COVER_OPEN * cover | STOPPED_BY_PAPER_END * out | ERROR * jam,
            3: CUTTER_JAMMED * jam,
            4: NEAR_END * low | END * out,
        }
        return ALWAYS | bits[about]

    def _answer(self, answer: Answer, state: int) -> None:
        if self.paper not in (Paper.SILENT, Paper.OFF):
            answer(bytes([state]))


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
