"""Add copies to a title and change one; whether an accession number is free is told as it is typed."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from samut_hub.catalogue import items, service
from samut_hub.catalogue.forms import NUMBER_FAULTS, ItemForm
from samut_hub.catalogue.models import Item, Title
from samut_hub.catalogue.web.blueprint import pages
from samut_hub.staff.policy import Permission
from samut_hub.web.forms import show
from samut_hub.web.hub import db, needs, now

Answer = str | Response | tuple[str, int]


@pages.route("/<int:title_id>/items/new", methods=["GET", "POST"])
@needs(Permission.EDIT_CATALOGUE)
def new_item(title_id: int) -> Answer:
    title, form = service.title_by_id(db(), title_id), ItemForm()
    form.offer(service.places(db()))
    if not form.is_submitted():
        form.accession_number.data = items.next_number(db())
        form.call_number.data = title.call_number
    elif form.validate() and (added := _add(form, title)):
        flash(ngettext("%(num)s copy added.", "%(num)s copies added.", added), "success")
        return redirect(url_for(".show", title_id=title_id))
    return show("catalogue/item.html", form, title=title, item=None)


@pages.route("/items/<int:item_id>/edit", methods=["GET", "POST"])
@needs(Permission.EDIT_CATALOGUE)
def edit_item(item_id: int) -> Answer:
    item, form = service.item_by_id(db(), item_id), ItemForm()
    form.offer(service.places(db()))
    if not form.is_submitted():
        form.show_item(item)
    elif form.validate() and _change(form, item):
        flash(_("The copy is saved."), "success")
        return redirect(url_for(".show", title_id=item.title_id))
    return show("catalogue/item.html", form, title=item.title, item=item)


@pages.get("/items/number")
@needs(Permission.EDIT_CATALOGUE)
def check_number() -> str:
    """A fragment: whether the number that stands in the form is free."""
    number, own = request.args.get("accession_number", ""), request.args.get("item", type=int)
    holder, fault = items.holder_of(db(), number), items.fault_of(number)
    if holder is not None and holder.id == own:
        holder = None
    return render_template(
        "catalogue/number.html",
        number=number.strip(),
        holder=holder,
        fault=NUMBER_FAULTS[fault] if fault else None,
        free=items.next_number(db()) if holder else None,
    )


def _add(form: ItemForm, title: Title) -> int:
    try:
        return len(items.add_items(db(), title, form.fields(), copies=form.copies.data or 1, now=now()))
    except (items.WrongNumberError, items.NumberTakenError) as error:
        form.refuse(error)
        return 0


def _change(form: ItemForm, item: Item) -> bool:
    try:
        items.edit_item(db(), item, form.fields(), now=now())
    except (items.WrongNumberError, items.NumberTakenError) as error:
        form.refuse(error)
        return False
    return True
