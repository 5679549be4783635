"""What came in and waits for the door: questions and news first, behind them events, several at once."""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from samut_wire.topics import EVENTS

_EVENT_ENDINGS = tuple(f"/{kind}" for kind in EVENTS)


@dataclass(frozen=True, slots=True)
class Came:
    """A message as it came, and when, by the hub's clock. `taken` tells the broker that it may forget it."""

    topic: str
    payload: bytes
    at: datetime
    taken: Callable[[], object]

    @property
    def is_event(self) -> bool:
        return self.topic.endswith(_EVENT_ENDINGS)

    @property
    def sender(self) -> str:
        """The part of an event's topic that is the same for all of its device."""
        return self.topic.rpartition("/evt/")[0]


class Inbox:
    """Filled on the connection's thread, emptied on the door's. Nobody at a kiosk waits behind yesterday's events."""

    def __init__(self) -> None:
        self._first: deque[Came] = deque()
        self._events: deque[Came] = deque()
        self._news = threading.Condition()
        self._closed = False

    def put(self, came: Came) -> None:
        with self._news:
            (self._events if came.is_event else self._first).append(came)
            self._news.notify()

    def close(self) -> None:
        """What waits is left: the broker still has it."""
        with self._news:
            self._closed = True
            self._news.notify_all()

    def next(self, most: int) -> list[Came]:
        """One message that is no event, or up to `most` events in the order they came; empty when it was closed."""
        with self._news:
            self._news.wait_for(lambda: self._closed or self._first or self._events)
            if self._closed:
                return []
            if self._first:
                return [self._first.popleft()]
            return [self._events.popleft() for _ in range(min(most, len(self._events)))]

    @property
    def has_events(self) -> bool:
        return bool(self._events)
