"""Add copies to a title, change one, say what became of it, see its history; a number is checked as it is typed."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from samut_hub.catalogue import item_history, item_status, items, service
from samut_hub.catalogue.fields import service as fields
from samut_hub.catalogue.fields.forms import ShapedItemForm, own_data
from samut_hub.catalogue.fields.policy import Of
from samut_hub.catalogue.forms import StatusForm, say_refusal
from samut_hub.catalogue.item_history import By
from samut_hub.catalogue.item_status import WrongStatusError
from samut_hub.catalogue.models import Item, Title
from samut_hub.catalogue.policy import ItemEvent, range_of
from samut_hub.catalogue.web.blueprint import pages
from samut_hub.catalogue.web.item_words import Names, differences, label_of, say_event
from samut_hub.staff.policy import Permission
from samut_hub.staff.service import accounts
from samut_hub.web.forms import show
from samut_hub.web.hub import db, needs, now, staff
from samut_hub.web.language import language

Answer = str | Response | tuple[str, int]
NAMED = 3
"""How many of the numbers of a range that are taken are named."""


@pages.route("/<int:title_id>/items/new", methods=["GET", "POST"])
@needs(Permission.EDIT_CATALOGUE)
def new_item(title_id: int) -> Answer:
    title = service.title_by_id(db(), title_id)
    form = _form(title, None)
    if not form.is_submitted():
        form.fill_defaults()
        form.accession_number.data = items.next_number(db())
    elif form.validate() and (added := _add(form, title)):
        flash(ngettext("%(num)s copy added.", "%(num)s copies added.", added), "success")
        return redirect(url_for(".show", title_id=title_id))
    return _page(form, title, None)


@pages.get("/items/<int:item_id>")
@needs()
def show_item(item_id: int) -> str:
    item = service.item_by_id(db(), item_id)
    form = StatusForm()
    form.offer(item, is_lent=item_status.is_lent(db(), item))
    return _history(item, form)


@pages.route("/items/<int:item_id>/edit", methods=["GET", "POST"])
@needs(Permission.EDIT_CATALOGUE)
def edit_item(item_id: int) -> Answer:
    item = service.item_by_id(db(), item_id)
    form = _form(item.title, item)
    if not form.is_submitted():
        form.show_item(item)
    elif form.validate() and _change(form, item):
        flash(_("The copy is saved."), "success")
        return redirect(url_for(".show", title_id=item.title_id))
    return _page(form, item.title, item)


@pages.post("/items/<int:item_id>/status")
@needs(Permission.EDIT_CATALOGUE)
def change_status(item_id: int) -> Answer:
    item, form = service.item_by_id(db(), item_id), StatusForm()
    form.offer(item, is_lent=item_status.is_lent(db(), item))
    if form.validate() and _note(form, item):
        flash(_("It is written down."), "success")
        return redirect(url_for(".show_item", item_id=item_id))
    return _history(item, form), 422


@pages.post("/items/<int:item_id>/changes/<int:change_id>/undo")
@needs(Permission.EDIT_CATALOGUE)
def undo_change(item_id: int, change_id: int) -> Response:
    item = service.item_by_id(db(), item_id)
    try:
        items.undo(db(), item, item_history.change_of(db(), item, change_id), _by())
    except item_history.ChangedSinceError as error:
        changed = ", ".join(map(label_of, error.columns))
        flash(_("It cannot be taken back: changed again since then: %(columns)s.", columns=changed), "danger")
    except (items.NumberTakenError, WrongStatusError) as error:
        flash(say_refusal(error), "danger")
    else:
        flash(_("The change is taken back."), "success")
    return redirect(url_for(".show_item", item_id=item_id))


@pages.get("/items/number")
@needs(Permission.EDIT_CATALOGUE)
def check_number() -> str:
    """A fragment: whether the number, or the range of numbers, that stands in the form is free."""
    typed, own = request.args.get("accession_number", ""), request.args.get("item", type=int)
    try:
        numbers = items.numbers_typed(typed)
    except items.WrongRangeError as error:
        return render_template("catalogue/number.html", refusal=say_refusal(error))
    fault = items.fault_of(numbers[0])
    if fault is not None:
        return render_template("catalogue/number.html", refusal=say_refusal(items.WrongNumberError(typed, fault)))
    taken = [holder for holder in items.holders_of(db(), numbers) if holder.id != own]
    return render_template(
        "catalogue/number.html",
        number=typed.strip(),
        count=len(numbers) if range_of(typed) else 0,
        taken=taken[:NAMED],
        more=max(0, len(taken) - NAMED),
        free=items.next_number(db()) if taken else None,
    )


def _form(title: Title, item: Item | None) -> ShapedItemForm:
    """As the library wants it for the title's kind of material."""
    said = fields.own_values(db(), item) if item else {}
    form = ShapedItemForm.following(fields.shape(db(), Of.ITEM, title.material), data=own_data(said))
    form.offer(service.places(db()), service.categories(db()))
    if item is not None:
        form.keep_status(item.status)
    return form


def _page(form: ShapedItemForm, title: Title, item: Item | None) -> tuple[str, int]:
    return show("catalogue/item.html", form, title=title, item=item)


def _history(item: Item, form: StatusForm) -> str:
    changes = item_history.history_of(db(), item)
    places = service.place_names(db(), language())
    categories = {one.id: one.shown(language()) for one in service.categories(db())}
    return render_template(
        "catalogue/item_page.html",
        item=item,
        title=item.title,
        own_texts=fields.own_texts(db(), item),
        form=form,
        changes=changes,
        people={account.id: account.name for account in accounts(db())},
        names=Names(places, categories),
        differences=differences,
        say_event=say_event,
        can_undo=lambda change: change.after and not item_history.changed_since(item, change),
    )


def _by(form: StatusForm | None = None) -> By:
    if form is None:
        return By(staff_id=staff().id, now=now())
    return By(staff_id=staff().id, now=now(), reason=form.reason.data, happened_on=form.happened_on.data)


def _add(form: ShapedItemForm, title: Title) -> int:
    try:
        added = items.add_items(db(), title, form.fields(), copies=form.copies.data or 1, now=now())
    except (items.WrongNumberError, items.WrongRangeError, items.NumberTakenError) as error:
        form.refuse(error)
        return 0
    for item in added:
        fields.set_own_values(db(), item, form.own_values())
    return len(added)


def _change(form: ShapedItemForm, item: Item) -> bool:
    try:
        items.edit_item(db(), item, form.fields(), now=now(), staff_id=staff().id)
    except (items.WrongNumberError, items.NumberTakenError, WrongStatusError) as error:
        form.refuse(error)
        return False
    fields.set_own_values(db(), item, form.own_values())
    return True


def _note(form: StatusForm, item: Item) -> bool:
    """Carry out what was chosen; False when something stands against it, which is then said."""
    try:
        if form.status.data == ItemEvent.DAMAGED:
            item_status.note_damage(db(), item, _by(form))
        elif form.status.data == ItemEvent.CLAIMED_RETURNED:
            item_status.note_claim(db(), item, _by(form))
        else:
            item_status.change_status(db(), item, form.status.data, _by(form))
    except WrongStatusError as error:
        form.status.errors = [*form.status.errors, say_refusal(error)]
        return False
    return True
