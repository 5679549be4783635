"""USB devices made of a kernel's gadget functions, each at its own plug (dummy_hcd): plugged in and pulled out."""

import os
import select
import struct
import time
from pathlib import Path

CONFIG = Path("/sys/kernel/config/usb_gadget")
KEYBOARD = bytes.fromhex(
    "05010906a101050719e029e71500250175019508810295017508810395057501050819012905910295017503910395067508"
    "150025650507190029658100c0"
)
"""The boot keyboard's report descriptor: HID 1.11, appendix B.1."""

SHIFT = 0x02
USAGES = {**{chr(97 + n): (0, 4 + n) for n in range(26)}, **{chr(65 + n): (SHIFT, 4 + n) for n in range(26)}}
USAGES |= {digit: (0, 30 + n) for n, digit in enumerate("1234567890")}
USAGES |= {"\r": (0, 40), "-": (0, 45), "/": (0, 56), ".": (0, 55), " ": (0, 44), ":": (SHIFT, 51)}
"""Usages of the keys as they stand on a US keyboard: HID Usage Tables, page 7."""


class Gadget:
    """One USB device with one function. `plug` is the number of its socket."""

    def __init__(self, plug: int, vendor: int, product: int, *, name: str, serial: str = "") -> None:
        self._udc = f"dummy_udc.{plug}"
        self._folder = CONFIG / f"plug{plug}"
        words = self._folder / "strings" / "0x409"
        words.mkdir(parents=True)
        self._write("idVendor", f"{vendor:#06x}")
        self._write("idProduct", f"{product:#06x}")
        (words / "manufacturer").write_text("Samut bench")
        (words / "product").write_text(name)
        (words / "serialnumber").write_text(serial)
        (self._folder / "configs" / "c.1").mkdir()

    def _write(self, name: str, value: str) -> None:
        (self._folder / name).write_text(value)

    def has(self, function: str, **attributes: str | bytes) -> None:
        """The device's function, such as hid.scanner."""
        folder = self._folder / "functions" / function
        folder.mkdir()
        for name, value in attributes.items():
            (folder / name).write_bytes(value if isinstance(value, bytes) else value.encode())
        (self._folder / "configs" / "c.1" / function).symlink_to(folder)

    def plug_in(self) -> None:
        self._write("UDC", self._udc)

    def pull_out(self) -> None:
        self._write("UDC", "\n")


class UsbScanner(Gadget):
    """A bar code scanner that types like a keyboard."""

    def __init__(self, plug: int, vendor: int, product: int, *, name: str) -> None:
        super().__init__(plug, vendor, product, name=name)
        self.has("hid.scanner", protocol="1", subclass="1", report_length="8", report_desc=KEYBOARD)

    def scan(self, text: str) -> None:
        """The keys of `text` and Enter, a report each way for every key."""
        with Path("/dev/hidg0").open("wb", buffering=0) as keys:
            for letter in text + "\r":
                shift, usage = USAGES[letter]
                keys.write(struct.pack("8B", shift, 0, usage, *bytes(5)))
                keys.write(bytes(8))


class UsbSerial(Gadget):
    """A reader on a serial line of its own (CDC ACM)."""

    def __init__(self, plug: int, vendor: int, product: int, *, name: str, serial: str) -> None:
        super().__init__(plug, vendor, product, name=name, serial=serial)
        self.has("acm.reader")

    def send(self, frame: bytes) -> None:
        with Path("/dev/ttyGS0").open("wb", buffering=0) as line:
            line.write(frame)


class UsbPrinter(Gadget):
    """A slip printer of the USB printer class: what reaches it is kept, questions can be answered."""

    def __init__(self, plug: int, vendor: int, product: int, *, name: str, serial: str) -> None:
        super().__init__(plug, vendor, product, name=name, serial=serial)
        self.has("printer.slips", pnp_string="MFG:Samut;MDL:Bench;CLS:PRINTER;")
        self._line = -1

    def switch_on(self) -> None:
        """Plugged in, and greeted by the computer, which takes a moment."""
        end = time.monotonic() + 30
        while True:
            try:
                self._line = os.open("/dev/g_printer0", os.O_RDWR | os.O_NONBLOCK)
            except OSError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.05)
            else:
                return

    def switch_off(self) -> None:
        os.close(self._line)

    def take(self, seconds: float = 1.0) -> bytes:
        """What comes in until nothing came for so long."""
        came, end = b"", time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            readable, _, _ = select.select([self._line], [], [], left)
            if readable and (chunk := os.read(self._line, 8192)):
                came, end = came + chunk, time.monotonic() + seconds
        return came

    def answer(self, octets: bytes) -> None:
        os.write(self._line, octets)
