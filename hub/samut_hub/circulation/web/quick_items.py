"""A book that is in no record is lent at once; the list of those that are still to be catalogued."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from samut_hub.catalogue.items import NumberTakenError, WrongNumberError, WrongRangeError
from samut_hub.circulation import desk as at_desk
from samut_hub.circulation.desk import Outcome
from samut_hub.circulation.quick_items import add_quick_item, is_catalogued, items_to_catalogue
from samut_hub.circulation.web.blueprint import pages
from samut_hub.circulation.web.desk import Answer, back, command_of, line, once_at_desk, source
from samut_hub.errors import RefusedError
from samut_hub.members.models import Member
from samut_hub.members.service import member_by_id
from samut_hub.staff.policy import Permission
from samut_hub.web.hub import carry_out, db, needs, now, wants_fragment
from samut_hub.web.paging import page_asked

LONGEST_TITLE = 300


@pages.post("/quick-item")
@needs(Permission.ADD_AT_DESK)
def quick_item() -> Answer:
    """Enter it with its bar code and a short title, and lend it to the member whose session is open."""
    member = member_by_id(db(), request.form.get("member", 0, type=int))
    barcode, title = (" ".join(request.form.get(name, "").split()) for name in ("barcode", "title"))
    if not title or len(title) > LONGEST_TITLE:
        raise RefusedError(_("Write a short title, of at most %(most)s characters.", most=LONGEST_TITLE))
    key = command_of(f"quick {barcode}")
    outcome = once_at_desk("desk.quick_item", key, lambda: _enter_and_lend(barcode, title, member))
    return line(outcome, member) if wants_fragment() else redirect(back(outcome, key))


@pages.get("/quick-items")
@needs(Permission.EDIT_CATALOGUE)
def quick_items() -> str:
    return render_template("circulation/quick_items.html", found=items_to_catalogue(db(), page_asked()))


@pages.post("/quick-items/<int:item_id>/done")
@needs(Permission.EDIT_CATALOGUE)
def quick_item_done(item_id: int) -> Response:
    item = carry_out(lambda: is_catalogued(db(), item_id))
    flash(_("“%(title)s” is catalogued.", title=item.title.title), "success")
    return redirect(url_for(".quick_items"))


def _enter_and_lend(barcode: str, title: str, member: Member) -> Outcome:
    try:
        item = add_quick_item(db(), barcode, title, now=now())
    except (NumberTakenError, WrongNumberError, WrongRangeError):
        sentence = _("“%(barcode)s” cannot be a new bar code: it is taken, or no single number.", barcode=barcode)
        raise RefusedError(sentence) from None
    return at_desk.lend_item(db(), item, member, now=now(), source=source())
