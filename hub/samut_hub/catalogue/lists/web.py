"""Lists on the screen, as PDF, as a spreadsheet, as plain text; and how to cite a title, wherever it is shown."""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from markupsafe import Markup
from pymarc import Record
from sqlalchemy.orm import Session
from werkzeug.datastructures import CombinedMultiDict, MultiDict
from werkzeug.wrappers import Response as Redirect

from samut_hub.catalogue.forms import STATUSES
from samut_hub.catalogue.lists import jobs, service
from samut_hub.catalogue.lists.choosing import Order
from samut_hub.catalogue.lists.citations import Run, Style, cite
from samut_hub.catalogue.lists.columns import PRINTED, RIGHT, Column, Kind, text_of
from samut_hub.catalogue.lists.forms import KINDS, LABELS, ORDERS, STYLES, ListForm
from samut_hub.catalogue.lists.service import File, Shape, Wish, Words
from samut_hub.catalogue.lists.works import work_of
from samut_hub.catalogue.models import Title
from samut_hub.catalogue.service import categories, description_of, material_types, places
from samut_hub.staff.policy import Permission
from samut_hub.tasks import submit
from samut_hub.web.dates import say_day
from samut_hub.web.forms import show
from samut_hub.web.hub import db, is_allowed, library, needs, now, staff, the_hub
from samut_hub.web.language import language
from samut_hub.web.naming import in_each_language

pages = Blueprint("lists", __name__, template_folder="templates", url_prefix="/catalogue/lists")

PER_PAGE = 50
MOST_PAGES = 1_000_000
DIRECT = {Shape.PDF: 300, Shape.XLSX: 5_000, Shape.TXT: 300}
"""Rows that a page waits for; more are written by a task."""
DIRECT_WHOLE = 60
"""The same for PDFs of whole records or with pictures."""
_TYPES = {
    Shape.PDF: "application/pdf",
    Shape.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Shape.TXT: "text/plain",
}
_OF_PUBLIC = (Style.THAI, Style.APA, Style.CHICAGO, Style.VANCOUVER)


