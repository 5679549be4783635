"""Outputs that are on for a time. A thread of their own ends them, even when the event loop hangs."""

import math
import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from samut_edge.devices.running_part import AwayError

Output = TypeVar("Output", bound=str)

EVER = math.inf


class Pulses(Generic[Output]):
    """`switch(output, on)` may raise AwayError: `failed` is told of it, on whichever thread it happened.

    An output may be on for several reasons (`why`), each with its own end; it is on until the last of them is over.
    Times are time.monotonic(). All methods return at once and may be called from any thread.
    """

    def __init__(self, switch: Callable[[Output, bool], None], failed: Callable[[AwayError], object]) -> None:
        self._switch, self._failed = switch, failed
        self._deadlines: dict[Output, dict[str, float]] = {}
        self._changed = threading.Condition()
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name="pulses", daemon=True)
        self._thread.start()

    def hold(self, output: Output, until: float, why: str = "") -> None:
        """On until then (EVER: until it is ended); what is on already stays on for the longer of the two."""
        with self._changed:
            self._set(output, True)
            reasons = self._deadlines.setdefault(output, {})
            reasons[why] = max(until, reasons.get(why, until))
            self._changed.notify()

    def end(self, output: Output, why: str = "") -> None:
        """This reason is over; others go on."""
        with self._changed:
            reasons = self._deadlines.get(output, {})
            if reasons.pop(why, None) is not None and not reasons:
                del self._deadlines[output]
                self._set(output, False)

    def stop(self) -> None:
        """Everything off, and the thread gone."""
        with self._changed:
            self._stopped = True
            self._changed.notify()
        self._thread.join()
        for output, reasons in list(self._deadlines.items()):
            for why in list(reasons):
                self.end(output, why)

    def _run(self) -> None:
        with self._changed:
            while not self._stopped:
                for output, why in self._over(time.monotonic()):
                    self.end(output, why)
                self._changed.wait(self._until_next())

    def _over(self, now: float) -> list[tuple[Output, str]]:
        ends = ((output, why, until) for output, reasons in self._deadlines.items() for why, until in reasons.items())
        return [(output, why) for output, why, until in ends if until <= now]

    def _until_next(self) -> float | None:
        ends = [until for reasons in self._deadlines.values() for until in reasons.values() if until < EVER]
        return max(0.0, min(ends) - time.monotonic()) if ends else None

    def _set(self, output: Output, on: bool) -> None:
        try:
            self._switch(output, on)
        except AwayError as fault:
            self._failed(fault)
