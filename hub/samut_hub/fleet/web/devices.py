"""The fleet and each device, live."""

import time
from collections.abc import Iterator, Mapping
from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from samut_hub.fleet.alerts import alerts_of, count_open
from samut_hub.fleet.groups import group_of, groups, put_into
from samut_hub.fleet.happenings import happenings
from samut_hub.fleet.logs import last_log
from samut_hub.fleet.models import Device
from samut_hub.fleet.overview import (
    PER_PAGE,
    Filter,
    State,
    devices_seen,
    fleet_page,
    last_changes,
    last_changes_of,
    orders_of,
)
from samut_hub.fleet.service import device_of
from samut_hub.fleet.web.blueprint import pages
from samut_hub.fleet.web.words import HAPPENINGS, STATES
from samut_hub.libraries.models import Library
from samut_hub.libraries.service import library_of
from samut_hub.staff.policy import Permission
from samut_hub.web.hub import db, is_allowed, library, needs, now, the_hub
from samut_hub.web.paging import page_asked, pages_of
from samut_hub.web.streams import event, stream

LOOKS = 300
"""How often a stream looks for changes, once a second, until the browser must ask again (and be let in again)."""


@pages.get("/devices")
@needs(Permission.SEE_FLEET)
def devices() -> str:
    wanted, page = _filter(), page_asked()
    found = fleet_page(db(), library(), wanted, page)
    return render_template(
        "fleet/devices.html",
        fleet=found.devices,
        total=found.total,
        page=page,
        pages=pages_of(found.total, PER_PAGE),
        wanted=wanted,
        groups=groups(db()),
        group=group_of(db(), wanted.group_id) if wanted.group_id is not None else None,
        alerts=count_open(db()),
        states=STATES,
        now=now(),
    )


@pages.get("/devices/stream")
@needs(Permission.SEE_FLEET)
def devices_stream() -> Response:
    return stream(_changes(library().id, _filter(), page_asked()))


@pages.get("/devices/<device_id>")
@needs(Permission.SEE_FLEET)
def device(device_id: str) -> str:
    return render_template("fleet/show.html", **_about(db(), library(), device_of(db(), device_id), now()))


@pages.get("/devices/<device_id>/stream")
@needs(Permission.SEE_FLEET)
def device_stream(device_id: str) -> Response:
    return stream(_changes_of(library().id, device_of(db(), device_id).id))


@pages.post("/devices/<device_id>/group")
@needs(Permission.CONFIGURE_DEVICES)
def choose_group(device_id: str) -> Response:
    found = device_of(db(), device_id)
    put_into(db(), [found], request.form.get("group", type=int), now())
    flash(_("Saved."), "success")
    return redirect(url_for(".device", device_id=found.id))


def _filter() -> Filter:
    state = request.args.get("state", "")
    return Filter(
        text=request.args.get("q", "").strip()[:100],
        state=State(state) if state in list(State) else None,
        role=request.args.get("role", "")[:20],
        group_id=request.args.get("group", type=int),
    )


def _about(session: Session, own: Library, found: Device, at: datetime) -> dict[str, object]:
    """All that the page of a device shows."""
    return {
        "one": devices_seen(session, own, [found.id])[0],
        "orders": orders_of(session, found),
        "happenings": happenings(session, found, at),
        "names_people": is_allowed(Permission.SEE_MEMBERS) and is_allowed(Permission.SEE_HISTORY),
        "alerts": alerts_of(session, found),
        "log": last_log(session, found),
        "groups": groups(session),
        "HAPPENINGS": HAPPENINGS,
        "now": at,
    }


def _changes(library_id: int, wanted: Filter, page: int) -> Iterator[str]:
    """Events with the devices that changed, each look in a short session of its own.

    It is closed before anything is sent: a browser that reads slowly keeps no transaction open.
    """
    known: dict[str, datetime] = {}
    for look in range(LOOKS):
        with the_hub().database.session(library_id, writes=False) as session:
            seen = last_changes(session, library_id, wanted, page)
            events = _events(session, library_of(session, library_id), known, seen) if look else []
        yield from events
        known = seen
        time.sleep(1)


def _events(session: Session, own: Library, known: Mapping[str, datetime], seen: Mapping[str, datetime]) -> list[str]:
    """The whole list when a device came or went, else the rows that changed; a comment keeps the line open."""
    if seen.keys() != known.keys():
        fleet = devices_seen(session, own, list(seen))
        return [event("fleet", render_template("fleet/list.html", fleet=fleet, now=the_hub().clock()))]
    changed = [device_id for device_id, at in seen.items() if known[device_id] != at]
    if not changed:
        return [":\n\n"]
    return [
        event(f"device-{one.device.id}", render_template("fleet/row.html", one=one, now=the_hub().clock()))
        for one in devices_seen(session, own, changed)
    ]


def _changes_of(library_id: int, device_id: str) -> Iterator[str]:
    """The same of one device; what it did comes along."""
    known: datetime | None = None
    for look in range(LOOKS):
        with the_hub().database.session(library_id, writes=False) as session:
            seen = last_changes_of(session, library_id, device_id)
            told = ":\n\n"
            if look and seen is not None and seen != known:
                about = _about(
                    session, library_of(session, library_id), device_of(session, device_id), the_hub().clock()
                )
                told = event("device", render_template("fleet/device.html", **about))
        yield told
        known = seen
        time.sleep(1)
