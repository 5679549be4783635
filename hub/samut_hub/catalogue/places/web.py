"""Settings: the rooms and shelves of the library, and its categories."""

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from samut_hub.catalogue.models import Category
from samut_hub.catalogue.places import service
from samut_hub.catalogue.places.forms import CategoryForm, PlaceForm
from samut_hub.catalogue.places.service import Direction
from samut_hub.catalogue.service import add_place, categories, places
from samut_hub.staff.policy import Permission
from samut_hub.web.forms import show
from samut_hub.web.hub import db, needs

Page = Response | tuple[str, int]
pages = Blueprint("places", __name__, template_folder="templates", url_prefix="/settings")


@pages.route("/places", methods=["GET", "POST"])
@needs(Permission.EDIT_PLACES)
def place_list() -> Page:
    form, tree = PlaceForm(parent_id=request.args.get("in", "")), places(db())
    form.offer(tree)
    if form.validate_on_submit():
        parent_id = form.parent()
        parent = None if parent_id is None else service.place_by_id(db(), parent_id)
        add_place(db(), form.name.data, parent=parent).name_en = form.name_en.data
        flash(_("“%(name)s” is added.", name=form.name.data), "success")
        return redirect(url_for(".place_list", **{"in": form.parent_id.data or None}))
    return show("places/places.html", form, tree=tree, counts=service.items_by_place(db()))


@pages.route("/places/<int:place_id>", methods=["GET", "POST"])
@needs(Permission.EDIT_PLACES)
def edit_place(place_id: int) -> Page:
    place = service.place_by_id(db(), place_id)
    form = PlaceForm(obj=place)
    form.offer(service.possible_parents(db(), place))
    if not form.is_submitted():
        form.parent_id.data = str(place.parent_id or "")
    elif form.validate():
        names = {"name": form.name.data, "name_en": form.name_en.data}
        service.edit_place(db(), place, **names, parent_id=form.parent())
        flash(_("Saved."), "success")
        return redirect(url_for(".place_list"))
    return show("places/place.html", form, place=place)


@pages.post("/places/<int:place_id>/shift")
@needs(Permission.EDIT_PLACES)
def shift_place(place_id: int) -> Response:
    service.shift_place(db(), service.place_by_id(db(), place_id), _direction())
    return redirect(url_for(".place_list"))


@pages.post("/places/<int:place_id>/remove")
@needs(Permission.EDIT_PLACES)
def remove_place(place_id: int) -> Response:
    place = service.place_by_id(db(), place_id)
    try:
        service.remove_place(db(), place)
    except service.NotEmptyError:
        flash(_("“%(name)s” is not empty. Move what is in it first.", name=place.name), "danger")
    else:
        flash(_("“%(name)s” is removed.", name=place.name), "success")
    return redirect(url_for(".place_list"))


@pages.route("/categories", methods=["GET", "POST"])
@needs(Permission.EDIT_PLACES)
def category_list() -> Page:
    form = CategoryForm()
    if form.validate_on_submit() and _write(form, Category()):
        return redirect(url_for(".category_list"))
    return show("places/categories.html", form, categories=categories(db()), counts=service.items_by_category(db()))


@pages.route("/categories/<int:category_id>", methods=["GET", "POST"])
@needs(Permission.EDIT_PLACES)
def edit_category(category_id: int) -> Page:
    category, form = service.category_by_id(db(), category_id), CategoryForm()
    if not form.is_submitted():
        form.show_category(category)
    elif form.validate() and _write(form, category):
        return redirect(url_for(".category_list"))
    return show("places/category.html", form, category=category)


@pages.post("/categories/<int:category_id>/shift")
@needs(Permission.EDIT_PLACES)
def shift_category(category_id: int) -> Response:
    service.shift_category(db(), service.category_by_id(db(), category_id), _direction())
    return redirect(url_for(".category_list"))


@pages.post("/categories/<int:category_id>/remove")
@needs(Permission.EDIT_PLACES)
def remove_category(category_id: int) -> Response:
    category = service.category_by_id(db(), category_id)
    try:
        service.remove_category(db(), category)
    except service.NotEmptyError:
        flash(_("Items belong to “%(name)s”. Give them another category first.", name=category.name), "danger")
    else:
        flash(_("“%(name)s” is removed.", name=category.name), "success")
    return redirect(url_for(".category_list"))


@pages.app_template_filter()
def svg_colour(colour: str) -> str:
    """The colour if it is one, for the attribute of a shape: a page allows no styles."""
    return colour if len(colour) == 7 and colour.startswith("#") else "none"


def _direction() -> Direction:
    wanted = request.form.get("direction", "")
    if wanted not in set(Direction):
        abort(400)
    return Direction(wanted)


def _write(form: CategoryForm, category: Category) -> bool:
    try:
        service.write_category(db(), category, name=form.name.data, name_en=form.name_en.data, colour=form.chosen())
    except service.NameTakenError:
        form.name.errors = [*form.name.errors, _("There is another category of this name.")]
        return False
    flash(_("“%(name)s” is saved.", name=category.name), "success")
    return True
