"""A national ID card is to be read at the desk; its holder is enrolled on a page of its own."""

from flask import redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from samut_hub.errors import RefusedError
from samut_hub.fleet.desks import service
from samut_hub.fleet.desks.web.blueprint import pages, station_here
from samut_hub.members.enrolling import service as enrolling
from samut_hub.members.enrolling.models import CardReading
from samut_hub.members.enrolling.web import keep_key
from samut_hub.sealing import new_box
from samut_hub.staff.policy import Permission
from samut_hub.web.hub import db, library, needs, now, staff
from samut_wire import messages as m


@pages.post("/enrol")
@needs(Permission.EDIT_MEMBERS)
def enrol() -> Response:
    at = station_here()
    if at is None or not at.reads_id_cards_now:
        raise RefusedError(
            _("The card reader of this desk is not connected. Look at its cable, or type the member in.")
        )
    wants_photo = bool(request.form.get("photo"))
    wants_number = enrolling.keeps_numbers(db(), library().id) is not None
    wanted = m.IdentityWanted(by=staff().username, number=wants_number, photo=wants_photo)
    order = service.read_identity(db(), at, wanted, now())
    key, box = new_box()
    enrolling.begin(db(), CardReading(id=order.id, station=at.device.id, photo=wants_photo, box=box, asked_at=now()))
    keep_key(order.id, key)
    return redirect(url_for("enrolling.show", reading_id=order.id))
