"""Who is in the library, and who came today."""

from datetime import timedelta

from flask import Blueprint, render_template

from samut_hub.libraries.service import calendar_of
from samut_hub.staff.policy import Permission
from samut_hub.visits.today import who_came, who_is_in
from samut_hub.web.hub import db, library, needs, now
from samut_hub.web.paging import page_asked

pages = Blueprint("visits", __name__, template_folder="templates", url_prefix="/visits")


@pages.get("/<any(inside, today):who>")
@needs(Permission.SEE_HISTORY)
def index(who: str) -> str:
    calendar, page = calendar_of(db(), library()), page_asked()
    start = calendar.end_of(calendar.local_day(now()) - timedelta(days=1))
    found = who_is_in(db(), library().id, start, page) if who == "inside" else who_came(db(), start, page)
    return render_template("visits/index.html", who=who, found=found)
