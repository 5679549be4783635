"""Change many items at once: choose, see what would change, do it, put it back."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from msgspec import to_builtins
from werkzeug.wrappers import Response

from samut_hub.catalogue.batches import jobs, service
from samut_hub.catalogue.batches.forms import PREFIX, BatchForm
from samut_hub.catalogue.batches.policy import Chosen, Wanted
from samut_hub.catalogue.forms import STATUS_FAULTS, say_refusal
from samut_hub.catalogue.item_history import By
from samut_hub.catalogue.items import WrongRangeError
from samut_hub.catalogue.models import BatchEdit
from samut_hub.catalogue.search.criteria import Filters
from samut_hub.catalogue.service import categories, place_names, places
from samut_hub.catalogue.web.item_words import Names, differences, label_of
from samut_hub.commands import once
from samut_hub.staff.policy import Permission
from samut_hub.tasks import submit
from samut_hub.web.hub import carry_out, db, library, needs, now, only_looks, staff, the_hub
from samut_hub.web.language import language
from samut_hub.web.naming import in_each_language
from samut_wire.ids import command_id, is_command_id

Page = str | Response | tuple[str, int]
pages = Blueprint("batches", __name__, template_folder="templates", url_prefix="/catalogue/batches")
ERRORS = (_l("These changes were put back in the meantime; they are not made again."),)
MOST_TITLES = 1_000
TOLD = 30
"""How many items that could not be changed are named."""


class TooManyTitlesError(Exception):
    """The words find more titles than MOST_TITLES."""


@pages.get("/")
@needs(Permission.CHANGE_MANY_ITEMS)
def index() -> Page:
    return _page(_form())


@pages.post("/preview")
@needs(Permission.CHANGE_MANY_ITEMS)
@only_looks
def preview() -> Page:
    form = _form()
    asked = _asked(form)
    if asked is None:
        return _page(form), 422
    return _page(form, service.preview(db(), *asked))


@pages.post("/apply")
@needs(Permission.CHANGE_MANY_ITEMS)
def apply() -> Page:
    """What was seen is done, once; if the items are others by now, they are shown anew."""
    form = _form()
    asked = _asked(form)
    if asked is None or not is_command_id(form.command.data):
        return _page(form), 422
    chosen, wanted = asked

    def do() -> bytes:
        return _apply(form, chosen, wanted).encode()

    key, desk = form.command.data, f"desk:{staff().username}"
    address = carry_out(lambda: once(db(), desk, key, "batches.apply", now(), do=do)).decode()
    if address:
        return redirect(address)
    form.form_errors.append(_("The items were changed by someone else just now. This is how it would be now."))
    return _page(form, service.preview(db(), chosen, wanted)), 422


@pages.get("/<int:batch_id>")
@needs(Permission.CHANGE_MANY_ITEMS)
def show(batch_id: int) -> Page:
    batch = service.batch_by_id(db(), batch_id)
    changes = service.changes_of(db(), batch)
    return render_template(
        "batches/show.html",
        batch=batch,
        is_going_on=service.is_going_on(db(), batch),
        changes=changes,
        items=service.items_by_id(db(), {change.item_id for change in changes}),
        names=_names(),
        differences=differences,
    )


@pages.post("/<int:batch_id>/undo")
@needs(Permission.CHANGE_MANY_ITEMS)
def undo(batch_id: int) -> Response:
    try:
        batch = service.batch_to_undo(db(), batch_id)
    except service.GoingOnError:
        flash(_("The task of this change has not ended yet: wait for it, or stop it."), "warning")
        return redirect(url_for(".show", batch_id=batch_id))
    if batch.undone_at is not None:
        return redirect(url_for(".show", batch_id=batch_id))
    if batch.items > service.AT_ONCE:
        return _submit(jobs.UNDO, {"total": batch.items}, batch, lambda: batch.about)
    done = service.undo(db(), batch, _by())
    flash(ngettext("%(num)s item is as before.", "%(num)s items are as before.", done.items), "success")
    _tell_refused(done)
    return redirect(url_for(".show", batch_id=batch_id))


def _form() -> BatchForm:
    form = BatchForm()
    form.offer(places(db()), categories(db()))
    return form


def _page(form: BatchForm, seen: service.Preview | None = None) -> str:
    form.mark.data = seen.mark if seen else ""
    form.command.data = command_id(int(now().timestamp() * 1000))
    return render_template(
        "batches/index.html",
        form=form,
        seen=seen,
        batches=service.latest(db()),
        names=_names(),
        differences=differences,
        faults=STATUS_FAULTS,
        at_once=service.AT_ONCE,
    )


def _asked(form: BatchForm) -> tuple[Chosen, Wanted] | None:
    """The choice and the change; None when something is missing or wrong, which then stands in the form."""
    if not form.validate():
        return None
    try:
        chosen, wanted = _chosen(form), form.wanted()
    except WrongRangeError as error:
        form.numbers.errors = [*form.numbers.errors, say_refusal(error)]
        return None
    except TooManyTitlesError:
        too_many = _("More than %(count)s titles: use more words.", count=f"{MOST_TITLES:,}")
        form.words.errors = [*form.words.errors, too_many]
        return None
    except service.TooManyNumbersError:
        form.numbers.errors = [*form.numbers.errors, _("At most %(count)s numbers.", count=service.MOST_NUMBERS)]
        return None
    if chosen.is_everything:
        form.form_errors.append(_("Choose items: by number, place, category, status or title."))
    if wanted.is_nothing:
        form.form_errors.append(_("Tick what is to be changed."))
    return None if form.form_errors else (chosen, wanted)


def _chosen(form: BatchForm) -> Chosen:
    words = form.words.data
    found = _titles_found(words) if words else None
    return Chosen(
        numbers=service.numbers_in(form.numbers.data),
        place_ids=service.place_and_below(db(), int(form.in_place.data)) if form.in_place.data else (),
        category_id=int(form.in_category.data) if form.in_category.data else None,
        status=form.with_status.data,
        title_ids=found,
    )


def _titles_found(words: str) -> tuple[int, ...]:
    """Titles of which the library has items. Raises TooManyTitlesError."""
    hits = the_hub().titles.search(words, filters=Filters(libraries=(library().id,)), per_page=MOST_TITLES)
    if hits.total > MOST_TITLES:
        raise TooManyTitlesError
    return hits.ids


def _apply(form: BatchForm, chosen: Chosen, wanted: Wanted) -> str:
    """Where to go afterwards; nothing when the choice is another one than was seen."""
    seen = service.preview(db(), chosen, wanted)
    if seen.mark != form.mark.data:
        return ""
    batch = service.begin(db(), _about(wanted), _by())
    if seen.total > service.AT_ONCE:
        args = {"chosen": to_builtins(chosen), "wanted": to_builtins(wanted), "total": seen.total}
        return _submit(jobs.APPLY, args, batch, lambda: _about(wanted)).location
    done = service.apply(db(), batch, chosen, wanted, _by())
    flash(ngettext("%(num)s item is changed.", "%(num)s items are changed.", done.items), "success")
    _tell_refused(done)
    return url_for(".show", batch_id=batch.id)


def _submit(kind: str, args: dict[str, object], batch: BatchEdit, about: Callable[[], str]) -> Response:
    back = url_for(".show", batch_id=batch.id)
    args = {**args, "batch_id": batch.id, "staff_id": staff().id}
    names = in_each_language(lambda: _("Change many items: %(what)s", what=about()))
    task = submit(db(), kind, args, staff_id=staff().id, now=now(), names=names, back=back)
    batch.task_id = task.id
    return redirect(url_for("tasks.show", task_id=task.id))


def _names() -> Names:
    known = {one.id: one.shown(language()) for one in categories(db())}
    return Names(place_names(db(), language()), known)


def _about(wanted: Wanted) -> str:
    columns = [*wanted.values, *([PREFIX] if wanted.prefix is not None else [])]
    said = [str(BatchForm.prefix.args[0]) if name == PREFIX else label_of(name) for name in columns]
    return ", ".join(said) + (f" ({wanted.reason})" if wanted.reason else "")


def _tell_refused(done: service.Done) -> None:
    if done.refused:
        told = ", ".join(done.refused[:TOLD]) + (" …" if len(done.refused) > TOLD else "")
        flash(
            _("Left as they are, because they are on loan or were changed since: %(numbers)s", numbers=told),
            "warning",
        )


def _by() -> By:
    return By(staff_id=staff().id, now=now())
