"""The log of what members were told, page by page; each notice as it went out, which names what was borrowed."""

from datetime import timedelta

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from samut_hub.notices import service
from samut_hub.notices.forms import FilterForm
from samut_hub.notices.models import Notice
from samut_hub.notices.service import Wanted
from samut_hub.notices.web.blueprint import pages
from samut_hub.staff.policy import Permission
from samut_hub.web.hub import db, is_allowed, needs, now, staff
from samut_hub.web.paging import page_asked

COUNTED = timedelta(days=7)


@pages.get("/notices/")
@needs(Permission.SEE_MEMBERS)
def index() -> str:
    form = FilterForm(request.args)
    words, state, channel, kind = (form[name].data or "" for name in ("words", "state", "channel", "kind"))
    wanted = Wanted(
        words=words if is_allowed(Permission.SEE_HISTORY) else "", state=state, channel=channel, kind=kind
    )
    found = service.find_notices(db(), wanted, page_asked())
    counts = service.counts(db(), now() - COUNTED)
    return render_template("notices/index.html", form=form, found=found, counts=counts, days=COUNTED.days)


@pages.get("/notices/<int:notice_id>")
@needs(Permission.SEE_HISTORY)
def show_one(notice_id: int) -> str:
    return render_template("notices/show.html", notice=service.notice_by_id(db(), notice_id))


@pages.post("/notices/<int:notice_id>/again")
@needs(Permission.SEND_NOTICES)
def again(notice_id: int) -> Response:
    notice = service.notice_by_id(db(), notice_id)
    made = service.send_again(db(), notice, staff_id=staff().id, now=now())
    flash(_("It goes out within a minute, unless it is not needed any more."), "success")
    return _back_to(made)


@pages.post("/notices/<int:notice_id>/cancel")
@needs(Permission.SEND_NOTICES)
def cancel(notice_id: int) -> Response:
    notice = service.notice_by_id(db(), notice_id)
    service.cancel(db(), notice, now())
    flash(_("Cancelled."), "success")
    return _back_to(notice)


@pages.post("/notices/<int:notice_id>/arrived")
@needs(Permission.SEND_NOTICES)
def arrived(notice_id: int) -> Response:
    notice = service.notice_by_id(db(), notice_id)
    service.note_arrived(db(), notice, now())
    flash(_("Noted: it arrived."), "success")
    return _back_to(notice)


def _back_to(notice: Notice) -> Response:
    if is_allowed(Permission.SEE_HISTORY):
        return redirect(url_for(".show_one", notice_id=notice.id))
    return redirect(url_for(".index"))
