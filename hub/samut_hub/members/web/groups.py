"""Types of member and groups, as the library defines them."""

from collections.abc import Callable

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from samut_hub.members import education, groups
from samut_hub.members.forms import GroupForm, TypeForm, say_refusal, year_end_typed
from samut_hub.members.web.blueprint import pages
from samut_hub.members.web.people import Answer
from samut_hub.staff.policy import Permission
from samut_hub.web.hub import db, needs
from samut_hub.web.language import language


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
        return _try(lambda: groups.add_type(db(), form.code.data, *form.names, form.validity), ".type_list")
    counts = groups.people_by_type(db())
    return render_template(
        "members/types.html", form=form, types=groups.member_types(db()), counts=counts, year_end_typed=year_end_typed
    )


@pages.post("/types/<int:type_id>")
@needs(Permission.EDIT_MEMBER_FORMS)
def change_type(type_id: int) -> Response:
    """What cannot be is said above the list."""
    kind, form = groups.member_type(db(), type_id), TypeForm()
    form.code.data = kind.code
    if form.validate():
        groups.change_type(db(), kind, form.names, form.validity)
        flash(_("Saved."), "success")
    for field in form:
        for sentence in field.errors:
            flash(f"{kind.name(language())} · {field.label.text}: {sentence}", "danger")
    return redirect(url_for(".type_list"))


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
