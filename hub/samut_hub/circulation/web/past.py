"""A member's loan history, searched by words and days (requirement S-06)."""

from flask import render_template, request

from samut_hub.circulation.forms import PastLoansForm
from samut_hub.circulation.past_loans import find_loans
from samut_hub.circulation.web.blueprint import pages
from samut_hub.members.service import member_by_id
from samut_hub.staff.policy import Permission
from samut_hub.web.hub import db, needs


@pages.get("/members/<int:member_id>/loans")
@needs(Permission.SEE_HISTORY)
def past_loans(member_id: int) -> str:
    member, form = member_by_id(db(), member_id), PastLoansForm(request.args)
    found = find_loans(db(), member, form.wanted(), request.args.get("page", 1, type=int))
    return render_template("circulation/past_loans.html", member=member, form=form, found=found)
