"""What every answer tells the browser: no foreign content, no framing, no guessing of types, nothing kept."""

from flask import Flask, Response, g, request

POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data: blob:",
        "object-src 'none'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'self'",
    )
)


def secure(answer: Response) -> Response:
    answer.headers.setdefault("Content-Security-Policy", POLICY)
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Referrer-Policy"] = "same-origin"
    answer.headers["X-Request-ID"] = g.request_id
    if is_bundled():
        answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    else:
        answer.headers.setdefault("Cache-Control", "no-store")
    return answer


def is_bundled() -> bool:
    """Whether a file of the bundle is asked for: its name changes with its content."""
    return request.endpoint == "static" and (request.view_args or {})["filename"].startswith("dist/")


def use_headers(app: Flask) -> None:
    """Send the headers with every answer, errors too."""
    app.after_request(secure)
