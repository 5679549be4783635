"""Which member is signed in in this browser, and pages that are only for that one."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from flask import Response, g, make_response, redirect, request, session, url_for
from werkzeug.wrappers import Response as Answer

from samut_hub.auditing import Actor, acts
from samut_hub.libraries.service import library_of
from samut_hub.members import signing_in
from samut_hub.members.models import Member
from samut_hub.opac.sites import Site, site_of
from samut_hub.web.hub import db, is_reading, now, the_hub

TOKEN = "member_token"  # noqa: S105 — the name of the key in the cookie
PASSWORD_PAGE = "opac.my_password"  # noqa: S105 — the name of a page


def member_here() -> Member | None:
    """Of whichever library; None when nobody is signed in as a member."""
    if "member" not in g:
        g.member = _recognised() if TOKEN in session else None
    found: Member | None = g.member
    return found


@contextmanager
def seeing(library_id: int | None) -> Iterator[None]:
    """For a moment the request's session sees the rows of this library, or of all."""
    scope = db().info["library_id"]
    db().info["library_id"] = library_id
    try:
        yield
    finally:
        db().info["library_id"] = scope


def site_here() -> Site:
    """Whose pages are asked for, also by a request that changes something."""
    if "site" not in g:
        g.site = site_of(db(), g.get("site_code", ""))
    found: Site = g.site
    return found


def for_member(view: Callable[..., Any]) -> Callable[..., Any]:
    """A page for the member who is signed in, given as the first argument; others are sent to sign in.

    From here on the session sees the member's library only. A temporary password opens no page but that to change it.
    """

    @wraps(view)
    def guarded(**values: Any) -> Answer:
        member, own = member_here(), site_here().library
        if member is None or (own is not None and own.id != member.library_id):
            return to_member_sign_in()
        db().info["library_id"] = member.library_id
        acts(db(), Actor(None, f"member {member.number}"))
        g.library = library_of(db(), member.library_id)
        if own is None and is_reading():
            return redirect(url_for(request.endpoint or "", code=g.library.code, **values))
        if request.endpoint != PASSWORD_PAGE and signing_in.must_change(db(), member):
            return redirect(url_for(PASSWORD_PAGE))
        answer: Response = make_response(view(member, **values))
        answer.headers["Cache-Control"] = "no-store"
        return answer

    return guarded


def to_member_sign_in() -> Answer:
    """And back to this page afterwards, or to where what was sent says."""
    back = request.full_path.rstrip("?") if is_reading() else request.form.get("next", "")
    return redirect(url_for("opac.my_sign_in", next=back or None))


def let_in(token: str, *, own_device: bool) -> None:
    """What the visitor collected stays; the CSRF token of before does not.

    On a device of one's own the cookie outlasts the browser, on others the browser forgets it when it is closed.
    """
    session.pop("csrf_token", None)
    session[TOKEN], session.permanent = token, own_device


def let_out() -> None:
    """Nothing of this member stays for the next who uses the browser."""
    for name in (TOKEN, "csrf_token", "basket"):
        session.pop(name, None)
    session.permanent = False


def _recognised() -> Member | None:
    with seeing(None):
        found = signing_in.session_of(db(), session[TOKEN], now())
    if found is None:
        let_out()
        return None
    if is_reading() and signing_in.is_to_keep_on(found, now()):
        with the_hub().database.session(found.library_id) as own:
            signing_in.keep_on(own, session[TOKEN], now())
    return found.member
