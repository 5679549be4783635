"""Checking off the parts of a kit, in the line of a scan or on a page of its own."""

from flask import Blueprint, redirect, render_template, request
from flask_babel import gettext as _
from sqlalchemy import select

from samut_hub.catalogue.item_history import By
from samut_hub.catalogue.models import Item
from samut_hub.charges.books import WrongAmountError
from samut_hub.charges.policy import AmountError, satang_of
from samut_hub.circulation.desk import Outcome, What
from samut_hub.circulation.kits import service
from samut_hub.circulation.kits.service import Kit, Seen
from samut_hub.circulation.loans import last_loan
from samut_hub.circulation.models import Loan
from samut_hub.circulation.web.desk import Answer, back, command_of, line, once_at_desk, words_of_desk
from samut_hub.errors import NotFoundError, RefusedError
from samut_hub.staff.policy import Permission
from samut_hub.web.hub import db, is_allowed, needs, now, staff, wants_fragment

LONGEST_NOTE = 200
pages = Blueprint("kits", __name__, template_folder="templates", url_prefix="/desk/kits")
pages.context_processor(words_of_desk)


@pages.get("/<int:item_id>")
@needs(Permission.CIRCULATE)
def show(item_id: int) -> str:
    """For kits that came back at a kiosk, or of which a part turned up."""
    item = _item(item_id)
    return render_template(
        "kits/show.html",
        item=item,
        loan=last_loan(db(), item),
        checks=service.last_checks(db(), item),
    )


@pages.post("/<int:item_id>")
@needs(Permission.CIRCULATE)
def check(item_id: int) -> Answer:
    """Sent twice it is written down once, and charged once."""
    item, loan = _item(item_id), _loan(item_id)
    seen = Seen(_there(item), _by(), loan, _amount())
    key = command_of(f"parts {item_id}")
    outcome = once_at_desk("desk.parts", key, lambda: _checked(item, seen))
    if wants_fragment():
        return line(outcome, None)
    return redirect(back(outcome, key))


@pages.app_template_global()
def parts_of(item_id: int) -> list[tuple[str, bool]]:
    """The parts of a kit, and whether each was missing before."""
    item = _item(item_id)
    missing = service.missing_before(db(), item)
    return [(part, part in missing) for part in service.parts_of(item)]


@pages.app_template_global()
def kits_to_see_to() -> list[Kit]:
    """For the page of equipment."""
    return service.kits_to_see_to(db())


def _checked(item: Item, seen: Seen) -> Outcome:
    try:
        done = service.check(db(), item, seen)
    except WrongAmountError:
        raise RefusedError(_("This is more than a member can owe. Charge less.")) from None
    return Outcome(
        what=What.CHECKED,
        book=item.title_id,
        barcode=item.barcode,
        title=item.title.title,
        holder=None if seen.loan is None else seen.loan.member_id,
        parts="\n".join(done.missing),
        fine=seen.amount if done.missing else 0,
        aside_for=None if done.hold is None else done.hold.member_id,
        hold=None if done.hold is None else done.hold.id,
        kept_until=None if done.hold is None else done.hold.keep_until,
    )


def _item(item_id: int) -> Item:
    found = db().scalar(select(Item).where(Item.id == item_id))
    if found is None or not found.parts:
        raise NotFoundError(f"There is no kit {item_id} in this library.")
    return found


def _loan(item_id: int) -> Loan | None:
    loan_id = request.form.get("loan", type=int)
    loan = None if loan_id is None else db().scalar(select(Loan).where(Loan.id == loan_id))
    if loan_id is not None and (loan is None or loan.item_id != item_id):
        raise NotFoundError(f"Item {item_id} has no loan {loan_id}.")
    return loan


def _there(item: Item) -> list[str]:
    return service.parts_of(item) if "all" in request.form else request.form.getlist("part")


def _by() -> By:
    note = " ".join(request.form.get("note", "").split())[:LONGEST_NOTE]
    return By(staff_id=staff().id, now=now(), reason=note)


def _amount() -> int:
    """Satang; nothing filled in costs nothing. Only who takes payments charges by hand."""
    text = request.form.get("amount", "").strip()
    if not text or "all" in request.form or not is_allowed(Permission.TAKE_PAYMENTS):
        return 0
    try:
        return satang_of(text)
    except AmountError:
        raise RefusedError(_("“%(text)s” is no amount in baht. Write it as 50 or 50.25.", text=text)) from None
