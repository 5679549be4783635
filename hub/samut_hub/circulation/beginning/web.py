"""The first steps of a new library: what it may begin with, shown before anything is made."""

from collections.abc import Mapping
from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from samut_hub.catalogue.service import material_types
from samut_hub.circulation.beginning import service
from samut_hub.circulation.beginning.policy import TYPES, Part
from samut_hub.errors import RefusedError
from samut_hub.libraries.forms import WEEKDAYS
from samut_hub.libraries.service import calendar_of
from samut_hub.staff.policy import Permission
from samut_hub.web.hub import carry_out, db, is_allowed, library, needs, now
from samut_hub.web.language import language

LATER = "first_steps_later"
"""In the cookie: whoever signed in has put the first steps off."""
NEEDED: Mapping[Part, tuple[Permission, ...]] = {
    Part.TYPES: (Permission.EDIT_MEMBER_FORMS,),
    Part.CLASSES: (Permission.EDIT_MEMBERS, Permission.EDIT_MEMBER_FORMS),  # levels are made with them
    Part.RULES: (Permission.EDIT_RULES,),
    Part.WEEK: (Permission.EDIT_LIBRARY,),
    Part.HOLIDAYS: (Permission.EDIT_CALENDAR,),
}
pages = Blueprint("beginning", __name__, template_folder="templates", url_prefix="/first-steps")


@pages.get("/")
@needs(Permission.EDIT_RULES)
def index() -> str:
    missing = service.missing(db(), library(), _today())
    return render_template(
        "beginning/index.html",
        missing=missing,
        parts=[part for part in missing.parts if _may_make(part)],
        types={one.code: one for one in TYPES},
        materials={one.code: one.name(language()) for one in material_types(db())},
        weekdays=[WEEKDAYS[number] for number in missing.weekdays],
    )


@pages.post("/")
@needs(Permission.EDIT_RULES)
def make() -> Response:
    """What is ticked, as far as this person may make it."""
    parts = {part for part in Part if part in request.form.getlist("part") and _may_make(part)}
    if not parts:
        raise RefusedError(_("Tick what is to be made."))
    days = {on for on in (_day(text) for text in request.form.getlist("on")) if on}
    carry_out(lambda: service.make(db(), library(), parts, days, today=_today()))
    flash(_("Made. All of it can be changed in the settings."), "success")
    return redirect(url_for(".index"))


@pages.post("/later")
@needs(Permission.EDIT_RULES)
def put_off() -> Response:
    """Until the next sign-in."""
    session[LATER] = True
    return redirect(url_for("home.dashboard"))


def leads_here() -> bool:
    """Whether a person who comes into a library without types of member is to see the first steps before all else."""
    return is_allowed(Permission.EDIT_RULES) and LATER not in session


def _today() -> date:
    return calendar_of(db(), library()).local_day(now())


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _may_make(part: Part) -> bool:
    return all(map(is_allowed, NEEDED[part]))
