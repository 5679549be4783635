"""Server-sent events: a page that stays open and hears of changes.

A stream holds a thread of the server, so only half of them may stream; further pages stay as they were loaded.
"""

import threading
from collections.abc import Iterator

from flask import Flask, Response, current_app, stream_with_context

_SECONDS_TO_RETRY = 3


def event(name: str, html: str) -> str:
    """One event; every line of its content needs its own field (HTML standard, section 9.2.5)."""
    lines = "".join(f"data: {line}\n" for line in html.splitlines() if line.strip())
    return f"event: {name}\n{lines}\n"


def stream(events: Iterator[str]) -> Response:
    """The answer that sends these events; 503 when too many streams are open already."""
    seats: threading.BoundedSemaphore = current_app.extensions["samut_streams"]
    if not seats.acquire(blocking=False):
        return Response(status=503, headers={"Retry-After": "60"})
    answer = Response(stream_with_context(_with_retry(events)), mimetype="text/event-stream")
    answer.headers["X-Accel-Buffering"] = "no"
    answer.call_on_close(seats.release)
    return answer


def use_streams(app: Flask, threads: int) -> None:
    app.extensions["samut_streams"] = threading.BoundedSemaphore(max(1, threads // 2))


def _with_retry(events: Iterator[str]) -> Iterator[str]:
    yield f"retry: {_SECONDS_TO_RETRY * 1000}\n\n"
    yield from events
