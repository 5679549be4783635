"""Days without borrowing are lifted by who may let members pass."""

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from samut_hub.circulation.suspensions import lift
from samut_hub.circulation.web.blueprint import pages
from samut_hub.members.models import Member
from samut_hub.members.service import member_by_id
from samut_hub.staff.policy import Permission
from samut_hub.web.hub import carry_out, db, needs, now


@pages.post("/members/<int:member_id>/suspension/lift")
@needs(Permission.OVERRIDE_MEMBERSHIP)
def lift_suspension(member_id: int) -> Response:
    member = member_by_id(db(), member_id)
    carry_out(lambda: lift(db(), member, now()))
    flash(_("The member may borrow again."), "success")
    return redirect(url_for("members.show", member_id=member_id))


@pages.app_template_global()
def is_suspended(member: Member) -> bool:
    """For the page of one member."""
    return member.suspended_until is not None and member.suspended_until >= now().date()
