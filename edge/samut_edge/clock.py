"""Time as the agent knows it, handed to all who need it.

A small computer without a battery clock begins in 1970, or where it was switched off, until the network tells it the
time. `TrueTime` tells whether the time is known: the kernel says that it is synchronised (adjtimex(2)), or the hub
has told it since the computer was switched on. What was seen before that can be put right afterwards, as the ticks
since then are known.
"""

import contextlib
import ctypes
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from samut_edge.durable import write_whole

Clock = Callable[[], datetime]

FILE = "clock.json"
FIRST = datetime(2026, 1, 1, tzinfo=UTC)
"""No computer ran this program before."""
STEADY = timedelta(seconds=2)
"""What the hub tells differs by the time that letters take; less than this changes nothing."""
LOOK_SECONDS = 5.0
KEPT_SECONDS = 3600.0
_STATUS, _UNSYNCHRONISED = slice(40, 44), 0x40
"""Where `status` stands in `struct timex` on 64-bit Linux, and its STA_UNSYNC."""


def utc_now() -> datetime:
    return datetime.now(UTC)


def milliseconds(moment: datetime) -> int:
    """Since 1970, as command ids want it."""
    return int(moment.timestamp() * 1000)


def kernel_is_synchronised() -> bool:
    """Whether something keeps the kernel's clock by the network's time."""
    timex = ctypes.create_string_buffer(512)
    if ctypes.CDLL(None, use_errno=True).adjtimex(timex) < 0:
        return False
    return not int.from_bytes(timex.raw[_STATUS], "little") & _UNSYNCHRONISED


def ticks() -> float:
    """Seconds since the computer was switched on, asleep or not; no clock that is set changes them."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def boot_of_kernel() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()


class _Kept(msgspec.Struct, frozen=True):
    """`began`: when the computer was switched on for this `boot`, as the hub told; `last`: the latest time known."""

    boot: str = ""
    began: datetime | None = None
    last: datetime = FIRST


class TrueTime:
    """Call it for the time. What the hub told outlives the agent, as long as the computer is not switched off."""

    def __init__(
        self,
        folder: Path,
        *,
        system: Clock = utc_now,
        ticks: Callable[[], float] = ticks,
        boot: str = "",
        is_synchronised: Callable[[], bool] = kernel_is_synchronised,
    ) -> None:
        self._file = folder / FILE
        self._system = system
        self._ticks = ticks
        self._is_synchronised = is_synchronised
        self._looked_at = self._kept_at = float("-inf")
        self._synchronised = False
        self._was_off = timedelta()
        self.boot = boot or boot_of_kernel()
        self._kept = self._read()
        self._began = self._kept.began if self._kept.boot == self.boot else None

    def __call__(self) -> datetime:
        if self._began is None or self.is_kept_by_kernel:
            return self._system()
        return self._began + timedelta(seconds=self._ticks())

    @property
    def is_kept_by_kernel(self) -> bool:
        """Looked at every few seconds."""
        now = self._ticks()
        if now - self._looked_at >= LOOK_SECONDS:
            self._looked_at, self._synchronised = now, self._is_synchronised()
        return self._synchronised

    @property
    def is_known(self) -> bool:
        return self._began is not None or self.is_kept_by_kernel

    @property
    def is_possible(self) -> bool:
        """Not before what was known already: an unknown time may still be good enough for a due date."""
        return self.is_known or self._system() >= self._kept.last

    @property
    def ticks(self) -> float:
        """To be kept with what happens while the time is not known."""
        return self._ticks()

    def at(self, ticks: float) -> datetime:
        """When that was, as far as is known now."""
        return self() - timedelta(seconds=self._ticks() - ticks)

    def learn(self, told: datetime) -> None:
        """The hub tells the time at this moment. A clock that agrees with it is right."""
        if self.is_kept_by_kernel:
            return
        own, before = self._system(), self()
        told = own if abs(told - own) <= STEADY else told
        began = told - timedelta(seconds=self._ticks())
        if self._began is None or abs(began - self._began) > STEADY:
            self._began, self._kept_at = began, float("-inf")
            self._was_off = told - before

    def righted(self, moment: datetime) -> datetime:
        """A moment of something that just happens, which may have been read before the time was learned."""
        right, now = moment + self._was_off, self()
        return right if abs(now - right) < abs(now - moment) else moment

    @property
    def is_to_be_kept(self) -> bool:
        """Once the time is known, and then every hour: memory cards wear out."""
        return self.is_known and self._ticks() - self._kept_at >= KEPT_SECONDS

    def keep(self) -> None:
        """Remember how late it is, for when the computer is switched on again. A full disk hinders nothing.
        The disk may take its time: this is done on a thread."""
        if self.is_known:
            self._kept_at = self._ticks()
            self._kept = _Kept(self.boot, self._began, max(self(), FIRST))
            with contextlib.suppress(OSError):
                write_whole(self._file, msgspec.json.encode(self._kept))

    def _read(self) -> _Kept:
        try:
            return msgspec.json.decode(self._file.read_bytes(), type=_Kept)
        except (OSError, msgspec.MsgspecError):
            return _Kept()
