"""A virtual scanner that types like a keyboard: a device of umockdev, which a preloaded library shows to programs.

Only programs that were started by `umockdev-wrapper` see it. It differs from a kernel's device in two points: a
second program may hold it, too, and one that was pulled out hangs up instead of answering ENODEV.
"""

import asyncio
import ctypes
import os
import select
import struct
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from samut_edge.devices.typed_code import CHARACTERS
from samut_edge.errors import SettingsError
from samut_edge.virtual.faults import BenchError
from samut_edge.virtual.own_folder import own_folder

SHIFT, ENTER = 42, 28
EV_SYN, EV_KEY, EV_MSC, EV_REP = 0, 1, 4, 20
CODES = {
    character: (code, bool(shifted))
    for code, pair in reversed(CHARACTERS.items())
    for shifted, character in reversed(list(enumerate(pair)))
}
FIRST_NUMBER = 20
EVENT_OCTETS = 24
MOST_AT_ONCE = 80 * EVENT_OCTETS
READ_SECONDS = 3.0
PRELOADED = "libumockdev-preload"


def is_preloaded() -> bool:
    """This process was started by umockdev-wrapper."""
    return PRELOADED in Path("/proc/self/maps").read_text("utf-8")


class KeyScanner:
    """`vendor` and `product` are what lsusb would show. Each plugging in gives it another number, as kernels do."""

    def __init__(self, name: str, device: str, changed: Callable[[], None] = lambda: None) -> None:
        self._name, self._changed = name, changed
        self._vendor, self._product = (int(number, 16) for number in device.split(":"))
        self._library = _umockdev()
        self._bed = self._library.umockdev_testbed_new()
        self._number = FIRST_NUMBER
        self._line: int | None = None

    @property
    def is_plugged_in(self) -> bool:
        return self._line is not None

    @property
    def path(self) -> str:
        return f"/dev/input/event{self._number}"

    @property
    def environment(self) -> dict[str, str]:
        """For a child process that shall see this scanner."""
        return {"LD_PRELOAD": f"{PRELOADED}.so.0", "UMOCKDEV_DIR": self._root}

    def plug_in(self) -> None:
        if self._line is None:
            self._number += 1
            answers = own_folder() / "scanner.ioctl"
            answers.write_text(self._answers(), "ascii")
            self._library.umockdev_testbed_add_from_string(self._bed, self._description().encode(), None)
            self._library.umockdev_testbed_load_ioctl(self._bed, self.path.encode(), bytes(answers), None)
            self._line = self._library.umockdev_testbed_get_dev_fd(self._bed, self.path.encode())
            self._far_end = os.open(Path(f"{self._root}{self.path}").readlink(), os.O_RDWR | os.O_NOCTTY)
            self._changed()

    def unplug(self) -> None:
        if self._line is not None:
            os.close(self._far_end)
            os.close(self._line)
            self._line = None
            self._library.umockdev_testbed_remove_device(self._bed, f"/sys{self._place}".encode())
            for left_over in Path(self._root, "dev", ".ptymap").iterdir():
                left_over.unlink()  # the next terminal may get the same number
            self._changed()

    async def scan(self, text: str, *, end: int | None = ENTER) -> None:
        """As fast as a scanner types. Raises BenchError for what cannot be typed on a US keyboard."""
        events = _typed([*keys_of(text), *([] if end is None else [end])])
        for start in range(0, len(events), MOST_AT_ONCE):
            await self._was_read()
            self.write(events[start : start + MOST_AT_ONCE])

    def press(self, keys: Iterable[int]) -> None:
        """A few keys one after the other; negative: let go of that key (shift) instead of typing it."""
        self.write(_typed(keys))

    async def _was_read(self) -> None:
        """The line holds 4096 octets, which are no whole number of events; a kernel's device never cuts one up."""
        try:
            async with asyncio.timeout(READ_SECONDS):
                while self._line is not None and select.select([self._far_end], [], [], 0)[0]:
                    await asyncio.sleep(0.002)
        except TimeoutError as error:
            raise BenchError("ไม่มีโปรแกรมอ่านเครื่องสแกนนี้", "Nobody reads this scanner.") from error

    def write(self, events: bytes) -> None:
        """What the kernel would hand on, as it is."""
        if self._line is None:
            raise BenchError("อุปกรณ์ถูกถอดสายอยู่", "The device is unplugged.")
        os.write(self._line, events)

    def put_away(self) -> None:
        """Afterwards it is gone for good, with its temporary folder."""
        self.unplug()
        if self._bed:
            self._library.g_object_unref(self._bed)
            self._bed = None

    @property
    def _root(self) -> str:
        folder: bytes = self._library.umockdev_testbed_get_root_dir(self._bed)
        return folder.decode()

    @property
    def _place(self) -> str:
        return f"/devices/platform/usb1/1-1/1-1:1.0/input/input{self._number}/event{self._number}"

    def _description(self) -> str:
        return (
            f"P: {self._place}\nN: input/event{self._number}\nE: DEVNAME={self.path}\nE: ID_INPUT_KEYBOARD=1\n"
            f"E: MAJOR=13\nE: MINOR={64 + self._number}\nE: SUBSYSTEM=input\nA: dev=13:{64 + self._number}\n"
            f"L: device=../../input{self._number}\n\n"
        )

    def _answers(self) -> str:
        """What the kernel answers to the questions of python-evdev, whose sizes must fit exactly."""
        name = self._name.encode()
        numbers = struct.pack("<4H", 3, self._vendor, self._product, 0x110)
        return (
            f"@DEV {self.path}\nEVIOCGVERSION 0 01000100\nEVIOCGID 0 {_hex(numbers)}\n"
            f"EVIOCGNAME(0) {len(name) + 1} {_hex(name.ljust(256, bytes(1)))}\n"
            f"EVIOCGPHYS(0) 1 {_hex(bytes(256))}\n"
            f"EVIOCGBIT(0) 8 {_bits((EV_SYN, EV_KEY, EV_MSC, EV_REP), 4)}\n"
            f"EVIOCGBIT(1) 96 {_bits((SHIFT, ENTER, *CHARACTERS), 96)}\n"
            f"EVIOCGBIT(4) 8 {_bits((4,), 96)}\nEVIOCGBIT(20) 8 {_bits((0, 1), 96)}\n"
            "EVIOCGREP 0 FA00000021000000\nEVIOCGEFFECTS 0 00000000\n"
        )


