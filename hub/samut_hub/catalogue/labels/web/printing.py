"""Choose what to print, look at the first sheet, make the PDF, and say that the labels came out right."""

from base64 import b64encode
from dataclasses import dataclass
from itertools import islice

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Redirect

from samut_hub.catalogue import service
from samut_hub.catalogue.labels import jobs, keeping, printing
from samut_hub.catalogue.labels.choosing import MOST_ITEMS, Chosen, Which, choose
from samut_hub.catalogue.labels.forms import PrintForm, say_shortfalls
from samut_hub.catalogue.labels.sheets import Sheet
from samut_hub.catalogue.labels.typesetting import pdf_of, picture_of
from samut_hub.catalogue.labels.web.blueprint import pages
from samut_hub.catalogue.models import Title
from samut_hub.staff.policy import Permission
from samut_hub.tasks import submit
from samut_hub.web.documents import shown_pdf
from samut_hub.web.forms import show
from samut_hub.web.hub import db, library, needs, now, only_looks, staff
from samut_hub.web.naming import in_each_language

Answer = str | Redirect | tuple[str, int]


@dataclass(frozen=True)
class Preview:
    """The first sheet: `picture` is an address that carries its own content, empty when nothing is chosen."""

    chosen: Chosen
    sheet: Sheet
    start: int
    labels: int
    picture: str
    shortfalls: list[str]

    @property
    def sheets(self) -> int:
        return self.sheet.sheets_for(self.labels, self.start)


@pages.get("/")
@needs(Permission.PRINT_LABELS)
def index() -> Answer:
    """`title_id` or `numbers` in the address choose copies from the start."""
    form = _form()
    settings = keeping.settings_of(db())
    keys = [choice.value for choice in form.sheet.choices]
    form.show_design(settings.last_sheet if settings.last_sheet in keys else keys[0], keeping.last_design(settings))
    if form.title_id.data:
        form.which.data = Which.TITLE.value
    elif request.args.get("numbers"):
        form.which.data, form.numbers.data = Which.NUMBERS.value, request.args["numbers"]
    return _page(form)


@pages.post("/")
@needs(Permission.PRINT_LABELS)
@only_looks
def look() -> Answer:
    """The page with what was chosen, for browsers without scripts."""
    form = _form()
    form.validate()
    return _page(form)


@pages.post("/preview")
@needs(Permission.PRINT_LABELS)
@only_looks
def preview() -> str:
    """A fragment: the first sheet as it will be printed."""
    form = _form()
    seen = _preview(form) if form.validate() else None
    return render_template("labels/preview.html", preview=seen, form=form, most=MOST_ITEMS)


@pages.post("/print")
@needs(Permission.PRINT_LABELS)
def make() -> Answer:
    form = _form()
    if not form.validate():
        return _page(form)
    chosen, wish = choose(db(), form.choice(library().zone)), form.wish()
    if not chosen.ids:
        form.form_errors.append(_("No copy is chosen: there is nothing to print."))
        return _page(form)
    run = printing.make_run(db(), chosen.ids, wish, staff_id=staff().id, now=now())
    back = url_for(".run", run_id=run.id)
    if run.labels > printing.DIRECT:
        names = in_each_language(lambda: _("%(count)s labels", count=f"{run.labels:,}"))
        task = submit(db(), jobs.KIND, {"run": run.id}, staff_id=staff().id, now=now(), names=names, back=back)
        run.task_id = task.id
    return redirect(back)


@pages.get("/runs/<int:run_id>")
@needs(Permission.PRINT_LABELS)
def run(run_id: int) -> str:
    return render_template("labels/run.html", run=printing.run_by_id(db(), run_id), direct=printing.DIRECT)


@pages.get("/runs/<int:run_id>.pdf")
@needs(Permission.PRINT_LABELS)
def run_pdf(run_id: int) -> Response:
    run = printing.run_by_id(db(), run_id)
    made = pdf_of(printing.sheet_of(db(), run), printing.drawings_of(db(), run), start=run.start)
    return shown_pdf(made, f"labels-{run_id}")


@pages.post("/runs/<int:run_id>/confirm")
@needs(Permission.PRINT_LABELS)
def confirm(run_id: int) -> Redirect:
    printing.confirm(db(), printing.run_by_id(db(), run_id), now=now())
    flash(_("These copies have their labels."), "success")
    return redirect(url_for(".index"))


def _form() -> PrintForm:
    form = PrintForm()
    if not form.is_submitted():
        form.title_id.data = request.args.get("title_id", "")
    form.offer(keeping.sheet_choices(db()), service.places(db()), service.categories(db()))
    return form


def _page(form: PrintForm) -> tuple[str, int]:
    title = db().get(Title, int(form.title_id.data)) if form.title_id.data.isdecimal() else None
    return show(
        "labels/index.html",
        form,
        preview=None if form.errors else _preview(form),
        title=title,
        most=MOST_ITEMS,
        runs=printing.latest_runs(db()),
    )


def _preview(form: PrintForm) -> Preview:
    chosen, wish = choose(db(), form.choice(library().zone)), form.wish()
    sheet = keeping.sheet_by_key(db(), wish.sheet)
    start = min(wish.start, sheet.labels)
    free, ids = sheet.labels - start + 1, printing.at_once(chosen.ids, wish.copies)
    labels = list(islice(printing.drawings(db(), ids[:free], wish), free))
    picture = b64encode(picture_of(sheet, labels, start=start)).decode()
    return Preview(
        chosen=chosen,
        sheet=sheet,
        start=start,
        labels=len(ids) * wish.copies,
        picture=f"data:image/png;base64,{picture}",
        shortfalls=say_shortfalls(labels),
    )
