"""What members have reserved, as staff see it."""

from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from samut_hub.catalogue.models import Title
from samut_hub.catalogue.service import title_by_id
from samut_hub.circulation import holds as use_cases
from samut_hub.circulation.holds import HoldRefusedError, Waiting
from samut_hub.circulation.setting_aside import HoldEndedError
from samut_hub.circulation.web.blueprint import pages
from samut_hub.circulation.web.words import say_reason
from samut_hub.errors import RefusedError
from samut_hub.members.models import Member
from samut_hub.members.service import member_by_number
from samut_hub.staff.policy import Permission
from samut_hub.web.hub import carry_out, db, needs, now, own_address


@pages.get("/holds")
@needs(Permission.CIRCULATE)
def holds() -> str:
    return render_template(
        "circulation/holds.html", ready=use_cases.ready_holds(db()), to_fetch=use_cases.to_fetch(db())
    )


@pages.post("/holds/of/<int:title_id>")
@needs(Permission.CIRCULATE)
def place_hold(title_id: int) -> Response:
    title, number = title_by_id(db(), title_id), request.form.get("member", "")
    member = member_by_number(db(), number)
    if member is None:
        flash(_("No member has the number “%(number)s”.", number=number[:40]), "danger")
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


@pages.app_template_global("queue_of")
def _queue_of(title: Title) -> list[Waiting]:
    """For the catalogue's page of a title."""
    return use_cases.queue_of(db(), title.id)


@pages.app_template_global("open_holds_of")
def _open_holds_of(member: Member) -> Sequence[Waiting]:
    """For the page of one member."""
    return use_cases.open_holds_of(db(), member)


def _place(member: Member, title: Title) -> None:
    try:
        carry_out(lambda: use_cases.place_hold(db(), member, title, now=now()))
    except HoldRefusedError as error:
        for reason in error.reasons:
            flash(say_reason(reason.code, reason.values), "danger")
    else:
        flash(_("Reserved for %(number)s.", number=member.number), "success")
