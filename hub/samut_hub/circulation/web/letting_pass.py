"""A refusal let pass at the desk, with a reason."""

from collections.abc import Collection

from flask import redirect, request
from flask_babel import gettext as _

from samut_hub.catalogue.service import item_by_barcode
from samut_hub.circulation import desk as at_desk
from samut_hub.circulation import letting_pass as passing
from samut_hub.circulation.desk import Outcome
from samut_hub.circulation.letting_pass import LONGEST_REASON, LetPass
from samut_hub.circulation.models import Loan
from samut_hub.circulation.web.blueprint import pages
from samut_hub.circulation.web.desk import Answer, back, command_of, line, once_at_desk, open_loan_at, source
from samut_hub.errors import NotFoundError, RefusedError
from samut_hub.members.models import Member
from samut_hub.members.service import member_by_id
from samut_hub.staff.policy import ALL, Permission
from samut_hub.web.hub import db, needs, now, staff, wants_fragment


@pages.post("/let-pass")
@needs(Permission.CIRCULATE)
def let_pass() -> Answer:
    """Whoever has no right to it is told the same reasons again."""
    wanted = _wanted()
    loan_id, barcode = request.form.get("loan", type=int), request.form.get("barcode", "")
    if loan_id is not None:
        loan = open_loan_at(loan_id)
        member, key = loan.member, command_of(f"let pass {loan_id}")
        outcome = once_at_desk("desk.let_pass", key, lambda: _renew(loan, wanted))
    else:
        member, key = member_by_id(db(), request.form.get("member", 0, type=int)), command_of(f"let pass {barcode}")
        outcome = once_at_desk("desk.let_pass", key, lambda: _lend(barcode, member, wanted))
    return line(outcome, member) if wants_fragment() else redirect(back(outcome, key))


def _wanted() -> LetPass:
    reason = " ".join(request.form.get("reason", "").split())[:LONGEST_REASON]
    if not reason:
        raise RefusedError(_("Write why you let it pass. It is kept with the loan."))
    return passing.let_pass(staff().rights, staff().username, codes=request.form.getlist("code"), reason=reason)


def _renew(loan: Loan, wanted: LetPass) -> Outcome:
    return at_desk.renew_loan(db(), loan, now=now(), source=source(), passing=wanted)


def _lend(barcode: str, member: Member, wanted: LetPass) -> Outcome:
    item = item_by_barcode(db(), barcode)
    if item is None:
        raise NotFoundError(f"There is no item “{barcode}”.")
    return at_desk.lend_all_the_same(db(), item, member, passing=wanted, now=now(), source=source())


@pages.app_template_global()
def may_let_all_pass(outcome: Outcome) -> bool:
    """Whether the person at the desk may let all pass that stands against it."""
    return _may_all(staff().rights, outcome)


@pages.app_template_global()
def may_be_let_pass(outcome: Outcome) -> bool:
    """Whether somebody may."""
    return _may_all(ALL, outcome)


def _may_all(rights: Collection[Permission], outcome: Outcome) -> bool:
    return all(passing.may_let_pass(rights, code, values) for code, values in outcome.reasons)
