"""Visits of a period, counted by who came and when, as a table and as CSV."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date
from flask import Response, render_template, request, stream_with_context
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from samut_hub.libraries.service import calendar_of
from samut_hub.members.education import levels
from samut_hub.members.groups import member_types
from samut_hub.staff.policy import Permission
from samut_hub.tables import csv_line
from samut_hub.visits import counted
from samut_hub.visits.counted import By, Line, Period, Unit
from samut_hub.visits.forms import BYS, UNITS, CountForm
from samut_hub.visits.web.blueprint import pages
from samut_hub.web.hub import db, library, needs, now, the_hub
from samut_hub.web.language import language
from samut_hub.web.paging import page_asked, pages_of

LONGEST = timedelta(days=731)
"""Days that are counted at once."""
LATELY = timedelta(days=29)
BOM = b"\xef\xbb\xbf"
"""Without it Excel takes Thai for something else."""
_MONDAY = date(2026, 1, 5)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for, with the last day among it."""

    since: date
    until: date
    by: By
    unit: Unit
    form: CountForm
    period: Period


@pages.get("/visits/counts")
@needs(Permission.SEE_HISTORY)
def counts() -> str:
    asked, page, own = _asked(), page_asked(), library().id
    told = counted.totals(db(), own, asked.period)
    is_each = asked.by is By.MEMBER
    return render_template(
        "visits/counts.html",
        asked=asked,
        totals=told,
        lines=[] if is_each else _named(asked),
        members=counted.frequent(db(), own, asked.period, page) if is_each else [],
        page=page,
        pages=pages_of(told.members, counted.PAGE),
        BYS=BYS,
        UNITS=UNITS,
    )


@pages.get("/visits/counts.csv")
@needs(Permission.SEE_HISTORY)
def counts_csv() -> Response:
    """All of it, also where the page shows a part."""
    asked = _asked()
    name = f'attachment; filename="visits-{asked.by}-{asked.since}-{asked.until}.csv"'
    rows = _members_csv(asked, library().id, language()) if asked.by is By.MEMBER else iter(_lines_csv(asked))
    return Response(stream_with_context(rows), mimetype="text/csv", headers={"Content-Disposition": name})


def _asked() -> Asked:
    """The last thirty days by level, where the address says nothing else or what is not allowed."""
    form = CountForm(MultiDict({"by": By.LEVEL.value, "unit": Unit.TIMES.value, **request.args.to_dict()}))
    is_right = form.validate()
    today = now().astimezone(ZoneInfo(library().zone)).date()
    until = (None if form.until.errors else form.until.data) or today
    since = (None if form.since.errors else form.since.data) or until - LATELY
    since = max(min(since, until), until - LONGEST)
    form.since.data, form.until.data = since, until
    by = By(form.by.data) if is_right or not form.by.errors else By.LEVEL
    unit = Unit(form.unit.data) if is_right or not form.unit.errors else Unit.TIMES
    return Asked(since, until, by, unit, form, _period(since, until))


def _period(since: date, until: date) -> Period:
    calendar = calendar_of(db(), library())
    begin = calendar.moment(since, datetime.min.time())
    offset = begin.astimezone(ZoneInfo(library().zone)).utcoffset() or timedelta()
    return Period(begin, calendar.moment(until + timedelta(days=1), datetime.min.time()), int(offset.total_seconds()))


def _named(asked: Asked) -> list[tuple[str, Line]]:
    """The lines with what their keys are called."""
    call = _names(asked.by)
    lines = counted.counted(db(), library().id, asked.period, asked.by)
    return [(_("Not known") if line.key is None else call(line.key), line) for line in lines]


def _names(by: By) -> Callable[[Any], str]:
    match by:
        case By.LEVEL:
            steps = {one.step: one.name(language()) for one in levels(db())}
            return lambda step: steps.get(step, str(step))
        case By.TYPE:
            types = {kind.code: kind.name(language()) for kind in member_types(db())}
            return lambda code: types.get(code, str(code))
        case By.HOUR:
            return lambda hour: f"{hour:02}:00–{hour:02}:59"
        case By.WEEKDAY:
            return _weekday
        case _:
            return str


def _weekday(number: int) -> str:
    return format_date(_MONDAY + timedelta(days=number), "cccc", language())


def _lines_csv(asked: Asked) -> list[bytes]:
    head = csv_line([str(BYS[asked.by]), _("Visits"), _("Members")])
    lines = [csv_line([name, str(line.times), str(line.persons)]) for name, line in _named(asked)]
    return [BOM + head, *lines]


def _members_csv(asked: Asked, library_id: int, language: str) -> Iterator[bytes]:
    """In a session of its own: the request's has ended before the last row goes out."""
    yield BOM + csv_line([_("Member number"), _("Name"), _("Class or department"), _("Visits")])
    with the_hub().database.session(library_id, writes=False) as session:
        for one in counted.everybody(session, library_id, asked.period):
            group = one.member.group.name if one.member.group else ""
            yield csv_line([one.member.number, one.member.name(language), group, str(one.times)])
