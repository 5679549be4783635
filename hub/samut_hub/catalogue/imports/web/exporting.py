"""Give records out: at once when they are few, as a task when they are many."""

from collections.abc import Iterator
from functools import partial

from flask import Response as Sent
from flask import redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from samut_hub.catalogue.imports import jobs
from samut_hub.catalogue.imports.exporting import Export, Shape, Which, count, records_out
from samut_hub.catalogue.imports.forms import ExportForm
from samut_hub.catalogue.imports.holdings import Holdings
from samut_hub.catalogue.imports.web.blueprint import pages
from samut_hub.db import Database
from samut_hub.staff.policy import Permission
from samut_hub.tasks import submit
from samut_hub.web.forms import show as show_form
from samut_hub.web.hub import db, needs, now, staff, the_hub
from samut_hub.web.naming import in_each_language

AT_ONCE = 5_000
MOST_CHOSEN = 10_000
"""In one statement: both databases take at least 32,000 values."""


@pages.route("/export", methods=["GET", "POST"])
@needs(Permission.EXPORT_RECORDS)
def export() -> str | Response | tuple[str, int]:
    """`id`, as often as there are, names titles that were chosen in a list."""
    ids = tuple(dict.fromkeys(request.values.getlist("id", type=int)))[:MOST_CHOSEN]
    form = ExportForm()
    form.offer(chosen=bool(ids))
    if not form.validate_on_submit():
        return show_form("imports/export.html", form, ids=ids)
    wanted = Export(Which(form.which.data), Shape(form.shape.data), Holdings(form.holdings.data), ids)
    if count(db(), wanted) > AT_ONCE:
        names, back = in_each_language(lambda: _("Export of titles")), url_for(".export")
        args = wanted.args()
        task = submit(db(), jobs.EXPORT, args, staff_id=staff().id, now=now(), names=names, back=back)
        return redirect(url_for("tasks.show", task_id=task.id))
    return _sent(wanted)


def _sent(wanted: Export) -> Sent:
    kind = "application/marc" if wanted.shape is Shape.MARC else "application/marcxml+xml"
    answer = Sent(_parts(the_hub().database, staff().library_id, wanted), mimetype=kind)
    answer.headers["Content-Disposition"] = f"attachment; filename={wanted.file_name(now())}"
    return answer


def _parts(database: Database, library_id: int, wanted: Export) -> Iterator[bytes]:
    """In sessions that only read and end before a part is sent: nobody waits while one takes the file in slowly."""
    for _done, part in records_out(partial(database.session, library_id, writes=False), wanted):
        yield part
