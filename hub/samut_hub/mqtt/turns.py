"""The order of a device's events: none goes before an older one that could not be carried out for a moment.

A device that gets no confirmation sends all that waits again, oldest first, at the latest after ten seconds; over a
new connection only its oldest, until that is confirmed. Moments are in seconds of a steady clock.
"""

import math
from dataclasses import dataclass

LIMIT = 600.0
"""Seconds: so long others wait for one that does not come again; and so long one is tried that fails where others
do not."""
SILENCE = 60.0
"""Seconds without a try of the event, or without a success of anybody: what failed before them counts no more."""


@dataclass(slots=True)
class _Failed:
    """The event that a device's others wait for: since when it has failed while the database worked, and when last.

    `others_wait` until the device comes anew: what it sends then is its oldest, whichever that is.
    """

    id: str
    first: float
    last: float
    others_wait: bool = True


class Turns:
    """For one thread. After a restart of the hub nothing waits: docs/wire.md tells what that may mean."""

    def __init__(self) -> None:
        self._failed: dict[str, _Failed] = {}
        self._connections: dict[str, str] = {}
        self._worked = -math.inf

    def must_wait(self, device: str, event_id: str, now: float) -> bool:
        """Whether another event of the device comes first. One that has not come again for long is lost: the device
        was set up anew, perhaps."""
        failed = self._failed.get(device)
        if failed is None or failed.id == event_id or not failed.others_wait:
            return False
        if now - failed.last < LIMIT:
            return True
        del self._failed[device]
        return False

    def note_connection(self, device: str, state_id: str) -> None:
        """The device says that it came. To a hub that comes itself the broker repeats that: then it is not new."""
        is_new = self._connections.get(device) != state_id
        self._connections[device] = state_id
        if is_new and device in self._failed:
            self._failed[device].others_wait = False

    def note_failure(self, device: str, event_id: str, now: float) -> None:
        """It was not confirmed: the device's others wait for it."""
        failed = self._failed.get(device)
        first = failed.first if failed is not None and self._fails_on(failed, event_id, now) else now
        self._failed[device] = _Failed(event_id, first, last=now)

    def note_end(self, device: str) -> None:
        """The event whose turn it was needs nothing more."""
        self._failed.pop(device, None)

    def note_success(self, now: float) -> None:
        """The database is there: something of whichever device was carried out."""
        self._worked = now

    def is_hopeless(self, device: str, event_id: str, now: float) -> bool:
        """Whether the event, which fails now, has failed again and again for long while others were carried out."""
        failed = self._failed.get(device)
        return failed is not None and self._fails_on(failed, event_id, now) and now - failed.first >= LIMIT

    def _fails_on(self, failed: _Failed, event_id: str, now: float) -> bool:
        return failed.id == event_id and now - failed.last < SILENCE and now - self._worked < SILENCE
