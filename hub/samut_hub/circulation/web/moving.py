"""After a day was declared closed: the loans that are due on it, and their move."""

from datetime import date

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from samut_hub.circulation import moving
from samut_hub.circulation.moving import Span
from samut_hub.circulation.web.blueprint import pages
from samut_hub.era import FIRST_BUDDHIST
from samut_hub.errors import NotFoundError
from samut_hub.staff.policy import Permission
from samut_hub.tasks import submit
from samut_hub.web.dates import day
from samut_hub.web.forms import FIRST_YEAR
from samut_hub.web.hub import carry_out, db, library, needs, now, staff
from samut_hub.web.naming import in_each_language

A_YEAR = 366
"""Days: holidays are entered for a year at once."""


@pages.get("/due-when-closed")
@needs(Permission.EDIT_RULES)
def due_when_closed() -> str | Response:
    if "first" not in request.args:
        return redirect(url_for("libraries.calendar"))
    span = _span()
    days = moving.to_move(db(), library(), span, now())
    if not days:
        return redirect(url_for("libraries.calendar"))
    return render_template(
        "circulation/due_when_closed.html",
        days=days,
        loans=moving.shown(db(), library(), days, now()),
        staying=moving.staying(db(), library(), days, now()),
        span=span,
    )


@pages.post("/due-when-closed")
@needs(Permission.EDIT_RULES)
def move_due_dates() -> Response:
    span = _span()
    total = sum(one.count for one in moving.to_move(db(), library(), span, now()))
    if not total:
        return redirect(url_for("libraries.calendar"))
    names = in_each_language(
        lambda: _("Due dates moved: closed %(first)s – %(last)s", first=day(span.first), last=day(span.last))
    )
    days = {"first": str(span.first), "last": str(span.last), "weekdays": sorted(span.weekdays)}
    args = {**days, "since": now().isoformat(), "total": total}
    back = url_for("libraries.calendar")
    task = carry_out(lambda: submit(db(), moving.KIND, args, staff_id=staff().id, now=now(), names=names, back=back))
    return redirect(url_for("tasks.show", task_id=task.id))


def _span() -> Span:
    """Raises NotFoundError for what is no span of days that can be entered."""
    try:
        first, last = (date.fromisoformat(request.values.get(name, "")) for name in ("first", "last"))
        weekdays = frozenset(int(one) for one in request.values.get("weekdays", "").split(",") if one)
    except ValueError:
        raise NotFoundError("The address names no days.") from None
    if not (first.year >= FIRST_YEAR and last.year < FIRST_BUDDHIST and 0 <= (last - first).days <= A_YEAR):
        raise NotFoundError(f"From {first} to {last} is no span of days.")
    return Span(first, last, weekdays)
