"""Beside a loan: why it is not renewed, before anybody tries."""

from collections.abc import Sequence

from flask_babel import gettext as _

from samut_hub.circulation import renewable
from samut_hub.circulation.desk import Outcome
from samut_hub.circulation.letting_pass import may_let_pass
from samut_hub.circulation.models import Loan
from samut_hub.circulation.web.blueprint import pages
from samut_hub.circulation.web.words import say_reason
from samut_hub.web.hub import db, now, staff
from samut_rules.reasons import Code, Reason


@pages.app_template_global()
def loan_of(outcome: Outcome) -> Loan | None:
    return None if outcome.loan is None else db().get(Loan, outcome.loan)


@pages.app_template_global()
def why_never(loan: Loan) -> Reason | None:
    """Also for the member's own page."""
    return renewable.why_never(db(), loan, now())


@pages.app_template_global()
def can_renew_any(loans: Sequence[Loan]) -> bool:
    return any(why_never(loan) is None for loan in loans)


@pages.app_template_global()
def may_pass(reason: Reason) -> bool:
    """Whether the person at the desk may renew all the same."""
    return may_let_pass(staff().rights, reason.code)


@pages.app_template_global()
def say_never(reason: Reason) -> str:
    is_never = reason.code == Code.ITEM_NOT_RENEWABLE or not reason.values.get("limit", 1)
    return _("Cannot be renewed") if is_never else say_reason(reason.code, reason.values)
