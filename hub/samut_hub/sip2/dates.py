"""Dates of SIP2: `YYYYMMDD`, four characters for the zone, `HHMMSS`."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from samut_hub.era import common_era

_UNIVERSAL = "Z"


def moment_of(text: str, zone: str) -> datetime | None:
    """The moment in UTC, or None where there is none in the text.

    Blanks inside stand for zeros. Four blanks in the middle are the library's own time, a Z there is UTC; of other
    letters nobody knows what their senders mean, so they too are the library's time. 2569 is 2026.
    """
    if len(text) != 18 or not text.strip():
        return None
    digits = (text[:8] + text[12:]).replace(" ", "0")
    if not (digits.isascii() and digits.isdigit()):
        return None
    try:
        local = datetime.strptime(_of_our_era(digits), "%Y%m%d%H%M%S")  # noqa: DTZ007 — the zone follows
        return local.replace(tzinfo=UTC if text[8:12].strip() == _UNIVERSAL else ZoneInfo(zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def written(moment: datetime, zone: str) -> str:
    """The moment in the library's own time."""
    return moment.astimezone(ZoneInfo(zone)).strftime("%Y%m%d    %H%M%S")


def _of_our_era(digits: str) -> str:
    """Machines set to Thai often write years of the Buddhist Era."""
    return f"{common_era(int(digits[:4])):04d}{digits[4:]}"
