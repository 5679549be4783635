"""Staff pages about headings: browse and find them, keep their forms, change one with all its titles."""

from collections.abc import Callable
from typing import TypeVar

import msgspec
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from samut_hub.catalogue.authorities import changing, service
from samut_hub.catalogue.authorities.forms import KINDS, FormOfHeading, HeadingForm
from samut_hub.catalogue.authorities.models import Heading, HeadingChange
from samut_hub.catalogue.authorities.policy import NAMES, HeadingKind
from samut_hub.catalogue.records.marc import SEPARATOR, Description, split_values
from samut_hub.errors import NotFoundError
from samut_hub.staff.policy import Permission
from samut_hub.tasks import submit
from samut_hub.web.forms import show as show_form
from samut_hub.web.hub import db, needs, now, staff
from samut_hub.web.naming import in_each_language

Answer = str | Response | tuple[str, int]
T = TypeVar("T")

pages = Blueprint("authorities", __name__, template_folder="templates", url_prefix="/catalogue/headings")

_SUGGESTED = {"names": tuple(NAMES), "subjects": tuple(HeadingKind), **{kind.value: (kind,) for kind in HeadingKind}}
_FIELDS = ("q", "author", "subjects", "text")
"""Names of the inputs that ask for suggestions with what stands in them."""


@pages.get("/")
@needs()
def index() -> str:
    """One kind from its beginning, or what has the words: of this kind, else of any."""
    kind, words = _kind(), request.args.get("q", "").strip()
    if not words:
        return render_template("authorities/index.html", kinds=KINDS, kind=kind, words="", listed=_browse(kind))
    of_kind = service.find(db(), [kind], words)
    rows = of_kind or service.find(db(), list(HeadingKind), words)
    listed = service.Listed(rows, False, False)
    is_other = bool(rows) and not of_kind
    return render_template(
        "authorities/index.html", kinds=KINDS, kind=kind, words=words, listed=listed, is_other=is_other
    )


@pages.get("/suggest")
@needs(Permission.EDIT_CATALOGUE)
def suggest() -> str:
    """Headings for the value that is being typed last; those before it are kept in each. A text area, which can have
    no options of its own, is given buttons."""
    kinds = _SUGGESTED.get(request.args.get("kind", ""), ())
    typed = next((request.args[name] for name in _FIELDS if name in request.args), "")
    before, mark, last = typed.replace("\n", ";").rpartition(";")
    kept = before + mark + " " if mark else ""
    offered = [(kept + text, text) for text in service.suggest(db(), kinds, last) if text != last.strip()]
    of_area = "subjects" in request.args
    return render_template(f"authorities/{'buttons' if of_area else 'options'}.html", offered=offered)


@pages.post("/new")
@needs(Permission.EDIT_HEADINGS)
def new() -> Response:
    form, kind = FormOfHeading(), _kind()
    if form.validate_on_submit() and (
        made := _try(lambda: service.add_heading(db(), kind, form.text.data, now=now()))
    ):
        return redirect(url_for(".show", heading_id=made.id))
    return redirect(url_for(".index", kind=kind.value))


@pages.get("/<int:heading_id>")
@needs()
def show(heading_id: int) -> Answer:
    heading = service.heading_by_id(db(), heading_id)
    form = HeadingForm(is_authorised=heading.is_authorised, note=heading.note, source=heading.source)
    return _page(heading, form)


@pages.post("/<int:heading_id>")
@needs(Permission.EDIT_HEADINGS)
def edit(heading_id: int) -> Answer:
    heading, form = service.heading_by_id(db(), heading_id), HeadingForm()
    if not form.validate_on_submit():
        return _page(heading, form)
    service.edit_heading(
        db(),
        heading,
        note=form.note.data,
        source=form.source.data,
        is_authorised=form.is_authorised.data and heading.see_id is None,
        now=now(),
    )
    flash(_("The heading is saved."), "success")
    return redirect(url_for(".show", heading_id=heading_id))


@pages.post("/<int:heading_id>/forms")
@needs(Permission.EDIT_HEADINGS)
def add_form(heading_id: int) -> Response:
    heading, form = service.heading_by_id(db(), heading_id), FormOfHeading()
    if form.validate_on_submit():
        _try(lambda: service.add_see_from(db(), heading, form.text.data, now=now()))
    return redirect(url_for(".show", heading_id=heading_id))


@pages.post("/<int:heading_id>/forms/<int:form_id>/remove")
@needs(Permission.EDIT_HEADINGS)
def remove_form(heading_id: int, form_id: int) -> Response:
    service.remove_see_from(db(), service.heading_by_id(db(), heading_id), form_id)
    return redirect(url_for(".show", heading_id=heading_id))


@pages.post("/<int:heading_id>/related")
@needs(Permission.EDIT_HEADINGS)
def relate(heading_id: int) -> Response:
    heading, form = service.heading_by_id(db(), heading_id), FormOfHeading()
    if form.validate_on_submit():
        _try(lambda: service.relate(db(), heading, form.text.data))
    return redirect(url_for(".show", heading_id=heading_id))


@pages.post("/<int:heading_id>/related/<int:related_id>/remove")
@needs(Permission.EDIT_HEADINGS)
def unrelate(heading_id: int, related_id: int) -> Response:
    service.unrelate(db(), service.heading_by_id(db(), heading_id), related_id)
    return redirect(url_for(".show", heading_id=heading_id))


