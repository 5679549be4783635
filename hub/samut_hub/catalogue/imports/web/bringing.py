"""Hand over a file, look at what would come of it, bring it in, undo it."""

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from samut_hub.catalogue.imports import files, jobs, service
from samut_hub.catalogue.imports.forms import ChoicesForm, UploadForm
from samut_hub.catalogue.imports.looking import Sight, look, shown
from samut_hub.catalogue.imports.models import Import
from samut_hub.catalogue.imports.policy import NOTES, Action, Format, Match, Verdict
from samut_hub.catalogue.imports.web.blueprint import pages
from samut_hub.catalogue.records.splitting import NotMarcError
from samut_hub.errors import RefusedError
from samut_hub.staff.policy import Permission
from samut_hub.tables import TableError
from samut_hub.tasks import Task, submit, task_by_id
from samut_hub.uploads import FileTooLargeError
from samut_hub.web.forms import show as show_form
from samut_hub.web.hub import db, needs, now, staff, the_hub
from samut_hub.web.naming import in_each_language
from samut_hub.web.paging import page_asked, pages_of

Answer = str | Response | tuple[str, int]


@pages.get("/")
@needs(Permission.IMPORT_RECORDS)
def index() -> Answer:
    return _index(UploadForm())


@pages.post("/")
@needs(Permission.IMPORT_RECORDS, room=files.LARGEST)
def upload() -> Answer:
    form = UploadForm()
    if not form.validate():
        return _index(form)
    try:
        run = _opened(form)
    except RefusedError as error:
        form.form_errors.append(str(error))
        return _index(form)
    is_asked = Format(run.format).is_table
    return redirect(url_for(".columns" if is_asked else ".show", import_id=run.id))


@pages.errorhandler(413)
def too_large(error: object) -> Answer:
    sentence = _("The file has more than %(most)s MB. Divide it into several.", most=files.LARGEST >> 20)
    return render_template("error.html", sentence=sentence, status=413, request_id=""), 413


@pages.get("/<int:import_id>")
@needs(Permission.IMPORT_RECORDS)
def show(import_id: int) -> Answer:
    """Before it is begun what would come of it, afterwards what came of it."""
    run = service.import_by_id(db(), import_id)
    if run.begun_at is not None:
        return _report(run)
    if Format(run.format).is_table and not run.encoding:
        return redirect(url_for(".columns", import_id=import_id))
    return _preview(run, ChoicesForm(obj=run))


@pages.post("/<int:import_id>/choose")
@needs(Permission.IMPORT_RECORDS)
def choose(import_id: int) -> Answer:
    """Keep what was chosen, and look again or begin."""
    run, form = service.import_by_id(db(), import_id), ChoicesForm()
    if run.begun_at is not None:
        return redirect(url_for(".show", import_id=import_id))
    form.offer(is_table=Format(run.format).is_table)
    if not form.validate():
        return _preview(run, form)
    run.match, run.action = Match(form.match.data).value, Action(form.action.data).value
    run.with_copies = form.with_copies.data or Format(run.format).is_table
    if "begin" in request.form:
        return _begin(run)
    if "count" in request.form:
        return _to(_submitted(run, jobs.LOOK, lambda: _("Look through %(file)s", file=run.file_name)))
    return redirect(url_for(".show", import_id=import_id))


@pages.post("/<int:import_id>/undo")
@needs(Permission.IMPORT_RECORDS)
def undo(import_id: int) -> Response:
    run = service.import_by_id(db(), import_id)
    if run.begun_at is None or run.undone_at is not None:
        return redirect(url_for(".show", import_id=import_id))
    if run.task_id is not None and not task_by_id(db(), run.task_id).is_over:
        raise RefusedError(_("The import still goes on. Stop it first, then undo it."))
    run.undo_asked_at = now()
    task = _submitted(run, jobs.UNDO, lambda: _("Undo the import of %(file)s", file=run.file_name))
    run.task_id = task.id
    return _to(task)


