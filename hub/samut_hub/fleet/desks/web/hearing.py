"""What the readers of a desk read comes into the box of the page that listens there."""

import json
import re
import time
from collections.abc import Iterator, Mapping
from datetime import timedelta

from flask import request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from samut_hub.errors import NotFoundError
from samut_hub.fleet.desks import service
from samut_hub.fleet.desks.models import DeskRead
from samut_hub.fleet.desks.web.blueprint import pages, station_here
from samut_hub.staff.policy import Permission
from samut_hub.web.hub import db, is_allowed, library, needs, now, the_hub
from samut_hub.web.streams import stream

PAGE = re.compile(r"[0-9a-f]{32}")
LOOK_SECONDS = 0.15
JUST_BEFORE = timedelta(seconds=10)
"""A slip is ordered, and then the page is opened that hears what became of it."""
LOOKS = 2000
"""After five minutes the browser asks again, and is let in again."""
LOOKS_BETWEEN_SLIPS = 8
LOOKS_BETWEEN_SIGNS = 40
"""A comment every few seconds shows that somebody still reads."""


@pages.post("/take")
@needs(Permission.CIRCULATE)
def take() -> dict[str, int]:
    """From now on the page that `page` names hears the readers, and what is read after `after`."""
    device_id, page = _asked(request.form)
    service.listen(db(), device_id, page, now())
    return {"after": service.last_read(db(), device_id)}


@pages.get("/stream")
@needs(Permission.CIRCULATE)
def hear() -> Response:
    """For the page that took the readers, unless another has taken them meanwhile. One whose line was lost goes on
    where it was."""
    device_id, page = _asked(request.args)
    known = request.headers.get("Last-Event-ID", "") or request.args.get("after", "")
    last = int(known) if known.isdecimal() else service.last_read(db(), device_id)
    return stream(_events(library().id, device_id, page, last))


def _asked(values: Mapping[str, str]) -> tuple[str, str]:
    """The station of this browser, and the name of the page."""
    at, page = station_here(), values.get("page", "")
    if at is None or not PAGE.fullmatch(page):
        raise NotFoundError("station")
    return at.device.id, page


def _events(library_id: int, device_id: str, page: str, last: int) -> Iterator[str]:
    """Each look is a short session of its own, closed before anything is sent."""
    database = the_hub().database
    yield _event("listening", last, {})
    since, told = the_hub().clock() - JUST_BEFORE, set[str]()
    for look in range(LOOKS):
        with database.session(library_id, writes=False) as session:
            is_mine = service.is_listening(session, device_id, page)
            read = service.reads_after(session, device_id, last) if is_mine else ()
            failed = set(service.slips_failed(session, device_id, since)) if look % LOOKS_BETWEEN_SLIPS == 0 else told
        if not is_mine:
            yield _event("taken", last, {})
            return
        for one in read:
            last = one.id
            yield _told(one)
        if failed - told:
            told |= failed
            yield _event("said", last, {"sentence": _("The slip was not printed. Look at the desk's printer.")})
        if look % LOOKS_BETWEEN_SIGNS == 0:
            yield ":\n\n"
        time.sleep(LOOK_SECONDS)


def _told(read: DeskRead) -> str:
    if not read.text.startswith(service.STRANGE):
        return _event("read", read.id, {"text": read.text})
    said = {"sentence": _("This card is nobody's yet.")}
    if is_allowed(Permission.EDIT_MEMBERS):
        said |= {"give": _("Give it to a member"), "address": url_for(".give_card", read_id=read.id)}
    return _event("unknown", read.id, said)


def _event(name: str, number: int, content: dict[str, str]) -> str:
    return f"id: {number}\nevent: {name}\ndata: {json.dumps(content)}\n\n"
