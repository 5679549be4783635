"""The order of a device's events: none goes before an older one that could not be carried out for a moment.

A device that gets no confirmation sends all that waits again, oldest first, at the latest after ten seconds.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

LIMIT = timedelta(minutes=10)
"""So long others wait for one that does not come again; and so long one is tried that fails where others do not."""


@dataclass(slots=True)
class _Failed:
    """The event that a device's others wait for: when it failed first, and when last."""

    id: str
    first: datetime
    last: datetime


class Turns:
    """For one thread. After a restart of the hub nothing waits."""

    def __init__(self) -> None:
        self._failed: dict[str, _Failed] = {}
        self._worked = datetime.min.replace(tzinfo=UTC)

    def must_wait(self, device: str, event_id: str, now: datetime) -> bool:
        """Whether another event of the device comes first. One that has not come again for long is lost: the device
        was set up anew, perhaps."""
        failed = self._failed.get(device)
        if failed is None or failed.id == event_id:
            return False
        if now - failed.last < LIMIT:
            return True
        del self._failed[device]
        return False

    def note_failure(self, device: str, event_id: str, now: datetime) -> None:
        """It was not confirmed: the device's others wait for it."""
        self._failed.setdefault(device, _Failed(event_id, first=now, last=now)).last = now

    def note_end(self, device: str) -> None:
        """The event whose turn it was needs nothing more."""
        self._failed.pop(device, None)

    def note_success(self, now: datetime) -> None:
        """The database is there: something of whichever device was carried out."""
        self._worked = now

    def is_hopeless(self, device: str, event_id: str) -> bool:
        """Whether the event has failed for long, and the database was not away."""
        failed = self._failed.get(device)
        return failed is not None and failed.id == event_id and self._worked - failed.first >= LIMIT
