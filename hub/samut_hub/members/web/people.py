"""Find a member, look at one, add and change one."""

from collections.abc import Callable, Sequence
from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from samut_hub.libraries.service import calendar_of, card_key
from samut_hub.members import education, groups, own_fields, service
from samut_hub.members.alike import Alike, Typed, find_alike
from samut_hub.members.birth import birth_typed
from samut_hub.members.cards import CardTakenError, add_card, hash_of_card
from samut_hub.members.forms import (
    CARD_KINDS,
    CARD_STATES,
    BlockForm,
    CardForm,
    MemberForm,
    PhotoForm,
    level_choices,
    own_data,
)
from samut_hub.members.models import CardKind, CardState, FieldKind, Member, MemberField
from samut_hub.members.web.blueprint import pages
from samut_hub.staff.policy import Permission
from samut_hub.web.dates import say_day
from samut_hub.web.hub import db, library, needs, now, only_looks, the_hub
from samut_hub.web.language import language
from samut_hub.web.paging import page_asked
from samut_rules.age import age_on

Answer = str | Response | tuple[str, int]


@pages.app_template_filter()
def birth(born: str) -> str:
    """A day, a month or a year of birth in the reader's era."""
    return birth_typed(born, in_buddhist_era=language() == "th")


@pages.get("/")
@needs(Permission.SEE_MEMBERS)
def index() -> str:
    words, group_id = request.args.get("q", ""), request.args.get("group", type=int)
    found = service.list_members(db(), words, group_id=group_id, page=page_asked())
    return render_template(
        "members/index.html", found=found, page=found.page, words=words, group_id=group_id, groups=groups.groups(db())
    )


@pages.get("/<int:member_id>")
@needs(Permission.SEE_MEMBERS)
def show(member_id: int) -> str:
    return page_of(service.member_by_id(db(), member_id))


@pages.route("/new", methods=["GET", "POST"])
@needs(Permission.EDIT_MEMBERS)
def new() -> Answer:
    form, alike = _member_form(), list[Alike]()
    if form.validate_on_submit():
        alike = find_alike(db(), _typed(form))
        in_doubt = any(one.is_probable for one in alike) and not form.same_name.data
        if not in_doubt and (saved := _save(form, lambda: _add(form))):
            return saved
    elif not form.is_submitted():
        form.number.data = service.next_number(db())
    return _edit_page(form, None, alike)


@pages.post("/alike")
@needs(Permission.EDIT_MEMBERS)
@only_looks
def alike() -> str:
    """Who may be the person whose form is being filled in; fetched while it is."""
    form = _member_form()
    form.validate()
    own_id = request.form.get("own", type=int)
    return render_template("members/alike.html", form=form, alike=find_alike(db(), _typed(form), own_id))


@pages.route("/<int:member_id>/edit", methods=["GET", "POST"])
@needs(Permission.EDIT_MEMBERS)
def edit(member_id: int) -> Answer:
    member = service.member_by_id(db(), member_id)
    form = _member_form(member)
    if form.validate_on_submit() and (saved := _save(form, lambda: _change(form, member))):
        return saved
    return _edit_page(form, member)


@pages.post("/<int:member_id>/block")
@needs(Permission.BLOCK_MEMBERS)
def block(member_id: int) -> Answer:
    member, form = service.member_by_id(db(), member_id), BlockForm()
    if not form.validate_on_submit():
        return page_of(member, block_form=form), 422
    service.block(db(), member, form.note.data.strip(), now=now())
    return redirect(url_for(".show", member_id=member.id))


@pages.post("/<int:member_id>/unblock")
@needs(Permission.BLOCK_MEMBERS)
def unblock(member_id: int) -> Response:
    service.unblock(db(), service.member_by_id(db(), member_id), now=now())
    return redirect(url_for(".show", member_id=member_id))


def page_of(
    member: Member,
    *,
    block_form: BlockForm | None = None,
    card_form: CardForm | None = None,
    photo_form: PhotoForm | None = None,
) -> str:
    """The page of one member; a form that was refused is shown as it was filled in."""
    today = calendar_of(db(), library()).local_day(now())
    return render_template(
        "members/show.html",
        member=member,
        cards=[card for card in member.cards if card.state != CardState.REPLACED],
        card_kinds=CARD_KINDS,
        card_states=CARD_STATES,
        levels={one.step: one.name(language()) for one in education.levels(db())},
        own=_own_texts(member),
        age=age_on(member.born, today),
        has_ended=member.expires_on is not None and member.expires_on < today,
        block_form=block_form or BlockForm(formdata=None),
        card_form=card_form or CardForm(formdata=None),
        photo_form=photo_form or PhotoForm(formdata=None),
    )


def _own_texts(member: Member) -> list[tuple[str, str]]:
    """What the library's own fields say, each with its name."""
    said = own_fields.own_values(db(), member)
    fields = own_fields.own_fields(db()) if said else ()
    return [(field.name(language()), _shown(field, said[field.id])) for field in fields if field.id in said]


def _shown(field: MemberField, value: str) -> str:
    return say_day(date.fromisoformat(value), language()) if field.kind == FieldKind.DATE else value


def _member_form(member: Member | None = None) -> MemberForm:
    fields = own_fields.own_fields(db())
    said = own_data(fields, own_fields.own_values(db(), member)) if member else {}
    form = MemberForm.following(fields, obj=member, **said)
    form.type_id.choices = [(kind.id, kind.name(language())) for kind in groups.member_types(db())]
    form.group_id.choices = [(0, "–"), *((group.id, group.name) for group in groups.groups(db()))]
    form.level.choices = level_choices(education.levels(db()))
    return form


def _typed(form: MemberForm) -> Typed:
    national_id = (form.national_id.data or "").strip()
    return Typed(
        name_th=(form.name_th.data or "").strip(),
        born=form.born.data or "",
        phone=form.phone.data or "",
        card_hash=hash_of_card(_key(), CardKind.NATIONAL_ID, national_id) if national_id else "",
    )


def _edit_page(form: MemberForm, member: Member | None, alike: Sequence[Alike] = ()) -> Answer:
    page = render_template("members/edit.html", form=form, member=member, alike=alike)
    return (page, 422) if form.is_submitted() else page


def _add(form: MemberForm) -> Member:
    today = calendar_of(db(), library()).local_day(now())
    return _finish(form, service.add_member(db(), form.fields(), now=now(), joined_on=today))


def _change(form: MemberForm, member: Member) -> Member:
    service.edit_member(db(), member, form.fields(), now=now())
    return _finish(form, member)


def _finish(form: MemberForm, member: Member) -> Member:
    """The library's own fields, and the mark of the national ID."""
    own_fields.set_own_values(db(), member, form.own_values())
    if national_id := (form.national_id.data or "").strip():
        add_card(db(), member, key=_key(), kind=CardKind.NATIONAL_ID, value=national_id, now=now())
    return member


def _key() -> bytes:
    return card_key(the_hub().card_secret, library().code)


def _save(form: MemberForm, change: Callable[[], Member]) -> Response | None:
    """Go to the member's page when the change was made; else the form says why not."""
    try:
        with db().begin_nested():
            member = change()
    except (service.WrongNumberError, service.NumberTakenError) as error:
        form.refuse(error)
        return None
    except CardTakenError as error:
        form.refuse_national_id(error)
        return None
    flash(_("Saved."), "success")
    return redirect(url_for(".show", member_id=member.id))
