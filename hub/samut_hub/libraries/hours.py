"""Opening hours of a day as staff write them: “8.30-16.30”, “09:00–12:00, 13:00–18:00”, “๘.๐๐ - ๑๖.๐๐ น.”."""

import re
from collections.abc import Sequence
from datetime import time
from itertools import pairwise

from samut_rules.calendar import Span

_THAI_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
_CLOCK = r"(\d{1,2})(?:[.:](\d{2}))?"
_SPAN = re.compile(rf"{_CLOCK}(?:-|–|—|ถึง|to){_CLOCK}")
_MIDNIGHT = time(23, 59, 59)
"""24:00, as the last second of the day."""


class HoursError(ValueError):
    """No hours, or such that end before they begin or overlap."""


def read_hours(text: str) -> tuple[Span, ...]:
    """Nothing written is none stated. Raises HoursError."""
    plain = "".join(text.translate(_THAI_DIGITS).replace("น.", "").split())
    spans = tuple(_read_span(piece, text) for piece in plain.split(",") if piece)
    if any(after.opens <= before.closes for before, after in pairwise(spans)):
        raise HoursError(text)
    return spans


def written_hours(spans: Sequence[Span]) -> str:
    """As it is kept and shown: “08:30–16:30”."""
    return ", ".join(f"{_clock(span.opens)}–{_clock(span.closes)}" for span in spans)


def _read_span(piece: str, text: str) -> Span:
    found = _SPAN.fullmatch(piece)
    if found is None:
        raise HoursError(text)
    opens, closes = _time(found[1], found[2], text), _time(found[3], found[4], text)
    if closes <= opens:
        raise HoursError(text)
    return Span(opens, closes)


def _time(hours: str, minutes: str | None, text: str) -> time:
    if (int(hours), int(minutes or 0)) == (24, 0):
        return _MIDNIGHT
    try:
        return time(int(hours), int(minutes or 0))
    except ValueError:
        raise HoursError(text) from None


def _clock(at: time) -> str:
    return "24:00" if at == _MIDNIGHT else f"{at:%H:%M}"
