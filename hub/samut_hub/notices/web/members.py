"""One member's notices: what was sent, what was chosen, the LINE account; and slips that are sent at the desk."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from samut_hub.circulation import slip as slips
from samut_hub.circulation.web.desk import source
from samut_hub.commands import once
from samut_hub.errors import RefusedError
from samut_hub.members import identities
from samut_hub.members.models import Member, Provider
from samut_hub.members.service import member_by_id
from samut_hub.notices import linking, service
from samut_hub.notices.facts import HELD, LENT, RETURNED
from samut_hub.notices.forms import ChoiceForm, shown_choices
from samut_hub.notices.policy import ELECTRONIC, Channel
from samut_hub.notices.service import NotReachableError, Wanted
from samut_hub.notices.settings import DEFAULT_LANGUAGE, choices_of, choose, lacks_of_line, settings_of
from samut_hub.notices.web.blueprint import making_of, pages
from samut_hub.staff.policy import Permission
from samut_hub.web.forms import show
from samut_hub.web.hub import carry_out, db, library, needs, now, staff, the_hub
from samut_hub.web.paging import page_asked
from samut_wire.ids import is_command_id

Page = str | Response | tuple[str, int]


@pages.route("/notices/member/<int:member_id>", methods=["GET", "POST"])
@needs(Permission.SEND_NOTICES)
def of_member(member_id: int) -> Page:
    member = member_by_id(db(), member_id)
    form = choice_form(member)
    if form.accepts(lambda: keep_choices(member, form)):
        flash(_("Saved."), "success")
        return redirect(url_for(".of_member", member_id=member.id))
    found = service.find_notices(db(), Wanted(member_id=member.id), page_asked())
    is_linked = identities.subject_of(db(), member, Provider.LINE) is not None
    return show("notices/member.html", form, member=member, found=found, is_linked=is_linked)


@pages.post("/notices/member/<int:member_id>/line")
@needs(Permission.CIRCULATE)
def link_line(member_id: int) -> str:
    """A code for the member who stands at the desk."""
    member = member_by_id(db(), member_id)
    return render_template("notices/link.html", member=member, **line_code(member, staff().id))


@pages.post("/notices/member/<int:member_id>/line/part")
@needs(Permission.SEND_NOTICES)
def part_line(member_id: int) -> Response:
    member = member_by_id(db(), member_id)
    identities.unlink(db(), member, Provider.LINE)
    flash(_("The LINE account is linked no longer."), "success")
    return redirect(url_for(".of_member", member_id=member.id))


@pages.post("/notices/slip/<int:member_id>")
@needs(Permission.CIRCULATE)
def send_slip(member_id: int) -> Response:
    """What this desk lent and took back today, or all that is on loan where that is nothing. A second click sends no
    second slip."""
    member, back = member_by_id(db(), member_id), url_for("circulation.desk", member=member_id)
    channel, command = request.form.get("channel", ""), request.form.get("command", "")
    if channel not in ELECTRONIC or not is_command_id(command):
        raise RefusedError(_("Choose LINE or e-mail on the page of the desk."))
    carry_out(lambda: once(db(), source(), command, "desk.slip", now(), do=lambda: _send(member, Channel(channel))))
    flash(_("The slip is on its way to %(name)s.", name=member.name("th")), "success")
    return redirect(back)


def choice_form(member: Member) -> ChoiceForm:
    """What the member chose; also for the member's own page."""
    making, chosen = making_of(library()), choices_of(db(), member.id)
    offered = ChoiceForm.offering([] if making is None else making.ready)
    language = chosen.language if chosen else DEFAULT_LANGUAGE
    return offered(data=shown_choices(chosen.choices if chosen else {}, language))


def keep_choices(member: Member, form: ChoiceForm) -> None:
    choose(db(), member.id, member.library_id, language=form.language.data, choices=form.choices())


def line_code(member: Member, staff_id: int | None = None) -> dict[str, str]:
    """A new code, and how it is drawn. Raises RefusedError where the library has no LINE account yet."""
    own = settings_of(db(), member.library_id)
    if own is None or lacks_of_line(own, the_hub().card_secret):
        raise RefusedError(_("The library's LINE account is not set up yet."))
    code = linking.make_code(db(), member, now(), staff_id=staff_id)
    return {
        "code": code,
        "account": own.line_account,
        "drawing": linking.drawing_of(own.line_account, code),
        "address": linking.chat_address(own.line_account, code),
        "minutes": str(int(linking.LASTS.total_seconds() // 60)),
    }


def _send(member: Member, channel: Channel) -> bytes:
    making = making_of(library())
    told = slips.slip_of_today(db(), member, library(), now=now(), source=source())
    lent, returned = [loan.id for loan in told.lent], [loan.id for loan in told.returned]
    held = [] if lent or returned else [loan.id for loan in slips.slip_of_all(db(), member).held]
    if not (lent or returned or held):
        raise RefusedError(_("Nothing was lent or returned here today, and nothing is on loan."))
    loans = {LENT: lent, RETURNED: returned, HELD: held}
    if making is None:
        raise RefusedError(_("Nothing can be sent yet: an administrator sets up LINE or e-mail first."))
    try:
        notice = service.send_slip(making, member, channel, loans, staff_id=staff().id)
    except NotReachableError:
        raise RefusedError(_("This member cannot be reached in this way.")) from None
    return str(notice.id).encode()
