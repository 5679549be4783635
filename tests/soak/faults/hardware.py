"""The scanner, pad and printer of a kiosk, which go on when the kiosk's computer is killed."""

import functools
import io
import random
from dataclasses import replace
from pathlib import Path

from PIL import Image

from samut_edge.slip_image import slip_image
from samut_edge.virtual.faults import BenchError
from samut_edge.virtual.paper_printer import PaperPrinter
from samut_edge.virtual.serial_plug import SerialPlug
from samut_edge.virtual.tag_field import Fault, VirtualTag, virtual_tag
from samut_edge.virtual.tag_pad import TagPad
from samut_hub.demo import Ports
from tests.edge.drivers.slips import long_slip
from tests.soak.faults.day import Piece

WIDTH = 512
SPEED = 600_000
"""Octets that the printer takes in a second, so that something can happen in the middle of a slip."""


class Hardware:
    """`pieces` are the slips as they came out of the printer, oldest first. Tags keep what was written to them."""

    def __init__(self, ports: Ports, scanner: Path, dice: random.Random) -> None:
        self._dice = dice
        self.scanner = SerialPlug("scanner", scanner, lambda: None)
        self.pad = TagPad("127.0.0.1", ports.pad, "", lambda: None)
        self.printer = PaperPrinter("127.0.0.1", ports.printer, self._look_at_paper)
        self.printer.octets_a_second = SPEED
        self.pieces: list[Piece] = []
        self.tags: dict[str, VirtualTag] = {}
        self.spoils_next: Fault | None = None

    async def switch_on(self) -> None:
        self.scanner.plug_in()
        await self.pad.start()
        await self.printer.switch_on()

    async def switch_off(self) -> None:
        self.scanner.unplug()
        self.printer.switch_off()
        await self.pad.stop()

    def lose_power(self) -> None:
        """The kiosk's computer ends: what was scanned and not read is gone."""
        self.scanner.unplug()
        self.scanner.plug_in()

    def scan(self, text: str) -> None:
        """Into the void while nothing is plugged in."""
        try:
            self.scanner.send(text.encode("ascii") + b"\r\n")
        except BenchError:
            return

    def lay(self, barcode: str) -> None:
        tag = self.tags.setdefault(barcode, virtual_tag(barcode))
        if self.spoils_next is not None:
            tag.faults, self.spoils_next = [self.spoils_next], None
        self.pad.put_tag(tag)

    def lies(self, barcode: str) -> bool:
        return self.tags[barcode].chip in self.pad.lying

    def clear(self) -> None:
        """Take all books off."""
        for tag in list(self.pad.lying.values()):
            tag.faults = []
            self.pad.take_tag(tag.chip)

    def _look_at_paper(self) -> None:
        """Called at each cut, among others."""
        if self.printer.printed > len(self.pieces):
            picture = self.printer.slips[-1]
            self.pieces.append(Piece(picture, says_copy(picture)))


def says_copy(picture: bytes) -> bool:
    """Whether the words that a copy begins with stand anywhere on the paper."""
    return _copy_words() in Image.open(io.BytesIO(picture)).tobytes()


@functools.cache
def _copy_words() -> bytes:
    """The rows of dots that a copy has and its original has not."""
    original = slip_image(long_slip(), WIDTH)
    copy = slip_image(replace(long_slip(), copy=True), WIDTH)
    return copy.crop((0, 0, WIDTH, copy.height - original.height)).tobytes()
