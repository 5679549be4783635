"""What a scanner types: key presses become codes, by the position of the keys on a US keyboard.

The scanner's own setting must be a US keyboard; the computer's layout, and whether it is switched to Thai, does not
matter here. Key numbers are those of Linux (input-event-codes.h).
"""

from collections.abc import Iterator
from typing import NamedTuple

RELEASED, PRESSED = 0, 1
SHIFTS = frozenset({42, 54})
ENDS = frozenset({28, 96, 15})
"""Enter, the Enter of the number block, Tab: what scanners are set to send after a code."""

ROWS = (
    (2, "1234567890-=", "!@#$%^&*()_+"),
    (16, "qwertyuiop[]", "QWERTYUIOP{}"),
    (30, "asdfghjkl;'`", 'ASDFGHJKL:"~'),
    (43, "\\zxcvbnm,./", "|ZXCVBNM<>?"),
    (55, "*", "*"),
    (57, " ", " "),
    (71, "789-456+1230.", "789-456+1230."),
    (98, "/", "/"),
)
CHARACTERS = {first + at: pair for first, *both in ROWS for at, pair in enumerate(zip(*both, strict=True))}


class Pace(NamedTuple):
    """Seconds: a code ends after so long a silence; keys that come more slowly than `slowest` are a person's.

    `slowest` 0 takes everything, however slowly it was typed.
    """

    silence: float
    slowest: float


class TypedCode:
    """Hand it what the keys do, with the time at which they did it; it gives each code when it has ended."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._shifts: set[int] = set()
        self._begin()

    @property
    def is_pending(self) -> bool:
        return bool(self._times)

    def key(self, code: int, value: int, at: float) -> Iterator[str]:
        """`at` in seconds of any clock; none or one code, or two when a silence went before."""
        if code in SHIFTS:
            self._shift(code, value)
        elif value == PRESSED:
            if self._times and at - self._times[-1] > self._pace.silence:
                yield from self.silence()
            yield from self._press(code, at)

    def silence(self) -> Iterator[str]:
        """Nothing more was typed for a while: what was typed so far is the whole code."""
        text, is_scan = self._text, self._is_scan()
        self._begin()
        if text and is_scan:
            yield text

    def forget(self) -> None:
        """Keys were lost: what is left of this code is worthless."""
        self._shifts.clear()
        self._begin()

    def _begin(self) -> None:
        self._text = ""
        self._times: list[float] = []

    def _shift(self, code: int, value: int) -> None:
        if value == RELEASED:
            self._shifts.discard(code)
        else:
            self._shifts.add(code)

    def _press(self, code: int, at: float) -> Iterator[str]:
        self._times.append(at)
        if code in ENDS:
            yield from self.silence()
        elif code in CHARACTERS:
            self._text += CHARACTERS[code][bool(self._shifts)]

    def _is_scan(self) -> bool:
        gaps = len(self._times) - 1
        if not self._pace.slowest:
            return True
        return gaps > 0 and (self._times[-1] - self._times[0]) / gaps <= self._pace.slowest
