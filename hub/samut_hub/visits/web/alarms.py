"""Alarms of gates: on the desks' screens until somebody has seen them, and the list of the last month."""

import time
from collections.abc import Iterator

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from samut_hub.staff.policy import Permission
from samut_hub.visits import alarms
from samut_hub.visits.alarms import Alarmed, alarms_since, note_seen, numbers_on_screen
from samut_hub.visits.web.blueprint import pages
from samut_hub.web.hub import db, library, needs, now, session_of_request, staff, the_hub, wants_fragment
from samut_hub.web.paging import page_asked
from samut_hub.web.streams import event, stream

LOOK_SECONDS = 0.5
LOOKS = 600
"""After five minutes the browser asks again, and is let in again."""
LOOKS_BETWEEN_SIGNS = 20
"""A comment every few seconds shows that somebody still reads."""


@pages.get("/visits/alarms")
@needs(Permission.SEE_HISTORY)
def alarm_list() -> str:
    found = alarms_since(db(), library().id, now() - alarms.LISTED, page_asked())
    return render_template("visits/alarms.html", found=found)


@pages.get("/visits/alarms/now")
@needs(Permission.CIRCULATE)
def alarms_now() -> str:
    """The part of the desk's page that tells of alarms."""
    return render_template("visits/banner.html")


@pages.get("/visits/alarms/stream")
@needs(Permission.CIRCULATE)
def alarms_stream() -> Response:
    return stream(_changes(library().id))


@pages.post("/visits/alarms/<int:alarm_id>/seen")
@needs(Permission.CIRCULATE)
def alarm_seen(alarm_id: int) -> str | Response:
    """It leaves the screens of all desks."""
    note_seen(db(), alarm_id, staff().username, now())
    db().flush()
    return render_template("visits/banner.html") if wants_fragment() else redirect(url_for("circulation.desk"))


@pages.app_template_global()
def alarms_on_screen() -> list[Alarmed]:
    return alarms.on_screen(session_of_request(), library().id, now())


def _changes(library_id: int) -> Iterator[str]:
    """Which alarms stand on the screen, as soon as these are others; each look is a short session of its own."""
    hub, known = the_hub(), None
    for look in range(LOOKS):
        with hub.database.session(library_id, writes=False) as session:
            numbers = numbers_on_screen(session, library_id, hub.clock())
        if numbers != known:
            yield event("alarms", " ".join(map(str, numbers)) or "-")
        elif look % LOOKS_BETWEEN_SIGNS == 0:
            yield ":\n\n"
        known = numbers
        time.sleep(LOOK_SECONDS)