@pages.get("/<int:heading_id>/change")
@needs(Permission.EDIT_HEADINGS)
def preview(heading_id: int) -> Answer:
    """What a new text would do: a merge where it is a heading already, else a renaming."""
    heading, text = service.heading_by_id(db(), heading_id), request.args.get("text", "").strip()
    into = _target(heading, text)
    if (
        not text
        or heading.see_id is not None
        or (into is not None and into.id == heading.id and text == heading.text)
    ):
        return redirect(url_for(".show", heading_id=heading_id))
    into = None if into is not None and into.id == heading.id else into
    seen = changing.preview(db(), heading, into.text if into else text)
    return render_template(
        "authorities/preview.html", heading=heading, text=text, into=into, seen=seen, at_once=changing.AT_ONCE
    )


@pages.post("/<int:heading_id>/change")
@needs(Permission.EDIT_HEADINGS)
def change(heading_id: int) -> Response:
    heading, form = service.heading_by_id(db(), heading_id), FormOfHeading()
    made = _try(lambda: _change(heading, form.text.data)) if form.validate_on_submit() else None
    if made is None:
        return redirect(url_for(".show", heading_id=heading_id))
    return _let_follow(made, heading)


@pages.post("/changes/<int:heading_change_id>/undo")
@needs(Permission.EDIT_HEADINGS)
def undo(heading_change_id: int) -> Response:
    done = changing.change_by_id(db(), heading_change_id)
    heading = service.heading_by_id(db(), done.heading_id)
    if _try(lambda: _undo(done)) is None:
        return redirect(url_for(".show", heading_id=heading.id))
    return _let_follow(done, heading)


def in_used_forms(wanted: Description) -> Description:
    """The description with headings in the form that is used; the person is told of each that was replaced."""
    author = _replaced(wanted.author, names=True)
    return msgspec.structs.replace(wanted, author=author, subjects=_replaced(wanted.subjects, names=False))


def _replaced(text: str, *, names: bool) -> str:
    values = split_values(text)
    used = service.used_forms(db(), values, names=names)
    for typed, kept in used.items():
        flash(_("“%(typed)s” is saved as “%(used)s”, the heading in use.", typed=typed, used=kept), "info")
    return SEPARATOR.join(dict.fromkeys(used.get(value, value) for value in values))


def _kind() -> HeadingKind:
    wanted = request.values.get("kind", "")
    return HeadingKind(wanted) if wanted in tuple(HeadingKind) else HeadingKind.PERSON


def _browse(kind: HeadingKind) -> service.Listed:
    after, before = (request.args.get(name, type=int) for name in ("after", "before"))
    return service.browse(db(), kind, after=after, before=before, start=request.args.get("start", "").strip())


def _page(heading: Heading, form: HeadingForm) -> Answer:
    after = request.args.get("after", 0, type=int)
    return show_form(
        "authorities/show.html",
        form,
        heading=heading,
        kind=KINDS[HeadingKind(heading.kind)],
        used=service.used_form(db(), heading),
        count=service.title_counts(db(), [heading.id]).get(heading.id, 0),
        titles=service.titles_under(db(), heading, after=after),
        is_first=not after,
        most=service.PAGE,
        see_from=service.refer_here(db(), heading),
        related=service.see_also(db(), heading),
        changes=service.changes_of(db(), heading),
    )


def _target(heading: Heading, text: str) -> Heading | None:
    """The heading that has the text already, if one has; a form of this heading is none."""
    try:
        return changing.target_of(db(), heading, text)
    except (NotFoundError, changing.SameHeadingError):
        return None


def _change(heading: Heading, text: str) -> HeadingChange:
    into = _target(heading, text)
    if into is None:
        return changing.rename(db(), heading, text, staff_id=staff().id, now=now())
    return changing.merge(db(), heading, into, staff_id=staff().id, now=now())


def _undo(done: HeadingChange) -> HeadingChange:
    changing.undo(db(), done, now=now())
    return done


def _let_follow(done: HeadingChange, heading: Heading) -> Response:
    """A few titles follow at once, many as a task."""
    back = url_for(".show", heading_id=done.into_id or heading.id)
    titles = changing.titles_to_follow(db(), done)
    if titles <= changing.AT_ONCE:
        while changing.follow(db(), done.id, now=now()):
            pass
        flash(_("Done: the heading and its titles are changed."), "success")
        return redirect(back)
    names = in_each_language(
        lambda: _("Heading “%(before)s” → “%(after)s”", before=done.text_before, after=done.text_after)
    )
    args = {"change_id": done.id, "titles": titles}
    task = submit(db(), changing.KIND, args, staff_id=staff().id, now=now(), names=names, back=back)
    return redirect(url_for("tasks.show", task_id=task.id))


def _try(use_case: Callable[[], T]) -> T | None:
    """The outcome, or None after the person was told why not."""
    try:
        return use_case()
    except service.EmptyHeadingError:
        flash(_("A heading has at least one letter or digit."), "danger")
    except service.HeadingTakenError as error:
        flash(
            _("“%(text)s” is a heading already. Change one into the other instead.", text=error.holder.text), "danger"
        )
    except changing.SameHeadingError:
        flash(_("This heading cannot be merged into itself."), "danger")
    except changing.ChangedSinceError:
        flash(_("Its titles still follow, or it was changed again since: undo the later change first."), "danger")
    except NotFoundError:
        flash(_("There is no other heading of this kind with that text. Add it first."), "danger")
    return None
