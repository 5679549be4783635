"""What the pages share: the hub's parts, and the request's session, library, staff member, language and time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import abort, current_app, g, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from samut_hub.catalogue.search import TitleIndex
from samut_hub.config import Config
from samut_hub.db import Database
from samut_hub.errors import NotFoundError
from samut_hub.libraries.models import Library
from samut_hub.staff.models import StaffAccount
from samut_hub.staff.policy import Permission, may

P = ParamSpec("P")
R = TypeVar("R")

NO_LIBRARY = -1
"""The scope of visitors who have not signed in: no library's rows."""


@dataclass(frozen=True)
class Hub:
    """The parts that `create_app` joins. `clock` gives the present time in UTC. `card_key` see libraries.service."""

    config: Config
    database: Database
    clock: Callable[[], datetime]
    titles: TitleIndex
    card_secret: bytes


def the_hub() -> Hub:
    hub: Hub = current_app.extensions["samut"]
    return hub


def db() -> Session:
    """The request's session: sees the library of the signed-in person, committed once when the answer is ready."""
    if "session" not in g:
        writes = request.method not in ("GET", "HEAD", "OPTIONS")
        g.session = the_hub().database.open(NO_LIBRARY, writes=writes)
    session: Session = g.session
    return session


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
        found = db().get(Library, staff().library_id)
        if found is None:
            raise NotFoundError("library")
        g.library = found
    own: Library = g.library
    return own


def is_allowed(permission: Permission) -> bool:
    account: StaffAccount | None = g.get("staff")
    return account is not None and may(account.role, permission)


def needs(permission: Permission | None = None) -> Callable[[Callable[P, R]], Callable[P, R | Response]]:
    """A page for signed-in staff, with this permission if one is named; others are sent to sign in, or refused."""

    def guard(view: Callable[P, R]) -> Callable[P, R | Response]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R | Response:
            if g.get("staff") is None:
                return redirect(url_for("staff.sign_in", next=request.full_path))
            if permission is not None and not is_allowed(permission):
                abort(403)
            return view(*args, **kwargs)

        return guarded

    return guard
