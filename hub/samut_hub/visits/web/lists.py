"""Who is in the library, who came today, and when one member did."""

from collections.abc import Sequence

from flask import render_template

from samut_hub.members.models import Member
from samut_hub.members.service import member_by_id
from samut_hub.staff.policy import Permission
from samut_hub.visits.alarms import alarms_since
from samut_hub.visits.history import latest_visits, visits_of
from samut_hub.visits.models import Visit
from samut_hub.visits.today import who_came, who_is_in
from samut_hub.visits.web.blueprint import day_began, pages
from samut_hub.web.hub import db, library, needs, session_of_request, wants_fragment
from samut_hub.web.paging import page_asked


@pages.get("/visits")
@needs(Permission.SEE_HISTORY)
def day() -> str:
    """The library at this moment: asked for again every few seconds."""
    page = "visits/day_now.html" if wants_fragment() else "visits/day.html"
    return render_template(page, alarms=alarms_since(db(), library().id, day_began()).alarms)


@pages.get("/visits/<any(inside, today):who>")
@needs(Permission.SEE_HISTORY)
def index(who: str) -> str:
    start, page = day_began(), page_asked()
    found = who_is_in(db(), library().id, start, page) if who == "inside" else who_came(db(), start, page)
    return render_template("visits/index.html", who=who, found=found)


@pages.get("/members/<int:member_id>/visits")
@needs(Permission.SEE_HISTORY)
def of_member(member_id: int) -> str:
    member = member_by_id(db(), member_id)
    return render_template("visits/of_member.html", member=member, found=visits_of(db(), member, page_asked()))


@pages.app_template_global()
def latest_visits_of(member: Member) -> Sequence[Visit]:
    """For the page of the member."""
    return latest_visits(session_of_request(), member)
