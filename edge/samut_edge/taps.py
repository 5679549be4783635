"""How long taps took, from the card seen by its driver to the relay on: a histogram that the fleet page draws."""

BOUNDS_MS = (1, 2, 5, 10, 15, 20, 30, 50, 100, 200, 500)
BEYOND = "more"


class TapTimes:
    """Counts by upper bound in milliseconds since the agent started."""

    def __init__(self) -> None:
        self._counts = dict.fromkeys((*map(str, BOUNDS_MS), BEYOND), 0)

    def note(self, nanoseconds: int) -> None:
        bound = next((str(bound) for bound in BOUNDS_MS if nanoseconds <= bound * 1_000_000), BEYOND)
        self._counts[bound] += 1

    def counts(self) -> dict[str, int]:
        """Only the bounds that were met."""
        return {bound: count for bound, count in self._counts.items() if count}
