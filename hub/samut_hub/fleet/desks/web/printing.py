"""Slips of the hub's desk page, printed at the desk."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from samut_hub.circulation import slip as slips
from samut_hub.errors import RefusedError
from samut_hub.fleet.desks import service
from samut_hub.fleet.desks.slips import slip_ordered
from samut_hub.fleet.desks.web.blueprint import pages, station_here
from samut_hub.members.service import member_by_id
from samut_hub.staff.policy import Permission
from samut_hub.web.hub import db, library, needs, now, staff, wants_fragment


@pages.post("/slip/<int:member_id>")
@needs(Permission.CIRCULATE)
def slip(member_id: int) -> str | Response:
    """`what=all` prints all that is on loan, else what this desk did today."""
    member, at = member_by_id(db(), member_id), station_here()
    if at is None or not at.prints:
        raise RefusedError(_("The printer of this desk is not ready. Look at it, or print from the browser."))
    if request.form.get("what") == "all":
        told = slips.slip_of_all(db(), member)
    else:
        source = f"desk:{staff().username}"
        told = slips.slip_of_today(db(), member, library(), now=now(), source=source)
    if not (told.lent or told.returned or told.held):
        raise RefusedError(_("There is nothing to print: nothing was lent or returned here today."))
    ordered = slip_ordered(told, library(), by=staff().username, now=now())
    service.print_slip(db(), at, ordered, now())
    sentence = _("The slip comes out of the printer of %(desk)s.", desk=at.device.name)
    if wants_fragment():
        return render_template("parts/message.html", kind="success", sentence=sentence)
    flash(sentence, "success")
    return redirect(url_for("circulation.desk", member=member.id))
