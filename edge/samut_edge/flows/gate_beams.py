"""Two light beams across a way: who breaks the outer one first comes in. Pure.

A person is one complete pass: both beams broken and both free again, out at the other side. Who turns back, or sways
in a beam, is nobody. People who touch one another while they pass are one.
"""

from dataclasses import dataclass, replace

from samut_edge.events import Direction, Input

LONGEST_PASS = 15.0
"""Seconds; what breaks a beam for longer is a bag or a fault, and no person."""
_PLACES = {(False, False): 0, (True, False): 1, (True, True): 2, (False, True): 3}
_WHOLE_WAY = 4


@dataclass(frozen=True, slots=True)
class Beams:
    """`way` is how far somebody has come: 4 is through inwards, -4 outwards. `since`: when the first beam broke."""

    outer: bool = False
    inner: bool = False
    way: int = 0
    since: float | None = None

    @property
    def heading(self) -> Direction | None:
        """Where whoever stands in the beams came to go."""
        if self.way == 0:
            return None
        return "in" if self.way > 0 else "out"


def broken_or_free(beams: Beams, beam: Input, active: bool, moment: float) -> tuple[Beams, Direction | None]:
    """One beam changed; and the direction of the person who has passed with it."""
    changed = replace(beams, outer=active) if beam is Input.BEAM_OUTER else replace(beams, inner=active)
    if changed == beams:
        return beams, None
    way = beams.way + _step(_PLACES[beams.outer, beams.inner], _PLACES[changed.outer, changed.inner])
    if not (changed.outer or changed.inner):
        return Beams(), _through(way, beams.since, moment)
    return replace(changed, way=way, since=beams.since if beams.since is not None else moment), None


def _step(before: int, after: int) -> int:
    """The four places lie in a ring; one beam at a time changes, so a step is one forward or one back."""
    return 1 if (after - before) % _WHOLE_WAY == 1 else -1


def _through(way: int, since: float | None, moment: float) -> Direction | None:
    if since is None or moment - since > LONGEST_PASS or abs(way) != _WHOLE_WAY:
        return None
    return "in" if way > 0 else "out"
