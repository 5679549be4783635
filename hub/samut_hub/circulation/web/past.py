"""A member's loan history, searched by words and days (requirement S-06), and printed for a period (M-11)."""

import io

from flask import Response, render_template, request, send_file
from flask_babel import gettext as _

from samut_hub.circulation.forms import PastLoansForm
from samut_hub.circulation.models import Loan
from samut_hub.circulation.past_loans import MOST_PRINTED, Wanted, find_loans, loans_to_print
from samut_hub.circulation.web.blueprint import pages
from samut_hub.libraries.service import calendar_of
from samut_hub.members.models import Member
from samut_hub.members.service import member_by_id
from samut_hub.spoken import say_day
from samut_hub.staff.policy import Permission
from samut_hub.typesetting import Page, Table, table_pdf
from samut_hub.web.dates import day
from samut_hub.web.hub import db, library, needs, now
from samut_hub.web.language import language
from samut_hub.web.paging import page_asked

WIDTHS = [4.0, 1.3, 1.2, 1.2, 1.2]


@pages.get("/members/<int:member_id>/loans")
@needs(Permission.SEE_HISTORY)
def past_loans(member_id: int) -> str:
    member, form = member_by_id(db(), member_id), PastLoansForm(request.args)
    found = find_loans(db(), member, form.wanted(), page_asked())
    asked = {name: value for name, value in request.args.to_dict().items() if name in ("q", "since", "until")}
    return render_template("circulation/past_loans.html", member=member, form=form, found=found, asked=asked)


@pages.get("/members/<int:member_id>/loans.pdf")
@needs(Permission.SEE_HISTORY)
def past_loans_pdf(member_id: int) -> Response:
    """All that the search finds, not a page of it."""
    member, wanted, out = member_by_id(db(), member_id), PastLoansForm(request.args).wanted(), io.BytesIO()
    found = loans_to_print(db(), member, wanted)
    labels = [_("Title"), _("Accession number"), _("Lent on"), _("Due on"), _("Returned on")]
    table = Table(labels=labels, widths=WIDTHS, right=[False] * len(labels))
    table_pdf(out, _page(member, wanted, len(found)), table, map(_row, found), lambda done: None)
    out.seek(0)
    return send_file(out, "application/pdf", download_name=f"loans-{member.number}.pdf")


def _row(loan: Loan) -> list[str]:
    back = day(loan.returned_at) if loan.returned_at else _("On loan")
    return [loan.item.title.title, loan.item.accession_number, day(loan.lent_at), day(loan.due_at), back]


def _page(member: Member, wanted: Wanted, count: int) -> Page:
    """What stands around the list: whose it is, of which days, and when it was printed."""
    today = say_day(calendar_of(db(), library()).local_day(now()), language())
    about = [
        f"{member.number} · {member.group.name}" if member.group else member.number,
        _("from %(day)s", day=day(wanted.since)) if wanted.since else "",
        _("until %(day)s", day=day(wanted.until)) if wanted.until else "",
        f"“{wanted.words}”" if wanted.words else "",
        _("at most %(most)s loans", most=f"{MOST_PRINTED:,}") if count == MOST_PRINTED else "",
        _("Printed on %(day)s", day=today),
    ]
    return Page(
        library=library().name(language()),
        heading=_("Loans of %(name)s", name=member.name(language())),
        about=" · ".join(filter(None, about)),
        page=_("Page"),
    )
