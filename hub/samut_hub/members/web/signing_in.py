"""A password with which the member can sign in, made by staff and shown once."""

from flask import render_template

from samut_hub.members import signing_in
from samut_hub.members.models import Member
from samut_hub.members.service import member_by_id
from samut_hub.members.web.blueprint import pages
from samut_hub.staff.policy import Permission
from samut_hub.web.hub import db, library, needs, now, whole_address


@pages.post("/<int:member_id>/password")
@needs(Permission.GIVE_PASSWORDS)
def give_password(member_id: int) -> str:
    """It is on this page and on no other, and kept only as a hash."""
    temporary = signing_in.temporary_password()
    member = member_by_id(db(), member_id)
    signing_in.give_password(db(), member, temporary, now())
    address = whole_address("opac.my", code=library().code)
    return render_template("members/password.html", member=member, password=temporary.password, address=address)


@pages.app_template_global()
def can_sign_in(member: Member) -> bool:
    """For the page of one member."""
    return signing_in.has_password(db(), member)
