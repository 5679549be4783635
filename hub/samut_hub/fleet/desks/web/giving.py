"""A card that was tapped at the desk and is nobody's yet is given to a member."""

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from samut_hub.errors import NotFoundError, RefusedError
from samut_hub.fleet.desks import service
from samut_hub.fleet.desks.forms import GiveCardForm
from samut_hub.fleet.desks.web.blueprint import pages, station_here
from samut_hub.members.cards import CardTakenError
from samut_hub.members.enrolling.service import give_card as give
from samut_hub.members.models import Member
from samut_hub.members.service import member_by_id, member_by_number
from samut_hub.staff.policy import Permission
from samut_hub.web.forms import show
from samut_hub.web.hub import db, needs, now

Page = Response | tuple[str, int]


@pages.route("/card/<int:read_id>", methods=["GET", "POST"])
@needs(Permission.EDIT_MEMBERS)
def give_card(read_id: int) -> Page:
    """`member` is whose session was open when the card was tapped."""
    at = station_here()
    if at is None:
        raise NotFoundError("station")
    card, form = service.strange_card(db(), at.device.id, read_id), GiveCardForm()
    if not form.is_submitted() and (member_id := request.args.get("member", type=int)):
        form.number.data = member_by_id(db(), member_id).number
    if not form.accepts(lambda: _give(card, _member(form.number.data))):
        return show("desks/card.html", form)
    member = _member(form.number.data)
    flash(_("The card is that of %(name)s now.", name=member.name_th), "success")
    return redirect(url_for("circulation.desk", member=member.id))


def _member(number: str) -> Member:
    member = member_by_number(db(), number)
    if member is None:
        raise RefusedError(_("There is no member with the number %(number)s. Type it once more.", number=number))
    return member


def _give(card: service.StrangeCard, member: Member) -> None:
    try:
        give(db(), member, card.digest, now(), kind=card.kind)
    except CardTakenError as error:
        raise RefusedError(_("The card is already that of %(name)s.", name=error.holder.name_th)) from None
