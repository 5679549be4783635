"""Settings: the places where members fetch what they reserved."""

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import StringField
from wtforms.validators import DataRequired, Length

from samut_hub.circulation import pickups
from samut_hub.circulation.web.blueprint import pages
from samut_hub.errors import RefusedError
from samut_hub.staff.policy import Permission
from samut_hub.web.forms import Form, show
from samut_hub.web.hub import db, library, needs

Page = Response | tuple[str, int]


class PickupForm(Form):
    name = StringField(_l("Name in Thai"), [DataRequired(), Length(max=80)])
    name_en = StringField(_l("Name in English"), [Length(max=80)])


@pages.route("/pickups", methods=["GET", "POST"])
@needs(Permission.EDIT_RULES)
def pickup_list() -> Page:
    form = PickupForm()
    if form.accepts(lambda: _add(form.name.data, form.name_en.data)):
        flash(_("“%(name)s” is added.", name=form.name.data), "success")
        return redirect(url_for(".pickup_list"))
    return show("circulation/pickups.html", form, places=pickups.pickup_places(db(), library().id))


@pages.post("/pickups/<int:pickup_id>/first")
@needs(Permission.EDIT_RULES)
def put_pickup_first(pickup_id: int) -> Response:
    pickups.put_first(db(), pickups.pickup_by_id(db(), pickup_id))
    return redirect(url_for(".pickup_list"))


@pages.post("/pickups/<int:pickup_id>/remove")
@needs(Permission.EDIT_RULES)
def remove_pickup(pickup_id: int) -> Response:
    place = pickups.pickup_by_id(db(), pickup_id)
    pickups.remove_pickup(db(), place)
    flash(_("“%(name)s” is removed.", name=place.name), "success")
    return redirect(url_for(".pickup_list"))


def _add(name: str, name_en: str) -> None:
    try:
        pickups.add_pickup(db(), name.strip(), (name_en or "").strip())
    except pickups.NameTakenError:
        raise RefusedError(_("There is a place of this name already.")) from None
