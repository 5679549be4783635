"""Receipts to look at and to print, declared void, their money given back; and the slip that tells what is owed."""

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Redirect

from samut_hub.charges import giving_back, printing
from samut_hub.charges.baht_words import baht_in_words
from samut_hub.charges.books import WrongAmountError
from samut_hub.charges.forms import VOID_FAULTS, RefundForm, VoidForm
from samut_hub.charges.models import Receipt
from samut_hub.charges.policy import EntryKind
from samut_hub.charges.web.acting import carry_out_once, give_command, teller
from samut_hub.charges.web.blueprint import open_charges_of, pages
from samut_hub.members.models import Member
from samut_hub.members.service import member_by_id
from samut_hub.staff.policy import Permission
from samut_hub.web.forms import show
from samut_hub.web.hub import db, is_allowed, needs, now

Answer = str | Redirect | tuple[str, int]


@pages.get("/receipts/<int:receipt_id>")
@needs(Permission.SEE_MEMBERS)
def receipt(receipt_id: int) -> str:
    return _receipt_page(giving_back.receipt_by_id(db(), receipt_id), on_screen=True)


@pages.get("/receipts/<int:receipt_id>.pdf")
@needs(Permission.SEE_MEMBERS)
def receipt_pdf(receipt_id: int) -> Response:
    """On a roll 80 mm wide, or with `paper=a5` on a sheet for the files."""
    found = giving_back.receipt_by_id(db(), receipt_id)
    if request.args.get("paper") == "a5":
        content = printing.pdf_on_paper(_receipt_page(found, on_screen=False, paper="sheet"), printing.A5)
    else:
        content = printing.pdf_on_roll(_receipt_page(found, on_screen=False))
    return _pdf(content, f"receipt-{found.year}-{found.number:06d}")


@pages.route("/receipts/<int:receipt_id>/void", methods=["GET", "POST"])
@needs(Permission.UNDO_PAYMENTS)
def void(receipt_id: int) -> Answer:
    found, form = giving_back.receipt_by_id(db(), receipt_id), VoidForm()
    if form.validate_on_submit():
        try:
            carry_out_once(form, "void", lambda: _void(receipt_id, form))
        except giving_back.VoidRefusedError as error:
            form.form_errors.append(str(VOID_FAULTS[error.fault]))
        else:
            flash(_("Receipt %(number)s is void.", number=found.shown_number), "success")
            return redirect(url_for(".of_member", member_id=found.member_id))
    give_command(form)
    return show("charges/void.html", form, receipt=found, member=found.member)


@pages.route("/payments/<int:payment_id>/refund", methods=["GET", "POST"])
@needs(Permission.UNDO_PAYMENTS)
def refund(payment_id: int) -> Answer:
    """Give back all or a part of what was paid for one charge."""
    payment, form = giving_back.payment_by_id(db(), payment_id), RefundForm()
    member = member_by_id(db(), payment.charge.member_id)
    form.offer(may_waive=is_allowed(Permission.WAIVE_CHARGES))
    if form.validate_on_submit():
        try:
            carry_out_once(form, "refund", lambda: _refund(payment_id, form))
        except WrongAmountError as error:
            form.refuse(error)
        else:
            flash(_("The refund is written down. Give the money to the member."), "success")
            return redirect(url_for(".of_member", member_id=member.id))
    if not form.is_submitted():
        form.amount.data = payment.amount - payment.reversed
        form.method.data = payment.method
    give_command(form)
    return show("charges/refund.html", form, payment=payment, member=member)


@pages.get("/<int:member_id>/slip")
@needs(Permission.SEE_MEMBERS)
def owed_slip(member_id: int) -> str:
    """What the member owes, to take home."""
    return _owed_page(member_by_id(db(), member_id), on_screen=True)


@pages.get("/<int:member_id>/slip.pdf")
@needs(Permission.SEE_MEMBERS)
def owed_slip_pdf(member_id: int) -> Response:
    page = _owed_page(member_by_id(db(), member_id), on_screen=False)
    return _pdf(printing.pdf_on_roll(page), f"owed-{member_id}")


def _void(receipt_id: int, form: VoidForm) -> str:
    found = giving_back.receipt_by_id(db(), receipt_id)
    giving_back.void_receipt(db(), found, reason=form.reason.data, teller=teller())
    return str(found.id)


def _refund(payment_id: int, form: RefundForm) -> str:
    payment = giving_back.payment_by_id(db(), payment_id)
    return str(giving_back.refund(db(), payment, wanted=form.wanted(), teller=teller()).id)


def _receipt_page(found: Receipt, *, on_screen: bool, paper: str = "roll") -> str:
    lines = giving_back.lines_of(db(), found)
    return render_template(
        "charges/receipt.html",
        receipt=found,
        member=found.member,
        payments=[line for line in lines if line.kind == EntryKind.PAYMENT],
        refunds=[line for line in lines if line.kind == EntryKind.REFUND],
        in_words=baht_in_words(found.amount),
        at=now(),
        on_screen=on_screen,
        paper=paper,
    )


def _owed_page(member: Member, *, on_screen: bool) -> str:
    return render_template(
        "charges/owed_slip.html", member=member, charges=open_charges_of(member), at=now(), on_screen=on_screen
    )


def _pdf(content: bytes, name: str) -> Response:
    answer = Response(content, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return answer
