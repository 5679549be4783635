"""Say what the columns of a table hold; a table to fill in."""

from flask import Response as Sent
from flask import redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from samut_hub.catalogue.imports import files, service
from samut_hub.catalogue.imports.columns import Column
from samut_hub.catalogue.imports.forms import COLUMNS
from samut_hub.catalogue.imports.models import Import
from samut_hub.catalogue.imports.policy import Format
from samut_hub.catalogue.imports.web.blueprint import pages
from samut_hub.staff.policy import Permission
from samut_hub.web.hub import db, needs, the_hub
from samut_hub.web.language import language
from samut_hub.web.table_columns import columns_page, said_twice, takes_other_coding
from samut_hub.workbook import workbook

Answer = str | Response | tuple[str, int]
_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pages.get("/<int:import_id>/columns")
@needs(Permission.IMPORT_RECORDS)
def columns(import_id: int) -> Answer:
    run = service.import_by_id(db(), import_id)
    return _columns(run) if _is_open(run) else redirect(url_for(".show", import_id=import_id))


@pages.post("/<int:import_id>/columns")
@needs(Permission.IMPORT_RECORDS)
def set_columns(import_id: int) -> Answer:
    """A change of the coding shows the columns anew; else what they hold is kept."""
    run = service.import_by_id(db(), import_id)
    if not _is_open(run):
        return redirect(url_for(".show", import_id=import_id))
    if run.format == Format.CSV and takes_other_coding(run):
        files.read_header(db(), the_hub().config, run)
        return redirect(url_for(".columns", import_id=import_id))
    run.columns = [Column(name).value for name in request.form.getlist("column") if name in set(Column)]
    fault = _fault(run.columns)
    if fault:
        return _columns(run, fault), 422
    return redirect(url_for(".show", import_id=import_id))


@pages.get("/template")
@needs(Permission.IMPORT_RECORDS)
def template() -> Sent:
    """A table to fill in, in the person's language: Excel, or CSV when `kind` says so."""
    rows, is_csv = files.template(language()), request.args.get("kind") == "csv"
    answer = Sent(files.template_csv(rows), mimetype="text/csv") if is_csv else Sent(workbook(rows), mimetype=_EXCEL)
    answer.headers["Content-Disposition"] = f"attachment; filename=samut-books.{'csv' if is_csv else 'xlsx'}"
    return answer


def _is_open(run: Import) -> bool:
    """Whether columns are still to be chosen: of a table that was not begun."""
    return Format(run.format).is_table and run.begun_at is None


def _columns(run: Import, fault: str = "") -> str:
    return columns_page(
        "imports/columns.html", run, files.path_there(the_hub().config, run), COLUMNS, fault=fault,
        has_coding=run.format == Format.CSV, put_away=url_for(".discard", import_id=run.id),
    )  # fmt: skip


def _fault(chosen: list[str]) -> str:
    """Why the columns cannot be like that, if they cannot."""
    return said_twice(chosen, COLUMNS) if Column.TITLE in chosen else _("Say which column holds the title.")
