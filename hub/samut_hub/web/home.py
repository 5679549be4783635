"""The language switch, and the page that everybody sees first."""

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from samut_hub.web.hub import needs, own_address
from samut_hub.web.language import LANGUAGES, keep_language

pages = Blueprint("home", __name__)


@pages.get("/")
@needs()
def dashboard() -> str:
    return render_template("dashboard.html")


@pages.post("/language")
def choose_language() -> Response:
    """Works without scripts and without sign-in; kept in the account of those who are signed in."""
    code = request.form.get("language", "")
    if code not in LANGUAGES:
        abort(400)
    if g.get("staff") is not None:
        g.staff.language = code
    answer = redirect(own_address(request.form.get("next", "")) or url_for("home.dashboard"))
    keep_language(answer, code)
    return answer
