"""Settings: which fields forms show, the library's own fields, and the kinds of material."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from samut_hub.catalogue.fields import service
from samut_hub.catalogue.fields.forms import (
    MaterialForm,
    NewMaterialForm,
    OwnFieldForm,
    is_always_there,
    label_of,
    may_repeat,
    sent_shape,
)
from samut_hub.catalogue.fields.policy import EVERY_MATERIAL, Of
from samut_hub.catalogue.service import material_types
from samut_hub.staff.policy import Permission
from samut_hub.web.forms import show
from samut_hub.web.hub import db, needs

Page = Response | tuple[str, int]
pages = Blueprint(
    "fields", "samut_hub.catalogue.fields", template_folder="templates", url_prefix="/settings/catalogue"
)


@pages.get("/fields")
@needs(Permission.EDIT_FORMS)
def index() -> tuple[str, int]:
    return _table(*_asked(), OwnFieldForm(formdata=None))


@pages.post("/fields")
@needs(Permission.EDIT_FORMS)
def change() -> Response:
    of, material = _asked()
    if "forget" in request.form:
        service.forget_shape(db(), of, material)
    else:
        wanted = sent_shape(request.form, service.shape(db(), of, material))
        service.change_shape(db(), of, material, wanted)
    flash(_("Saved. Forms that are opened from now on look like this."), "success")
    return redirect(url_for(".index", of=of.value, material=material or None))


@pages.post("/fields/own")
@needs(Permission.EDIT_FORMS)
def add_own() -> Page:
    (of, material), form = _asked(), OwnFieldForm()
    if form.validate():
        try:
            service.add_own_field(db(), of, form.name_th.data, form.name_en.data)
        except service.NameTakenError:
            form.name_th.errors = [_say_taken()]
        else:
            flash(_("The field is added. It stands last; give it another number to move it."), "success")
            return redirect(url_for(".index", of=of.value, material=material or None))
    return _table(of, material, form)


@pages.post("/fields/own/<int:field_id>")
@needs(Permission.EDIT_FORMS)
def change_own(field_id: int) -> Response:
    """Rename or remove a field of the library's own."""
    field, form = service.own_field(db(), field_id), OwnFieldForm()
    try:
        if "remove" in request.form:
            service.remove_own_field(db(), field)
            flash(_("The field is removed."), "success")
        elif form.validate():
            service.rename_own_field(db(), field, form.name_th.data, form.name_en.data)
            flash(_("The field is renamed."), "success")
        else:
            flash(_("A field needs a name of at most 80 characters."), "warning")
    except service.NameTakenError:
        flash(_say_taken(), "warning")
    except service.InUseError as error:
        flash(
            _("The field says something in %(num)s places, so it stays. You can hide it.", num=error.uses), "warning"
        )
    return redirect(url_for(".index", of=field.of))


@pages.route("/materials", methods=["GET", "POST"])
@needs(Permission.EDIT_FORMS)
def materials() -> Page:
    form, known = NewMaterialForm(), material_types(db())
    form.offer(known)
    if form.validate_on_submit():
        try:
            service.add_material(db(), form.names, form.like.data)
        except service.NameTakenError:
            form.name_th.errors = [_say_kind_taken()]
        else:
            flash(_("The kind of material is added."), "success")
            return redirect(url_for(".materials"))
    return show("fields/materials.html", form, materials=known, removable=service.removable(known))


@pages.post("/materials/<material_code>")
@needs(Permission.EDIT_FORMS)
def change_material(material_code: str) -> Response:
    """Rename a kind of material, or remove one that was added and is not used."""
    material, form = service.material(db(), material_code), MaterialForm()
    try:
        if "remove" in request.form:
            service.remove_material(db(), material)
            flash(_("The kind of material is removed."), "success")
        elif form.validate():
            service.rename_material(db(), material, form.names)
            flash(_("The kind of material is renamed."), "success")
        else:
            flash(_("A kind of material needs both names, of at most 80 characters."), "warning")
    except service.NameTakenError:
        flash(_say_kind_taken(), "warning")
    except service.InUseError as error:
        flash(_say_kind_used(error.uses), "warning")
    return redirect(url_for(".materials"))


def _asked() -> tuple[Of, str]:
    """Whose fields, for which kind of material; what is not known is taken as titles and all kinds."""
    of, material = request.values.get("of", ""), request.values.get("material", EVERY_MATERIAL)
    known = {one.code for one in material_types(db())}
    return Of(of) if of in set(Of) else Of.TITLE, material if material in known else EVERY_MATERIAL


def _table(of: Of, material: str, form: OwnFieldForm) -> tuple[str, int]:
    shape, special = service.shape(db(), of, material), service.materials_with_wishes(db(), of)
    page = render_template(
        "fields/index.html",
        form=form,
        shape=shape,
        material=material,
        materials=material_types(db()),
        special=special,
        label_of=label_of,
        may_repeat=may_repeat,
        is_always_there=is_always_there,
    )
    return page, 422 if form.errors else 200


def _say_taken() -> str:
    return _("There is a field of this name already.")


def _say_kind_taken() -> str:
    return _("There is a kind of material of this name already.")


def _say_kind_used(uses: int) -> str:
    if not uses:
        return _("This kind of material stays: rules or other settings name it.")
    return ngettext(
        "%(num)s title is of this kind, so it stays.", "%(num)s titles are of this kind, so it stays.", uses
    )
