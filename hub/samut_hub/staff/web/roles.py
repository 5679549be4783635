"""The roles of the library: the built-in ones to look at and to begin from, and those it made."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from samut_hub.staff import roles
from samut_hub.staff.forms import RoleForm
from samut_hub.staff.models import OwnRole
from samut_hub.staff.policy import PERMISSIONS, Permission, Role, rights_from
from samut_hub.staff.web.blueprint import Page, in_words, pages
from samut_hub.staff.words import RIGHT_GROUPS, ROLE_NAMES
from samut_hub.web.forms import show
from samut_hub.web.hub import db, needs, staff


@pages.get("/staff/roles")
@needs(Permission.MANAGE_STAFF)
def role_list() -> str:
    return render_template(
        "staff/roles.html",
        own=roles.own_roles(db()),
        built_in=ROLE_NAMES,
        rights_of=PERMISSIONS,
        people=roles.people_with(db()),
    )


@pages.route("/staff/roles/new", methods=["GET", "POST"])
@needs(Permission.MANAGE_STAFF)
def new_role() -> Page:
    """`like` is the code of the built-in role to begin from."""
    begins = PERMISSIONS[_built_in(request.args.get("like", ""))] & staff().rights
    form = RoleForm(rights=[right.value for right in begins])
    if not form.accepts(lambda: _add(form)):
        return show("staff/role.html", form, role=None, groups=RIGHT_GROUPS)
    flash(_("The role is there now. Give it to people at their accounts."), "success")
    return redirect(url_for(".role_list"))


@pages.route("/staff/roles/<int:role_id>", methods=["GET", "POST"])
@needs(Permission.MANAGE_STAFF)
def role(role_id: int) -> Page:
    found = roles.role_of(db(), role_id)
    form = RoleForm(name=found.name, rights=[right.value for right in found.rights])
    if not form.accepts(lambda: _change(form, found)):
        return show("staff/role.html", form, role=found, groups=RIGHT_GROUPS)
    flash(_("Saved."), "success")
    return redirect(url_for(".role_list"))


@pages.post("/staff/roles/<int:role_id>/remove")
@needs(Permission.MANAGE_STAFF)
def remove_role(role_id: int) -> Response:
    with in_words():
        roles.remove_role(db(), staff(), roles.role_of(db(), role_id))
    flash(_("The role is removed."), "success")
    return redirect(url_for(".role_list"))


def _add(form: RoleForm) -> None:
    with in_words():
        roles.add_role(db(), staff(), form.name.data, rights_from(form.rights.data))


def _change(form: RoleForm, role: OwnRole) -> None:
    with in_words():
        roles.change_role(db(), staff(), role, name=form.name.data, rights=rights_from(form.rights.data))


def _built_in(code: str) -> Role:
    return Role(code) if code in set(Role) else Role.ASSISTANT
