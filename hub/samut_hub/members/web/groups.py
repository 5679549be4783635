"""Types of member and groups, as the library defines them."""

from collections.abc import Callable

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from samut_hub.members import education, groups
from samut_hub.members.forms import GroupForm, TypeForm, say_refusal
from samut_hub.members.web.blueprint import pages
from samut_hub.members.web.people import Answer
from samut_hub.staff.policy import Permission
from samut_hub.web.hub import db, needs


@pages.route("/groups", methods=["GET", "POST"])
@needs(Permission.EDIT_MEMBERS)
def group_list() -> Answer:
    form = _group_form()
    if form.validate_on_submit():
        return _try(lambda: groups.add_group(db(), form.name.data.strip(), form.level.data or None), ".group_list")
    counts = groups.people_by_group(db())
    return render_template("members/groups.html", form=form, groups=groups.groups(db()), counts=counts)


@pages.post("/groups/<int:group_id>")
@needs(Permission.EDIT_MEMBERS)
def rename_group(group_id: int) -> Response:
    group, form = groups.group(db(), group_id), _group_form()
    if not form.validate_on_submit():
        return redirect(url_for(".group_list"))
    level = form.level.data or None
    return _try(lambda: groups.change_group(db(), group, form.name.data.strip(), level), ".group_list")


@pages.post("/groups/<int:group_id>/remove")
@needs(Permission.EDIT_MEMBERS)
def remove_group(group_id: int) -> Response:
    group = groups.group(db(), group_id)
    return _try(lambda: groups.remove_group(db(), group), ".group_list")


@pages.route("/types", methods=["GET", "POST"])
@needs(Permission.EDIT_MEMBER_FORMS)
def type_list() -> Answer:
    form = TypeForm()
    if form.validate_on_submit():
        code, names = form.code.data, (form.name_th.data.strip(), form.name_en.data.strip())
        return _try(lambda: groups.add_type(db(), code, *names), ".type_list")
    counts = groups.people_by_type(db())
    return render_template("members/types.html", form=form, types=groups.member_types(db()), counts=counts)


@pages.post("/types/<int:type_id>")
@needs(Permission.EDIT_MEMBER_FORMS)
def rename_type(type_id: int) -> Response:
    kind, form = groups.member_type(db(), type_id), TypeForm()
    form.code.data = kind.code
    if not form.validate():
        return redirect(url_for(".type_list"))
    names = (form.name_th.data.strip(), form.name_en.data.strip())
    return _try(lambda: groups.rename_type(db(), kind, *names), ".type_list")


@pages.post("/types/<int:type_id>/remove")
@needs(Permission.EDIT_MEMBER_FORMS)
def remove_type(type_id: int) -> Response:
    kind = groups.member_type(db(), type_id)
    return _try(lambda: groups.remove_type(db(), kind), ".type_list")


def _group_form() -> GroupForm:
    form = GroupForm()
    form.offer(education.levels(db()))
    return form


def _try(change: Callable[[], object], endpoint: str) -> Response:
    """Make the change and show the list again; what stands against it is said above the list."""
    try:
        change()
    except (groups.NameTakenError, groups.InUseError) as error:
        flash(say_refusal(error), "danger")
    return redirect(url_for(endpoint))
