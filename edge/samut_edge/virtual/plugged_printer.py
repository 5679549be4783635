"""A virtual slip printer behind a device file: on a serial line, or as the kernel shows a USB printer."""

import asyncio
import os
import tty
from collections.abc import Callable
from pathlib import Path

from samut_edge.virtual.printer_letters import LetterCase
from samut_edge.virtual.printer_works import Paper, PrinterWorks
from samut_edge.virtual.serial_plug import link_to

CHUNK = 4096


class PluggedPrinter(PrinterWorks):
    """Its file is a pseudo terminal, linked from `path`. Switched off it is unplugged too: its file goes.

    `octets_a_second` slows it down to a serial line's speed; None takes all at once.
    """

    def __init__(
        self, path: Path, changed: Callable[[], None], *, width: int = 512, letters: LetterCase | None = None
    ) -> None:
        super().__init__(changed, width, letters)
        self.path = path
        self.octets_a_second: int | None = None
        self._ends: tuple[int, int] | None = None

    async def set_paper(self, paper: Paper) -> None:
        self.paper = paper
        if paper is Paper.OFF:
            self.switch_off()
        else:
            self.switch_on()
            self.go_on()
        self._changed()

    def switch_on(self) -> None:
        if self._ends is None:
            self._ends = os.openpty()
            tty.setraw(self._ends[1])
            os.set_blocking(self._ends[0], False)
            link_to(os.ttyname(self._ends[1]), self.path)
            asyncio.get_running_loop().add_reader(self._ends[0], self._hear)

    def switch_off(self) -> None:
        if self._ends is not None:
            asyncio.get_running_loop().remove_reader(self._ends[0])
            for end in self._ends:
                os.close(end)
            self._ends = None
            self.path.unlink(missing_ok=True)
        self.lose_power()

    def _hear(self) -> None:
        if self._ends is None:
            return
        line = self._ends[0]
        if self.octets_a_second:
            asyncio.get_running_loop().remove_reader(line)
            asyncio.get_running_loop().call_later(CHUNK / self.octets_a_second, self._hear_again, line)
        received = os.read(line, CHUNK)
        self.take(received, self._say)

    def _hear_again(self, line: int) -> None:
        if self._ends is not None and self._ends[0] == line:
            asyncio.get_running_loop().add_reader(line, self._hear)

    def _say(self, octets: bytes) -> None:
        if self._ends is not None:
            os.write(self._ends[0], octets)
