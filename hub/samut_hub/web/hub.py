"""What the pages share: the hub's parts, and the request's session, library, staff member, language and time."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, ParamSpec, TypeVar
from urllib.parse import urlsplit

from flask import abort, current_app, g, redirect, request, url_for
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from samut_hub.catalogue.search.index import TitleIndex
from samut_hub.config import Config
from samut_hub.db import Database, is_collision
from samut_hub.errors import NotFoundError
from samut_hub.libraries.models import Library
from samut_hub.staff.models import StaffAccount
from samut_hub.staff.policy import Permission

P = ParamSpec("P")
R = TypeVar("R")

NO_LIBRARY = -1
"""The scope of visitors who have not signed in: no library's rows."""
AROUND_FILES = 1024 * 1024
"""Bytes of the rest of a form, and all that a form without files may have."""
PAUSE = 0.05
"""Seconds until a request that gave way to another tries again."""
ROOM = "samut_room"
_READING = {"GET", "HEAD", "OPTIONS"}


@dataclass(frozen=True)
class Hub:
    """The parts that `create_app` joins. `clock` gives the present time in UTC.

    `card_secret`: see `libraries.service.card_key`.
    """

    config: Config
    database: Database
    clock: Callable[[], datetime]
    titles: TitleIndex
    card_secret: bytes


def the_hub() -> Hub:
    hub: Hub = current_app.extensions["samut"]
    return hub


def is_reading() -> bool:
    """Whether the request only looks, and changes nothing."""
    return request.method in _READING or "only_looks" in g


def db() -> Session:
    """The request's session: sees the library of the signed-in person, committed once when the answer is ready.

    A request that changes something begins its writing transaction with the first use: on SQLite nobody else writes
    from then on. Work with files comes before.
    """
    session = session_of_request()
    if "writes" not in g and not is_reading():
        the_hub().database.let_write(session)
        g.writes = True
    return session


def session_of_request() -> Session:
    """The same, to find out who asks before anything is written."""
    if "session" not in g:
        g.session = the_hub().database.open(NO_LIBRARY, writes=False)
        g.session.info["now"] = now()
    session: Session = g.session
    return session


@contextmanager
def reading() -> Iterator[Session]:
    """A short session of its own that reads: for what must be known before long work with a file."""
    with the_hub().database.session(g.get("library_id", NO_LIBRARY), writes=False) as session:
        yield session


def only_looks(view: Callable[P, R]) -> Callable[P, R]:
    """A page to which a form is sent that changes nothing, such as a preview: it never writes."""

    @wraps(view)
    def looking(*args: P.args, **kwargs: P.kwargs) -> R:
        g.only_looks = True
        return view(*args, **kwargs)

    return looking


def all_libraries() -> Session:
    """The request's session without the limits of one library: only to find out who is signing in."""
    session = db()
    session.info["library_id"] = None
    return session


def carry_out(use_case: Callable[[], R], again: Callable[[], R] | None = None) -> R:
    """The use case's outcome. When its rows collide with those of another request, it runs once more from the start,
    or `again` does in its place.

    A command that came twice at the same moment finds the first answer that way; see `samut_hub.commands`. The one
    for whom the database ended it is given a moment to go on: else both might wait for each other again.
    """
    session = db()
    try:
        outcome = use_case()
        session.flush()
    except (IntegrityError, OperationalError) as error:
        session.rollback()
        if isinstance(error, OperationalError):
            if not is_collision(error):
                raise
            time.sleep(PAUSE)
        outcome = (again or use_case)()
        session.flush()
    return outcome


def now() -> datetime:
    """The moment of the request, the same wherever it is asked."""
    if "now" not in g:
        g.now = the_hub().clock()
    moment: datetime = g.now
    return moment


def staff() -> StaffAccount:
    """The signed-in person; only behind `needs`."""
    account: StaffAccount | None = g.get("staff")
    if account is None:
        abort(401)
    return account


def library() -> Library:
    """The library of the signed-in person."""
    if "library" not in g:
        found = session_of_request().get(Library, staff().library_id)
        if found is None:
            raise NotFoundError("library")
        g.library = found
    own: Library = g.library
    return own


def is_allowed(permission: Permission) -> bool:
    account: StaffAccount | None = g.get("staff")
    return account is not None and permission in account.rights


def wants_fragment() -> bool:
    """Whether htmx asks, for a part of a page."""
    return "HX-Request" in request.headers and "HX-Boosted" not in request.headers


def to_sign_in() -> Response:
    """Send the visitor to sign in, and back to this page afterwards if it can be asked for again."""
    back = request.full_path.rstrip("?") if request.method == "GET" and not wants_fragment() else None
    address = url_for("staff.sign_in", next=back)
    return Response(status=401, headers={"HX-Redirect": address}) if wants_fragment() else redirect(address)


def own_address(address: str) -> str:
    """The address if it leads to a page of this hub, else nothing: a link must not send people elsewhere."""
    parts = urlsplit(address.replace("\\", "/"))
    is_own = not parts.scheme and not parts.netloc and parts.path.startswith("/") and not address.startswith("//")
    return address if is_own and address.isprintable() else ""


def whole_address(endpoint: str, **values: Any) -> str:
    """As one would write it down: with the name of the hub, as its settings say; a proxy may call it otherwise."""
    return the_hub().config.url.rstrip("/") + url_for(endpoint, **values)


@dataclass(frozen=True, slots=True)
class Room:
    """How many bytes a request to a page may have, from those who have the permission."""

    size: int
    permission: Permission | None


def needs(
    permission: Permission | None = None, *, room: int = 0
) -> Callable[[Callable[P, R]], Callable[P, R | Response]]:
    """A page for signed-in staff, with this permission if one is named; others are sent to sign in, or refused.

    `room` is for the files, in bytes, that may come with a form; see `samut_hub.web.life`.
    """

    def guard(view: Callable[P, R]) -> Callable[P, R | Response]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R | Response:
            if g.get("staff") is None:
                return to_sign_in()
            if permission is not None and not is_allowed(permission):
                abort(403)
            return view(*args, **kwargs)

        if room:
            setattr(guarded, ROOM, Room(room + AROUND_FILES, permission))
        return guarded

    return guard
