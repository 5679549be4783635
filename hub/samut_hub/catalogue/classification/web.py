"""Help with call numbers: the Dewey guide, author marks, and the library's settings for both."""

from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from samut_hub.catalogue.classification import jobs, service
from samut_hub.catalogue.classification.forms import SchemeForm, TableForm
from samut_hub.catalogue.classification.guide import entries_about
from samut_hub.catalogue.service import title_by_id
from samut_hub.staff.policy import Permission
from samut_hub.tables import TableError, coding_of, excel_to_csv, header_of, rows_of
from samut_hub.tasks import submit
from samut_hub.web.forms import show
from samut_hub.web.hub import db, library, needs, now, staff, wants_fragment
from samut_hub.web.naming import in_each_language

Page = str | Response | tuple[str, int]
pages = Blueprint("classification", __name__, template_folder="templates")
LONGEST = 300
LARGEST_TABLE = 16 * 1024 * 1024
"""Bytes."""


@pages.get("/catalogue/classification")
@needs()
def guide() -> str:
    """The guide as a page, or its list when the form of a title asks."""
    words = request.args.get("guide", "")[:LONGEST]
    template = "classification/entries.html" if wants_fragment() else "classification/guide.html"
    return render_template(template, entries=entries_about(words), words=words, fills=wants_fragment())


@pages.get("/catalogue/classification/mark")
@needs(Permission.EDIT_CATALOGUE)
def mark() -> str:
    """A fragment, or a page without scripts: the author mark, and what has the call number already."""
    title_id = request.args.get("title_id", type=int)
    title = title_by_id(db(), title_id) if title_id else None
    author = request.args.get("author", title.author if title else "")[:LONGEST]
    named = request.args.get("title", title.title if title else "")[:LONGEST]
    number = (request.args.get("call_number") or (title.call_number if title else ""))[:LONGEST]
    suggestion = service.suggest(db(), author, named, number)
    wanted = suggestion.call_number if suggestion else number
    return render_template(
        "classification/mark.html",
        suggestion=suggestion,
        number=wanted,
        same=[item for item in service.items_with(db(), wanted) if item.title_id != title_id],
        lines=service.lines_in_table(db()),
        named=author or named,
    )


@pages.get("/settings/classification")
@needs(Permission.EDIT_CATALOGUE)
def settings() -> Page:
    return _page(SchemeForm(scheme=library().scheme), TableForm())


@pages.post("/settings/classification/scheme")
@needs(Permission.EDIT_CATALOGUE)
def set_scheme() -> Page:
    form = SchemeForm()
    if not form.validate():
        return _page(form, TableForm())
    service.set_scheme(db(), library(), form.scheme.data)
    names, back = in_each_language(lambda: _("Put all items in shelf order")), url_for(".settings")
    task = submit(db(), jobs.KIND, {}, staff_id=staff().id, now=now(), names=names, back=back)
    return redirect(url_for("tasks.show", task_id=task.id))


@pages.post("/settings/classification/table")
@needs(Permission.EDIT_CATALOGUE, room=LARGEST_TABLE)
def set_table() -> Page:
    form = TableForm()
    if form.validate():
        try:
            lines = _lines(form.file.data)
            count = service.replace_table(db(), lines)
        except TableError:
            form.file.errors = [_("This is not an Excel file that can be read. Save it as CSV and send that.")]
        except service.NoTableError:
            form.file.errors = [_("No line has a name in the first column and a number in the second.")]
        else:
            flash(ngettext("The table has %(num)s line.", "The table has %(num)s lines.", count), "success")
            return redirect(url_for(".settings"))
    return _page(SchemeForm(scheme=library().scheme), form)


def _page(scheme_form: SchemeForm, form: TableForm) -> tuple[str, int]:
    return show("classification/settings.html", form, scheme_form=scheme_form, lines=service.lines_in_table(db()))


def _lines(sent: FileStorage) -> list[list[str]]:
    """The cells of all lines of the file. Raises TableError."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "table"
        sent.save(path)
        if (sent.filename or "").lower().endswith((".xlsx", ".xls", ".ods")):
            path.write_bytes(excel_to_csv(path))
        coding = coding_of(path) or "utf-8"
        return [header_of(path, coding), *(row.cells for row in rows_of(path, coding))]
