"""Gates on the pages of visits: their names, how many are inside, and a correction for all of them."""

from datetime import timedelta

from flask import flash, g, redirect, url_for
from flask_babel import ngettext
from werkzeug.wrappers import Response

from samut_hub.fleet import gates
from samut_hub.fleet.gates import GatesNow, correct_people
from samut_hub.fleet.service import CommandKind
from samut_hub.fleet.web.blueprint import pages
from samut_hub.fleet.web.orders import order_asked
from samut_hub.libraries.service import calendar_of
from samut_hub.staff.policy import Permission
from samut_hub.web.hub import db, library, needs, now, session_of_request


@pages.post("/visits/people")
@needs(Permission.COMMAND_DEVICES)
def count_people() -> Response:
    """Somebody went round and counted."""
    told = correct_people(db(), library().id, order_asked(CommandKind.OCCUPANCY), now())
    flash(ngettext("Corrected. %(num)s gate is told.", "Corrected. %(num)s gates are told.", told), "success")
    return redirect(url_for("visits.day"))


@pages.app_template_global()
def gates_now() -> GatesNow:
    """Of this library, for its staff."""
    calendar = calendar_of(session_of_request(), library())
    start = calendar.end_of(calendar.local_day(now()) - timedelta(days=1))
    return gates.gates_now(session_of_request(), library().id, start)


@pages.app_template_global()
def gate_name(device_id: str) -> str:
    """What the gate is called; of one that was never in the fleet, its id. Asked once for a page."""
    if "gate_names" not in g:
        g.gate_names = gates.gate_names(session_of_request())
    return str(g.gate_names.get(device_id, device_id))
