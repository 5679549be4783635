"""Hand over a file of members or photos, look at what would come of it, bring it in, undo it."""

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from samut_hub.confined import ConfinedError
from samut_hub.errors import RefusedError
from samut_hub.libraries.service import card_key
from samut_hub.members import groups
from samut_hub.members.importing import files, jobs, service
from samut_hub.members.importing.forms import NEW, ChoicesForm, PhotoChoicesForm, UploadForm
from samut_hub.members.importing.looking import Sight, look, look_at_photos
from samut_hub.members.importing.models import MemberImport
from samut_hub.members.importing.policy import NOTES, UNDONE_WITHIN, Action, Kind, Match, Verdict
from samut_hub.members.importing.undoing import kept_of, left_to_do
from samut_hub.members.importing.web.blueprint import pages
from samut_hub.staff.policy import Permission
from samut_hub.tables import TableError
from samut_hub.tasks import Task, submit, task_by_id
from samut_hub.uploads import FileTooLargeError
from samut_hub.web.forms import show as show_form
from samut_hub.web.hub import db, library, needs, now, staff, the_hub
from samut_hub.web.naming import in_each_language
from samut_hub.web.paging import page_asked, pages_of

Answer = str | Response | tuple[str, int]


@pages.get("/")
@needs(Permission.CHANGE_MANY_MEMBERS)
def index() -> Answer:
    return _index(UploadForm(formdata=None), UploadForm(formdata=None))


@pages.post("/")
@needs(Permission.CHANGE_MANY_MEMBERS, room=files.LARGEST_TABLE)
def upload() -> Answer:
    form = UploadForm()
    run = _opened(form, photos=False)
    if run is None:
        return _index(form, UploadForm(formdata=None))
    return redirect(url_for(".columns", member_import_id=run.id))


@pages.post("/photos")
@needs(Permission.CHANGE_MANY_MEMBERS, room=files.LARGEST_PHOTOS)
def upload_photos() -> Answer:
    form = UploadForm()
    run = _opened(form, photos=True)
    if run is None:
        return _index(UploadForm(formdata=None), form)
    return redirect(url_for(".show", member_import_id=run.id))


@pages.errorhandler(413)
def too_large(error: object) -> Answer:
    return render_template("error.html", sentence=_say_too_large(), status=413, request_id=""), 413


@pages.get("/<int:member_import_id>")
@needs(Permission.CHANGE_MANY_MEMBERS)
def show(member_import_id: int) -> Answer:
    """Before it is begun what would come of it, afterwards what came of it."""
    run = service.import_by_id(db(), member_import_id)
    if run.begun_at is not None:
        return _report(run)
    if not Kind(run.kind).is_table:
        return _photo_preview(run, PhotoChoicesForm(obj=run))
    if not run.encoding:
        return redirect(url_for(".columns", member_import_id=run.id))
    return _preview(run, ChoicesForm(obj=run))


@pages.post("/<int:member_import_id>/choose")
@needs(Permission.CHANGE_MANY_MEMBERS)
def choose(member_import_id: int) -> Answer:
    """Keep what was chosen, and look again or begin."""
    run = service.import_by_id(db(), member_import_id)
    if run.begun_at is not None:
        return redirect(url_for(".show", member_import_id=member_import_id))
    is_table = Kind(run.kind).is_table
    form = ChoicesForm() if is_table else PhotoChoicesForm()
    if isinstance(form, ChoicesForm):
        form.offer(groups.member_types(db()))
    if not form.validate():
        return _preview(run, form) if isinstance(form, ChoicesForm) else _photo_preview(run, form)
    form.keep_in(run)
    return _begin(run) if "begin" in request.form else redirect(url_for(".show", member_import_id=member_import_id))


@pages.post("/<int:member_import_id>/undo")
@needs(Permission.CHANGE_MANY_MEMBERS)
def undo(member_import_id: int) -> Response:
    run = service.import_by_id(db(), member_import_id)
    if run.begun_at is None or run.undone_at is not None:
        return redirect(url_for(".show", member_import_id=member_import_id))
    if run.task_id is not None and not task_by_id(db(), run.task_id).is_over:
        raise RefusedError(_("The import still goes on. Stop it first, then undo it."))
    if run.begun_at < now() - UNDONE_WITHIN:
        raise RefusedError(_("This import is older than 90 days: what members were before it is not kept any more."))
    run.undo_asked_at = now()
    return _to(_submitted(run, jobs.UNDO, lambda: _("Undo the import of %(file)s", file=run.file_name)))


@pages.post("/<int:member_import_id>/discard")
@needs(Permission.CHANGE_MANY_MEMBERS)
def discard(member_import_id: int) -> Response:
    """Only one that was not begun: of the others it is kept what they did."""
    run = service.import_by_id(db(), member_import_id)
    if run.begun_at is None:
        db().delete(run)
        db().flush()
        files.unused(db(), the_hub().config, run.digest)
        flash(_("The file was put away. Nothing was brought in."), "success")
    return redirect(url_for(".index"))


