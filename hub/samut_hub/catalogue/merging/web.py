"""Staff pages about duplicate titles: groups that look alike, two side by side, merging and its undoing."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response

from samut_hub.catalogue import service as titles
from samut_hub.catalogue.merging import service
from samut_hub.catalogue.merging.forms import CHOICES, FIELDS, MergeForm
from samut_hub.catalogue.merging.models import MergeState
from samut_hub.catalogue.merging.policy import Choice, Difference, differences
from samut_hub.catalogue.merging.service import By
from samut_hub.staff.policy import Permission
from samut_hub.web.hub import db, needs, now, staff

pages = Blueprint("merging", __name__, template_folder="templates", url_prefix="/catalogue/duplicates")


@pages.get("/")
@needs(Permission.MERGE_TITLES)
def index() -> str:
    by, after = _by(), request.args.get("after", "")
    groups, more = service.groups(db(), by, after=after)
    title_ids = [title.id for group in groups for title in group.titles]
    return render_template(
        "merging/index.html",
        by=by,
        groups=groups,
        more=more,
        after=after,
        copies=titles.copies_of(db(), title_ids),
        merges=service.latest_merges(db()),
        MergeState=MergeState,
    )


@pages.post("/apart")
@needs(Permission.MERGE_TITLES)
def keep_apart() -> Response:
    key = request.form.get("key", "")
    if key:
        service.keep_apart(db(), _by(), key, staff_id=staff().id, now=now())
        flash(_("These titles are not shown as duplicates again."), "success")
    return redirect(url_for(".index", by=_by().value))


@pages.get("/<int:title_id>/<int:other_title_id>")
@needs(Permission.MERGE_TITLES)
def compare(title_id: int, other_title_id: int) -> str:
    kept, other = titles.title_by_id(db(), title_id), titles.title_by_id(db(), other_title_id)
    found = differences(titles.description_of(kept), titles.description_of(other))
    return render_template(
        "merging/compare.html",
        form=MergeForm(),
        kept=kept,
        other=other,
        differences=found,
        fields=FIELDS,
        choices=CHOICES,
        copies=titles.copies_of(db(), [title_id, other_title_id]),
        others={one.id: titles.copies_anywhere(db(), one.id) for one in (kept, other)},
    )


@pages.post("/<int:title_id>/<int:other_title_id>")
@needs(Permission.MERGE_TITLES)
def merge(title_id: int, other_title_id: int) -> Response:
    kept, other = titles.title_by_id(db(), title_id), titles.title_by_id(db(), other_title_id)
    form = MergeForm()
    if not form.validate_on_submit():
        return redirect(url_for(".compare", title_id=title_id, other_title_id=other_title_id))
    found = differences(titles.description_of(kept), titles.description_of(other))
    choices = {one.name: _choice(one) for one in found}
    try:
        service.merge(
            db(),
            kept,
            other,
            choices=choices,
            takes_fields=form.takes_fields.data,
            staff_id=staff().id,
            now=now(),
        )
    except service.NotMergeableError:
        flash(_("These two cannot be merged now: one is being merged already. Try again in a minute."), "danger")
        return redirect(url_for(".index"))
    said = _("The two titles are one now. Copies of other libraries follow within a minute.")
    where = _("It can be undone under “Merged last”.")
    flash(Markup('{} <a href="{}">{}</a>').format(said, url_for(".index", _anchor="merges"), where), "success")
    return redirect(url_for("catalogue.show", title_id=title_id))


@pages.post("/merges/<int:merge_id>/undo")
@needs(Permission.MERGE_TITLES)
def undo(merge_id: int) -> Response:
    done = service.merge_by_id(db(), merge_id)
    try:
        is_restored = service.undo(db(), done, now=now())
    except service.NotUndoneError:
        flash(_("This cannot be undone: copies still move, or the kept title went into another one since."), "danger")
        return redirect(url_for(".index"))
    if is_restored:
        flash(_("Both titles are as they were before."), "success")
    else:
        flash(_("The titles are two again. The kept one was changed since, so its record stays as it is."), "warning")
    return redirect(url_for("catalogue.show", title_id=done.from_id))


def _by() -> By:
    wanted = request.values.get("by", "")
    return By(wanted) if wanted in tuple(By) else By.ISBN


def _choice(one: Difference) -> Choice:
    """What was chosen for a field; what nobody chose stays with the kept title."""
    wanted = request.form.get(f"take_{one.name}", "")
    return Choice(wanted) if wanted in one.choices else Choice.KEPT
