"""Who changed what, for administrators: search, one entry with before and after, a file for Excel."""

import io
import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime

from flask import Blueprint, Flask, Response, g, render_template, request, send_file
from flask_babel import gettext as _

from samut_hub.audit.columns import IN_MINUTES, IN_SATANG
from samut_hub.audit.forms import AuditForm
from samut_hub.audit.service import entry_by_id, find, for_file
from samut_hub.audit.words import action_name, column_name, kind_name
from samut_hub.auditing import Action, Actor, AuditEntry, Deed, note
from samut_hub.libraries.forms import WEEKDAYS
from samut_hub.libraries.service import calendar_of
from samut_hub.staff.policy import Permission
from samut_hub.tasks import task_by_id
from samut_hub.web.dates import baht, day, moment
from samut_hub.web.hub import db, library, needs, now, the_hub
from samut_hub.workbook import workbook

pages = Blueprint("audit", __name__, template_folder="templates", url_prefix="/audit")

EXPORTS = {
    "audit.download": "audit",
    "member_lists.file": "member",
    "member_imports.refused_file": "member",
    "circulation.past_loans_pdf": "member",
    "circulation.claims_pdf": "member",
    "charges.receipt_pdf": "receipt",
    "notices.letters_pdf": "member",
    "cards.run_pdf": "card",
    "charges.accounts_csv": "accounts",
    "charges.accounts_xlsx": "accounts",
    "charges.accounts_pdf": "accounts",
}
"""Pages that give people's data away as files, and the kind of data: that somebody took one is written down. Of slips
only those of all that is on loan are: the others go into the hand of whoever stands at the desk."""
SEPARATOR = " · "
"""Between the parts of a name."""
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+\+00:00")
MADE = {"member_lists": "member", "cards": "card"}
"""Kinds of long work that make files of people's data, which are fetched at the page of the task."""


@pages.get("/")
@needs(Permission.SEE_AUDIT)
def index() -> str:
    form = AuditForm(request.args)
    found = find(db(), form.asked(calendar_of(db(), library())), request.args.get("page", 1, type=int))
    return render_template("audit/index.html", form=form, found=found)


@pages.get("/<int:audit_id>")
@needs(Permission.SEE_AUDIT)
def show(audit_id: int) -> str:
    return render_template("audit/show.html", entry=entry_by_id(db(), audit_id))


@pages.get("/file.xlsx")
@needs(Permission.SEE_AUDIT)
def download() -> Response:
    """What the search finds, as many as a file takes."""
    form = AuditForm(request.args)
    entries = for_file(db(), form.asked(calendar_of(db(), library())))
    return send_file(io.BytesIO(workbook(_rows(entries))), as_attachment=True, download_name="audit.xlsx")


@pages.app_template_filter()
def audit_who(entry: AuditEntry) -> str:
    return entry.who or (_("not known") if entry.action == Action.SIGN_IN_FAILED else _("the hub itself"))


@pages.app_template_filter()
def audit_kind(kind: str) -> str:
    return kind_name(kind)


@pages.app_template_filter()
def audit_action(action: str) -> str:
    return action_name(action)


@pages.app_template_filter()
def audit_column(column: str, kind: str) -> str:
    return column_name(column, kind)


@pages.app_template_filter()
def audit_name(entry: AuditEntry) -> str:
    return SEPARATOR.join(map(_said, entry.name.split(SEPARATOR)))


@pages.app_template_filter()
def audit_value(value: object, column: str = "") -> str:
    """As the forms show it: amounts in baht, days and times as they are said, days of the week by their names."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if column in IN_SATANG and isinstance(value, int):
        return baht(value)
    if column in IN_MINUTES and isinstance(value, int):
        return f"{value // 60:02}:{value % 60:02}"
    if column == "weekly_closed" and value is not None:
        return ", ".join(str(WEEKDAYS[int(weekday)]) for weekday in re.findall(r"\d", str(value)))
    return "" if value is None else _said(str(value))


def _said(text: str) -> str:
    """What stands there, if it is no day nor moment as the database writes them."""
    try:
        if _MOMENT.fullmatch(text):
            return moment(datetime.fromisoformat(text))
        return day(date.fromisoformat(text)) if _DAY.fullmatch(text) else text
    except ValueError:
        return text


def _rows(entries: Sequence[AuditEntry]) -> Iterator[list[str]]:
    head = (_("When"), _("Who"), _("What was done"), _("To what"), _("Name"), _("Detail"), _("Before"), _("After"))
    yield list(head)
    for entry in entries:
        what = (action_name(entry.action), kind_name(entry.kind), audit_name(entry))
        first = [moment(entry.at), audit_who(entry), *what]
        for column, (before, after) in (entry.changes or {"": [None, None]}).items():
            yield [*first, column_name(column, entry.kind), audit_value(before, column), audit_value(after, column)]


def note_export(answer: Response) -> Response:
    """In a short transaction of its own: the request itself only reads. Who asks for a part may ask for the whole."""
    person = g.get("staff")
    if person is None or answer.status_code not in (200, 206) or (kind := _kind_given_out()) is None:
        return answer
    asked = {"asked": [None, request.query_string.decode(errors="replace")]}
    deed = Deed(
        library_id=person.library_id, action=Action.EXPORTED, kind=kind, thing="*", name=request.path, changes=asked
    )
    with the_hub().database.session(person.library_id) as session:
        note(session, deed, now=now(), actor=Actor(person.id, person.username))
    return answer


def _kind_given_out() -> str | None:
    if request.endpoint == "tasks.file":
        return MADE.get(task_by_id(db(), int((request.view_args or {})["task_id"])).kind)
    if request.endpoint == "circulation.slip_pdf":
        return "member" if request.args.get("what") == "all" else None
    return EXPORTS.get(request.endpoint or "")


def use_audit(app: Flask) -> None:
    app.after_request(note_export)
