"""Orders to one device and to all of a group: who, why, and until when they are good."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from samut_hub.errors import NotFoundError, RefusedError
from samut_hub.fleet.gates import note_if_only_gate
from samut_hub.fleet.groups import group_of, members
from samut_hub.fleet.logs import LINES
from samut_hub.fleet.models import Device
from samut_hub.fleet.service import (
    BY_HAND,
    FOR_MANY,
    OF_A_GATE,
    WITH_REASON,
    CommandKind,
    Order,
    device_of,
    give_order,
)
from samut_hub.fleet.web.blueprint import pages
from samut_hub.members.service import member_by_number
from samut_hub.staff.policy import Permission
from samut_hub.web.hub import db, needs, now, staff, wants_fragment

MOST_PEOPLE = 100_000
MOST_IN_CLASS = 500


@pages.post("/devices/<device_id>/<kind>")
@needs(Permission.COMMAND_DEVICES)
def command(device_id: str, kind: str) -> Response:
    """The worker sends the order at once; the page shows it, and what came of it, as soon as it is known."""
    if kind not in BY_HAND:
        raise NotFoundError(kind)
    device = device_of(db(), device_id)
    _check(device, CommandKind(kind))
    order = order_asked(CommandKind(kind))
    give_order(db(), device, order, now())
    note_if_only_gate(db(), device, order, now())
    if wants_fragment():
        return Response(status=204)
    flash(_("The order was sent to %(name)s.", name=device.name), "success")
    return redirect(url_for(".device", device_id=device.id))


@pages.route("/devices/groups/<int:device_group_id>/orders", methods=["GET", "POST"])
@needs(Permission.COMMAND_DEVICES)
def order_group(device_group_id: int) -> str | Response:
    """One order for each device of the group that is there and can do it."""
    group, sent = group_of(db(), device_group_id), 0
    devices = members(db(), group)
    if request.method == "GET":
        return render_template("fleet/order_group.html", group=group, devices=devices)
    kind = request.form.get("kind", "")
    if kind not in FOR_MANY:
        raise NotFoundError(kind)
    order = order_asked(CommandKind(kind))
    for device in devices:
        if device.online and _can(device, order.kind):
            give_order(db(), device, order, now())
            sent += 1
    flash(
        ngettext("The order was sent to %(num)s device.", "The order was sent to %(num)s devices.", sent),
        "success" if sent else "warning",
    )
    return redirect(url_for(".devices", group=group.id))


def _check(device: Device, kind: CommandKind) -> None:
    if not _can(device, kind):
        raise RefusedError(_("%(name)s cannot do that.", name=device.name))
    if not device.online:
        raise RefusedError(_("%(name)s is not connected, so the order would not arrive.", name=device.name))


def _can(device: Device, kind: CommandKind) -> bool:
    if kind is CommandKind.UPDATE:
        return device.updates
    return device.role == "gate" or kind not in OF_A_GATE


def order_asked(kind: CommandKind) -> Order:
    """What the form says."""
    reason = " ".join(request.form.get("reason", "").split())[:200]
    if kind in WITH_REASON and not reason:
        raise RefusedError(_("Say why, so that others can read it in the history of this device."))
    return Order(kind, staff().username, reason, _content(kind))


def _content(kind: CommandKind) -> dict[str, Any] | None:
    match kind:
        case CommandKind.OCCUPANCY:
            people = request.form.get("people", -1, type=int)
            if not 0 <= people <= MOST_PEOPLE:
                raise RefusedError(_("Say how many people are inside."))
            return {"people": people}
        case CommandKind.CLASS:
            return _class()
        case CommandKind.LOGS:
            return {"lines": LINES}
        case CommandKind.UPDATE:
            return {"version": request.form.get("version", "")[:50], "url": "/edge/update"}
        case _:
            return None


def _class() -> dict[str, Any]:
    """With which teacher, and how many come."""
    number = request.form.get("member", "").strip()
    teacher = member_by_number(db(), number) if number else None
    if number and teacher is None:
        raise RefusedError(_("There is no member with the number %(number)s.", number=number[:50]))
    persons = request.form.get("persons", 0, type=int)
    if not 1 <= persons <= MOST_IN_CLASS:
        raise RefusedError(_("Say how many come: from 1 to %(most)s.", most=MOST_IN_CLASS))
    return {"persons": persons, "member": teacher.number if teacher else ""}
