"""An item that is out was lost, is said to have come back, or came back damaged: said at the desk."""

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import RadioField, SelectChoice, ValidationError
from wtforms.validators import InputRequired

from samut_hub.catalogue.item_history import By
from samut_hub.charges.books import WrongAmountError
from samut_hub.charges.forms import AmountField
from samut_hub.circulation import mishaps
from samut_hub.circulation.mishaps import LoanEndedError, MishapRefusedError, Told, What
from samut_hub.circulation.models import Loan
from samut_hub.circulation.web.blueprint import pages
from samut_hub.circulation.web.damages import DamageForm, note_in_form
from samut_hub.circulation.web.desk import open_loan_at, source
from samut_hub.circulation.web.words import say_reason
from samut_hub.errors import RefusedError
from samut_hub.staff.policy import Permission
from samut_hub.web.dates import baht
from samut_hub.web.forms import show
from samut_hub.web.hub import db, needs, now, staff

Page = Response | tuple[str, int]


class MishapForm(DamageForm):
    """`price` is satang of a lost item: it must be filled in, and 0 is an answer."""

    what = RadioField(
        _l("What happened"),
        [InputRequired()],
        choices=[
            SelectChoice(What.LOST.value, _l("The member lost it")),
            SelectChoice(What.CLAIMED.value, _l("The member says that it was returned")),
            SelectChoice(What.DAMAGED.value, _l("It came back damaged")),
        ],
    )
    price = AmountField(_l("Charge for the item (baht)"), [], least=0)

    def validate_price(self, field: AmountField) -> None:
        if self.what.data == What.LOST and field.data is None and not field.errors:
            raise ValidationError(
                _("Write what the member pays for the item. With 0 only the work is charged, if any.")
            )


@pages.route("/loans/<int:loan_id>/mishap", methods=["GET", "POST"])
@needs(Permission.RECORD_MISHAPS)
def mishap(loan_id: int) -> Page:
    """What each would cost is shown before it is chosen; `what` in the address is chosen already."""
    loan, form = open_loan_at(loan_id), MishapForm()
    member_id = loan.member_id
    if form.accepts(lambda: flash(_note(form, loan), "success")):
        return redirect(url_for(".desk", member=member_id))
    lost, claimed = mishaps.what_is_lost(db(), loan, _by("")), mishaps.what_is_claimed(db(), loan, _by(""))
    if not form.is_submitted():
        form.what.data, form.price.data = request.args.get("what"), lost.price or None
    return show("circulation/mishap.html", form, loan=loan, lost=lost, refused=claimed.reason)


def _note(form: MishapForm, loan: Loan) -> str:
    """What was done, in a sentence."""
    told = Told(_by(form.said), source())
    try:
        if form.what.data == What.DAMAGED:
            return note_in_form(form, loan)
        if form.what.data == What.CLAIMED:
            mishaps.note_claimed(db(), loan, told)
            return _("Noted. It stays with the member until it is found; no fine runs on.")
        charged = mishaps.note_lost(db(), loan, told, price=form.price.data)
    except LoanEndedError:
        raise RefusedError(_("This loan has ended already.")) from None
    except MishapRefusedError as error:
        raise RefusedError(say_reason(error.reason.code, error.reason.values)) from None
    except WrongAmountError:
        raise RefusedError(_("This is more than a member can owe. Charge less.")) from None
    return _("Noted, and charged: %(amount)s.", amount=baht(charged)) if charged else _("Noted. Nothing was charged.")


def _by(said: str) -> By:
    return By(staff_id=staff().id, now=now(), reason=said)
