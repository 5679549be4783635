"""Scanners that type like a keyboard, read from the kernel (evdev) and kept from typing anywhere else.

Grabbed: what is scanned reaches no browser, no login prompt and no second program.
"""

import asyncio
import contextlib
import errno
import os
import re
import time
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, TypeAlias

import evdev
import msgspec
from evdev import ecodes

from samut_edge.devices.options import Options, read_options
from samut_edge.devices.part import Emit, PartKind, PartState
from samut_edge.devices.running_part import AwayError, RunningPart
from samut_edge.devices.typed_code import Pace, TypedCode
from samut_edge.events import CodeScanned

KIND = PartKind.SCANNER

DEVICE = re.compile(r"([0-9A-Fa-f]{4}):([0-9A-Fa-f]{4})")
KEYS_OF_A_SCANNER = {ecodes.KEY_1, ecodes.KEY_A, ecodes.KEY_ENTER}
Device: TypeAlias = "evdev.InputDevice[str]"
Milliseconds = Annotated[int, msgspec.Meta(ge=0, le=2000)]


class ScannerOptions(Options, frozen=True):
    """Found by `device` (vendor:product as lsusb shows it) or by `path` (a link in /dev/input/by-id).

    A code ends with Enter, Tab, or `silence_ms` without a key. Keys that come on average more slowly than
    `slowest_key_ms`, and single keys, are a person's and are ignored; 0 takes everything.
    """

    device: str = ""
    path: str = ""
    silence_ms: Annotated[int, msgspec.Meta(ge=5, le=2000)] = 50
    slowest_key_ms: Milliseconds = 30

    def __post_init__(self) -> None:
        if bool(self.device) == bool(self.path):
            raise ValueError("give either `device` or `path`")
        if self.device and not DEVICE.fullmatch(self.device):
            raise ValueError("`device` must look like 0c2e:0200 (lsusb shows it)")


class EvdevScanner(RunningPart):
    def __init__(self, name: str, options: ScannerOptions, emit: Emit) -> None:
        super().__init__(name, emit)
        self._options = options
        self._silence = options.silence_ms / 1000
        self._typed = TypedCode(Pace(self._silence, options.slowest_key_ms / 1000))
        self._end: asyncio.TimerHandle | None = None

    async def _work(self) -> None:
        device = await asyncio.to_thread(_grab, self._options)
        try:
            self._typed.forget()
            self._became(PartState.READY, f"{device.name}, {_path(device)}")
            await self._until_lost(device)
        finally:
            self._stop_waiting()
            device.close()

    async def _until_lost(self, device: Device) -> None:
        loop = asyncio.get_running_loop()
        lost: asyncio.Future[None] = loop.create_future()

        def readable() -> None:
            try:
                self._take_in(_read(device), time.perf_counter_ns())
            except AwayError as error:
                loop.remove_reader(device.fd)
                lost.set_exception(error)

        loop.add_reader(device.fd, readable)
        try:
            await lost
        finally:
            loop.remove_reader(device.fd)

    def _take_in(self, events: list[evdev.InputEvent], seen_ns: int) -> None:
        self._stop_waiting()
        for event in events:
            if event.type == ecodes.EV_SYN and event.code == ecodes.SYN_DROPPED:
                self._typed.forget()
            elif event.type == ecodes.EV_KEY:
                self._tell(self._typed.key(event.code, event.value, event.timestamp()), seen_ns)
        if self._typed.is_pending:
            self._end = asyncio.get_running_loop().call_later(self._silence, self._silent, seen_ns)

    def _silent(self, seen_ns: int) -> None:
        self._end = None
        self._tell(self._typed.silence(), seen_ns)

    def _tell(self, codes: Iterator[str], seen_ns: int) -> None:
        for text in codes:
            self._told(text, seen_ns)

    def _told(self, text: str, seen_ns: int) -> None:
        """A whole code was typed."""
        self._emit(CodeScanned(self.name, text, seen_ns))

    def _stop_waiting(self) -> None:
        if self._end is not None:
            self._end.cancel()
            self._end = None


def _read(device: Device) -> list[evdev.InputEvent]:
    """Raises AwayError when the scanner was pulled out (ENODEV, or a line that is ready with nothing to read)."""
    try:
        events = list(device.read())
    except BlockingIOError:
        return []
    except OSError as error:
        raise AwayError(f"{_path(device)} was lost: {error.strerror}") from error
    if not events:
        raise AwayError(f"{_path(device)} was lost: it hung up")
    return events


def _grab(options: ScannerOptions) -> Device:
    """The first that fits and that nobody else holds: two alike scanners serve two parts."""
    trouble = f"no scanner {options.device} is plugged in"
    for device in _candidates(options):
        try:
            device.grab()
        except OSError as error:
            trouble = _why_not(device, error)
            device.close()
        else:
            return device
    raise AwayError(trouble)


def _candidates(options: ScannerOptions) -> Iterator[Device]:
    if options.path:
        yield _open(options.path)
        return
    for path in evdev.list_devices():
        with contextlib.suppress(AwayError):  # another one of this computer, pulled out just now
            device = _open(path)
            if _is(device, options.device):
                yield device
            else:
                device.close()


def _open(path: str) -> Device:
    try:
        return evdev.InputDevice(path)
    except OSError as error:
        raise AwayError(f"{path} cannot be opened: {error.strerror}") from error


def _path(device: Device) -> str:
    return os.fsdecode(device.path)


def _is(device: Device, wanted: str) -> bool:
    """Scanners show further interfaces under the same numbers; the one that types has the keys."""
    if f"{device.info.vendor:04x}:{device.info.product:04x}" != wanted.lower():
        return False
    return set(device.capabilities().get(ecodes.EV_KEY, ())) >= KEYS_OF_A_SCANNER


def _why_not(device: Device, error: OSError) -> str:
    if error.errno == errno.EBUSY:
        return f"{device.name}, {_path(device)} is held by another program; end that program"
    return f"{_path(device)} cannot be held: {error.strerror}"


def create(name: str, options: Mapping[str, Any], emit: Emit) -> EvdevScanner:
    return EvdevScanner(name, read_options(name, options, ScannerOptions), emit)
