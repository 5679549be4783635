"""Staff pages about holdings of serials: what is there, the next issue checked in, gaps."""

from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from samut_hub.catalogue import items
from samut_hub.catalogue import service as titles
from samut_hub.catalogue.forms import say_refusal
from samut_hub.catalogue.items import ItemFields
from samut_hub.catalogue.models import Title
from samut_hub.catalogue.serials import service
from samut_hub.catalogue.serials.forms import FREQUENCIES, HoldingForm, IssueForm
from samut_hub.catalogue.serials.models import Holding, Issue
from samut_hub.catalogue.serials.policy import Frequency
from samut_hub.staff.policy import Permission
from samut_hub.web.forms import show as show_form
from samut_hub.web.hub import db, library, needs, now
from samut_hub.web.language import language

Answer = str | Response | tuple[str, int]

pages = Blueprint("serials", __name__, template_folder="templates", url_prefix="/catalogue")

SERIALS = ("journal", "magazine", "newspaper")


@pages.app_context_processor
def holdings() -> dict[str, object]:
    """For the page of a title, which includes `serials/of_title.html`."""
    return {"serial_holdings": lambda title: service.held(db(), title.id), "SERIALS": SERIALS}


@pages.app_template_filter()
def frequency_name(code: str) -> str:
    return str(FREQUENCIES[Frequency(code)])


@pages.app_template_filter()
def volumes_in_words(volumes: list[tuple[str, str]]) -> str:
    """“vol. 5 no. 1–6, 8; vol. 6 no. 1”."""
    return "; ".join(
        _("vol. %(volume)s no. %(numbers)s", volume=volume, numbers=numbers)
        if volume
        else _("no. %(numbers)s", numbers=numbers)
        for volume, numbers in volumes
    )


@pages.route("/<int:title_id>/holdings/new", methods=["GET", "POST"])
@needs(Permission.CHECK_IN_SERIALS)
def new(title_id: int) -> Answer:
    title, form = titles.title_by_id(db(), title_id), HoldingForm()
    form.offer(titles.places(db()))
    if form.validate_on_submit():
        holding = service.add_holding(db(), title, form.fields(), now=now())
        return redirect(url_for(".show", holding_id=holding.id))
    return show_form("serials/holding.html", form, title=title, holding=None)


@pages.route("/holdings/<int:holding_id>/edit", methods=["GET", "POST"])
@needs(Permission.CHECK_IN_SERIALS)
def edit(holding_id: int) -> Answer:
    holding, form = service.holding_by_id(db(), holding_id), HoldingForm()
    form.offer(titles.places(db()))
    if not form.is_submitted():
        form.show_holding(holding)
    elif form.validate():
        service.edit_holding(db(), holding, form.fields(), now=now())
        return redirect(url_for(".show", holding_id=holding_id))
    return show_form("serials/holding.html", form, title=_title(holding), holding=holding)


@pages.get("/holdings/<int:holding_id>")
@needs()
def show(holding_id: int) -> Answer:
    holding, form = service.holding_by_id(db(), holding_id), IssueForm()
    form.show_issue(service.expected(db(), holding, today=now().astimezone(ZoneInfo(library().zone)).date()))
    return _page(holding, form)


@pages.post("/holdings/<int:holding_id>")
@needs(Permission.CHECK_IN_SERIALS)
def check_in(holding_id: int) -> Answer:
    holding, form = service.holding_by_id(db(), holding_id), IssueForm()
    if form.validate() and _check_in(form, holding):
        flash(_("The issue is noted."), "success")
        return redirect(url_for(".show", holding_id=holding_id))
    return _page(holding, form)


@pages.route("/issues/<int:issue_id>/edit", methods=["GET", "POST"])
@needs(Permission.CHECK_IN_SERIALS)
def edit_issue(issue_id: int) -> Answer:
    issue, form = service.issue_by_id(db(), issue_id), IssueForm()
    holding = service.holding_by_id(db(), issue.holding_id)
    if not form.is_submitted():
        form.show_issue(issue)
    elif form.validate() and _edit(form, issue):
        return _to_year(issue)
    return show_form("serials/issue.html", form, title=_title(holding), holding=holding, issue=issue)


@pages.post("/issues/<int:issue_id>/missing")
@needs(Permission.CHECK_IN_SERIALS)
def missing(issue_id: int) -> Response:
    issue = service.issue_by_id(db(), issue_id)
    service.mark_missing(db(), issue)
    return _to_year(issue)


@pages.post("/issues/<int:issue_id>/remove")
@needs(Permission.CHECK_IN_SERIALS)
def remove_issue(issue_id: int) -> Response:
    issue = service.issue_by_id(db(), issue_id)
    service.remove_issue(db(), issue)
    return _to_year(issue)


def _page(holding: Holding, form: IssueForm) -> Answer:
    years = service.years_of(db(), holding)
    year = request.args.get("year", years[0][0] if years else 0, type=int)
    return show_form(
        "serials/show.html",
        form,
        holding=holding,
        title=_title(holding),
        held=next(one for one in service.held(db(), holding.title_id) if one.holding.id == holding.id),
        years=years,
        year=year,
        issues=service.issues_of(db(), holding, year),
        place_names=titles.place_names(db(), language()),
        free_number=items.next_number(db()),
    )


def _check_in(form: IssueForm, holding: Holding) -> bool:
    fields, number = form.fields(), form.accession_number.data
    copy = ItemFields(accession_number=number, place_id=holding.place_id, note=_words(form)) if number else None
    try:
        service.check_in(db(), holding, fields, item=copy, now=now())
    except service.IssueThereError:
        form.number.errors = [_("This issue is in the list already.")]
        return False
    except (items.WrongNumberError, items.NumberTakenError) as error:
        db().rollback()
        form.accession_number.errors = [say_refusal(error)]
        return False
    return True


def _edit(form: IssueForm, issue: Issue) -> bool:
    try:
        service.edit_issue(db(), issue, form.fields())
    except service.IssueThereError:
        form.number.errors = [_("This issue is in the list already.")]
        return False
    return True


def _words(form: IssueForm) -> str:
    return volumes_in_words([(form.volume.data, form.number.data)])


def _to_year(issue: Issue) -> Response:
    return redirect(url_for(".show", holding_id=issue.holding_id, year=issue.year))


def _title(holding: Holding) -> Title:
    return titles.title_by_id(db(), holding.title_id)
