"""Say what the columns of a table of members hold; a table to fill in."""

from flask import Response as Sent
from flask import redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from samut_hub.members.importing import files, service
from samut_hub.members.importing.columns import OF_PERSONS, OWN, Column, template
from samut_hub.members.importing.forms import COLUMNS
from samut_hub.members.importing.models import MemberImport
from samut_hub.members.importing.policy import Kind
from samut_hub.members.importing.web.blueprint import pages
from samut_hub.members.own_fields import own_fields
from samut_hub.staff.policy import Permission
from samut_hub.web.hub import db, needs, the_hub
from samut_hub.web.language import language
from samut_hub.web.table_columns import columns_page, said_twice, takes_other_coding
from samut_hub.workbook import workbook

Answer = str | Response | tuple[str, int]
_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pages.get("/<int:member_import_id>/columns")
@needs(Permission.CHANGE_MANY_MEMBERS)
def columns(member_import_id: int) -> Answer:
    run = service.import_by_id(db(), member_import_id)
    return _columns(run) if _is_open(run) else redirect(url_for(".show", member_import_id=member_import_id))


@pages.post("/<int:member_import_id>/columns")
@needs(Permission.CHANGE_MANY_MEMBERS)
def set_columns(member_import_id: int) -> Answer:
    """A change of the coding shows the columns anew; else what they hold is kept."""
    run = service.import_by_id(db(), member_import_id)
    if not _is_open(run):
        return redirect(url_for(".show", member_import_id=member_import_id))
    if run.kind == Kind.CSV and takes_other_coding(run):
        files.read_header(db(), the_hub().config, run)
        return redirect(url_for(".columns", member_import_id=member_import_id))
    choices = _choices()
    run.columns = [name for name in request.form.getlist("column") if name in choices]
    fault = _fault(run.columns)
    if fault:
        return _columns(run, fault), 422
    return redirect(url_for(".show", member_import_id=member_import_id))


@pages.get("/template")
@needs(Permission.CHANGE_MANY_MEMBERS)
def table_to_fill_in() -> Sent:
    """An Excel file with the library's own fields, in the person's language."""
    rows = template(language(), [one.name(language()) for one in own_fields(db())])
    answer = Sent(workbook(rows), mimetype=_EXCEL)
    answer.headers["Content-Disposition"] = "attachment; filename=samut-members.xlsx"
    return answer


def _is_open(run: MemberImport) -> bool:
    """Whether columns are still to be chosen: of a table that was not begun."""
    return Kind(run.kind).is_table and run.begun_at is None


def _choices() -> dict[str, str]:
    """What a column may hold, the library's own fields too."""
    own = {f"{OWN}{one.id}": one.name(language()) for one in own_fields(db())}
    return {column.value: str(label) for column, label in COLUMNS.items()} | own


def _columns(run: MemberImport, fault: str = "") -> str:
    return columns_page(
        "importing/columns.html", run, files.path_of(the_hub().config, run), _choices(), fault=fault,
        has_coding=run.kind == Kind.CSV, put_away=url_for(".discard", member_import_id=run.id),
    )  # fmt: skip


def _fault(chosen: list[str]) -> str:
    """Why the columns cannot be like that, if they cannot."""
    if not {*OF_PERSONS, Column.GROUP} & set(chosen):
        return _("Say which column holds the member numbers or names; in a list of classes, the class.")
    return said_twice(chosen, _choices())
