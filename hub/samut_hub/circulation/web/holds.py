"""What members have reserved, as staff see it."""

from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from samut_hub.catalogue.models import Title
from samut_hub.catalogue.service import title_by_id
from samut_hub.circulation import holds as use_cases
from samut_hub.circulation import recalls
from samut_hub.circulation.desk import member_read
from samut_hub.circulation.holds import HoldRefusedError, Waiting
from samut_hub.circulation.recalls import NothingToRecallError
from samut_hub.circulation.setting_aside import HoldEndedError
from samut_hub.circulation.web.blueprint import pages
from samut_hub.circulation.web.words import say_reason
from samut_hub.errors import RefusedError
from samut_hub.libraries.service import card_key
from samut_hub.members.models import Member
from samut_hub.members.policy import hint_of
from samut_hub.staff.policy import Permission
from samut_hub.web.dates import day
from samut_hub.web.hub import carry_out, db, library, needs, now, own_address, the_hub
from samut_hub.web.language import language
from samut_wire.numbers import member_number


@pages.get("/holds")
@needs(Permission.CIRCULATE)
def holds() -> str:
    """Three lists, each with pages of its own."""
    return render_template(
        "circulation/holds.html",
        ready=use_cases.ready_holds(db(), _asked("ready")),
        to_fetch=use_cases.to_fetch(db(), library(), now(), _asked("fetch")),
        left=use_cases.left_aside(db(), _asked("left")),
    )


@pages.post("/holds/of/<int:title_id>")
@needs(Permission.CIRCULATE)
def place_hold(title_id: int) -> Response:
    title, text = title_by_id(db(), title_id), request.form.get("member", "")
    member = member_read(db(), text, card_key(the_hub().card_secret, library().code))
    if member is None:
        hint = hint_of(member_number(text))
        flash(_("No member has the number or card that ends with “%(hint)s”.", hint=hint), "danger")
    else:
        _place(member, title)
    return redirect(url_for("catalogue.show", title_id=title_id, _anchor="holds"))


@pages.post("/holds/<int:hold_id>/cancel")
@needs(Permission.CIRCULATE)
def cancel_hold(hold_id: int) -> Response:
    hold = use_cases.hold_by_id(db(), hold_id)
    try:
        carry_out(lambda: use_cases.cancel_hold(db(), hold, now=now()))
    except HoldEndedError:
        raise RefusedError(_("This reservation has ended already.")) from None
    flash(_("The reservation is cancelled."), "success")
    return redirect(own_address(request.form.get("next", "")) or url_for(".holds"))


@pages.post("/holds/<int:hold_id>/recall")
@needs(Permission.CIRCULATE)
def recall(hold_id: int) -> Response:
    hold = use_cases.hold_by_id(db(), hold_id)
    try:
        loan = carry_out(lambda: recalls.recall(db(), hold, now()))
    except NothingToRecallError:
        raise RefusedError(_("No copy can be called back earlier than it is due.")) from None
    told = _("Called back: %(barcode)s is due on %(day)s now.", barcode=loan.item.barcode, day=day(loan.due_at))
    flash(_("%(told)s Tell %(name)s.", told=told, name=loan.member.name(language())), "success")
    return redirect(own_address(request.form.get("next", "")) or url_for(".holds"))


@pages.app_template_global("queue_of")
def _queue_of(title: Title) -> list[Waiting]:
    """For the catalogue's page of a title."""
    return use_cases.queue_of(db(), title.id)


@pages.app_template_global("open_holds_of")
def _open_holds_of(member: Member) -> Sequence[Waiting]:
    """For the page of one member."""
    return use_cases.open_holds_of(db(), member)


def _asked(name: str) -> int:
    """Which page of this list."""
    page: int = request.args.get(name, 1, type=int)
    return page


def _place(member: Member, title: Title) -> None:
    try:
        carry_out(lambda: use_cases.place_hold(db(), member, title, now=now()))
    except HoldRefusedError as error:
        for reason in error.reasons:
            flash(say_reason(reason.code, reason.values), "danger")
    else:
        flash(_("Reserved for %(number)s.", number=member.number), "success")
