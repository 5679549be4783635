"""Find a title, look at one, add and change one, see its MARC record."""

from collections.abc import Sequence

import msgspec
from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Redirect

from samut_hub.catalogue import service
from samut_hub.catalogue.forms import TitleForm
from samut_hub.catalogue.models import Title
from samut_hub.catalogue.records.iso2709 import write_record
from samut_hub.catalogue.search import finding
from samut_hub.catalogue.search.criteria import Filters
from samut_hub.catalogue.web.blueprint import pages
from samut_hub.staff.policy import Permission
from samut_hub.web.hub import db, needs, now, the_hub
from samut_hub.web.language import language

Answer = str | Redirect | tuple[str, int]


@pages.get("/")
@needs()
def index() -> str:
    page = min(max(1, request.args.get("page", 1, type=int)), finding.LAST_PAGE)
    words, materials = request.args.get("q", ""), service.material_types(db())
    material = next((one.code for one in materials if one.code == request.args.get("material")), "")
    filters = Filters(materials=[material] if material else [])
    found = finding.find(db(), the_hub().titles, words, filters=filters, page=page)
    return render_template(
        "catalogue/index.html", found=found, page=page, words=words, material=material, materials=materials
    )


@pages.get("/<int:title_id>")
@needs()
def show(title_id: int) -> str:
    title = service.title_by_id(db(), title_id)
    return render_template(
        "catalogue/show.html",
        title=title,
        items=service.items_of(db(), title_id),
        place_names=service.place_names(db(), language()),
        material=service.material_type(db(), title.material),
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
    name = {"Content-Disposition": f'attachment; filename="samut-{title_id}.mrc"'}
    return Response(write_record(record), mimetype="application/marc", headers=name)


@pages.route("/new", methods=["GET", "POST"])
@needs(Permission.EDIT_CATALOGUE)
def new() -> Answer:
    form = TitleForm(material="book", language="tha", isbn=request.args.get("isbn", ""))
    form.offer(service.material_types(db()), None)
    same_isbn: Sequence[Title] = ()
    if form.validate_on_submit():
        wanted = form.description()
        same_isbn = () if form.same_isbn.data else finding.titles_with_isbn(db(), wanted.isbn)
        if not same_isbn:
            title = service.add_title(db(), wanted, now=now())
            flash(_("The title is saved. Now its copies."), "success")
            return redirect(url_for(".new_item", title_id=title.id))
    return _page(form, None, same_isbn=same_isbn)


@pages.route("/<int:title_id>/edit", methods=["GET", "POST"])
@needs(Permission.EDIT_CATALOGUE)
def edit(title_id: int) -> Answer:
    title, form = service.title_by_id(db(), title_id), TitleForm()
    form.offer(service.material_types(db()), title)
    if not form.is_submitted():
        form.show_title(title)
    elif form.validate():
        try:
            service.edit_title(db(), title, form.description(), version=form.known_version(), now=now())
        except service.TitleChangedError:
            return _tell_change(form, title)
        flash(_("The title is saved."), "success")
        return redirect(url_for(".show", title_id=title_id))
    return _page(form, title)


def _tell_change(form: TitleForm, title: Title) -> Answer:
    """Show both what was filled in and what the other person saved; saving again is then a decision."""
    db().rollback()
    db().refresh(title)
    theirs, mine = service.description_of(title), form.description()
    changed = [name for name in theirs.__struct_fields__ if getattr(theirs, name) != getattr(mine, name)]
    form.version.data = str(title.version)
    return _page(form, title, theirs=msgspec.structs.asdict(theirs), changed=changed, status=422)


def _page(form: TitleForm, title: Title | None, *, status: int = 200, **more: object) -> tuple[str, int]:
    page = render_template("catalogue/edit.html", form=form, title=title, **more)
    return page, 422 if form.errors or more.get("same_isbn") else status