def keys_of(text: str) -> list[int]:
    """The keys of a US keyboard for this text; a negative one is let go."""
    keys: list[int] = []
    for character in text:
        if character not in CODES:
            raise BenchError(
                f"เครื่องสแกนแบบแป้นพิมพ์ส่งอักขระ “{character}” ไม่ได้",
                f"A scanner that types like a keyboard cannot send “{character}”.",
            )
        key, shifted = CODES[character]
        keys += [SHIFT, key, -SHIFT] if shifted else [key]
    return keys


def _typed(keys: Iterable[int]) -> bytes:
    """A millisecond apart."""
    now = time.time()
    return b"".join(_moves(key, now + number / 1000) for number, key in enumerate(keys))


def _moves(key: int, at: float) -> bytes:
    if key < 0:
        return _event(at, EV_KEY, -key, 0) + _event(at, EV_SYN, 0, 0)
    down = _event(at, EV_KEY, key, 1) + _event(at, EV_SYN, 0, 0)
    return down if key == SHIFT else down + _event(at, EV_KEY, key, 0) + _event(at, EV_SYN, 0, 0)


def _event(at: float, kind: int, code: int, value: int) -> bytes:
    """struct input_event."""
    return struct.pack("@llHHi", int(at), int(at % 1 * 1_000_000), kind, code, value)


def _bits(numbers: Iterable[int], length: int) -> str:
    field = bytearray(length)
    for number in numbers:
        field[number // 8] |= 1 << number % 8
    return _hex(bytes(field))


def _hex(octets: bytes) -> str:
    return octets.hex().upper()


def _umockdev() -> Any:
    try:
        library = ctypes.CDLL("libumockdev.so.0")
    except OSError:
        raise SettingsError("A virtual keyboard scanner needs the Debian package umockdev. Install it.") from None
    library.umockdev_testbed_new.restype = ctypes.c_void_p
    library.umockdev_testbed_get_root_dir.restype = ctypes.c_char_p
    bed, text = ctypes.c_void_p, ctypes.c_char_p
    library.umockdev_testbed_get_root_dir.argtypes = [bed]
    library.umockdev_testbed_add_from_string.argtypes = [bed, text, ctypes.c_void_p]
    library.umockdev_testbed_load_ioctl.argtypes = [bed, text, text, ctypes.c_void_p]
    library.umockdev_testbed_get_dev_fd.argtypes = [bed, text]
    library.umockdev_testbed_remove_device.argtypes = [bed, text]
    library.g_object_unref.argtypes = [bed]
    return library
