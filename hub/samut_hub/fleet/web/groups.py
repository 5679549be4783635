"""Groups of devices: made, named, taken apart."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from samut_hub.errors import RefusedError
from samut_hub.fleet.groups import add_group, group_of, groups, remove_group, sizes
from samut_hub.fleet.web.blueprint import pages
from samut_hub.staff.policy import Permission
from samut_hub.web.hub import db, needs, now


@pages.route("/devices/groups", methods=["GET", "POST"])
@needs(Permission.CONFIGURE_DEVICES)
def group_list() -> str | Response:
    if request.method == "GET":
        return render_template("fleet/groups.html", groups=groups(db()), sizes=sizes(db()))
    name = " ".join(request.form.get("name", "").split())[:60]
    if not name:
        raise RefusedError(_("Give the group a name."))
    if add_group(db(), name) is None:
        raise RefusedError(_("There is already a group “%(name)s”.", name=name))
    flash(_("Saved."), "success")
    return redirect(url_for(".group_list"))


@pages.post("/devices/groups/<int:device_group_id>/remove")
@needs(Permission.CONFIGURE_DEVICES)
def take_apart(device_group_id: int) -> Response:
    group = group_of(db(), device_group_id)
    remove_group(db(), group, now())
    flash(_("The group “%(name)s” is gone; its devices are not.", name=group.name), "success")
    return redirect(url_for(".group_list"))
