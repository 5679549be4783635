"""Server-sent events: a page that stays open and hears of changes.

A stream holds a thread of the server, so only half of them may stream, and of one browser two for each kind of page;
further pages stay as they were loaded.
"""

import threading
from collections import Counter
from collections.abc import Iterator

from flask import Flask, Response, current_app, request, session, stream_with_context

_SECONDS_TO_RETRY = 3
EACH = 2
"""The page that is open, and the one that takes its place, before the first is known to have gone."""


class Browsers:
    """How many streams each has open, by kind of page."""

    def __init__(self) -> None:
        self._open, self._lock = Counter[str](), threading.Lock()

    def begin(self, who: str) -> bool:
        """False when this one has as many as anybody may have."""
        with self._lock:
            may = self._open[who] < EACH
            self._open[who] += may
            return may

    def end(self, who: str) -> None:
        with self._lock:
            self._open[who] -= 1
            self._open += Counter()  # without those that have none


def event(name: str, html: str) -> str:
    """One event; every line of its content needs its own field (HTML standard, section 9.2.5)."""
    lines = "".join(f"data: {line}\n" for line in html.splitlines() if line.strip())
    return f"event: {name}\n{lines}\n"


def stream(events: Iterator[str]) -> Response:
    """The answer that sends these events; 503 when too many streams are open already."""
    seats: threading.BoundedSemaphore = current_app.extensions["samut_streams"]
    browsers: Browsers = current_app.extensions["samut_streaming_browsers"]
    who = f"{request.endpoint} {session.get('token', '')}"
    if not browsers.begin(who):
        return _full()
    if not seats.acquire(blocking=False):
        browsers.end(who)
        return _full()
    answer = Response(stream_with_context(_with_retry(events)), mimetype="text/event-stream")
    answer.headers["X-Accel-Buffering"] = "no"
    answer.call_on_close(seats.release)
    answer.call_on_close(lambda: browsers.end(who))
    return answer


def use_streams(app: Flask, threads: int) -> None:
    app.extensions["samut_streams"] = threading.BoundedSemaphore(max(1, threads // 2))
    app.extensions["samut_streaming_browsers"] = Browsers()


def _full() -> Response:
    return Response(status=503, headers={"Retry-After": "60"})


def _with_retry(events: Iterator[str]) -> Iterator[str]:
    yield f"retry: {_SECONDS_TO_RETRY * 1000}\n\n"
    yield from events
