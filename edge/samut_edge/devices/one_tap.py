"""A card that is held to a reader is one tap, however often the reader says that it is there."""

AWAY_NS = 600_000_000
"""A card of which nothing was heard for so long has left the reader."""


class OneTap:
    def __init__(self) -> None:
        self._card, self._heard_ns = "", 0

    def is_new(self, card: str, seen_ns: int) -> bool:
        """Ask it each time the reader says so."""
        is_same, last_ns = card == self._card, self._heard_ns
        self._card, self._heard_ns = card, seen_ns
        return not is_same or seen_ns - last_ns > AWAY_NS
