"""What a member owes: taking the money, charging by hand, waiving; and all that was before."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from samut_hub.charges import history, service
from samut_hub.charges.books import WrongAmountError
from samut_hub.charges.forms import ChargeForm, PaymentForm, WaiveForm
from samut_hub.charges.giving_back import receipt_by_id
from samut_hub.charges.kinds import charge_by_hand, own_kinds
from samut_hub.charges.models import Receipt
from samut_hub.charges.web.acting import carry_out_once, give_command, teller
from samut_hub.charges.web.blueprint import open_charges_of, pages
from samut_hub.members.models import Member
from samut_hub.members.service import member_by_id
from samut_hub.staff.policy import Permission
from samut_hub.web.dates import baht
from samut_hub.web.forms import show
from samut_hub.web.hub import db, needs
from samut_hub.web.paging import page_asked, pages_of

Answer = str | Response | tuple[str, int]
LATEST = 5


@pages.get("/<int:member_id>")
@needs(Permission.SEE_MEMBERS)
def of_member(member_id: int) -> Answer:
    """`receipt` is the one that was just written."""
    return _page(member_by_id(db(), member_id), PaymentForm(formdata=None), ChargeForm(formdata=None))


@pages.post("/<int:member_id>/payments")
@needs(Permission.TAKE_PAYMENTS)
def take_payment(member_id: int) -> Answer:
    member, form = member_by_id(db(), member_id), PaymentForm()
    form.offer(open_charges_of(member))
    if form.validate_on_submit():
        try:
            receipt_id = carry_out_once(form, "payment", lambda: _take(member, form))
        except WrongAmountError as error:
            form.refuse(error)
        except service.TransferTakenError as error:
            form.refuse_transfer(error.receipt)
        else:
            flash(_("Received: %(amount)s", amount=baht(form.amount.data)), "success")
            return redirect(url_for(".of_member", member_id=member.id, receipt=receipt_id))
    return _page(member, form, ChargeForm(formdata=None))


@pages.post("/<int:member_id>/charges")
@needs(Permission.TAKE_PAYMENTS)
def charge(member_id: int) -> Answer:
    """Something that is charged by hand."""
    member, form = member_by_id(db(), member_id), ChargeForm()
    form.offer(own_kinds(db(), active=True))
    if form.validate_on_submit():
        try:
            amount = carry_out_once(form, "charge", lambda: _charge(member, form))
        except WrongAmountError as error:
            form.refuse(error)
        else:
            flash(_("Charged: %(amount)s", amount=baht(int(amount))), "success")
            return redirect(url_for(".of_member", member_id=member.id))
    return _page(member, PaymentForm(formdata=None), form)


@pages.route("/owed/<int:charge_id>/waive", methods=["GET", "POST"])
@needs(Permission.WAIVE_CHARGES)
def waive(charge_id: int) -> Answer:
    """Let the member off all or a part of one charge."""
    owed, form = service.charge_by_id(db(), charge_id), WaiveForm()
    member = member_by_id(db(), owed.member_id)
    if form.validate_on_submit():
        try:
            carry_out_once(form, "waiver", lambda: _waive(charge_id, form))
        except WrongAmountError as error:
            form.refuse(error)
        else:
            flash(_("Waived: %(amount)s", amount=baht(form.amount.data)), "success")
            return redirect(url_for(".of_member", member_id=member.id))
    if not form.is_submitted():
        form.amount.data = owed.left
    give_command(form)
    return show("charges/waive.html", form, charge=owed, member=member)


@pages.get("/<int:member_id>/history")
@needs(Permission.SEE_MEMBERS)
def past(member_id: int) -> str:
    """All charges, or with `what=money` all that was paid, waived and given back."""
    member, page, wants_money = member_by_id(db(), member_id), page_asked(), request.args.get("what") == "money"
    found, total = (history.entries_of if wants_money else history.charges_of)(db(), member, page)
    return render_template(
        "charges/history.html",
        member=member,
        wants_money=wants_money,
        found=found,
        page=page,
        pages=pages_of(total, history.PAGE),
    )


def _take(member: Member, form: PaymentForm) -> str:
    receipt = service.pay_fee(
        db(), member, tender=form.tender(), teller=teller(), only=frozenset(form.charges.data or ())
    )
    return str(receipt.id)


def _charge(member: Member, form: ChargeForm) -> str:
    return str(charge_by_hand(db(), member, wanted=form.wanted(), teller=teller()).amount)


def _waive(charge_id: int, form: WaiveForm) -> str:
    owed = service.charge_by_id(db(), charge_id)
    return str(service.waive(db(), owed, amount=form.amount.data, reason=form.reason.data, teller=teller()).id)


def _written(member: Member) -> Receipt | None:
    """The receipt that the address names, if it is this member's."""
    receipt_id = request.args.get("receipt", 0, type=int)
    receipt = receipt_by_id(db(), receipt_id) if 0 < receipt_id < 2**31 else None
    return receipt if receipt is not None and receipt.member_id == member.id else None


def _page(member: Member, form: PaymentForm, charge_form: ChargeForm) -> Answer:
    owed = open_charges_of(member)
    form.offer(owed)
    charge_form.offer(own_kinds(db(), active=True))
    give_command(form)
    give_command(charge_form)
    if form.amount.data is None and not form.amount.raw_data:
        form.amount.data = member.debt
    page = render_template(
        "charges/member.html",
        member=member,
        form=form,
        charge_form=charge_form,
        charges=owed,
        entries=history.entries_of(db(), member, 1)[0][:LATEST],
        receipt=_written(member),
    )
    return page, 422 if form.errors or charge_form.errors else 200
