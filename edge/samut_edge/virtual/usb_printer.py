"""A virtual USB bus with one slip printer on it, in pyusb's own form for such (usb.backend.IBackend)."""

import array
import asyncio
import time
from collections import deque
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, Self

import usb.core
from usb.backend import IBackend

from samut_edge.devices.usb_number import number_of
from samut_edge.drivers.escpos_usb import AT_THE_BENCH
from samut_edge.virtual.printer_letters import LetterCase
from samut_edge.virtual.printer_works import Paper, PrinterWorks

OUT, IN = 0x01, 0x82
BULK = 2
PAUSE = 0.005


class UsbPaperPrinter(PrinterWorks, IBackend):  # type: ignore[misc]  # pyusb tells no types
    """Plugged in while it is not OFF. The driver speaks on threads of its own; the works stay on the event loop.

    `kernel_driver` is true until a program takes the printer from the kernel.
    """

    def __init__(
        self,
        numbers: tuple[int, int],
        changed: Callable[[], None],
        *,
        width: int = 512,
        letters: LetterCase | None = None,
    ) -> None:
        super().__init__(changed, width, letters)
        self.numbers = numbers
        self.kernel_driver = True
        self.claimed: set[int] = set()
        self._said: deque[int] = deque()
        self._loop = asyncio.get_running_loop()

    @classmethod
    def at_the_bench(cls, usb: str, changed: Callable[[], None]) -> Self:
        """The driver finds it, made afterwards, where it would ask libusb."""
        printer = cls(number_of(usb), changed)
        AT_THE_BENCH[usb] = printer
        return printer

    async def set_paper(self, paper: Paper) -> None:
        self.paper = paper
        if paper is Paper.OFF:
            self.switch_off()
        self.go_on()
        self._changed()

    def switch_off(self) -> None:
        self.paper = Paper.OFF
        self.kernel_driver = True
        self._said.clear()
        self.claimed.clear()
        self.lose_power()

    def enumerate_devices(self) -> Any:
        return iter([] if self.paper is Paper.OFF else ["printer"])

    def get_device_descriptor(self, dev: Any) -> Any:
        return SimpleNamespace(
            bLength=18, bDescriptorType=1, bcdUSB=0x200, bDeviceClass=0, bDeviceSubClass=0, bDeviceProtocol=0,
            bMaxPacketSize0=64, idVendor=self.numbers[0], idProduct=self.numbers[1], bcdDevice=0x100,
            iManufacturer=0, iProduct=0, iSerialNumber=0, bNumConfigurations=1,
            bus=1, address=5, port_number=1, port_numbers=(1,), speed=2,
        )  # fmt: skip

    def get_configuration_descriptor(self, dev: Any, config: int) -> Any:
        if config:
            raise IndexError(config)
        return SimpleNamespace(
            bLength=9, bDescriptorType=2, wTotalLength=32, bNumInterfaces=1, bConfigurationValue=1,
            iConfiguration=0, bmAttributes=0xC0, bMaxPower=1, extra_descriptors=b"",
        )  # fmt: skip

    def get_interface_descriptor(self, dev: Any, intf: int, alt: int, config: int) -> Any:
        if intf or alt or config:
            raise IndexError(intf)
        return SimpleNamespace(
            bLength=9, bDescriptorType=4, bInterfaceNumber=0, bAlternateSetting=0, bNumEndpoints=2,
            bInterfaceClass=7, bInterfaceSubClass=1, bInterfaceProtocol=2, iInterface=0, extra_descriptors=b"",
        )  # fmt: skip

    def get_endpoint_descriptor(self, dev: Any, ep: int, intf: int, alt: int, config: int) -> Any:
        address = (OUT, IN)[ep]
        return SimpleNamespace(
            bLength=7, bDescriptorType=5, bEndpointAddress=address, bmAttributes=BULK, wMaxPacketSize=64,
            bInterval=0, bRefresh=0, bSynchAddress=0, extra_descriptors=b"",
        )  # fmt: skip

    def open_device(self, dev: Any) -> Any:
        self._check_plug()
        return dev

    def close_device(self, dev_handle: Any) -> None:
        return None

    def get_configuration(self, dev_handle: Any) -> int:
        return 1

    def set_configuration(self, dev_handle: Any, config_value: int) -> None:
        return None

    def claim_interface(self, dev_handle: Any, intf: int) -> None:
        self._check_plug()
        if self.kernel_driver or intf in self.claimed:
            raise usb.core.USBError("Resource busy", -6, 16)
        self.claimed.add(intf)

    def release_interface(self, dev_handle: Any, intf: int) -> None:
        self.claimed.discard(intf)

    def is_kernel_driver_active(self, dev_handle: Any, intf: int) -> bool:
        self._check_plug()
        return self.kernel_driver

    def detach_kernel_driver(self, dev_handle: Any, intf: int) -> None:
        self.kernel_driver = False

    def bulk_write(self, dev_handle: Any, ep: int, intf: int, data: Any, timeout: int) -> int:
        self._check(intf)
        octets = bytes(data)
        asyncio.run_coroutine_threadsafe(self._hear(octets), self._loop).result()
        return len(octets)

    def bulk_read(self, dev_handle: Any, ep: int, intf: int, buff: Any, timeout: int) -> int:
        end = time.monotonic() + timeout / 1000
        while time.monotonic() < end:
            self._check(intf)
            if self._said:
                octets = bytes(self._said.popleft() for _ in range(min(len(self._said), len(buff))))
                buff[: len(octets)] = array.array("B", octets)
                return len(octets)
            time.sleep(PAUSE)
        raise usb.core.USBTimeoutError("Operation timed out", -7, 110)

    async def _hear(self, octets: bytes) -> None:
        self.take(octets, self._said.extend)

    def _check_plug(self) -> None:
        if self.paper is Paper.OFF:
            raise usb.core.USBError("No such device (it may have been disconnected)", -4, 19)

    def _check(self, intf: int) -> None:
        self._check_plug()
        if intf not in self.claimed:
            raise usb.core.USBError("Entity not found: the interface is not claimed", -5, 2)
