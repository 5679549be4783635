"""The fleet page, live; orders to devices; and what devices decided alone that does not fit the books."""

import time
from collections.abc import Iterator, Mapping
from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from samut_hub.errors import NotFoundError, RefusedError
from samut_hub.fleet import conflicts as unsettled
from samut_hub.fleet.overview import devices_seen, last_changes
from samut_hub.fleet.service import BY_HAND, CommandKind, device_of, give_command
from samut_hub.libraries.models import Library
from samut_hub.libraries.service import library_of
from samut_hub.staff.policy import Permission
from samut_hub.web.dates import day
from samut_hub.web.hub import db, library, needs, now, staff, the_hub, wants_fragment
from samut_hub.web.streams import event, stream

pages = Blueprint("fleet", __name__, template_folder="templates")

LOOKS = 300
"""How often a stream looks for changes, once a second, until the browser must ask again (and be let in again)."""

ROLES = {"gate": _l("Gate"), "kiosk": _l("Kiosk"), "desk": _l("Desk")}
PART_KINDS = {
    "card_reader": _l("Card reader"),
    "scanner": _l("Barcode scanner"),
    "pad": _l("RFID pad"),
    "printer": _l("Slip printer"),
    "gate_io": _l("Gate lock and lamps"),
    "camera": _l("Camera"),
    "sip2_line": _l("Way to the hub for kiosks of other makers (SIP2)"),
}
PART_STATES = {
    "ready": ("good", _l("Ready")),
    "offline": ("bad", _l("Not connected")),
    "paper_low": ("warn", _l("Paper runs out soon")),
    "paper_out": ("bad", _l("No paper")),
    "unknown": ("warn", _l("Does not answer")),
}
COMMANDS = {
    CommandKind.OPEN: _l("Open the gate"),
    CommandKind.IDENTIFY: _l("Show which one it is"),
    CommandKind.RESTART: _l("Restart"),
    CommandKind.SLIP: _l("Print a slip"),
    CommandKind.READ_IDENTITY: _l("Read a national ID card"),
}
CONFLICTS = {
    "unknown_member": _l("Lent to a member number that is not in the books."),
    "unknown_item": _l("A barcode that is not in the books."),
    "newer_loan": _l("Lent at the device, but meanwhile lent to somebody else as well."),
    "return_not_on_loan": _l("Returned at the device, but it was not on loan."),
    "return_before_loan": _l("Returned at the device, but lent again since."),
    "renewal_without_loan": _l("Renewed at the device, but not on loan to this member."),
    "due_too_late": _l(
        "The device told a due date later than the rules give: %(told)s, not %(given)s. What the member was told"
        " stands. Ask for the item earlier if others need it."
    ),
    "due_impossible": _l(
        "The device told a due date that has passed or is more than a year away, which cannot be right. By the rules"
        " it is due on %(given)s, and that counts. Tell the member, and check the device and its clock."
    ),
    "lateness_in_doubt": _l(
        "Told late by the device. Check the fine of this loan, and whether borrowing is suspended."
    ),
    "loan_unwritten": _l(
        "Lent at the device, but the hub could not enter it. If the item is still out, lend it to this member at the"
        " desk. Tell the administrator too."
    ),
    "renewal_unwritten": _l(
        "Renewed at the device, but the hub could not enter it. Renew the loan at the desk."
        " Tell the administrator too."
    ),
    "return_unwritten": _l(
        "Returned at the device, but the hub could not enter it. If the item is here and on loan in the books, return"
        " it at the desk and check the fine. Tell the administrator too."
    ),
    "cancel_unwritten": _l(
        "Refused at the device, but the hub could not undo the loan. If the item is here and on loan in the books,"
        " return it at the desk. Tell the administrator too."
    ),
    "passage_unwritten": _l(
        "The hub could not enter passages of this gate, so visits are missing from the counts."
        " Tell the administrator."
    ),
}


@pages.app_context_processor
def words() -> dict[str, object]:
    """Names of what devices say of themselves."""
    return {
        "ROLES": ROLES,
        "PART_KINDS": PART_KINDS,
        "PART_STATES": PART_STATES,
        "COMMANDS": COMMANDS,
        "BY_HAND": BY_HAND,
    }


@pages.get("/devices")
@needs(Permission.SEE_FLEET)
def devices() -> str:
    return render_template("fleet/devices.html", fleet=devices_seen(db(), library()))


@pages.get("/devices/stream")
@needs(Permission.SEE_FLEET)
def devices_stream() -> Response:
    return stream(_changes(library().id))


@pages.post("/devices/<device_id>/<kind>")
@needs(Permission.COMMAND_DEVICES)
def command(device_id: str, kind: str) -> Response:
    """The worker sends the order at once; the page shows it, and what came of it, as soon as it is known."""
    if kind not in BY_HAND:
        raise NotFoundError(kind)
    device = device_of(db(), device_id)
    if not device.online:
        raise RefusedError(_("%(name)s is not connected, so the order would not arrive.", name=device.name))
    give_command(db(), device, CommandKind(kind), staff().username, now())
    if wants_fragment():
        return Response(status=204)
    flash(_("The order was sent to %(name)s.", name=device.name), "success")
    return redirect(url_for(".devices"))


@pages.get("/conflicts")
@needs(Permission.SETTLE_CONFLICTS)
def conflicts() -> str:
    return render_template("fleet/conflicts.html", conflicts=unsettled.open_conflicts(db()), sentence=_sentence)


@pages.post("/conflicts/<int:conflict_id>/settle")
@needs(Permission.SETTLE_CONFLICTS)
def settle(conflict_id: int) -> Response:
    unsettled.settle(db(), conflict_id, by=staff().username, now=now())
    flash(_("Settled."), "success")
    return redirect(url_for(".conflicts"))


def _sentence(one: unsettled.ConflictSeen) -> str:
    """What does not fit, with the due dates that it is about."""
    told = str(CONFLICTS[one.conflict.kind])
    return told % {name: day(at) for name, at in one.dates.items()} if one.dates else told


def _changes(library_id: int) -> Iterator[str]:
    """Events with the devices that changed, each look in a short session of its own.

    It is closed before anything is sent: a browser that reads slowly keeps no transaction open.
    """
    known: dict[str, datetime] = {}
    for look in range(LOOKS):
        with the_hub().database.session(library_id, writes=False) as session:
            seen = last_changes(session, library_id)
            events = _events(session, library_of(session, library_id), known, seen) if look else []
        yield from events
        known = seen
        time.sleep(1)


def _events(session: Session, own: Library, known: Mapping[str, datetime], seen: Mapping[str, datetime]) -> list[str]:
    """The whole list when a device came or went, else the cards that changed; a comment keeps the line open."""
    if seen.keys() != known.keys():
        return [event("fleet", render_template("fleet/list.html", fleet=devices_seen(session, own)))]
    changed = [device_id for device_id, at in seen.items() if known[device_id] != at]
    if not changed:
        return [":\n\n"]
    return [
        event(f"device-{one.device.id}", render_template("fleet/device.html", one=one))
        for one in devices_seen(session, own, changed)
    ]
