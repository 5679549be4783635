"""A library's label sheets: take a preset, copy, measure, try on the printer."""

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Redirect

from samut_hub.catalogue.labels import keeping
from samut_hub.catalogue.labels.forms import ReadingForm, SheetForm
from samut_hub.catalogue.labels.models import LabelSheet
from samut_hub.catalogue.labels.presets import BY_KEY
from samut_hub.catalogue.labels.sheets import Sheet, corrected, faults_of, line_of
from samut_hub.catalogue.labels.typesetting import trial_of
from samut_hub.catalogue.labels.web.blueprint import pages
from samut_hub.errors import RefusedError
from samut_hub.staff.policy import Permission
from samut_hub.web.documents import shown_pdf
from samut_hub.web.forms import show
from samut_hub.web.hub import db, needs, now, only_looks

Answer = str | Redirect | tuple[str, int]


@pages.get("/sheets")
@needs(Permission.PRINT_LABELS)
def sheets() -> str:
    own = keeping.own_sheets(db())
    known = {row.id: keeping.measures_of(row) for row in own}
    return render_template("labels/sheets.html", own=own, known=known, presets=keeping.presets_left(own))


@pages.post("/sheets/take")
@needs(Permission.PRINT_LABELS)
def take() -> Redirect:
    """A preset becomes the library's own sheet, to be measured or tried."""
    preset = BY_KEY.get(request.form.get("preset", ""))
    if preset is None:
        abort(404)
    return redirect(url_for(".edit_sheet", sheet_id=keeping.take_preset(db(), preset, now=now()).id))


@pages.route("/sheets/new", methods=["GET", "POST"])
@needs(Permission.PRINT_LABELS)
def new_sheet() -> Answer:
    """`like` is the id of the sheet that it starts from."""
    form, row = SheetForm(), LabelSheet(preset="")
    if not form.is_submitted():
        like = request.args.get("like", type=int)
        source = keeping.sheet_by_id(db(), like) if like else None
        sheet = keeping.measures_of(source) if source else BY_KEY[keeping.FIRST_SHEET].sheet
        name = _("Copy of %(sheet)s", sheet=source.name) if source else ""
        form.show_sheet(name, sheet, is_measured=False)
    if not form.accepts(lambda: _keep(form, row)):
        return _page(form, row)
    flash(_("The sheet is saved. Print the test page before the first labels."), "success")
    return redirect(url_for(".trial", sheet_id=row.id))


@pages.route("/sheets/<int:sheet_id>", methods=["GET", "POST"])
@needs(Permission.PRINT_LABELS)
def edit_sheet(sheet_id: int) -> Answer:
    row, form = keeping.sheet_by_id(db(), sheet_id), SheetForm()
    if not form.is_submitted():
        form.show_sheet(row.name, keeping.measures_of(row), is_measured=row.is_measured)
    if not form.accepts(lambda: _keep(form, row)):
        return _page(form, row)
    flash(_("The sheet is saved."), "success")
    return redirect(url_for(".sheets"))


@pages.post("/sheets/drawing")
@needs(Permission.PRINT_LABELS)
@only_looks
def drawing() -> str:
    """A fragment: the sheet as it follows from the measures in the form."""
    form = SheetForm()
    form.validate()
    return render_template("labels/drawing.html", sheet=_drawn(form), faults=form.form_errors)


@pages.post("/sheets/<int:sheet_id>/remove")
@needs(Permission.PRINT_LABELS)
def remove_sheet(sheet_id: int) -> Redirect:
    keeping.remove_sheet(db(), sheet_id)
    flash(_("The sheet is removed."), "success")
    return redirect(url_for(".sheets"))


@pages.route("/sheets/<int:sheet_id>/test", methods=["GET", "POST"])
@needs(Permission.PRINT_LABELS)
def trial(sheet_id: int) -> Answer:
    """How to print the test page, and what was read off it."""
    row = keeping.sheet_by_id(db(), sheet_id)
    form, sheet = ReadingForm(), keeping.measures_of(row)
    if not form.is_submitted():
        form.line.data = line_of(sheet)
    if not form.accepts(lambda: keeping.keep_sheet(db(), row, row.name, corrected(sheet, form.reading()), now=now())):
        return show("labels/trial.html", form, row=row, sheet=sheet, line=line_of(sheet))
    flash(_("Saved. Print the test page once more: the outlines should lie on the labels now."), "success")
    return redirect(url_for(".trial", sheet_id=row.id))


@pages.get("/sheets/<int:sheet_id>/test.pdf")
@needs(Permission.PRINT_LABELS)
def trial_pdf(sheet_id: int) -> Response:
    row = keeping.sheet_by_id(db(), sheet_id)
    sheet = keeping.measures_of(row)
    return shown_pdf(trial_of(sheet, _said(row, sheet)), f"test-{sheet_id}")


def _said(row: LabelSheet, sheet: Sheet) -> list[str]:
    """What stands on the test page, where there is room for it."""
    if sheet.height < 120 or sheet.width < 120:
        return []
    length = line_of(sheet)
    return [
        row.name,
        _("Print at 100 per cent, without “fit to page”. This line must be %(length)s mm long.", length=length),
        _("Hold this page behind a sheet of labels against the light, and measure how far the outlines lie off."),
    ]


def _keep(form: SheetForm, row: LabelSheet) -> None:
    row.is_measured = form.is_measured.data
    try:
        keeping.keep_sheet(db(), row, form.name.data, form.measures(), now=now())
    except keeping.NameTakenError:
        sentence = _("There is a sheet named “%(name)s” already. Give this one another name.", name=form.name.data)
        raise RefusedError(sentence) from None


def _page(form: SheetForm, row: LabelSheet) -> tuple[str, int]:
    return show("labels/sheet.html", form, row=row, sheet=_drawn(form))


def _drawn(form: SheetForm) -> Sheet | None:
    """The sheet to be drawn, or None while a number is missing."""
    if any(control.data is None for control in form if control.type in ("FloatField", "IntegerField")):
        return None
    return None if form.errors and not faults_of(form.measures()) else form.measures()
