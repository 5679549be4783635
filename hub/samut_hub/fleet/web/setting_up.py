"""What a device, or a group's devices of a role, are set to do: the form, earlier versions, the way back to one."""

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from samut_hub.errors import NotFoundError
from samut_hub.fleet.configuration_form import SPARE_PARTS, Fault, Filled, PartRow, Wrong, changes, filled_from, read
from samut_hub.fleet.configurations import (
    Place,
    Written,
    newest,
    of_device,
    of_group,
    version_before,
    version_of,
    versions,
    write,
)
from samut_hub.fleet.groups import group_of, members
from samut_hub.fleet.models import Device, DeviceConfiguration
from samut_hub.fleet.service import device_of
from samut_hub.fleet.web.blueprint import pages
from samut_hub.fleet.web.key_words import KEYS, TABLES
from samut_hub.fleet.web.words import ROLES
from samut_hub.staff.policy import Permission
from samut_hub.web.hub import db, needs, now, staff

FAULTS = {
    Wrong.NUMBER: _l("A number is expected, not “%(said)s”."),
    Wrong.WHOLE: _l("A whole number is expected, not “%(said)s”."),
    Wrong.PAIR: _l("Each line is a name, =, and a value; this one is not: %(said)s"),
    Wrong.NEEDED: _l("This must be filled in."),
    Wrong.TWICE: _l("There is another part called “%(said)s”."),
    Wrong.NO_DRIVER: _l("Choose the driver of this part."),
    Wrong.UNKNOWN_DRIVER: _l("The device has no driver “%(said)s”."),
    Wrong.NO_PARTS: _l("Enter at least one part: without any the device could do nothing."),
    Wrong.OTHER: _l("This does not fit: %(said)s"),
}
ONE = "/devices/<device_id>/configuration"
MANY = "/devices/groups/<int:device_group_id>/configuration/<role>"


@dataclass(frozen=True)
class Whose:
    """Whom the pages are about: one device, or a group. `devices` are those that follow it."""

    place: Place
    name: str
    devices: list[Device]

    @property
    def address(self) -> dict[str, Any]:
        if self.place.device_id is not None:
            return {"device_id": self.place.device_id}
        return {"device_group_id": self.place.group_id, "role": self.place.role}

    @property
    def drivers(self) -> frozenset[str]:
        """Those that every device has that said so."""
        told = [frozenset(device.drivers) for device in self.devices if device.drivers]
        return frozenset.intersection(*told) if told else frozenset()

    @property
    def present(self) -> dict[str, Any]:
        """By what the first device works now, as it says itself."""
        return next((device.settings for device in self.devices if device.settings), {})


@pages.route(ONE, methods=["GET", "POST"])
@pages.route(MANY, methods=["GET", "POST"])
@needs(Permission.CONFIGURE_DEVICES)
def configuration(device_id: str = "", device_group_id: int = 0, role: str = "") -> str | Response | tuple[str, int]:
    whose = _whose(device_id, device_group_id, role)
    if request.method == "GET":
        last = newest(db(), whose.place)
        content = last.content if last is not None and last.content is not None else whose.present
        return _form(whose, filled_from(content, whose.place.role))
    filled = read(request.form, whose.place.role, whose.drivers)
    reason = _reason()
    if not reason:
        filled.faults.append(Fault("reason", Wrong.NEEDED))
    if not filled.faults:
        try:
            write(db(), whose.place, filled.content, Written(staff().username, now(), reason))
        except ValueError as error:
            filled.faults.append(Fault("", Wrong.OTHER, str(error)))
    if filled.faults:
        return _form(whose, filled), 422
    flash(_("Saved. Each device tries it at once, and goes back by itself when it does not work."), "success")
    return redirect(url_for(".configuration", **whose.address))


@pages.get(f"{ONE}/<int:configuration_id>")
@pages.get(f"{MANY}/<int:configuration_id>")
@needs(Permission.CONFIGURE_DEVICES)
def configuration_version(
    configuration_id: int, device_id: str = "", device_group_id: int = 0, role: str = ""
) -> str:
    """What this version changed, and what would change by going back to it."""
    whose = _whose(device_id, device_group_id, role)
    row, last = version_of(db(), whose.place, configuration_id), newest(db(), whose.place)
    before = version_before(db(), whose.place, configuration_id)
    return render_template(
        "fleet/configuration_version.html",
        whose=whose,
        row=row,
        before=before,
        made=changes(None if before is None else before.content, row.content),
        back=[] if last is None or last.id == row.id else changes(last.content, row.content),
        is_last=last is not None and last.id == row.id,
        key_name=_key_name,
    )


@pages.post(f"{ONE}/<int:configuration_id>/back")
@pages.post(f"{MANY}/<int:configuration_id>/back")
@needs(Permission.CONFIGURE_DEVICES)
def go_back(configuration_id: int, device_id: str = "", device_group_id: int = 0, role: str = "") -> Response:
    whose = _whose(device_id, device_group_id, role)
    row = version_of(db(), whose.place, configuration_id)
    reason = _reason() or _("Back to version %(number)s", number=row.id)
    write(db(), whose.place, row.content, Written(staff().username, now(), reason))
    flash(_("Saved. Each device tries it at once, and goes back by itself when it does not work."), "success")
    return redirect(url_for(".configuration", **whose.address))


@pages.post(f"{ONE}/none")
@pages.post(f"{MANY}/none")
@needs(Permission.CONFIGURE_DEVICES)
def no_configuration(device_id: str = "", device_group_id: int = 0, role: str = "") -> Response:
    """The device works by its group's, or by its own settings file."""
    whose = _whose(device_id, device_group_id, role)
    write(db(), whose.place, None, Written(staff().username, now(), _reason()))
    flash(_("Saved."), "success")
    return redirect(url_for(".configuration", **whose.address))


def _whose(device_id: str, device_group_id: int, role: str) -> Whose:
    if device_id:
        device = device_of(db(), device_id)
        return Whose(of_device(device), device.name, [device])
    group = group_of(db(), device_group_id)
    if role not in ROLES:
        raise NotFoundError(role)
    return Whose(of_group(group, role), group.name, [one for one in members(db(), group) if one.role == role])


def _form(whose: Whose, filled: Filled) -> str:
    rows: list[DeviceConfiguration] = list(versions(db(), whose.place))
    return render_template(
        "fleet/configuration.html",
        whose=whose,
        filled=filled,
        rows=[*filled.parts, *[PartRow()] * SPARE_PARTS],
        versions=rows,
        has_one=bool(rows) and rows[0].content is not None,
        drivers=sorted(whose.drivers),
        reason=request.form.get("reason", ""),
        sentence=_sentence,
        KEYS=KEYS,
        TABLES=TABLES,
    )


def _reason() -> str:
    return " ".join(request.form.get("reason", "").split())[:200]


def _sentence(fault: Fault) -> str:
    return str(FAULTS[fault.wrong]) % {"said": fault.said} if fault.said else str(FAULTS[fault.wrong])


def _key_name(key: str) -> str:
    """As the form calls it; of a part its own name."""
    if key.startswith("parts."):
        return _("Part “%(name)s”", name=key.removeprefix("parts."))
    return str(KEYS[key][0]) if key in KEYS else key
