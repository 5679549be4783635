"""The life of a request: who asks, one transaction, committed when all went well and rolled back otherwise."""

from flask import Flask, Response, g, request, session

from samut_hub.staff import service as staff
from samut_hub.web.hub import NO_LIBRARY, all_libraries, db, library, now

_WITHOUT_PERSON = {"static", "health.health", "health.ready"}
_READING = {"GET", "HEAD", "OPTIONS"}


def is_reading() -> bool:
    """Whether the request only looks, and changes nothing."""
    return request.method in _READING


def recognise() -> None:
    """Find the signed-in person by the token in the signed cookie; the session then sees their library only."""
    token = session.get("token")
    if token is None or request.endpoint in _WITHOUT_PERSON:
        return
    found = staff.session_of(all_libraries(), token, now())
    db().info["library_id"] = found.library_id if found else NO_LIBRARY
    if found is None:
        session.pop("token")
    else:
        g.staff, g.library_id = found.staff, found.library_id
        library()


def finish(answer: Response) -> Response:
    """Commit what a writing request did, unless it was refused or failed.

    Closing rolls back and keeps what was read, for the log's line and for answers that are still to be streamed.
    """
    if "session" in g:
        if not is_reading() and answer.status_code < 400:
            g.session.commit()
        g.session.close()
    return answer


def close(error: BaseException | None) -> None:
    if "session" in g:
        g.pop("session").close()


def use_life(app: Flask) -> None:
    app.before_request(recognise)
    app.after_request(finish)
    app.teardown_appcontext(close)
