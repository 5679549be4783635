"""The library's own settings and its calendar."""

from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from samut_hub.errors import RefusedError
from samut_hub.libraries.closures import LONGEST, TooLongError, closures_from, enter_closures, remove_closure
from samut_hub.libraries.forms import ClosureForm, LibraryForm, shown
from samut_hub.libraries.models import Library
from samut_hub.staff.policy import Permission
from samut_hub.web.forms import show
from samut_hub.web.hub import db, library, needs, now

Page = Response | tuple[str, int]
pages = Blueprint("libraries", __name__, template_folder="templates")


@pages.get("/settings")
@needs(Permission.EDIT_RULES)
def settings() -> str:
    return render_template("libraries/settings.html")


@pages.route("/settings/library", methods=["GET", "POST"])
@needs(Permission.EDIT_RULES)
def edit() -> Page:
    form = LibraryForm(data=shown(library()))
    if not form.accepts(lambda: _change(library(), form)):
        return show("libraries/library.html", form)
    flash(_("Saved. The devices learn of it within seconds."), "success")
    return redirect(url_for(".settings"))


@pages.route("/settings/calendar", methods=["GET", "POST"])
@needs(Permission.EDIT_RULES)
def calendar() -> Page:
    form = ClosureForm()
    if not form.accepts(lambda: _enter(form)):
        today = now().astimezone(ZoneInfo(library().zone)).date()
        return show("libraries/calendar.html", form, closures=closures_from(db(), today))
    flash(_("Saved. The devices learn of it within seconds."), "success")
    return redirect(url_for(".calendar"))


@pages.post("/settings/calendar/<int:closure_id>/remove")
@needs(Permission.EDIT_RULES)
def remove(closure_id: int) -> Response:
    remove_closure(db(), closure_id)
    flash(_("Removed from the calendar."), "success")
    return redirect(url_for(".calendar"))


def _change(own: Library, form: LibraryForm) -> None:
    own.name_th, own.name_en = form.name_th.data.strip(), form.name_en.data.strip()
    own.zone, own.offline_loans = form.zone.data, form.offline_loans.data
    own.weekly_closed = sorted(form.weekly_closed.data)
    own.debt_limit = int(form.debt_limit.data * 100)


def _enter(form: ClosureForm) -> None:
    last = form.until.data or form.on.data
    try:
        enter_closures(db(), form.on.data, last, name=form.name.data.strip(), is_open=form.open.data == "yes")
    except TooLongError:
        sentence = _("Enter one day, or the first and the last of at most %(days)s days.", days=LONGEST)
        raise RefusedError(sentence) from None
