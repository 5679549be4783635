"""Outputs that are on for a time. A thread of their own ends them, even when the event loop hangs."""

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from samut_edge.devices.running_part import AwayError

Output = TypeVar("Output", bound=str)


class Pulses(Generic[Output]):
    """`switch(output, on)` may raise AwayError: `failed` is told of it, on whichever thread it happened.

    Times are time.monotonic(). All methods return at once and may be called from any thread.
    """

    def __init__(self, switch: Callable[[Output, bool], None], failed: Callable[[AwayError], object]) -> None:
        self._switch, self._failed = switch, failed
        self._deadlines: dict[Output, float] = {}
        self._changed = threading.Condition()
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name="pulses", daemon=True)
        self._thread.start()

    def hold(self, output: Output, until: float) -> None:
        """On until then; what is on already stays on for the longer of the two."""
        with self._changed:
            self._set(output, True)
            self._deadlines[output] = max(until, self._deadlines.get(output, until))
            self._changed.notify()

    def end(self, output: Output) -> None:
        with self._changed:
            if self._deadlines.pop(output, None) is not None:
                self._set(output, False)

    def stop(self) -> None:
        """Everything off, and the thread gone."""
        with self._changed:
            self._stopped = True
            self._changed.notify()
        self._thread.join()
        for output in list(self._deadlines):
            self.end(output)

    def _run(self) -> None:
        with self._changed:
            while not self._stopped:
                now = time.monotonic()
                for output in [name for name, until in self._deadlines.items() if until <= now]:
                    self.end(output)
                self._changed.wait(self._until_next())

    def _until_next(self) -> float | None:
        if not self._deadlines:
            return None
        return max(0.0, min(self._deadlines.values()) - time.monotonic())

    def _set(self, output: Output, on: bool) -> None:
        try:
            self._switch(output, on)
        except AwayError as fault:
            self._failed(fault)
