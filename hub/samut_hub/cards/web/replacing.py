"""The cards printed for one member, on the member's page, and a new one for a lost one."""

from collections.abc import Sequence

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Redirect

from samut_hub.cards import printing
from samut_hub.cards.forms import ReplaceForm
from samut_hub.cards.models import PrintedCard
from samut_hub.cards.web.blueprint import pages
from samut_hub.cards.web.printing import start
from samut_hub.libraries.service import card_key
from samut_hub.members import cards, service
from samut_hub.members.forms import say_number_refusal
from samut_hub.members.models import Member
from samut_hub.staff.policy import Permission
from samut_hub.web.hub import db, library, needs, now, the_hub


@pages.post("/members/<int:member_id>/replace")
@needs(Permission.EDIT_MEMBERS)
def replace(member_id: int) -> Redirect:
    """The lost card works no more, the member gets the number of the new one, and it is printed."""
    member, form = service.member_by_id(db(), member_id), ReplaceForm()
    if not form.validate():
        flash(" ".join(str(error) for errors in form.errors.values() for error in errors), "danger")
        return redirect(url_for("members.show", member_id=member.id))
    try:
        cards.replace_lost(db(), member, number=form.number.data, key=_key(), now=now())
    except (service.WrongNumberError, service.NumberTakenError) as error:
        flash(str(say_number_refusal(error)), "danger")
        return redirect(url_for("members.show", member_id=member.id))
    flash(
        _("The new number is %(number)s. Print the card and give it to the member.", number=member.number), "success"
    )
    return start([member.id], printing.last_wish(db()))


@pages.app_template_global()
def printed_cards_of(member: Member) -> Sequence[PrintedCard]:
    """For the page of one member."""
    return printing.cards_of_member(db(), member)


@pages.app_template_global()
def number_of_next_card(member: Member) -> str:
    """What takes the place of a lost number; empty where the printed card is not lost."""
    lost = cards.lost_printed_card(db(), member, key=_key())
    return service.next_number(db()) if lost is not None else ""


def _key() -> bytes:
    return card_key(the_hub().card_secret, library().code)
