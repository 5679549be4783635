"""Enrol by card: wait for it, fill the form in, save; or open a member who is known, and take over what changed."""

import base64

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from samut_hub.errors import NotFoundError
from samut_hub.libraries.service import calendar_of
from samut_hub.members import groups, service
from samut_hub.members.alike import Alike, Typed, find_alike
from samut_hub.members.cards import CardTakenError
from samut_hub.members.enrolling import service as enrolling
from samut_hub.members.enrolling.forms import EnrolForm, KeepingForm
from samut_hub.members.enrolling.models import CardReading
from samut_hub.members.models import Member
from samut_hub.sealing import derived_key
from samut_hub.staff.policy import Permission
from samut_hub.web.forms import show as show_form
from samut_hub.web.hub import db, library, needs, now, staff, the_hub
from samut_hub.web.language import language
from samut_wire.messages import IdentityRead

Answer = str | Response | tuple[str, int]
BOX = "card_box"
"""In the browser's session: the reading it asked for, and the key to what the card told."""
FIELDS = {
    "name_th": _l("Name in Thai"),
    "name_en": _l("Name in English"),
    "born": _l("Born on"),
    "address": _l("Address"),
}

pages = Blueprint("enrolling", "samut_hub.members.enrolling", template_folder="templates")


@pages.get("/members/enrol/<reading_id>")
@needs(Permission.EDIT_MEMBERS)
def show(reading_id: str) -> Answer:
    """The card is waited for; or its form; or the member whose card it is."""
    reading, identity = _reading(reading_id)
    if reading is None or enrolling.has_ended(reading, now()):
        return render_template("enrolling/ended.html", was_read=reading is not None and reading.read_at is not None)
    if identity is None:
        return render_template("enrolling/waiting.html", reading=reading, patience=enrolling.PATIENCE)
    holder = service.member_by_card(db(), identity.card)
    if holder is not None:
        return _known(reading, identity, holder)
    return _form_page(reading, identity, _form(identity))


@pages.post("/members/enrol/<reading_id>")
@needs(Permission.EDIT_MEMBERS)
def save(reading_id: str) -> Answer:
    """Add the member; a form that comes when the card was forgotten says so, and nothing was added."""
    reading, identity = _reading(reading_id)
    if reading is None or identity is None or enrolling.has_ended(reading, now()):
        return render_template("enrolling/ended.html", was_read=True), 422
    form, alike = _form(), list[Alike]()
    if form.validate_on_submit():
        alike = find_alike(db(), Typed(name_th=form.name_th.data.strip(), born=form.born.data or ""))
        if not any(one.is_probable for one in alike) or form.same_name.data:
            member = _add(reading, identity, form)
            if member is not None:
                return _to(member)
    return _form_page(reading, identity, form, alike)


@pages.post("/members/enrol/<reading_id>/known")
@needs(Permission.EDIT_MEMBERS)
def take_over(reading_id: str) -> Response:
    """Bring the record of a known member up to what the card says, as far as it was ticked."""
    reading, identity = _reading(reading_id)
    holder = service.member_by_card(db(), identity.card) if identity is not None else None
    if reading is None or identity is None or holder is None or enrolling.has_ended(reading, now()):
        raise NotFoundError(reading_id)
    enrolling.take_over(db(), holder, identity, set(request.form.getlist("field")), now())
    if request.form.get("photo") and identity.photo:
        service.set_photo(db(), holder, identity.photo, now=now())
    _forget(reading)
    return _to(holder)


@pages.post("/members/enrol/<reading_id>/forget")
@needs(Permission.EDIT_MEMBERS)
def cancel(reading_id: str) -> Response:
    reading, _identity = _reading(reading_id)
    if reading is not None:
        _forget(reading)
    flash(_("What the card told was forgotten."), "success")
    return redirect(url_for("members.index"))


@pages.route("/settings/national-ids", methods=["GET", "POST"])
@needs(Permission.EDIT_RULES)
def settings() -> Response | tuple[str, int]:
    """Whether the library keeps the numbers themselves."""
    decided = enrolling.keeps_numbers(db(), library().id)
    form = KeepingForm(data={"keep": decided is not None})
    if not form.accepts(lambda: _decide(form)):
        return show_form("enrolling/settings.html", form, decided=decided)
    flash(_("Saved."), "success")
    return redirect(url_for("libraries.settings"))


