"""Who may work at the desk while the hub is away, as the hub last told it, and how often a PIN may be tried."""

import asyncio
import contextlib
import logging
import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

import msgspec

from samut_edge.clock import Clock
from samut_wire import messages as m
from samut_wire.pins import is_right_pin, pin_hash

T = TypeVar("T")
log = logging.getLogger(__name__)

MOST_FAILURES = 5
LOCKED_FOR = timedelta(minutes=5)
"""After so many wrong PINs nobody signs in for so long, whatever name was typed; a restart changes nothing."""


class PinRefusedError(Exception):
    """The name or the PIN is wrong, or too many were: then `until` says when it may be tried again."""

    def __init__(self, until: datetime | None = None) -> None:
        super().__init__("too many wrong PINs" if until else "wrong name or PIN")
        self.until = until


class DeskStaff:
    """Two small files beside the settings, for this user alone: the people, and the last wrong PINs."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._people_file, self._failures_file = folder / "desk-staff.json", folder / "desk-failures.json"
        self._clock = clock
        self._told = _read(self._people_file, m.StaffTold) or m.StaffTold(people=())
        self._failures: list[datetime] = _read(self._failures_file, list[datetime]) or []
        self._nobodys = pin_hash("no PIN has letters")
        self._turn = asyncio.Lock()

    @property
    def is_empty(self) -> bool:
        """Nobody of the library has a PIN, or the hub has not told yet."""
        return not self._told.people

    def told(self, staff: m.StaffTold) -> None:
        """These and nobody else; on the disk when this returns."""
        self._told = staff
        _write(self._people_file, staff)

    async def sign_in(self, username: str, pin: str) -> m.StaffAtDesk:
        """Who it is. Raises PinRefusedError. Takes as long for a name that is nobody's."""
        async with self._turn:
            self._check_failures()
            person = next((one for one in self._told.people if one.username == username.strip().lower()), None)
            is_right = await asyncio.to_thread(is_right_pin, pin, person.pin if person else self._nobodys)
            if person is None or not is_right:
                self._failures.append(self._clock())
                _write(self._failures_file, self._failures)
                raise PinRefusedError
            return person

    def _check_failures(self) -> None:
        """A clock that was set meanwhile lets nobody try earlier."""
        now = self._clock()
        self._failures = [at for at in self._failures if abs(now - at) < LOCKED_FOR]
        if len(self._failures) >= MOST_FAILURES:
            raise PinRefusedError(self._failures[-1] + LOCKED_FOR)


def _read(path: Path, kind: type[T]) -> T | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.MsgspecError) as error:
        log.warning("%s cannot be read (%s); the hub tells it again.", path, error)
        return None


def _write(path: Path, content: object) -> None:
    """Whole or not at all. A full disk keeps nobody from working with what is known."""
    part = path.with_suffix(".part")
    with contextlib.suppress(OSError):
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(msgspec.json.encode(content))
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