def _index(form: UploadForm, photo_form: UploadForm) -> Answer:
    page = page_asked()
    runs, total = service.imports_of(db(), page)
    said = render_template(
        "importing/index.html", form=form, photo_form=photo_form, runs=runs, page=page,
        page_count=pages_of(total, service.PER_PAGE), most=files.LARGEST_TABLE >> 20,
        most_photos=files.LARGEST_PHOTOS >> 20,
    )  # fmt: skip
    return said, 422 if form.errors or photo_form.errors else 200


def _opened(form: UploadForm, *, photos: bool) -> MemberImport | None:
    """The import of the file that was sent, which is unpacked before the transaction; None when the form says why."""
    if not form.validate():
        return None
    sent, config = form.file.data, the_hub().config
    try:
        stored = files.store(config, sent.stream, most=files.LARGEST_PHOTOS if photos else files.LARGEST_TABLE)
    except FileTooLargeError:
        form.form_errors.append(_say_too_large())
        return None
    try:
        run = files.made_ready(config, stored, sent.filename or "", photos=photos, now=now())
    except (files.UnknownFileError, TableError) as error:
        files.unused(db(), config, stored.digest)
        form.form_errors.append(_why_not(error, photos=photos))
        return None
    run.staff_id = staff().id
    types = groups.member_types(db())
    run.type_id = types[0].id if types else None
    run.match, run.action, run.adds, run.makes = Match.NUMBER.value, Action.UPDATE.value, True, True
    return files.keep_import(db(), config, run)


def _say_too_large() -> str:
    most, photos = files.LARGEST_TABLE >> 20, files.LARGEST_PHOTOS >> 20
    return _(
        "The file is too large: %(most)s MB at most for a table, %(photos)s MB for photos. Divide it into several.",
        most=most,
        photos=photos,
    )


def _why_not(error: files.UnknownFileError | TableError, *, photos: bool) -> str:
    if photos:
        return _("This is no ZIP archive. Select the photos in their folder, compress them into one, and send that.")
    if not isinstance(error, TableError):
        return _("This file is no table. Choose an Excel or CSV file.")
    if error.is_too_large:
        return _("The Excel file is too large when unpacked. Save the sheet as CSV and send that.")
    return _("The Excel file is damaged or locked by a password. Open it in Excel, save it anew and send that.")


def _preview(run: MemberImport, form: ChoicesForm) -> Answer:
    types = groups.member_types(db())
    form.offer(types)
    sight = look(db(), run, files.path_of(the_hub().config, run), _key(), now=now())
    return show_form(
        "importing/preview.html", form, run=run, sight=sight, before=service.same_file(db(), run), Verdict=Verdict,
        new=NEW, class_names={one.id: one.name for one in groups.groups(db())}, kinds_of_notes=NOTES,
        most_named=20,
    )  # fmt: skip


def _photo_preview(run: MemberImport, form: PhotoChoicesForm) -> Answer:
    sight = Sight()
    try:
        sight = look_at_photos(db(), run, files.path_of(the_hub().config, run), _key())
    except ConfinedError:
        form.form_errors.append(_("The archive is damaged, or there are too many files in it. Make it anew."))
    return show_form("importing/photos.html", form, run=run, sight=sight, Verdict=Verdict)


def _begin(run: MemberImport) -> Answer:
    """Sent twice, it is begun once."""
    run.begun_at = now()
    return _to(_submitted(run, jobs.IMPORT, lambda: _("Bring in %(file)s", file=run.file_name)))


def _submitted(run: MemberImport, kind: str, name: Callable[[], str]) -> Task:
    back = url_for(".show", member_import_id=run.id)
    names = in_each_language(name)
    task = submit(db(), kind, {"import_id": run.id}, staff_id=staff().id, now=now(), names=names, back=back)
    run.task_id = task.id
    return task


def _to(task: Task) -> Response:
    return redirect(url_for("tasks.show", task_id=task.id))


def _report(run: MemberImport) -> Answer:
    page = page_asked()
    told, total = service.refused_of(db(), run.id, page)
    kept_total = left_to_do(db(), run.id) if run.undone_at is not None else 0
    return render_template(
        "importing/show.html", run=run, task=None if run.task_id is None else task_by_id(db(), run.task_id),
        told=told, told_total=total, reasons=service.reasons_of(db(), run.id), is_table=Kind(run.kind).is_table,
        kept=kept_of(db(), run.id, page) if kept_total else (), kept_total=kept_total, page=page,
        page_count=pages_of(max(total, kept_total), service.PER_PAGE),
        is_forgotten=(run.begun_at or now()) < now() - files.REFUSED_FOR,
    )  # fmt: skip


def _key() -> bytes:
    return card_key(the_hub().card_secret, library().code)
