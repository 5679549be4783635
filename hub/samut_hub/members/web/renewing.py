"""Renew a membership by one button, on the page of a member and at the desk."""

from datetime import date

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from samut_hub.libraries.service import calendar_of
from samut_hub.members import renewing, service
from samut_hub.members.models import Member
from samut_hub.members.renewing import Renewal
from samut_hub.members.web.blueprint import pages
from samut_hub.staff.policy import Permission
from samut_hub.web.dates import day
from samut_hub.web.hub import db, library, needs, now, own_address


@pages.post("/<int:member_id>/renew")
@needs(Permission.EDIT_MEMBERS)
def renew(member_id: int) -> Response:
    """`was` is the end that the person saw: a second click finds another, and changes nothing."""
    member, was = service.member_by_id(db(), member_id), _day(request.form.get("was", ""))
    if was is not None and renewing.renew(db(), member, was, today=_today(), now=now()):
        flash(_("The membership is renewed until %(day)s.", day=day(member.expires_on)), "success")
    elif member.expires_on is not None:
        flash(_("Nothing was changed: the membership runs until %(day)s.", day=day(member.expires_on)), "info")
    return redirect(own_address(request.form.get("next", "")) or url_for(".show", member_id=member.id))


@pages.app_template_global()
def renewal_of(member: Member) -> Renewal | None:
    """Also for the desk."""
    return renewing.renewal_of(member, _today())


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None


def _today() -> date:
    return calendar_of(db(), library()).local_day(now())
