"""The life of a request: who asks, one transaction, committed when all went well and rolled back otherwise."""

from flask import Flask, Response, current_app, g, request, session
from sqlalchemy.orm import Session

from samut_hub.auditing import Actor, acts
from samut_hub.staff import service as staff
from samut_hub.web.hub import (
    NO_LIBRARY,
    ROOM,
    Room,
    is_allowed,
    is_reading,
    library,
    now,
    session_of_request,
    the_hub,
)

_WITHOUT_PERSON = {"static", "health.health", "health.ready"}


def recognise() -> None:
    """Find the signed-in person by the token in the signed cookie; the session then sees their library only.

    It only reads, and a request that will change something holds no transaction afterwards: a form and its files may
    take long to arrive.
    """
    token = session.get("token")
    if token is None or request.endpoint in _WITHOUT_PERSON:
        return
    own = session_of_request()
    if is_reading():
        _know(own, token)
    else:
        with the_hub().database.looking(own):
            _know(own, token)


def _know(own: Session, token: str) -> None:
    own.info["library_id"] = None
    found = staff.session_of(own, token, now())
    own.info["library_id"] = found.library_id if found else NO_LIBRARY
    if found is None:
        session.pop("token")
    else:
        g.staff, g.library_id = found.staff, found.library_id
        acts(own, Actor(found.staff_id, found.staff.username))
        library()


def make_room() -> None:
    """Large files may come from those who may use the page for them; this is settled before anything is read."""
    room: Room | None = getattr(current_app.view_functions.get(request.endpoint or ""), ROOM, None)
    if room is not None and g.get("staff") is not None and (room.permission is None or is_allowed(room.permission)):
        request.max_content_length = room.size


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
    app.before_request(make_room)
    app.after_request(finish)
    app.teardown_appcontext(close)
