"""Staff pages about members who are there twice: found, two side by side, merged, parted again."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from samut_hub.libraries.service import card_key
from samut_hub.members import education, groups
from samut_hub.members.birth import birth_typed
from samut_hub.members.merging import rows, service
from samut_hub.members.merging.forms import FIELDS, MOVED, MergeForm, takes
from samut_hub.members.service import member_by_id
from samut_hub.staff.policy import Permission
from samut_hub.web.dates import BUDDHIST_ERA, say_day
from samut_hub.web.hub import db, library, needs, now, staff, the_hub
from samut_hub.web.language import language

pages = Blueprint("member_merging", __name__, template_folder="templates", url_prefix="/members/duplicates")


@pages.get("/")
@needs(Permission.CHANGE_MANY_MEMBERS)
def index() -> str:
    after = _key_of(request.args.get("after", ""))
    found, more = service.same_names(db(), after)
    by_id = [] if after else service.same_national_ids(db(), _card_key())
    return render_template(
        "member_merging/index.html",
        found=[*by_id, *found],
        more=more.hex(),
        after=after,
        merges=service.latest_merges(db()),
    )


@pages.post("/apart")
@needs(Permission.CHANGE_MANY_MEMBERS)
def keep_apart() -> Response:
    service.keep_apart(db(), request.form.getlist("member", int)[: service.PAGE], staff_id=staff().id, now=now())
    flash(_("These members are not shown as duplicates again."), "success")
    return redirect(url_for(".index"))


@pages.get("/<int:member_id>/<int:other_member_id>")
@needs(Permission.CHANGE_MANY_MEMBERS)
def compare(member_id: int, other_member_id: int) -> str:
    kept, other = member_by_id(db(), member_id), member_by_id(db(), other_member_id)
    return render_template(
        "member_merging/compare.html",
        form=MergeForm(),
        kept=kept,
        other=other,
        differences=service.differences(kept, other),
        fields=FIELDS,
        moved=MOVED,
        counts=(rows.counts(db(), kept), rows.counts(db(), other)),
        shown=_words(),
    )


@pages.post("/<int:member_id>/<int:other_member_id>")
@needs(Permission.CHANGE_MANY_MEMBERS)
def merge(member_id: int, other_member_id: int) -> Response:
    kept, other = member_by_id(db(), member_id), member_by_id(db(), other_member_id)
    if not MergeForm().validate_on_submit():
        return redirect(url_for(".compare", member_id=member_id, other_member_id=other_member_id))
    wanted = takes(request.form.getlist("take"), service.differences(kept, other))
    try:
        service.merge(db(), kept, other, takes=wanted, key=_card_key(), staff_id=staff().id, now=now())
    except service.NotMergeableError:
        flash(_("This is one and the same member."), "danger")
        return redirect(url_for(".index"))
    flash(_("The two are one member now. It can be undone under “Merged last”."), "success")
    return redirect(url_for("members.show", member_id=member_id))


@pages.post("/merges/<int:member_merge_id>/undo")
@needs(Permission.CHANGE_MANY_MEMBERS)
def undo(member_merge_id: int) -> Response:
    done = service.merge_by_id(db(), member_merge_id)
    try:
        service.undo(db(), done, now=now())
    except service.NotUndoneError:
        flash(_("This cannot be undone: the number was given out anew, or the kept member is gone."), "danger")
        return redirect(url_for(".index"))
    flash(_("There are two members again. What was lent and paid since stays with the kept one."), "success")
    return redirect(url_for("members.show", member_id=done.from_id))


def _words() -> Any:
    """How the value of a column is shown."""
    types = {one.id: one.name(language()) for one in groups.member_types(db())}
    classes = {one.id: one.name for one in groups.groups(db())}
    levels = {one.step: one.name(language()) for one in education.levels(db())}

    def shown(name: str, value: Any) -> str:
        if value is None or value == "":
            return "–"
        said: dict[str, Any] = {"type_id": types, "group_id": classes, "level": levels}
        if name in said:
            return str(said[name].get(value, value))
        if name == "born":
            return birth_typed(value, in_buddhist_era=language() == "th")
        if name == "expires_on":
            return say_day(value, language())
        return str(value + BUDDHIST_ERA * (language() == "th")) if name == "school_year" else str(value)

    return shown


def _card_key() -> bytes:
    return card_key(the_hub().card_secret, library().code)


def _key_of(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""
