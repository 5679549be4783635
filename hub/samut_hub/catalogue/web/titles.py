"""Look at a title, add and change one, see its MARC record."""

from collections.abc import Sequence
from typing import Any

import msgspec
from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as Redirect

from samut_hub.catalogue import service
from samut_hub.catalogue.authorities.web import in_used_forms
from samut_hub.catalogue.fields import service as fields
from samut_hub.catalogue.fields.forms import ShapedTitleForm, own_data, title_labels
from samut_hub.catalogue.fields.policy import Of
from samut_hub.catalogue.forms import TitleForm
from samut_hub.catalogue.merging.service import successor_of
from samut_hub.catalogue.models import Title
from samut_hub.catalogue.records.iso2709 import write_record
from samut_hub.catalogue.records.marcxml import write_marcxml
from samut_hub.catalogue.records.materials import BOOK
from samut_hub.catalogue.search import finding
from samut_hub.catalogue.web.blueprint import pages
from samut_hub.staff.policy import Permission
from samut_hub.web.hub import db, needs, now
from samut_hub.web.language import language

Answer = str | Redirect | tuple[str, int]


@pages.get("/<int:title_id>")
@needs()
def show(title_id: int) -> str | Redirect:
    if (successor := successor_of(db(), title_id)) is not None:
        return redirect(url_for(".show", title_id=successor), 301)
    title = service.title_by_id(db(), title_id)
    material = service.material_type(db(), title.material)
    return render_template(
        "catalogue/show.html",
        title=title,
        items=service.items_of(db(), title_id),
        place_names=service.place_names(db(), language()),
        material=material,
        own_texts=fields.own_texts(db(), title),
        labels=title_labels(material.like or material.code),
    )


@pages.get("/<int:title_id>/marc")
@needs()
def marc(title_id: int) -> str:
    title = service.title_by_id(db(), title_id)
    return render_template("catalogue/marc.html", title=title, record=service.record_of(db(), title))


@pages.get("/<int:title_id>/record.mrc")
@needs()
def marc_file(title_id: int) -> Response:
    record = service.record_of(db(), service.title_by_id(db(), title_id))
    return _download(write_record(record), f"samut-{title_id}.mrc", "application/marc")


@pages.get("/<int:title_id>/record.xml")
@needs()
def marcxml_file(title_id: int) -> Response:
    record = service.record_of(db(), service.title_by_id(db(), title_id))
    return _download(write_marcxml(record), f"samut-{title_id}.xml", "application/marcxml+xml")


@pages.route("/new", methods=["GET", "POST"])
@needs(Permission.EDIT_CATALOGUE)
def new() -> Answer:
    form = _form(None, {"material": BOOK, "language": "tha", "isbn": request.args.get("isbn", "")})
    same_isbn: Sequence[Title] = ()
    if not form.is_submitted() or _is_reshaped():
        form.fill_defaults()
    elif form.validate():
        wanted = form.description()
        same_isbn = () if form.same_isbn.data else finding.titles_with_isbn(db(), wanted.isbn)
        if not same_isbn:
            title = service.add_title(db(), in_used_forms(wanted), now=now())
            fields.set_own_values(db(), title, form.own_values())
            flash(_("The title is saved. Now its copies."), "success")
            return redirect(url_for(".new_item", title_id=title.id))
    return _page(form, None, same_isbn=same_isbn)


@pages.route("/<int:title_id>/edit", methods=["GET", "POST"])
@needs(Permission.EDIT_CATALOGUE)
def edit(title_id: int) -> Answer:
    title = service.title_by_id(db(), title_id)
    known = {**TitleForm.values_of(title), **own_data(fields.own_values(db(), title))}
    form = _form(title, known)
    if form.is_submitted() and not _is_reshaped() and form.validate():
        try:
            wanted = in_used_forms(form.description())
            service.edit_title(db(), title, wanted, version=form.known_version(), now=now())
        except service.TitleChangedError:
            return _tell_change(form, title)
        fields.set_own_values(db(), title, form.own_values())
        flash(_("The title is saved."), "success")
        return redirect(url_for(".show", title_id=title_id))
    return _page(form, title)


@pages.post("/<int:title_id>/remove")
@needs(Permission.EDIT_CATALOGUE)
def remove(title_id: int) -> Redirect:
    title = service.title_by_id(db(), title_id)
    name = title.title
    try:
        service.remove_title(db(), title, now=now())
    except service.TitleInUseError as error:
        flash(_say_in_use(error), "warning")
        return redirect(url_for(".show", title_id=title_id))
    flash(_("“%(title)s” is removed from the catalogue.", title=name), "success")
    return redirect(url_for(".index"))


def _form(title: Title | None, known: dict[str, Any]) -> ShapedTitleForm:
    """The form as the library wants it for the kind of material that is chosen in it."""
    materials = service.material_types(db())
    asked = request.values.get("material")
    chosen = asked if asked in {one.code for one in materials} else known["material"]
    shape = fields.shape(db(), Of.TITLE, chosen)
    form = ShapedTitleForm.following(shape, data={**known, "material": chosen})
    form.offer(materials, title)
    return form


def _is_reshaped() -> bool:
    """Whether the form was sent only to see the fields of another kind of material."""
    return "reshape" in request.form


def _tell_change(form: ShapedTitleForm, title: Title) -> Answer:
    """Show both what was filled in and what the other person saved; saving again is then a decision."""
    db().rollback()
    db().refresh(title)
    theirs, mine = service.description_of(title), form.description()
    changed = [name for name in theirs.__struct_fields__ if getattr(theirs, name) != getattr(mine, name)]
    form.version.data = str(title.version)
    return _page(form, title, theirs=msgspec.structs.asdict(theirs), changed=changed, status=422)


def _say_in_use(error: service.TitleInUseError) -> str:
    if error.items:
        return ngettext(
            "The title has %(num)s copy in the libraries of this hub, so it stays.",
            "The title has %(num)s copies in the libraries of this hub, so it stays.",
            error.items,
        )
    return _("The title stays: other records belong to it, such as issues of a serial or a title merged into it.")


def _download(content: bytes, name: str, kind: str) -> Response:
    return Response(content, mimetype=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _page(form: ShapedTitleForm, title: Title | None, *, status: int = 200, **more: object) -> tuple[str, int]:
    page = render_template("catalogue/edit.html", form=form, title=title, **more)
    return page, 422 if form.errors or more.get("same_isbn") else status
