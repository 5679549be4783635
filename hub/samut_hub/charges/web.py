"""What a member owes, and taking the money."""

from decimal import Decimal

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from samut_hub.charges import service
from samut_hub.charges.forms import PaymentForm
from samut_hub.charges.models import Charge
from samut_hub.commands import once
from samut_hub.members.models import Member
from samut_hub.members.service import member_by_id
from samut_hub.staff.policy import Permission
from samut_hub.web.dates import baht
from samut_hub.web.hub import carry_out, db, needs, now, staff
from samut_wire.ids import command_id, is_command_id

pages = Blueprint("charges", __name__, template_folder="templates", url_prefix="/charges")


@pages.get("/<int:member_id>")
@needs(Permission.SEE_MEMBERS)
def of_member(member_id: int) -> str:
    return _page(member_by_id(db(), member_id), PaymentForm(formdata=None))


@pages.post("/<int:member_id>/payments")
@needs(Permission.TAKE_PAYMENTS)
def take_payment(member_id: int) -> Response | tuple[str, int]:
    member, form = member_by_id(db(), member_id), PaymentForm()
    if form.validate_on_submit() and _take(member, form):
        flash(_("Received: %(amount)s", amount=baht(form.satang)), "success")
        return redirect(url_for(".of_member", member_id=member.id))
    return _page(member, form), 422


@pages.app_template_global()
def open_charges_of(member: Member) -> list[Charge]:
    """For the page of one member."""
    return list(service.open_charges(db(), member)) if member.debt else []


def _take(member: Member, form: PaymentForm) -> bool:
    if not is_command_id(form.command.data or ""):
        abort(400)
    try:
        carry_out(lambda: _take_once(member, form))
    except service.WrongAmountError as error:
        form.refuse(error.left)
        return False
    return True


def _take_once(member: Member, form: PaymentForm) -> bytes:
    def take() -> bytes:
        service.settle(db(), member=member, amount=form.satang, staff_id=staff().id, now=now())
        return b""

    return once(db(), f"desk:{staff().username}", form.command.data, "charges.payment", now(), do=take)


def _page(member: Member, form: PaymentForm) -> str:
    """A new command for each form that is shown: the one before was carried out, or changed nothing."""
    form.command.data = command_id(int(now().timestamp() * 1000))
    if not form.is_submitted():
        form.amount.data = Decimal(member.debt) / 100
    return render_template(
        "charges/member.html",
        member=member,
        form=form,
        charges=open_charges_of(member),
        payments=service.payments_of(db(), member),
    )
