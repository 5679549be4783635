"""What was not brought in, as an Excel file that can be mended and sent again."""

from collections.abc import Iterator
from tempfile import TemporaryFile

from flask import Response, send_file
from flask_babel import gettext as _
from sqlalchemy import select

from samut_hub.members.importing import service
from samut_hub.members.importing.forms import say_reason
from samut_hub.members.importing.models import MemberImport, RefusedRow
from samut_hub.members.importing.policy import NOTES, Kind
from samut_hub.members.importing.web.blueprint import pages
from samut_hub.spreadsheet import Cell, write_workbook
from samut_hub.staff.policy import Permission
from samut_hub.tables import read_line
from samut_hub.web.hub import db, needs
from samut_hub.web.language import language

_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WIDTH, _WIDE = 16, 60
_STEP = 500


@pages.get("/<int:member_import_id>/refused.xlsx")
@needs(Permission.CHANGE_MANY_MEMBERS)
def refused_file(member_import_id: int) -> Response:
    """The rows as the file had them, each with its line and what is wrong."""
    run = service.import_by_id(db(), member_import_id)
    header = run.header if Kind(run.kind).is_table else [_("File")]
    head = [*((name, _WIDTH) for name in header), (_("Row"), _WIDTH // 2), (_("What is wrong"), _WIDE)]
    out = TemporaryFile()  # noqa: SIM115 — send_file closes it when it is sent
    write_workbook(out, _("Not taken"), head, _rows(run, len(header)), language=language())
    out.seek(0)
    return send_file(out, _EXCEL, as_attachment=True, download_name=f"members-not-taken-{member_import_id}.xlsx")


def _rows(run: MemberImport, width: int) -> Iterator[list[Cell]]:
    for row in _refused(run):
        cells = read_line(row.row) if Kind(run.kind).is_table else [row.detail]
        said = " ".join(filter(None, (say_reason(row.reason), row.detail)))
        yield [*(cells + [""] * width)[:width], row.position, said]


def _refused(run: MemberImport) -> Iterator[RefusedRow]:
    last = 0
    while True:
        mine = (RefusedRow.import_id == run.id, RefusedRow.id > last, RefusedRow.reason.not_in(NOTES))
        rows = db().scalars(select(RefusedRow).where(*mine).order_by(RefusedRow.id).limit(_STEP)).all()
        yield from rows
        if len(rows) < _STEP:
            return
        last = rows[-1].id
