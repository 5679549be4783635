"""At which desk this browser works: chosen once, kept in a cookie."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from samut_hub.errors import RefusedError
from samut_hub.fleet.desks import service
from samut_hub.fleet.desks.web.blueprint import COOKIE, pages
from samut_hub.staff.policy import Permission
from samut_hub.web.hub import db, needs, staff, the_hub

FOR_YEARS = 5 * 365 * 24 * 3600


@pages.get("/")
@needs(Permission.CIRCULATE)
def index() -> str:
    return render_template(
        "desks/index.html", stations=service.stations(db()), has_pin=service.has_pin(db(), staff().id)
    )


@pages.post("/")
@needs(Permission.CIRCULATE)
def choose() -> Response:
    wanted = request.form.get("station", "")
    if wanted and service.station(db(), wanted) is None:
        raise RefusedError(_("This desk is no longer there. Choose another."))
    answer = redirect(url_for("circulation.desk"))
    if not wanted:
        answer.delete_cookie(COOKIE, path="/")
        flash(_("This computer now works without the readers of a desk."), "success")
        return answer
    answer.set_cookie(
        COOKIE,
        wanted,
        max_age=FOR_YEARS,
        path="/",
        httponly=True,
        samesite="Lax",
        secure=the_hub().config.is_secure,
    )
    return answer
