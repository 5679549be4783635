"""Time as the agent knows it, handed to all who need it."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    return datetime.now(UTC)


def milliseconds(moment: datetime) -> int:
    """Since 1970, as command ids want it."""
    return int(moment.timestamp() * 1000)
