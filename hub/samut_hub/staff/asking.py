"""What issuers say of themselves, kept in memory: whoever opens a page of signing in makes the hub ask for it."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

LASTS, FAILURE_LASTS = 3600.0, 15.0
"""Seconds after which it is asked anew."""
WAIT = 1.0
"""Seconds that one request waits for what another is asking already."""


class BusyError(Exception):
    """Another request has been asking this address for long."""


@dataclass(frozen=True, slots=True)
class _Answer:
    told: dict[str, Any] | Exception
    at: float

    def is_good(self, for_seconds: float) -> bool:
        lasts = FAILURE_LASTS if isinstance(self.told, Exception) else for_seconds
        return time.monotonic() - self.at < lasts


@dataclass(slots=True)
class _Place:
    lock: threading.Lock = field(default_factory=threading.Lock)
    answer: _Answer | None = None

    def fresh(self, for_seconds: float) -> _Answer | None:
        return self.answer if self.answer is not None and self.answer.is_good(for_seconds) else None


class Kept:
    """Answers by address, each asked by one request at a time; a failure is kept for some seconds as well."""

    def __init__(self) -> None:
        self._places: dict[str, _Place] = {}

    def get(
        self, address: str, ask: Callable[[str], dict[str, Any]], *, for_seconds: float = LASTS
    ) -> dict[str, Any]:
        """Not older than `for_seconds`. Raises what `ask` raised, or BusyError."""
        place = self._places.setdefault(address, _Place())
        answer = place.fresh(for_seconds) or _asked(place, address, ask, for_seconds)
        if isinstance(answer.told, Exception):
            raise answer.told.with_traceback(None)
        return answer.told

    def forget(self) -> None:
        self._places.clear()


def _asked(place: _Place, address: str, ask: Callable[[str], dict[str, Any]], for_seconds: float) -> _Answer:
    if not place.lock.acquire(timeout=WAIT):
        raise BusyError(address)
    try:
        answer = place.fresh(for_seconds)
        if answer is None:
            answer = place.answer = _Answer(_told(address, ask), time.monotonic())
        return answer
    finally:
        place.lock.release()


def _told(address: str, ask: Callable[[str], dict[str, Any]]) -> dict[str, Any] | Exception:
    try:
        return ask(address)
    except Exception as error:  # noqa: BLE001 — raised to everybody who asks in the next seconds
        return error
