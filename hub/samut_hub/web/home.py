"""The page that staff see first, and the language switch."""

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from samut_hub.circulation.beginning.service import has_types
from samut_hub.circulation.beginning.web import leads_here
from samut_hub.opac.web.home import first_page
from samut_hub.web.dashboard import today
from samut_hub.web.hub import db, library, now, own_address, to_sign_in, wants_fragment
from samut_hub.web.language import LANGUAGES, keep_language

pages = Blueprint("home", __name__)


@pages.get("/")
def dashboard() -> str | Response:
    """For staff what is going on today; for everybody else the public catalogue."""
    if g.get("staff") is not None:
        return _today()
    return to_sign_in() if wants_fragment() else first_page()


def _today() -> str | Response:
    """The whole page, or its changing part when the page asks for it every few seconds.

    A library in which nobody can be a member yet is shown what it may begin with.
    """
    if wants_fragment():
        return render_template("dashboard_today.html", today=today(db(), library(), now()))
    has_begun = has_types(db())
    if not has_begun and leads_here():
        return redirect(url_for("beginning.index"))
    return render_template("dashboard.html", today=today(db(), library(), now()), now=now(), has_begun=has_begun)


@pages.post("/language")
def choose_language() -> Response:
    """Works without scripts and without sign-in; kept in the account of those who are signed in."""
    code = request.form.get("language", "")
    if code not in LANGUAGES:
        abort(400)
    if g.get("staff") is not None:
        db()
        g.staff.language = code
    answer = redirect(own_address(request.form.get("next", "")) or url_for("home.dashboard"))
    keep_language(answer, code)
    return answer
