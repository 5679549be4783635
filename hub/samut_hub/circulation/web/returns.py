"""The box for returns alone: one book after the other, without a card, also as of an earlier day."""

from datetime import date, datetime, timedelta

from flask import abort, redirect, render_template, request, url_for
from flask_babel import gettext as _

from samut_hub.circulation import desk as at_desk
from samut_hub.circulation.desk import Outcome, What
from samut_hub.circulation.web.blueprint import pages
from samut_hub.circulation.web.desk import Answer, command_of, once_at_desk, source, told
from samut_hub.era import common_era
from samut_hub.errors import RefusedError
from samut_hub.libraries.service import calendar_of
from samut_hub.staff.policy import Permission
from samut_hub.web.hub import db, is_allowed, library, needs, now, wants_fragment

LONGEST_BACK = timedelta(days=60)
"""A return may be dated back so far: a book drop over the longest holidays."""


@pages.get("/return")
@needs(Permission.CIRCULATE)
def returns() -> str:
    """`count` and `fines` in the address are the sums of the books before."""
    today = _today()
    return render_template(
        "circulation/return.html",
        outcomes=told(),
        count=request.args.get("count", 0, type=int),
        fines=request.args.get("fines", 0, type=int),
        returned_on=request.args.get("returned_on", ""),
        first=today - LONGEST_BACK,
        today=today,
    )


@pages.post("/return")
@needs(Permission.CIRCULATE)
def hand_in() -> Answer:
    text, typed_day = request.form.get("scan", ""), request.form.get("returned_on", "").strip()
    if not text.strip():
        return redirect(url_for(".returns", returned_on=typed_day or None))
    at, key = _returned_at(typed_day), command_of(f"{text} {typed_day}".strip())
    outcome = once_at_desk(
        "desk.return", key, lambda: at_desk.hand_in(db(), text, now=now(), source=source(), returned_at=at)
    )
    count, fines = _sums(outcome)
    if not wants_fragment():
        return redirect(url_for(".returns", done=key, count=count, fines=fines, returned_on=typed_day or None))
    return render_template("circulation/returned.html", outcome=outcome, typed=text, count=count, fines=fines)


def _sums(outcome: Outcome) -> tuple[int, int]:
    """How many books came back at this sitting, and their fines in satang; only shown, never kept."""
    count, fines = (request.form.get(name, 0, type=int) for name in ("count", "fines"))
    return count + (outcome.what is What.RETURNED), fines + outcome.fine


def _returned_at(typed: str) -> datetime | None:
    """The end of that day, or now if it is today. Raises RefusedError."""
    if not typed:
        return None
    if not is_allowed(Permission.BACKDATE_RETURNS):
        abort(403)
    day, today = _day(typed), _today()
    if day is None or not today - LONGEST_BACK <= day <= today:
        raise RefusedError(
            _("A return can be dated back by %(days)s days at most, and not ahead.", days=LONGEST_BACK.days)
        )
    return min(now(), calendar_of(db(), library()).end_of(day))


def _day(typed: str) -> date | None:
    try:
        day = date.fromisoformat(typed)
        return day.replace(year=common_era(day.year))
    except ValueError:
        return None


def _today() -> date:
    return calendar_of(db(), library()).local_day(now())
