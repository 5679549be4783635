"""ESC/POS slip printers on USB that the kernel's printer driver serves (/dev/usb/lp…)."""

import asyncio
import os
import select
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from samut_edge.devices.escpos_channel import READ_PAUSE, EscposChannel, PolledChannel
from samut_edge.devices.escpos_options import EscposOptions
from samut_edge.devices.escpos_part import EscposPart
from samut_edge.devices.options import read_options
from samut_edge.devices.part import Emit, PartKind
from samut_edge.devices.running_part import AwayError
from samut_edge.devices.usb_number import UsbNumber, number_of

KIND = PartKind.PRINTER

CLASS = Path("/sys/class/usbmisc")
NODES = Path("/dev/usb")
FLUSH_SECONDS = 10.0


class UsblpOptions(EscposOptions, frozen=True, kw_only=True):
    """`usb` is vendor and product as lsusb shows them, such as “04b8:0e21”; `path` instead where two are alike."""

    usb: UsbNumber = ""
    path: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        if bool(self.usb) == bool(self.path):
            raise ValueError("`usb` (vendor:product, see lsusb) or `path` must say which printer: one of the two")


class UsblpChannel(PolledChannel):
    """Zero bytes read mean that the printer has nothing to say: that is no end."""

    def __init__(self, device: int) -> None:
        self._device = device
        self._poll = select.poll()
        self._poll.register(device, select.POLLOUT)
        super().__init__()

    async def _read(self) -> bytes:
        try:
            return os.read(self._device, 64)
        except BlockingIOError:
            return b""

    async def _write(self, piece: bytes) -> int:
        try:
            return os.write(self._device, piece)
        except BlockingIOError:
            return 0

    async def _release(self) -> None:
        """Closing throws away what is still under way, so wait until the printer has it."""
        end = asyncio.get_running_loop().time() + FLUSH_SECONDS
        while not self._poll.poll(0) and asyncio.get_running_loop().time() < end:
            await asyncio.sleep(READ_PAUSE)
        os.close(self._device)


class UsblpPrinter(EscposPart):
    def __init__(self, name: str, options: UsblpOptions, emit: Emit) -> None:
        super().__init__(name, options, emit)
        self._usb, self._path = options.usb, options.path

    @property
    def where(self) -> str:
        return self._path or f"the USB printer {self._usb}"

    async def _open(self) -> EscposChannel:
        node = Path(self._path) if self._path else _node_of(self._usb)
        if node is None:
            raise AwayError(f"no printer {self._usb} is plugged in, or the kernel's driver usblp does not serve it")
        try:
            return UsblpChannel(os.open(node, os.O_RDWR | os.O_NONBLOCK | os.O_NOCTTY))
        except PermissionError as error:
            raise AwayError(f"{node} may not be used: install the udev rule of firmware_configs ({error})") from error


def _node_of(usb: str) -> Path | None:
    """The printer's file, found by the numbers that its USB device tells."""
    wanted = number_of(usb)
    return next((NODES / entry.name for entry in sorted(CLASS.glob("lp*")) if _numbers(entry) == wanted), None)


def _numbers(entry: Path) -> tuple[int, int] | None:
    """Above the interface stands the device, with its numbers."""
    device = (entry / "device").resolve().parent
    try:
        return int((device / "idVendor").read_text(), 16), int((device / "idProduct").read_text(), 16)
    except (OSError, ValueError):  # just pulled out
        return None


def create(name: str, options: Mapping[str, Any], emit: Emit) -> UsblpPrinter:
    return UsblpPrinter(name, read_options(name, options, UsblpOptions), emit)
