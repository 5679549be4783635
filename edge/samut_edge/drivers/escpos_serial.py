"""ESC/POS slip printers on a serial line (RS-232, or USB as a virtual COM port)."""

import asyncio
import os
from collections.abc import Mapping
from typing import Any, Literal

import serial

from samut_edge.devices.escpos_channel import EscposChannel, PolledChannel
from samut_edge.devices.escpos_options import EscposOptions
from samut_edge.devices.escpos_part import EscposPart
from samut_edge.devices.options import Text, read_options
from samut_edge.devices.part import Emit, PartKind
from samut_edge.devices.running_part import AwayError

KIND = PartKind.PRINTER

Baud = Literal[2400, 4800, 9600, 19200, 38400, 57600, 115200]
FLUSH_SECONDS = 10.0


class SerialPrinterOptions(EscposOptions, frozen=True, kw_only=True):
    """`flow` as the printer's DIP switches or memory switches say: without one, long slips lose their middle.

    `path` may be a link, such as /dev/serial/by-id/…, which stays the same when the plug moves.
    """

    path: Text
    baud: Baud = 38400
    flow: Literal["dtr", "rts", "xon", "none"] = "dtr"


class SerialChannel(PolledChannel):
    def __init__(self, port: serial.Serial) -> None:
        self._port = port
        self._waits_for_dsr = bool(port.dsrdtr) and _has_wires(port)
        super().__init__()

    async def _read(self) -> bytes:
        read: bytes = self._port.read(4096)
        return read

    async def _write(self, piece: bytes) -> int:
        """Few bytes at a time: what the system has taken goes out even when the printer says stop."""
        if self._waits_for_dsr and (not self._port.dsr or self._port.out_waiting):
            return 0
        return self._put(piece[: _at_a_time(self._port)] if self._waits_for_dsr else piece)

    async def send_now(self, order: bytes) -> None:
        self._put(order)

    def _put(self, piece: bytes) -> int:
        """Not by pyserial's write: without a timeout that one turns in circles while the system's buffer is full."""
        try:
            return os.write(self._port.fileno(), piece)
        except BlockingIOError:
            return 0

    async def _release(self) -> None:
        """The system goes on sending what it has taken; closing at once would throw it away."""
        end = asyncio.get_running_loop().time() + FLUSH_SECONDS
        try:
            while self._port.out_waiting and asyncio.get_running_loop().time() < end:
                await asyncio.sleep(0.01)
        except OSError:
            pass  # it was pulled out: nothing is left to wait for
        self._port.close()


class SerialPrinter(EscposPart):
    def __init__(self, name: str, options: SerialPrinterOptions, emit: Emit) -> None:
        super().__init__(name, options, emit)
        self._path, self._baud, self._flow = options.path, options.baud, options.flow

    @property
    def where(self) -> str:
        return f"{self._path}, {self._baud} baud"

    async def _open(self) -> EscposChannel:
        try:
            port = serial.Serial(
                self._path,
                self._baud,
                timeout=0,
                write_timeout=0,
                xonxoff=self._flow == "xon",
                rtscts=self._flow == "rts",
                dsrdtr=self._flow == "dtr",
                exclusive=True,
            )
        except serial.SerialException as error:
            raise AwayError(f"{self._path} cannot be opened: {error}") from error
        return SerialChannel(port)


def _has_wires(port: serial.Serial) -> bool:
    """A virtual COM port need not have the wires for DTR/DSR."""
    try:
        return isinstance(port.dsr, bool)
    except OSError:
        return False


def _at_a_time(port: serial.Serial) -> int:
    """A printer that says stop has room for some bytes still: 138 in Epson's small buffer (DIP switch 2-5)."""
    return min(128, max(16, int(port.baudrate) // 200))


def create(name: str, options: Mapping[str, Any], emit: Emit) -> SerialPrinter:
    return SerialPrinter(name, read_options(name, options, SerialPrinterOptions), emit)
