"""When a member came and went (requirement X-10): one's own passages only."""

from flask import render_template

from samut_hub.members.models import Member
from samut_hub.opac.web.blueprint import page_at
from samut_hub.opac.web.member import for_member
from samut_hub.visits.history import visits_of
from samut_hub.web.hub import db
from samut_hub.web.paging import page_asked


@page_at("/my/visits")
@for_member
def my_visits(member: Member) -> str:
    return render_template("opac/my_visits.html", member=member, found=visits_of(db(), member, page_asked()))
