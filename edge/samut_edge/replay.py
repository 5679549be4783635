"""In which order and how many at once the events of the outbox go out over one connection."""

from samut_edge.outbox import Outbox, Waiting

WINDOW = 64
"""Events on their way without an answer."""
FIRST_PATIENCE, PATIENCE = 1.0, 10.0
"""Seconds without any confirmation after which the events on their way are sent again: at first, and at most."""


class Replay:
    """What goes out next, oldest first. `now` is in seconds of a steady clock.

    A broker that was restarted has forgotten the hub, and drops what comes before the hub is there again. What came
    after that would overtake it. So only the oldest event goes out, again and again, until the hub confirms one.
    """

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox
        self._sent_up_to = 0
        self._window = 1
        self._patience = FIRST_PATIENCE
        self._since = 0.0

    def due(self, now: float) -> list[Waiting]:
        """What is to be sent at this moment; it counts as sent."""
        on_the_way = self._on_the_way()
        if on_the_way and now - self._since >= self._patience:
            self._sent_up_to, self._patience, on_the_way = 0, min(2 * self._patience, PATIENCE), 0
        found = self._outbox.waiting(after=self._sent_up_to, limit=self._window - on_the_way)
        if found:
            self._sent_up_to = found[-1].seq
            self._since = self._since if on_the_way else now
        return found

    def confirmed(self, now: float) -> None:
        """The hub is there, and the broker keeps for it what comes."""
        self._window, self._patience, self._since = WINDOW, PATIENCE, now

    def seconds(self, now: float) -> float | None:
        """How long to wait for a confirmation; None where nothing is on its way."""
        return max(0.0, self._since + self._patience - now) if self._on_the_way() else None

    def _on_the_way(self) -> int:
        return sum(1 for waiting in self._outbox.waiting(limit=WINDOW) if waiting.seq <= self._sent_up_to)
