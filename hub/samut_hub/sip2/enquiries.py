"""When machines last asked about members: who pays at a machine was asked about first, so that its screen can show
what is owed.

Kept in memory, by account: a payment that comes without such a question, also after the hub was started anew, is one
that the machine tells of later.
"""

from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock

MOST = 5_000
"""Members who are remembered; of more, those asked about longest ago are forgotten."""


@dataclass(frozen=True, slots=True)
class Enquiry:
    """`said` is the transaction date as the machine wrote it, `heard` the hub's own time."""

    said: str
    heard: datetime


@dataclass(frozen=True, slots=True)
class Enquiries:
    """By account and patron identifier, the latest last."""

    _latest: dict[tuple[int, str], Enquiry] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def note(self, account_id: int, patron: str, enquiry: Enquiry) -> None:
        with self._lock:
            self._latest.pop((account_id, patron), None)
            self._latest[account_id, patron] = enquiry
            if len(self._latest) > MOST:
                del self._latest[next(iter(self._latest))]

    def last(self, account_id: int, patron: str) -> Enquiry | None:
        return self._latest.get((account_id, patron))