@pages.app_template_global()
def kept_national_id(member: Member) -> str:
    """For the page of one member: the number, where the library keeps it."""
    return enrolling.kept_number(db(), member, _number_key())


def keep_key(reading_id: str, key: bytes) -> None:
    """Remember in this browser's session how to open what the card will tell."""
    session[BOX] = [reading_id, key.hex()]


def _reading(reading_id: str) -> tuple[CardReading | None, IdentityRead | None]:
    """The reading, if this browser asked for it and it is still kept, and what the card told."""
    own, key = session.get(BOX, ("", ""))
    reading = db().get(CardReading, reading_id)
    if own != reading_id:
        raise NotFoundError(reading_id)
    return reading, None if reading is None else enrolling.told_by(reading, bytes.fromhex(key))


def _form(identity: IdentityRead | None = None) -> EnrolForm:
    """As the card fills it in, or as it was sent."""
    form = EnrolForm(obj=identity) if identity is not None else EnrolForm()
    form.type_id.choices = [(kind.id, kind.name(language())) for kind in groups.member_types(db())]
    form.group_id.choices = [(0, "–"), *((group.id, group.name) for group in groups.groups(db()))]
    if identity is not None:
        form.number.data = service.next_number(db())
        form.keep_photo.data = bool(identity.photo)
    return form


def _form_page(
    reading: CardReading, identity: IdentityRead, form: EnrolForm, alike: list[Alike] | None = None
) -> Answer:
    found = find_alike(db(), Typed(name_th=identity.name_th, born=identity.born)) if alike is None else alike
    page = render_template(
        "enrolling/form.html",
        form=form,
        reading=reading,
        identity=identity,
        photo=_picture(identity),
        alike=found,
        keeps=enrolling.keeps_numbers(db(), library().id) is not None,
        until=(reading.read_at or now()) + enrolling.KEPT,
    )
    return (page, 422) if form.is_submitted() else page


def _known(reading: CardReading, identity: IdentityRead, holder: Member) -> str:
    return render_template(
        "enrolling/known.html",
        reading=reading,
        member=holder,
        changes=enrolling.differences(holder, identity),
        names=FIELDS,
        photo=_picture(identity),
    )


def _picture(identity: IdentityRead) -> str:
    """As an address that carries its own picture: it stands on the page and nowhere else."""
    return f"data:image/jpeg;base64,{base64.b64encode(identity.photo).decode()}" if identity.photo else ""


def _add(reading: CardReading, identity: IdentityRead, form: EnrolForm) -> Member | None:
    """None when the form says why not."""
    try:
        with db().begin_nested():
            return _enrol(reading, identity, form)
    except (service.WrongNumberError, service.NumberTakenError) as error:
        form.refuse(error)
    except CardTakenError as error:
        form.number.errors = [_("This national ID card is already that of %(name)s.", name=error.holder.name_th)]
    return None


def _enrol(reading: CardReading, identity: IdentityRead, form: EnrolForm) -> Member:
    today = calendar_of(db(), library()).local_day(now())
    member = service.add_member(db(), form.fields(), now=now(), joined_on=today)
    enrolling.give_card(db(), member, identity.card, now())
    enrolling.keep_number(db(), member, identity.number, _number_key())
    if form.keep_photo.data and identity.photo:
        service.set_photo(db(), member, identity.photo, now=now())
    _forget(reading)
    return member


def _forget(reading: CardReading) -> None:
    enrolling.forget(db(), reading)
    session.pop(BOX, None)


def _to(member: Member) -> Response:
    flash(_("Saved. What the card told was forgotten, but for what stands here."), "success")
    return redirect(url_for("members.show", member_id=member.id))


def _decide(form: KeepingForm) -> None:
    if form.keep.data:
        enrolling.decide_to_keep(db(), library().id, by=staff().username, now=now())
    else:
        enrolling.keep_no_more(db(), library().id)


def _number_key() -> bytes:
    return derived_key(the_hub().card_secret, f"national ids of {library().code}")
