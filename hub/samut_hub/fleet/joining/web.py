"""“Add a device”: a code that is shown once, and what became of it; which certificates end when; shutting one out."""

from datetime import datetime

import segno
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from samut_hub.fleet.enrolment import NewDevice
from samut_hub.fleet.joining import service
from samut_hub.fleet.joining.forms import NewDeviceForm
from samut_hub.fleet.joining.models import DeviceClaim
from samut_hub.fleet.joining.refusing import refuse_revoked
from samut_hub.fleet.models import Device
from samut_hub.fleet.service import device_of
from samut_hub.staff.policy import Permission
from samut_hub.web.forms import show
from samut_hub.web.hub import db, library, needs, now, staff, the_hub
from samut_wire.joining import spaced
from samut_wire.topics import DeviceRole

Page = str | Response | tuple[str, int]
pages = Blueprint("joining", __name__, template_folder="templates", url_prefix="/devices/joining")


@pages.get("/")
@needs(Permission.CONFIGURE_DEVICES)
def index() -> str:
    return render_template(
        "joining/index.html",
        certified=service.certified(db(), library().id),
        claims=service.open_claims(db(), now()),
    )


@pages.route("/new", methods=["GET", "POST"])
@needs(Permission.CONFIGURE_DEVICES)
def new() -> Page:
    form = NewDeviceForm()
    made: list[tuple[DeviceClaim, str]] = []
    if not form.accepts(lambda: made.append(_make(form.device(service.suggested_id(db(), form.role.data))))):
        return show("joining/new.html", form)
    return _told(*made[-1])


@pages.post("/<device_id>/again")
@needs(Permission.CONFIGURE_DEVICES)
def again(device_id: str) -> str:
    """For a device whose certificate has ended, or another computer in its place."""
    device = device_of(db(), device_id)
    return _told(*_make(NewDevice(device.id, DeviceRole(device.role), device.name)))


@pages.post("/<device_id>/shut-out")
@needs(Permission.CONFIGURE_DEVICES)
def shut_out(device_id: str) -> Response:
    hub, device = the_hub(), service.shut_out(db(), device_id, now())
    db().commit()
    flash(_("%(name)s is shut out for good.", name=device.name), "success")
    if not refuse_revoked(hub.database, hub.config, now()):
        flash(_("Now start the broker again: until then it lets the device stay connected."), "warning")
    return redirect(url_for(".index"))


@pages.get("/claims/<int:claim_id>")
@needs(Permission.CONFIGURE_DEVICES)
def claim(claim_id: int) -> str:
    """What became of a code: a part of its page, asked for again and again."""
    return render_template("joining/claim_state.html", **_state(service.claim_by_id(db(), claim_id)))


@pages.post("/claims/<int:claim_id>/withdraw")
@needs(Permission.CONFIGURE_DEVICES)
def withdraw(claim_id: int) -> Response:
    service.withdraw(db(), service.claim_by_id(db(), claim_id))
    flash(_("Nobody can join with this code any more."), "success")
    return redirect(url_for(".index"))


def _make(device: NewDevice) -> tuple[DeviceClaim, str]:
    return service.make_claim(db(), the_hub().config, device, by=staff().username, now=now())


def _told(claim: DeviceClaim, token: str) -> str:
    """The code is on this page and on no other."""
    code = service.code_of(the_hub().config, token)
    picture = segno.make(str(code), error="m", micro=False).svg_data_uri(scale=4, border=3)
    return render_template(
        "joining/code.html", code=code, token=spaced(token), picture=picture, host=request.host, **_state(claim)
    )


def _state(claim: DeviceClaim) -> dict[str, object]:
    device = db().get(Device, claim.device_id) if claim.used_at is not None else None
    is_here = device is not None and device.online and _was_seen_since(device, claim.used_at)
    return {"claim": claim, "device": device, "is_here": is_here, "is_over": now() >= claim.expires_at}


def _was_seen_since(device: Device, moment: datetime | None) -> bool:
    return device.seen_at is not None and moment is not None and device.seen_at >= moment
