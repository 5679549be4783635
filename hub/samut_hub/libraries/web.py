"""The library's own settings and its calendar."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import get_month_names
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response
from wtforms import SelectChoice

from samut_hub.errors import NotFoundError, RefusedError
from samut_hub.libraries import thai_holidays
from samut_hub.libraries.closures import (
    LONGEST,
    NoSuchDayError,
    TooLongError,
    check_opens,
    close_on,
    closures_from,
    enter_closures,
    enter_yearly,
    next_time,
    remove_closure,
    remove_yearly,
    yearly_closures,
)
from samut_hub.libraries.forms import WEEKDAYS, ClosureForm, HoursForm, LibraryForm, YearlyForm, shown
from samut_hub.libraries.models import Library
from samut_hub.staff.policy import Permission
from samut_hub.web.forms import show
from samut_hub.web.hub import carry_out, db, is_allowed, library, needs, now
from samut_hub.web.language import language
from samut_rules.calendar import NeverOpenError

Page = Response | tuple[str, int]
A_YEAR = timedelta(days=365)
pages = Blueprint("libraries", __name__, template_folder="templates")


@pages.get("/settings")
@needs()
def settings() -> str:
    """Each of the settings that this person may change."""
    return render_template("libraries/settings.html")


@pages.route("/settings/library", methods=["GET", "POST"])
@needs(Permission.EDIT_LIBRARY)
def edit() -> Page:
    form, closed_before = LibraryForm(data=shown(library())), set(library().weekly_closed)
    if not form.accepts(lambda: _never_closed_for_good(lambda: _change(library(), form))):
        return show("libraries/library.html", form)
    flash(_("Saved. The devices learn of it within seconds."), "success")
    newly = set(library().weekly_closed) - closed_before
    if not newly:
        return redirect(url_for(".settings"))
    return _to_due_dates(_today(), _today() + A_YEAR, weekdays=",".join(map(str, sorted(newly))))


@pages.route("/settings/calendar", methods=["GET", "POST"])
@needs(Permission.EDIT_CALENDAR)
def calendar() -> Page:
    form = ClosureForm()
    if not form.accepts(lambda: _never_closed_for_good(lambda: _enter(form))):
        return _calendar(form)
    flash(_("Saved. The devices learn of it within seconds."), "success")
    if form.open.data == "yes":
        return redirect(url_for(".calendar"))
    return _to_due_dates(form.on.data, form.until.data or form.on.data)


@pages.post("/settings/calendar/yearly")
@needs(Permission.EDIT_CALENDAR)
def yearly() -> Page:
    form = _yearly_form()
    if not form.accepts(lambda: _never_closed_for_good(lambda: _enter_yearly(form))):
        return _calendar(ClosureForm(formdata=None), every_year=form)
    flash(_("Saved. The devices learn of it within seconds."), "success")
    following = next_time(form.month.data, form.day.data, _today())
    return _to_due_dates(following, following)


@pages.post("/settings/calendar/hours")
@needs(Permission.EDIT_CALENDAR)
def hours() -> Page:
    form = HoursForm()
    if not form.accepts(lambda: _say_hours(form)):
        return _calendar(ClosureForm(formdata=None), weekly_hours=form)
    flash(_("Saved. The devices learn of it within seconds."), "success")
    return redirect(url_for(".calendar"))


@pages.post("/settings/calendar/yearly/<int:yearly_id>/remove")
@needs(Permission.EDIT_CALENDAR)
def remove_every_year(yearly_id: int) -> Response:
    remove_yearly(db(), yearly_id)
    flash(_("Removed from the calendar."), "success")
    return redirect(url_for(".calendar"))


@pages.route("/settings/calendar/holidays", methods=["GET", "POST"])
@needs(Permission.EDIT_CALENDAR)
def holidays() -> Page:
    """Thai public holidays of a year; nothing is entered but what is ticked."""
    years = range(_today().year, _today().year + thai_holidays.YEARS)
    year = request.values.get("year", years.start, type=int)
    if year not in years:
        raise NotFoundError(f"No holidays are proposed for the year {year}.")
    proposed = thai_holidays.proposals(db(), year, library().weekly_closed)
    if request.method == "GET":
        return render_template("libraries/holidays.html", proposed=proposed, years=years, year=year), 200
    ticked = set(request.form.getlist("on"))
    wanted = [(one.on, one.name_th) for one in proposed if one.on.isoformat() in ticked and not one.entered]
    if not wanted:
        raise RefusedError(_("Tick the days on which the library is closed."))
    carry_out(lambda: _never_closed_for_good(lambda: close_on(db(), wanted)))
    flash(_("Entered in the calendar: %(count)s", count=len(wanted)), "success")
    return _to_due_dates(wanted[0][0], wanted[-1][0])


@pages.post("/settings/calendar/<int:closure_id>/remove")
@needs(Permission.EDIT_CALENDAR)
def remove(closure_id: int) -> Response:
    remove_closure(db(), closure_id)
    flash(_("Removed from the calendar."), "success")
    return redirect(url_for(".calendar"))


def _change(own: Library, form: LibraryForm) -> None:
    own.name_th, own.name_en = form.name_th.data.strip(), form.name_en.data.strip()
    own.zone, own.offline_loans = form.zone.data, form.offline_loans.data
    own.weekly_closed = sorted(form.weekly_closed.data)
    own.debt_limit = int(form.debt_limit.data * 100)


def _calendar(
    form: ClosureForm, *, every_year: YearlyForm | None = None, weekly_hours: HoursForm | None = None
) -> Page:
    every_year, weekly_hours = every_year or _yearly_form(), weekly_hours or _hours_form()
    page, status = show(
        "libraries/calendar.html",
        form,
        closures=closures_from(db(), _today()),
        yearly_form=every_year,
        yearly=yearly_closures(db()),
        months=get_month_names("wide", locale=language()),
        hours_form=weekly_hours,
        weekdays=WEEKDAYS,
        weekly_closed=library().weekly_closed,
    )
    return page, 422 if every_year.errors or weekly_hours.errors else status


def _hours_form() -> HoursForm:
    said = library().weekly_hours
    return HoursForm(formdata=None, data={"hours": [said.get(str(weekday), "") for weekday in range(len(WEEKDAYS))]})


def _say_hours(form: HoursForm) -> None:
    library().weekly_hours = form.by_weekday()


def _yearly_form() -> YearlyForm:
    form = YearlyForm()
    names = get_month_names("wide", locale=language())
    form.month.choices = [SelectChoice(number, names[number]) for number in range(1, 13)]
    return form


def _to_due_dates(first: date, last: date, *, weekdays: str | None = None) -> Response:
    """Loans that are due on these days may be moved, or of these days those that fall on the weekdays too; the page
    leads back here where there are none. That is for those who may change the rules."""
    if not is_allowed(Permission.EDIT_RULES):
        return redirect(url_for(".calendar"))
    return redirect(url_for("circulation.due_when_closed", first=first, last=last, weekdays=weekdays))


def _today() -> date:
    return now().astimezone(ZoneInfo(library().zone)).date()


def _never_closed_for_good(change: Callable[[], object]) -> None:
    """Carry out the change; refuse it where the library would then not open for a year."""
    change()
    try:
        check_opens(db(), library(), _today())
    except NeverOpenError:
        sentence = _("With this the library would not open for a whole year, and nothing could be lent.")
        raise RefusedError(sentence) from None


def _enter_yearly(form: YearlyForm) -> None:
    try:
        enter_yearly(db(), form.month.data, form.day.data, form.name.data.strip())
    except NoSuchDayError:
        raise RefusedError(_("This month has no such day.")) from None


def _enter(form: ClosureForm) -> None:
    last = form.until.data or form.on.data
    try:
        enter_closures(db(), form.on.data, last, name=form.name.data.strip(), **_opening(form))
    except TooLongError:
        sentence = _("Enter one day, or the first and the last of at most %(days)s days.", days=LONGEST)
        raise RefusedError(sentence) from None


def _opening(form: ClosureForm) -> dict[str, Any]:
    return {"is_open": form.open.data == "yes", "hours": form.hours.data or ""}
