"""Bar code scanners and readers that send what they read as one line of text over a serial line."""

import re
import time
from collections.abc import Mapping
from typing import Any

from samut_edge.devices.options import read_options
from samut_edge.devices.part import Emit, PartKind
from samut_edge.devices.serial_port import SerialOptions, SerialPart
from samut_edge.events import CodeScanned

KIND = PartKind.SCANNER

LONGEST_LINE = 4096
LINE_ENDS = re.compile(rb"[\r\n]+")


class LineOptions(SerialOptions, frozen=True):
    """`pattern`: lines that do not fit are ignored; its first group, when it has one, is what was read."""

    pattern: str = ".+"

    def __post_init__(self) -> None:
        try:
            re.compile(self.pattern)
        except re.error as error:
            raise ValueError(f"`pattern` is not a regular expression: {error}") from None


class LineScanner(SerialPart):
    def __init__(self, name: str, options: LineOptions, emit: Emit) -> None:
        super().__init__(name, options, emit)
        self._pattern = re.compile(options.pattern)
        self._rest = b""

    def _connected(self) -> None:
        self._rest = b""

    def _received(self, chunk: bytes) -> None:
        seen_ns = time.perf_counter_ns()
        *lines, rest = LINE_ENDS.split(self._rest + chunk)
        self._rest = rest[-LONGEST_LINE:]
        for line in lines:
            self._read(line.decode("utf-8", "replace").strip(), seen_ns)

    def _read(self, line: str, seen_ns: int) -> None:
        fits = self._pattern.fullmatch(line)
        text = fits and (fits[1] if fits.re.groups else fits[0])
        if text:
            self._told(text, seen_ns)

    def _told(self, text: str, seen_ns: int) -> None:
        """A line that fits came in."""
        self._emit(CodeScanned(self.name, text, seen_ns))


def create(name: str, options: Mapping[str, Any], emit: Emit) -> LineScanner:
    return LineScanner(name, read_options(name, options, LineOptions), emit)
