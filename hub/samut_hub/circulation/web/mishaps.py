"""An item that is out was lost, is said to have come back, or came back damaged: said at the desk."""

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import RadioField, SelectChoice, StringField
from wtforms.validators import InputRequired, Length

from samut_hub.catalogue.item_history import By
from samut_hub.charges.forms import AmountField
from samut_hub.circulation.mishaps import (
    LoanEndedError,
    MishapRefusedError,
    Told,
    What,
    note_mishap,
    what_it_means,
)
from samut_hub.circulation.models import Loan
from samut_hub.circulation.web.blueprint import pages
from samut_hub.circulation.web.desk import open_loan_at, source
from samut_hub.circulation.web.words import say_reason
from samut_hub.errors import RefusedError
from samut_hub.staff.policy import Permission
from samut_hub.web.dates import baht
from samut_hub.web.forms import Form, show
from samut_hub.web.hub import db, needs, now, staff
from samut_rules.mishaps import Mishap

Page = Response | tuple[str, int]


class MishapForm(Form):
    """`repair` is satang; nothing filled in: it cannot be repaired."""

    what = RadioField(
        _l("What happened"),
        [InputRequired()],
        choices=[
            SelectChoice(What.LOST.value, _l("The member lost it")),
            SelectChoice(What.CLAIMED.value, _l("The member says that it was returned")),
            SelectChoice(What.DAMAGED.value, _l("It came back damaged")),
        ],
    )
    repair = AmountField(_l("If damaged: repair in baht"), [], least=0)
    note = StringField(_l("Note"), [Length(max=200)])


@pages.route("/loans/<int:loan_id>/mishap", methods=["GET", "POST"])
@needs(Permission.RECORD_MISHAPS)
def mishap(loan_id: int) -> Page:
    """What each would cost is shown before it is chosen."""
    loan, form = open_loan_at(loan_id), MishapForm()
    member_id = loan.member_id
    if not form.accepts(lambda: flash(_done(form, _note(form, loan)), "success")):
        costs = {what.value: what_it_means(db(), loan, what, now=now()) for what in What}
        return show("circulation/mishap.html", form, loan=loan, costs=costs)
    return redirect(url_for(".desk", member=member_id))


def _note(form: MishapForm, loan: Loan) -> Mishap:
    what, said = What(form.what.data), (form.note.data or "").strip()
    reason = _("Damaged beyond repair") if what is What.DAMAGED and not said else said
    by = By(staff_id=staff().id, now=now(), reason=reason)
    try:
        return note_mishap(db(), loan, Told(what, by, source(), form.repair.data))
    except LoanEndedError:
        raise RefusedError(_("This loan has ended already.")) from None
    except MishapRefusedError as error:
        raise RefusedError(say_reason(error.reason.code, error.reason.values)) from None


def _done(form: MishapForm, noted: Mishap) -> str:
    charged = noted.price + noted.processing_fee
    if form.what.data == What.CLAIMED:
        return _("Noted. It stays with the member until it is found; no fine runs on.")
    return _("Noted, and charged: %(amount)s.", amount=baht(charged)) if charged else _("Noted. Nothing was charged.")
