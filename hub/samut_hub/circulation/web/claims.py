"""Items that members say have come back: the list, what to look for along the shelves, and what was found."""

import io

from flask import Response, abort, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Redirect

from samut_hub.catalogue.service import place_names
from samut_hub.circulation import desk as at_desk
from samut_hub.circulation.claims import claims_on_shelves, open_claims
from samut_hub.circulation.desk import Outcome
from samut_hub.circulation.mishaps import LoanEndedError
from samut_hub.circulation.models import Loan
from samut_hub.circulation.web.blueprint import pages
from samut_hub.circulation.web.desk import command_of, once_at_desk, source, told
from samut_hub.errors import RefusedError
from samut_hub.libraries.service import calendar_of
from samut_hub.staff.policy import Permission
from samut_hub.typesetting import Page, Table, table_pdf
from samut_hub.web.dates import day
from samut_hub.web.hub import db, library, needs, now
from samut_hub.web.language import language
from samut_hub.web.paging import page_asked

WIDTHS = [1.5, 1.6, 3.6, 1.4, 1.2, 0.8]


@pages.get("/claims")
@needs(Permission.RECORD_MISHAPS)
def claims() -> str:
    """`done` names the command that found one, whose outcome is told."""
    found = open_claims(db(), page_asked())
    return render_template("circulation/claims.html", found=found, outcomes=told(), places=_places())


@pages.post("/claims/<int:loan_id>/found")
@needs(Permission.RECORD_MISHAPS)
def claim_found(loan_id: int) -> Redirect:
    """It stands on the shelf: it is returned. A second click is told the same; a later loan stays open."""
    loan = db().get(Loan, loan_id)
    if loan is None or loan.claimed_at is None:
        abort(404)
    key = command_of(f"found {loan_id}")
    once_at_desk("desk.found", key, lambda: _found(loan))
    return redirect(url_for(".claims", done=key, page=request.form.get("page", type=int)))


def _found(loan: Loan) -> Outcome:
    try:
        return at_desk.found_on_shelf(db(), loan, now=now(), source=source())
    except LoanEndedError:
        raise RefusedError(_("This loan has ended already.")) from None


@pages.get("/claims.pdf")
@needs(Permission.RECORD_MISHAPS)
def claims_pdf() -> Response:
    """To take along to the shelves."""
    loans, places, out = claims_on_shelves(db()), _places(), io.BytesIO()
    labels = [_("Place"), _("Call number"), _("Title"), _("Bar code"), _("Since"), _("Found")]
    table = Table(labels=labels, widths=WIDTHS, right=[False] * len(labels))
    rows = ([places.get(loan.item.place_id or 0, ""), *_row(loan), "☐"] for loan in loans)
    table_pdf(out, _sheet(len(loans)), table, rows, lambda done: None)
    out.seek(0)
    return send_file(out, "application/pdf", download_name="claims.pdf")


@pages.app_template_filter("days_since")
def days_since(loan: Loan) -> int:
    """For how many days the member has said so."""
    calendar = calendar_of(db(), library())
    return 0 if loan.claimed_at is None else (calendar.local_day(now()) - calendar.local_day(loan.claimed_at)).days


def _row(loan: Loan) -> list[str]:
    item = loan.item
    since = day(loan.claimed_at) if loan.claimed_at else ""
    return [item.call_number or item.title.call_number, item.title.title, item.barcode, since]


def _sheet(count: int) -> Page:
    about = _("%(count)s items · printed on %(day)s", count=count, day=day(now()))
    heading = _("Look for them on the shelves")
    return Page(library=library().name(language()), heading=heading, about=about, page=_("Page"))


def _places() -> dict[int, str]:
    return place_names(db(), language())
