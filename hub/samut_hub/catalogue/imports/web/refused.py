"""What was not brought in, as a file that can be mended and sent again."""

from collections.abc import Iterator

from flask import Response, stream_with_context
from flask_babel import gettext as _
from sqlalchemy import select

from samut_hub.catalogue.imports import files, service
from samut_hub.catalogue.imports.forms import say_reason
from samut_hub.catalogue.imports.models import Import, RefusedRecord
from samut_hub.catalogue.imports.policy import NOTES, Format
from samut_hub.catalogue.imports.web.blueprint import pages
from samut_hub.catalogue.records.marcxml import FOOT, HEAD
from samut_hub.db import Database
from samut_hub.staff.policy import Permission
from samut_hub.tables import csv_line, header_of, read_line
from samut_hub.web.hub import db, needs, the_hub

_ENDINGS = {Format.MARC: "mrc", Format.MARCXML: "xml", Format.CSV: "csv", Format.EXCEL: "csv"}
_STEP = 200


@pages.get("/<int:import_id>/refused")
@needs(Permission.IMPORT_RECORDS)
def refused_file(import_id: int) -> Response:
    """The records with the bytes they had; of a table the rows with the reason at the end of each."""
    run = service.import_by_id(db(), import_id)
    kind = Format(run.format)
    rows = _refused(the_hub().database, run)
    parts = _rows(run, rows) if kind.is_table else _records(kind, rows)
    answer = Response(stream_with_context(parts), mimetype="application/octet-stream")
    answer.headers["Content-Disposition"] = f"attachment; filename=refused-{import_id}.{_ENDINGS[kind]}"
    return answer


def _records(kind: Format, rows: Iterator[RefusedRecord]) -> Iterator[bytes]:
    is_xml = kind is Format.MARCXML
    yield HEAD if is_xml else b""
    for row in rows:
        yield row.record + (b"\n" if is_xml else b"")
    yield FOOT if is_xml else b""


def _rows(run: Import, rows: Iterator[RefusedRecord]) -> Iterator[bytes]:
    path = files.path_of(the_hub().config, run)
    header = header_of(path, run.encoding) if path.exists() else run.columns or []
    yield b"\xef\xbb\xbf" + csv_line([*header, _("Row"), _("What is wrong")])
    for row in rows:
        cells = (read_line(row.record) + [""] * len(header))[: max(len(header), 1)]
        why = " ".join(filter(None, (say_reason(row.reason), row.detail)))
        yield csv_line([*cells, str(row.position), why])


def _refused(database: Database, run: Import) -> Iterator[RefusedRecord]:
    """In short sessions of its own: that of the request has ended when this is sent."""
    last, library_id = 0, run.library_id
    while True:
        with database.session(library_id, writes=False) as session:
            mine = (RefusedRecord.import_id == run.id, RefusedRecord.id > last, RefusedRecord.reason.not_in(NOTES))
            rows = session.scalars(select(RefusedRecord).where(*mine).order_by(RefusedRecord.id).limit(_STEP)).all()
        if not rows:
            return
        yield from rows
        last = rows[-1].id