@pages.route("/", methods=["GET", "POST"])
@needs()
def index() -> str | tuple[str, int]:
    """`title`, as often as there are, names titles that were chosen elsewhere; numbers that are pasted are too many
    for an address, so the form is posted, though it changes nothing."""
    form = _form()
    if not form.validate():
        return show("lists/index.html", form, found=None)
    wish, page = form.wish(library().zone), min(max(1, request.values.get("page", 1, type=int)), MOST_PAGES)
    words = _words(form)
    with _reading() as session:
        found = service.chosen(session, wish, start=(page - 1) * PER_PAGE, most=PER_PAGE)
        shown = _shown(session, wish, words, found.ids, first=(page - 1) * PER_PAGE + 1)
    pages, most = -(-found.total // PER_PAGE), service.most_rows(wish, Shape.PDF)
    return render_template(
        "lists/index.html",
        form=form,
        found=found,
        page=page,
        per_page=PER_PAGE,
        pages=pages,
        most=most,
        words=words,
        **shown,
    )


@pages.post("/pdf")
@needs()
def pdf() -> Response | Redirect | tuple[str, int]:
    return _file(Shape.PDF)


@pages.post("/xlsx")
@needs()
def xlsx() -> Response | Redirect | tuple[str, int]:
    return _file(Shape.XLSX)


@pages.post("/txt")
@needs()
def text() -> Response | Redirect | tuple[str, int]:
    """A bibliography, whatever kind of list is chosen beside it."""
    return _file(Shape.TXT)


@pages.app_template_global()
def citations_of(title: Title, record: Record | None) -> list[tuple[str, Markup]]:
    """The title in each style that readers are offered, with the style's name. `record` is its own, if it is read."""
    work = work_of(description_of(title), record)
    return [(str(STYLES[style]), _marked_up(cite(work, style, language()))) for style in _OF_PUBLIC]


def _file(wanted: Shape) -> Response | Redirect | tuple[str, int]:
    """A short list at once, a long one by a task."""
    form = _form()
    if not form.validate():
        return show("lists/index.html", form, found=None)
    if wanted is Shape.TXT:
        form.kind.data = Kind.BIBLIOGRAPHY.value
    wish = form.wish(library().zone)
    with _reading() as session:
        total = service.chosen(session, wish, most=0).total
    words, is_long = _words(form, cut=_cut(wish, wanted, total)), total > _most_direct(wish, wanted)
    if is_long and not is_allowed(Permission.EDIT_CATALOGUE):
        form.form_errors.append(_("This list is long. Choose less, or ask a librarian to make it."))
        return show("lists/index.html", form, found=None)
    if is_long:
        args, back = jobs.args_of(wish, words, wanted), url_for(".index")
        names = in_each_language(lambda: _name(_words(form, cut=_cut(wish, wanted, total))))
        task = submit(db(), jobs.KIND, args, staff_id=staff().id, now=now(), names=names, back=back)
        return redirect(url_for("tasks.show", task_id=task.id))
    return _sent(wish, words, wanted)


@contextmanager
def _reading() -> Iterator[Session]:
    """A session that reads only: long lists are posted too, and must not make those wait who write."""
    library_id = staff().library_id
    db().commit()
    with the_hub().database.session(library_id, writes=False) as session:
        yield session


def _most_direct(wish: Wish, shape: Shape) -> int:
    if shape is Shape.XLSX and wish.kind is Kind.BIBLIOGRAPHY:
        return DIRECT[Shape.TXT]
    is_heavy = shape is Shape.PDF and wish.kind in (*service.WHOLE, Kind.PICTURES)
    return DIRECT_WHOLE if is_heavy else DIRECT[shape]


def _cut(wish: Wish, shape: Shape, total: int) -> str:
    """What a file says that does not take all."""
    most = service.most_rows(wish, shape)
    return _("the first %(most)s of %(total)s", most=f"{most:,}", total=f"{total:,}") if total > most else ""


def _sent(wish: Wish, words: Words, shape: Shape) -> Response:
    out = io.BytesIO()
    with _reading() as session:
        service.write(session, wish, words, File(shape=shape, out=out, pictures=the_hub().config.home / "images"))
    out.seek(0)
    is_kept = shape is Shape.XLSX
    return send_file(out, _TYPES[shape], as_attachment=is_kept, download_name=f"{wish.kind}.{shape}")


def _shown(session: Session, wish: Wish, words: Words, ids: Sequence[int], *, first: int) -> dict[str, Any]:
    """What stands on one page of the screen: citations, or rows of texts with the titles they lead to."""
    if wish.kind is Kind.BIBLIOGRAPHY:
        return {"citations": [_marked_up(runs) for runs in service.citations(session, wish, ids)]}
    found = list(service.lines(session, wish, ids, words, first=first))
    if wish.kind is Kind.PICTURES:
        return {"lines": found}
    columns = [column for column, _ in PRINTED.get(wish.kind, PRINTED[Kind.TITLES])]
    rows = [(line.title_id, [text_of(line, column, words.language) for column in columns]) for line in found]
    return {"columns": columns, "rows": rows, "right": RIGHT, "title_column": columns.index(Column.TITLE)}


def _marked_up(runs: Sequence[Run]) -> Markup:
    return Markup("").join(Markup("<i>{}</i>").format(said) if is_italic else said for said, is_italic in runs)


def _form() -> ListForm:
    form = ListForm(formdata=_values(), meta={"csrf": False})
    form.offer(places(db()), categories(db()), material_types(db()))
    return form


def _values() -> MultiDict[str, str]:
    """What the address or the form says; ids of titles as the form joins them."""
    said = MultiDict(CombinedMultiDict([request.args, request.form]))
    titles = said.poplist("title")
    if titles:
        said.setlist("titles", [",".join(titles)])
    return said


def _name(words: Words) -> str:
    return f"{words.heading} ({words.cut})" if words.cut else words.heading


def _words(form: ListForm, *, cut: str = "") -> Words:
    kind, order, style = Kind(form.kind.data), ORDERS[Order(form.order.data)], STYLES[Style(form.style.data)]
    by = _("Style: %(style)s", style=style) if kind is Kind.BIBLIOGRAPHY else _("Sorted by: %(order)s", order=order)
    today = say_day(now().astimezone(ZoneInfo(library().zone)).date(), language())
    return Words(
        language=language(),
        library=library().name(language()),
        heading=str(KINDS[kind]),
        about=f"{by} · {_('Printed on %(day)s', day=today)}",
        page=_("Page"),
        labels={column.value: str(label) for column, label in LABELS.items()},
        statuses={status.value: str(name) for status, name in STATUSES.items()},
        cut=cut,
    )
