"""One line of JSON for each request: what was asked of which page and how long it took. No addresses, no names."""

import json
import logging
import secrets
import time

from flask import Flask, Response, g, request

log = logging.getLogger("samut.web")


def begin() -> None:
    g.request_id = secrets.token_hex(8)
    g.began = time.perf_counter()


def write_line(answer: Response) -> Response:
    """The rule is written, not the address asked for: that may hold a member's number or a search."""
    line = {
        "request": g.request_id,
        "method": request.method,
        "page": str(request.url_rule) if request.url_rule else None,
        "status": answer.status_code,
        "ms": round((time.perf_counter() - g.began) * 1000, 1),
        "library": g.get("library_id"),
    }
    log.info(json.dumps(line))
    return answer


def use_log(app: Flask, level: str) -> None:
    """Number requests and write their lines to the standard error stream."""
    log.setLevel(level)
    if not log.handlers:
        log.addHandler(logging.StreamHandler())
        log.propagate = False
    app.before_request(begin)
    app.after_request(write_line)
