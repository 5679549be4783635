"""The last lines of the log, kept in memory for the hub to ask for. Nobody's name or number is ever logged."""

import logging
from collections import deque
from collections.abc import Iterator

KEPT = 500
LONGEST_LINE = 2_000
MOST = 64_000
"""Characters that are told at one time."""
PART = 8_000
FORM = "%(asctime)s %(levelname)s %(name)s %(message)s"


class RecentLog(logging.Handler):
    """Keeps the last lines as they would stand in a file."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(logging.Formatter(FORM))
        self._lines: deque[str] = deque(maxlen=KEPT)

    def emit(self, record: logging.LogRecord) -> None:
        self._lines.append(self.format(record)[:LONGEST_LINE].replace("\0", ""))

    def parts(self, lines: int) -> list[str]:
        """The last lines, the oldest first, in parts that a message can carry; at least one, which may be empty."""
        wanted = list(self._lines)[-lines:] if lines else []
        text = "\n".join(wanted)[-MOST:]
        return list(_pieces(text)) or [""]


def _pieces(text: str) -> Iterator[str]:
    for start in range(0, len(text), PART):
        yield text[start : start + PART]


recent = RecentLog()
"""The one of this process: a log has one place, too."""
