"""Find a member, look at one, add and change one."""

from collections.abc import Callable, Sequence

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from samut_hub.libraries.service import calendar_of
from samut_hub.members import groups, service
from samut_hub.members.forms import BlockForm, CardForm, MemberForm, PhotoForm
from samut_hub.members.models import Member
from samut_hub.members.web.blueprint import pages
from samut_hub.staff.policy import Permission
from samut_hub.web.hub import db, library, needs, now
from samut_hub.web.language import language

Answer = str | Response | tuple[str, int]


@pages.get("/")
@needs(Permission.SEE_MEMBERS)
def index() -> str:
    words, group_id = request.args.get("q", ""), request.args.get("group", type=int)
    found = service.list_members(db(), words, group_id=group_id, page=request.args.get("page", 1, type=int))
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
    form = _member_form(MemberForm())
    namesakes: Sequence[Member] = ()
    if form.validate_on_submit():
        namesakes = () if form.same_name.data else service.members_named(db(), form.name_th.data.strip())
        if not namesakes and (saved := _save(form, lambda: _add(form))):
            return saved
    elif not form.is_submitted():
        form.number.data = service.next_number(db())
    return _edit_page(form, None, namesakes)


@pages.route("/<int:member_id>/edit", methods=["GET", "POST"])
@needs(Permission.EDIT_MEMBERS)
def edit(member_id: int) -> Answer:
    member = service.member_by_id(db(), member_id)
    form = _member_form(MemberForm(obj=member))
    if form.validate_on_submit() and (saved := _save(form, lambda: _change(form, member))):
        return saved
    return _edit_page(form, member)


@pages.post("/<int:member_id>/block")
@needs(Permission.EDIT_MEMBERS)
def block(member_id: int) -> Answer:
    member, form = service.member_by_id(db(), member_id), BlockForm()
    if not form.validate_on_submit():
        return page_of(member, block_form=form), 422
    service.block(db(), member, form.note.data.strip(), now=now())
    return redirect(url_for(".show", member_id=member.id))


@pages.post("/<int:member_id>/unblock")
@needs(Permission.EDIT_MEMBERS)
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
        cards=[card for card in member.cards if card.active],
        has_ended=member.expires_on is not None and member.expires_on < today,
        block_form=block_form or BlockForm(formdata=None),
        card_form=card_form or CardForm(formdata=None),
        photo_form=photo_form or PhotoForm(formdata=None),
    )


def _member_form(form: MemberForm) -> MemberForm:
    form.type_id.choices = [(kind.id, kind.name(language())) for kind in groups.member_types(db())]
    form.group_id.choices = [(0, "–"), *((group.id, group.name) for group in groups.groups(db()))]
    return form


def _edit_page(form: MemberForm, member: Member | None, namesakes: Sequence[Member] = ()) -> Answer:
    page = render_template("members/edit.html", form=form, member=member, namesakes=namesakes)
    return (page, 422) if form.is_submitted() else page


def _add(form: MemberForm) -> Member:
    today = calendar_of(db(), library()).local_day(now())
    return service.add_member(db(), form.fields(), now=now(), joined_on=today)


def _change(form: MemberForm, member: Member) -> Member:
    service.edit_member(db(), member, form.fields(), now=now())
    return member


def _save(form: MemberForm, change: Callable[[], Member]) -> Response | None:
    """Go to the member's page when the change was made; else the form says why not."""
    try:
        member = change()
    except (service.WrongNumberError, service.NumberTakenError) as error:
        form.refuse(error)
        return None
    flash(_("Saved."), "success")
    return redirect(url_for(".show", member_id=member.id))
