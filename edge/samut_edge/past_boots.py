"""When something happened that was noted without the time: only the boot and its ticks are known.

Of the present boot that tells the moment. What happened in an earlier one happened before the present one began; the
latest moment that fits is taken, so that the order of events stays what it was.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from samut_edge.clock import TrueTime


def moments(noted: Iterable[tuple[str, float]], clock: TrueTime) -> Iterator[datetime]:
    """`noted` are boot and ticks, the last that happened first; the answers come in the same order."""
    boot, ticks, moment = clock.boot, 0.0, clock.at(0)
    for noted_boot, noted_ticks in noted:
        if noted_boot == clock.boot:
            yield clock.at(noted_ticks)
            continue
        between = ticks - noted_ticks if noted_boot == boot else ticks
        moment -= timedelta(seconds=max(between, 0.0))
        boot, ticks = noted_boot, noted_ticks
        yield moment
