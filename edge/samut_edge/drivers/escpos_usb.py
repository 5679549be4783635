"""ESC/POS slip printers on USB spoken to directly: for models that the kernel's printer driver does not serve."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import usb.core
import usb.util
from usb.backend import IBackend

from samut_edge.devices.escpos_channel import EscposChannel, PolledChannel
from samut_edge.devices.escpos_options import EscposOptions
from samut_edge.devices.escpos_part import EscposPart
from samut_edge.devices.options import read_options
from samut_edge.devices.part import Emit, PartKind
from samut_edge.devices.running_part import AwayError
from samut_edge.devices.usb_number import UsbNumber, number_of

KIND = PartKind.PRINTER

READ_MS, WRITE_MS = 50, 2000
AT_THE_BENCH: dict[str, IBackend] = {}
"""What stands in for libusb, by `usb`: virtual printers put themselves here before the drivers are made."""
PRINTER, VENDOR_SPECIFIC = 7, 255
"""Interface classes; Epson's “vendor class” is the second."""


class UsbOptions(EscposOptions, frozen=True, kw_only=True):
    """`usb` is vendor and product as lsusb shows them; `serial` where two are alike."""

    usb: UsbNumber
    serial: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.usb:
            raise ValueError("`usb` (vendor:product, see lsusb) must say which printer")


class UsbChannel(PolledChannel):
    """Owns the printer's interface as long as it is open."""

    def __init__(self, device: usb.core.Device, interface: usb.core.Interface) -> None:
        self._device, self._interface = device, interface
        self._out: usb.core.Endpoint = _endpoint(interface, usb.util.ENDPOINT_OUT)
        self._in = _endpoint(interface, usb.util.ENDPOINT_IN)
        self._under_way: set[asyncio.Task[Any]] = set()
        super().__init__()

    async def _read(self) -> bytes:
        return b"" if self._in is None else bytes(await self._in_thread(self._read_in, self._in))

    async def _write(self, piece: bytes) -> int:
        return int(await self._in_thread(self._write_out, self._out, piece))

    def _read_in(self, way: usb.core.Endpoint) -> bytes:
        try:
            return bytes(way.read(64, READ_MS))
        except usb.core.USBTimeoutError:
            return b""

    def _write_out(self, way: usb.core.Endpoint, piece: bytes) -> int:
        """A printer that holds back, for want of paper or room, is asked again."""
        try:
            return int(way.write(piece, WRITE_MS))
        except usb.core.USBTimeoutError:
            return 0

    async def _in_thread(self, work: Callable[..., Any], *given: Any) -> Any:
        task = asyncio.create_task(asyncio.to_thread(work, *given))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return await asyncio.shield(task)

    async def _release(self) -> None:
        """Not while a transfer is under way: libusb would use what is gone."""
        await asyncio.gather(*self._under_way, return_exceptions=True)
        await asyncio.to_thread(usb.util.dispose_resources, self._device)


class UsbPrinter(EscposPart):
    """`backend` None is the system's libusb."""

    def __init__(self, name: str, options: UsbOptions, emit: Emit, backend: IBackend | None = None) -> None:
        super().__init__(name, options, emit)
        self._usb, self._serial = options.usb, options.serial
        self._backend = backend

    @property
    def where(self) -> str:
        return f"the USB printer {self._usb}"

    async def _open(self) -> EscposChannel:
        return UsbChannel(*await asyncio.to_thread(self._claim))

    def _claim(self) -> tuple[usb.core.Device, usb.core.Interface]:
        device = self._find()
        interface = _printing_interface(device)
        number = interface.bInterfaceNumber
        if device.is_kernel_driver_active(number):
            device.detach_kernel_driver(number)
        usb.util.claim_interface(device, number)
        return device, interface

    def _find(self) -> usb.core.Device:
        vendor, product = number_of(self._usb)
        known = {"serial_number": self._serial} if self._serial else {}
        try:
            device = usb.core.find(idVendor=vendor, idProduct=product, backend=self._backend, **known)
        except usb.core.NoBackendError:
            raise AwayError("there is no libusb on this computer. Install the Debian package libusb-1.0-0") from None
        if device is None:
            raise AwayError(f"no printer {self._usb} is plugged in")
        return device


def _printing_interface(device: usb.core.Device) -> usb.core.Interface:
    interfaces = list(device.get_active_configuration())
    for kind in (PRINTER, VENDOR_SPECIFIC):
        for interface in interfaces:
            if interface.bInterfaceClass == kind and _endpoint(interface, usb.util.ENDPOINT_OUT) is not None:
                return interface
    raise AwayError("this USB device has no interface of a printer")


def _endpoint(interface: usb.core.Interface, direction: int) -> usb.core.Endpoint | None:
    return usb.util.find_descriptor(
        interface,
        custom_match=lambda found: (
            usb.util.endpoint_direction(found.bEndpointAddress) == direction
            and usb.util.endpoint_type(found.bmAttributes) == usb.util.ENDPOINT_TYPE_BULK
        ),
    )


def create(name: str, options: Mapping[str, Any], emit: Emit) -> UsbPrinter:
    wanted = read_options(name, options, UsbOptions)
    return UsbPrinter(name, wanted, emit, AT_THE_BENCH.get(wanted.usb))
