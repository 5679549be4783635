"""An item came back damaged: said in the line of its return, or later on a page of its own."""

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectChoice, SelectField, StringField
from wtforms.validators import Length

from samut_hub.catalogue.item_history import By
from samut_hub.catalogue.models import Item
from samut_hub.catalogue.service import item_by_id
from samut_hub.charges.books import WrongAmountError
from samut_hub.charges.forms import AmountField
from samut_hub.circulation import desk as at_desk
from samut_hub.circulation.damages import Becomes, Damage, LentAgainError, NobodyToChargeError, NotHereError
from samut_hub.circulation.desk import Outcome
from samut_hub.circulation.loans import last_loan
from samut_hub.circulation.models import Loan
from samut_hub.circulation.terms import terms_of
from samut_hub.circulation.web.blueprint import pages
from samut_hub.circulation.web.desk import Answer, command_of, line, once_at_desk, source
from samut_hub.errors import RefusedError
from samut_hub.members.service import member_by_id
from samut_hub.staff.policy import Permission
from samut_hub.web.dates import baht
from samut_hub.web.forms import Form, show
from samut_hub.web.hub import db, needs, now, own_address, staff, wants_fragment
from samut_rules.matrix import LoanTerms
from samut_rules.mishaps import lost

BECOMES = (
    SelectChoice(Becomes.REPAIRED.value, _l("It is repaired")),
    SelectChoice(Becomes.LENT_ON.value, _l("It is lent on as it is")),
    SelectChoice(Becomes.WRITTEN_OFF.value, _l("It is written off")),
)


class DamageForm(Form):
    """`amount` is satang; nothing filled in, nothing is charged."""

    becomes = SelectField(_l("What to do with the item"), choices=list(BECOMES), default=Becomes.REPAIRED.value)
    amount = AmountField(_l("Charge the member (baht)"), [], least=0)
    note = StringField(_l("Note"), [Length(max=200)])

    @property
    def said(self) -> str:
        return (self.note.data or "").strip()


@pages.route("/damage/<int:item_id>", methods=["GET", "POST"])
@needs(Permission.RECORD_MISHAPS)
def damage(item_id: int) -> Answer | tuple[str, int]:
    """Sent twice it is noted once, and charged once."""
    item, form = item_by_id(db(), item_id), DamageForm()
    loan = _loan_in_form(item) if form.is_submitted() else last_loan(db(), item)
    if wants_fragment() and form.is_submitted():
        return _in_line(form, item, loan)
    if form.accepts(lambda: flash(say_damage(_seen_once(form, item, loan)), "success")):
        return redirect(_next(item))
    return show("circulation/damage_page.html", form, item=item, loan=loan, back=_next(item))


def _loan_in_form(item: Item) -> Loan | None:
    """That which staff saw, whoever has borrowed the item since; None where it is not known any more whose it was."""
    loan_id = request.form.get("loan", type=int)
    loan = None if loan_id is None else db().get(Loan, loan_id)
    if loan is not None and loan.item_id != item.id:
        abort(404)
    return None if loan is None or loan.member_id is None else loan


def _in_line(form: DamageForm, item: Item, loan: Loan | None) -> str:
    """The form stays as it is when something is wrong with it."""
    if not form.validate():
        raise RefusedError(next(str(field.errors[0]) for field in form if field.errors))
    member_id = request.form.get("member", type=int)
    return line(_seen_once(form, item, loan), None if member_id is None else member_by_id(db(), member_id))


def _seen_once(form: DamageForm, item: Item, loan: Loan | None) -> Outcome:
    return once_at_desk("desk.damage", command_of(f"damage {item.id}"), lambda: _seen(form, item, loan))


def note_in_form(form: DamageForm, loan: Loan) -> str:
    """The same of an item that is out still; what was done, in a sentence."""
    return say_damage(_seen(form, loan.item, loan))


@pages.app_template_global()
def say_damage(outcome: Outcome) -> str:
    if outcome.fine:
        return _("The damage is noted, and charged: %(amount)s.", amount=baht(outcome.fine))
    return _("The damage is noted. Nothing was charged.")


@pages.app_template_global()
def damage_ways() -> list[tuple[str, str]]:
    """For the form in the line of a return."""
    return [(choice.value, str(choice.label)) for choice in BECOMES]


@pages.app_template_global()
def price_when_lost(loan: Loan) -> int:
    """What a new one costs, as the item or the rules say: satang, 0 where neither does."""
    return lost(terms_of(db(), loan.borrower, loan.item, now()) or LoanTerms(), loan.item.price).price


def _seen(form: DamageForm, item: Item, loan: Loan | None) -> Outcome:
    becomes = Becomes(form.becomes.data)
    reason = form.said or (_("Damaged beyond repair") if becomes is Becomes.WRITTEN_OFF else "")
    by = By(staff_id=staff().id, now=now(), reason=reason)
    try:
        return at_desk.damaged(db(), item, Damage(becomes, by, source(), loan, form.amount.data or 0))
    except LentAgainError:
        raise RefusedError(_("Somebody else has this item by now. Look for its loans on its own page.")) from None
    except NobodyToChargeError:
        raise RefusedError(_("Nobody can be charged: it is not known any more who had it. Leave it empty.")) from None
    except NotHereError:
        raise RefusedError(_("This item is not in the stock. Scan it as returned first.")) from None
    except WrongAmountError:
        raise RefusedError(_("This is more than a member can owe. Charge less.")) from None


def _next(item: Item) -> str:
    return own_address(request.values.get("next", "")) or url_for("catalogue.show_item", item_id=item.id)
