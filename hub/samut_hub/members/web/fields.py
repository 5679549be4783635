"""Fields that the library adds to its form of members, and its steps of education."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from samut_hub.members import education, own_fields
from samut_hub.members.forms import FIELD_KINDS, NamesForm, OwnFieldForm, say_refusal
from samut_hub.members.groups import InUseError, NameTakenError
from samut_hub.members.models import FieldKind
from samut_hub.members.web.blueprint import pages
from samut_hub.members.web.people import Answer
from samut_hub.staff.policy import Permission
from samut_hub.web.hub import db, needs


@pages.route("/fields", methods=["GET", "POST"])
@needs(Permission.EDIT_MEMBER_FORMS)
def field_list() -> Answer:
    form = OwnFieldForm()
    if form.validate_on_submit():
        kind = FieldKind(form.kind.data)
        if kind is FieldKind.CHOICE and not form.lines():
            form.choices.errors = [_("Write what there is to choose from, one in each line.")]
        else:
            try:
                own_fields.add_field(db(), form.names, kind, form.lines() if kind is FieldKind.CHOICE else ())
                return redirect(url_for(".field_list"))
            except NameTakenError as error:
                form.name_th.errors = [say_refusal(error)]
    page = render_template("members/fields.html", form=form, fields=own_fields.own_fields(db()), kinds=FIELD_KINDS)
    return page, 422 if form.errors else 200


@pages.post("/fields/<int:own_id>")
@needs(Permission.EDIT_MEMBER_FORMS)
def change_field(own_id: int) -> Response:
    """Rename it, change what there is to choose from, or remove it."""
    field, form = own_fields.own_field(db(), own_id), OwnFieldForm()
    form.kind.data = field.kind
    try:
        if "remove" in request.form:
            own_fields.remove_field(db(), field)
        elif form.validate():
            own_fields.change_field(db(), field, form.names, form.lines() or field.choices)
        else:
            flash(_("A field needs a name in Thai."), "warning")
    except (NameTakenError, InUseError) as error:
        flash(say_refusal(error), "warning")
    return redirect(url_for(".field_list"))


@pages.route("/levels", methods=["GET", "POST"])
@needs(Permission.EDIT_MEMBER_FORMS)
def level_list() -> Answer:
    form = NamesForm()
    if "usual" in request.form and request.method == "POST":
        education.add_usual_levels(db())
        return redirect(url_for(".level_list"))
    if form.validate_on_submit():
        education.add_level(db(), *form.names)
        return redirect(url_for(".level_list"))
    page = render_template("members/levels.html", form=form, levels=education.levels(db()))
    return page, 422 if form.errors else 200


@pages.post("/levels/<int:step>")
@needs(Permission.EDIT_MEMBER_FORMS)
def change_level(step: int) -> Response:
    level, form = education.level(db(), step), NamesForm()
    try:
        if "remove" in request.form:
            education.remove_level(db(), level)
        elif form.validate():
            education.rename_level(db(), level, *form.names)
    except InUseError as error:
        flash(say_refusal(error), "warning")
    return redirect(url_for(".level_list"))
