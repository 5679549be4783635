"""“My library”: which messages a member wants, in which way, and the member's LINE account."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from samut_hub.members import identities
from samut_hub.members.models import Member, Provider
from samut_hub.notices.web.members import choice_form, keep_choices, line_code
from samut_hub.opac.web.member import for_member
from samut_hub.opac.web.my import form_at
from samut_hub.web.forms import show
from samut_hub.web.hub import db

Page = str | Response | tuple[str, int]


@form_at("/my/notices")
@for_member
def my_notices(member: Member) -> Page:
    form = choice_form(member)
    if form.accepts(lambda: keep_choices(member, form)):
        flash(_("Saved."), "success")
        return redirect(url_for(".my_notices"))
    is_linked = identities.subject_of(db(), member, Provider.LINE) is not None
    return show("opac/my_notices.html", form, member=member, is_linked=is_linked)


@form_at("/my/line", posted_only=True)
@for_member
def my_line(member: Member) -> str:
    """A new code each time the button is pressed."""
    return render_template("opac/my_line.html", member=member, **line_code(member))


@form_at("/my/line/part", posted_only=True)
@for_member
def my_line_part(member: Member) -> Response:
    identities.unlink(db(), member, Provider.LINE)
    flash(_("Your LINE account is linked no longer."), "success")
    return redirect(url_for(".my_notices"))
