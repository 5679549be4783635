"""Cards, photograph and code of one member."""

import io

import segno
from flask import Response as FlaskResponse
from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from samut_hub.errors import NotFoundError
from samut_hub.libraries.service import card_key
from samut_hub.members import cards, service
from samut_hub.members.forms import CardForm, PhotoForm
from samut_hub.members.models import Card, CardKind, CardState, Member
from samut_hub.members.photos import LARGEST, PhotoError, drawn_photo, read_photo
from samut_hub.members.web.blueprint import pages
from samut_hub.members.web.people import Answer, page_of
from samut_hub.staff.policy import Permission
from samut_hub.web.hub import db, library, needs, now, reading, the_hub

MOST_SENT = 3 * LARGEST
"""Bytes: of a photo that is too large it is said by how much it may be."""


@pages.post("/<int:member_id>/cards")
@needs(Permission.EDIT_MEMBERS)
def add_card(member_id: int) -> Answer:
    member, form = service.member_by_id(db(), member_id), CardForm()
    if form.validate_on_submit() and _give(member, form):
        return redirect(url_for(".show", member_id=member.id))
    return page_of(member, card_form=form), 422


@pages.post("/<int:member_id>/cards/<int:card_id>/remove")
@needs(Permission.EDIT_MEMBERS)
def remove_card(member_id: int, card_id: int) -> Response:
    cards.remove_card(db(), _card(member_id, card_id))
    return redirect(url_for(".show", member_id=member_id))


@pages.post("/<int:member_id>/cards/<int:card_id>/state")
@needs(Permission.EDIT_MEMBERS)
def set_card_state(member_id: int, card_id: int) -> Response:
    """Lost, or found again."""
    state = CardState.LOST if request.form.get("state") == CardState.LOST else CardState.ACTIVE
    cards.set_state(db(), _card(member_id, card_id), state)
    return redirect(url_for(".show", member_id=member_id))


@pages.post("/<int:member_id>/cards/lost")
@needs(Permission.EDIT_MEMBERS)
def report_lost(member_id: int) -> Response:
    """The printed card, of which nothing is kept but the number on it."""
    cards.report_lost(db(), service.member_by_id(db(), member_id), key=_key(), now=now())
    return redirect(url_for(".show", member_id=member_id))


@pages.post("/<int:member_id>/photo")
@needs(Permission.EDIT_MEMBERS, room=MOST_SENT)
def set_photo(member_id: int) -> Answer:
    """The photo is drawn before the transaction begins."""
    with reading() as look:
        service.member_by_id(look, member_id)
    form = PhotoForm()
    jpeg = _drawn(form) if form.validate_on_submit() else b""
    member = service.member_by_id(db(), member_id)
    if not jpeg:
        return page_of(member, photo_form=form), 422
    service.set_photo(db(), member, jpeg, now=now())
    return redirect(url_for(".show", member_id=member.id))


@pages.get("/<int:member_id>/photo")
@needs(Permission.SEE_MEMBERS)
def photo(member_id: int) -> Response:
    """Kept by the browser for an hour, and by nothing between."""
    content = service.member_by_id(db(), member_id).photo
    kind = read_photo(content or b"")
    if content is None or kind is None:
        raise NotFoundError(f"Member {member_id} has no photo.")
    answer = FlaskResponse(content, mimetype=kind.media_type)
    answer.headers["Cache-Control"] = "private, max-age=3600"
    return answer


@pages.get("/<int:member_id>/code.svg")
@needs(Permission.SEE_MEMBERS)
def code(member_id: int) -> Response:
    """The member number as a QR code (ISO/IEC 18004), for the card and the scan box."""
    drawing = io.BytesIO()
    number = service.member_by_id(db(), member_id).number
    segno.make(number, error="m", micro=False).save(drawing, kind="svg", scale=4, border=2, xmldecl=False)
    return FlaskResponse(drawing.getvalue(), mimetype="image/svg+xml")


def _card(member_id: int, card_id: int) -> Card:
    card = db().get(Card, card_id)
    if card is None or card.member_id != member_id:
        raise NotFoundError(f"Member {member_id} has no card {card_id}.")
    return card


def _key() -> bytes:
    return card_key(the_hub().card_secret, library().code)


def _give(member: Member, form: CardForm) -> bool:
    kind = CardKind(form.kind.data)
    try:
        cards.add_card(db(), member, key=_key(), kind=kind, value=form.value.data, now=now())
    except (cards.CardTakenError, cards.WrongCardError) as error:
        form.refuse(error)
        return False
    return True


def _drawn(form: PhotoForm) -> bytes:
    """Empty when the file was refused; then the form says why."""
    try:
        return drawn_photo(form.photo.data.read(LARGEST + 1) if form.photo.data else b"")
    except PhotoError as error:
        form.refuse(error)
        return b""
