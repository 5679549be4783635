"""Lists behind the figures of the day: overdue, lent today, returned today."""

from flask import render_template

from samut_hub.circulation.day_lists import Which, day_list
from samut_hub.circulation.web.blueprint import pages
from samut_hub.staff.policy import Permission
from samut_hub.web.hub import db, library, needs, now
from samut_hub.web.paging import page_asked


@pages.get("/loans/<any(overdue, lent, returned):which>")
@needs(Permission.SEE_HISTORY)
def loans(which: str) -> str:
    page = page_asked()
    found = day_list(db(), library(), Which(which), now=now(), page=page)
    return render_template("circulation/day_list.html", which=which, found=found)
