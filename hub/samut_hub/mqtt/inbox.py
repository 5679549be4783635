"""What came in and waits for the door: questions first, then by turns events and what devices say of themselves.

Of what a device says of itself only the newest counts, so that a fleet that reports every few seconds never has more
than one letter of each kind waiting for each device; of its questions, no more than people can ask.
"""

import threading
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from samut_wire.topics import EVENTS, ROOT, Kind

_EVENT_ENDINGS = tuple(f"/{kind}" for kind in EVENTS)
_NEWS_ENDINGS = tuple(f"/{kind}" for kind in (Kind.STATE, Kind.DESCRIPTION, Kind.HEALTH))
QUESTIONS_OF_ONE = 50
"""A device that asks more, unanswered, is not asking for people."""
IN_A_ROW = 20
"""Questions after which the others have a turn all the same."""


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
    def is_news(self) -> bool:
        """Whether the device says something of itself."""
        return self.topic.endswith(_NEWS_ENDINGS)

    @property
    def sender(self) -> str:
        """The device, as its topic names it."""
        return self.topic.removeprefix(f"{ROOT}/").partition("/")[0]


class Inbox:
    """Filled on the connection's thread, emptied on the door's. Nobody at a kiosk waits behind yesterday's events."""

    def __init__(self) -> None:
        self._questions: deque[Came] = deque()
        self._asked: Counter[str] = Counter()
        self._news: dict[str, Came] = {}
        self._events: deque[Came] = deque()
        self._row = 0
        self._events_next = True
        self._changed = threading.Condition()
        self._closed = False

    def put(self, came: Came) -> None:
        with self._changed:
            if came.is_event:
                self._events.append(came)
            elif came.is_news:
                self._put_news(came)
            elif self._asked[came.sender] < QUESTIONS_OF_ONE:
                self._asked[came.sender] += 1
                self._questions.append(came)
            else:
                came.taken()
            self._changed.notify()

    def close(self) -> None:
        """What waits is left: the broker still has it."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def next(self, most: int) -> list[Came]:
        """One question, or up to `most` events or news in the order they came; empty when it was closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._questions or self._news or self._events)
            if self._closed:
                return []
            if self._questions and (self._row < IN_A_ROW or not (self._news or self._events)):
                self._row += 1
                return [self._question()]
            self._row = 0
            self._events_next = not self._events_next if self._news and self._events else bool(self._events)
            if self._events_next:
                return [self._events.popleft() for _ in range(min(most, len(self._events)))]
            return [self._news.pop(topic) for topic in list(self._news)[:most]]

    @property
    def is_busy(self) -> bool:
        """Whether there is more to write."""
        return bool(self._events or self._news)

    def _put_news(self, came: Came) -> None:
        """The newest takes the place of the one before, at the end."""
        before = self._news.pop(came.topic, None)
        if before is not None:
            before.taken()
        self._news[came.topic] = came

    def _question(self) -> Came:
        came = self._questions.popleft()
        self._asked[came.sender] -= 1
        if not self._asked[came.sender]:
            del self._asked[came.sender]
        return came