@pages.post("/<int:import_id>/discard")
@needs(Permission.IMPORT_RECORDS)
def discard(import_id: int) -> Response:
    """Only one that was not begun: the others are part of the catalogue's history."""
    run = service.import_by_id(db(), import_id)
    if run.begun_at is None:
        db().delete(run)
        db().flush()
        files.unused(db(), the_hub().config, run.digest)
        flash(_("The file was put away. Nothing was brought in."), "success")
    return redirect(url_for(".index"))


def _index(form: UploadForm) -> Answer:
    page = page_asked()
    runs, total = service.imports_of(db(), page)
    return show_form(
        "imports/index.html",
        form,
        runs=runs,
        page=page,
        page_count=pages_of(total, service.PER_PAGE),
        most=files.LARGEST >> 20,
    )


def _opened(form: UploadForm) -> Import:
    """The import of the file that was sent, which is unpacked before the transaction. Raises RefusedError."""
    sent, config = form.file.data, the_hub().config
    try:
        stored = files.store(config, sent.stream)
    except FileTooLargeError:
        most = files.LARGEST >> 20
        raise RefusedError(_("The file has more than %(most)s MB. Divide it into several.", most=most)) from None
    try:
        run = files.made_ready(config, stored, sent.filename or "", now=now())
    except (files.UnknownFileError, TableError) as error:
        files.unused(db(), config, stored.digest)
        raise RefusedError(_why_not(error)) from None
    run.staff_id = staff().id
    return files.keep_import(db(), config, run)


def _why_not(error: files.UnknownFileError | TableError) -> str:
    if not isinstance(error, TableError):
        return _("This file holds no records. Choose a MARC, MARCXML, CSV or Excel file; pictures and PDF hold none.")
    if error.is_too_large:
        return _("The Excel file is too large when unpacked. Save the sheet as CSV and send that.")
    return _("The Excel file is damaged or locked by a password. Open it in Excel, save it anew and send that.")


def _preview(run: Import, form: ChoicesForm) -> Answer:
    form.offer(is_table=Format(run.format).is_table)
    try:
        sight = look(db(), run, files.path_there(the_hub().config, run))
    except NotMarcError:
        sight = Sight()
    counted = run.counted if run.counted and _is_of(run, run.counted) else None
    return show_form(
        "imports/preview.html", form, run=run, sight=sight, counted=counted, before=service.same_file(db(), run),
        is_table=Format(run.format).is_table, Verdict=Verdict, shown=shown,
    )  # fmt: skip


def _is_of(run: Import, counted: dict[str, object]) -> bool:
    return counted.get("match") == run.match and counted.get("action") == run.action


def _begin(run: Import) -> Answer:
    """Sent twice, it is begun once; a file that came in before must be meant."""
    before = service.same_file(db(), run)
    if before is not None and "again" not in request.form:
        raise RefusedError(_("This very file was brought in before. Tick that you mean it, to bring it in again."))
    service.begin(db(), run, now=now())
    task = _submitted(run, jobs.IMPORT, lambda: _("Bring in %(file)s", file=run.file_name))
    run.task_id = task.id
    return _to(task)


def _submitted(run: Import, kind: str, name: Callable[[], str]) -> Task:
    back = url_for(".show", import_id=run.id)
    names = in_each_language(name)
    return submit(db(), kind, {"import_id": run.id}, staff_id=staff().id, now=now(), names=names, back=back)


def _to(task: Task) -> Response:
    return redirect(url_for("tasks.show", task_id=task.id))


def _report(run: Import) -> Answer:
    page = page_asked()
    refused, total = service.refused_of(db(), run.id, page)
    task = None if run.task_id is None else task_by_id(db(), run.task_id)
    return render_template(
        "imports/show.html", run=run, task=task, refused=refused, refused_total=total, page=page,
        page_count=pages_of(total, service.PER_PAGE), reasons=service.refusals(db(), run.id), kinds_of_notes=NOTES,
        is_table=Format(run.format).is_table,
    )  # fmt: skip
