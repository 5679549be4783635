"""One's own PIN for the desk without the hub."""

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from samut_hub.fleet.desks import service
from samut_hub.fleet.desks.forms import PinForm
from samut_hub.fleet.desks.web.blueprint import pages
from samut_hub.staff.policy import Permission
from samut_hub.web.forms import show
from samut_hub.web.hub import db, needs, now, staff

Page = Response | tuple[str, int]


@pages.route("/pin", methods=["GET", "POST"])
@needs(Permission.CIRCULATE)
def pin() -> Page:
    form = PinForm()
    if not form.accepts(lambda: service.set_pin(db(), staff().id, form.pin.data, now())):
        return show("desks/pin.html", form, has_pin=service.has_pin(db(), staff().id))
    flash(_("The desks learn your PIN within seconds."), "success")
    return redirect(url_for(".index"))


@pages.post("/pin/remove")
@needs(Permission.CIRCULATE)
def remove_pin() -> Response:
    service.remove_pin(db(), staff().id)
    flash(_("Your PIN was removed."), "success")
    return redirect(url_for(".index"))
