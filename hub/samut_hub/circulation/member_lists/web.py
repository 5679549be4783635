"""Print members and what they have on loan, by class: to look at, as PDF and as Excel."""

import io

from flask import Blueprint, Response, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Redirect

from samut_hub.circulation.member_lists import jobs, service
from samut_hub.circulation.member_lists.forms import KINDS, LABELS, ListForm
from samut_hub.circulation.member_lists.service import Kind, Words
from samut_hub.libraries.service import calendar_of
from samut_hub.members import groups
from samut_hub.spoken import say_day
from samut_hub.staff.policy import Permission
from samut_hub.tasks import submit
from samut_hub.web.forms import show
from samut_hub.web.hub import db, library, needs, now, staff
from samut_hub.web.language import language
from samut_hub.web.naming import in_each_language
from samut_hub.web.templating import asked

pages = Blueprint("member_lists", __name__, template_folder="templates", url_prefix="/members/lists")

DIRECT = 500
"""Members for whom a page waits; longer lists are written by a task."""
SHOWN = 10
"""Sections that are shown before they are printed."""
_TYPES = {
    jobs.PDF: "application/pdf",
    jobs.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@pages.get("/")
@needs(Permission.SEE_MEMBERS)
def index() -> str | tuple[str, int]:
    form = _form()
    if not form.validate():
        return show("member_lists/index.html", form, found=(), total=0)
    wish, words = form.wish(), _words(form)
    total = service.count(db(), wish)
    found = service.sections(db(), wish, words, now()) if total <= DIRECT else []
    columns = [words.labels[name] for name, _share, _width in service.COLUMNS[wish.kind]]
    return render_template(
        "member_lists/index.html", form=form, found=found[:SHOWN], hidden=max(0, len(found) - SHOWN), total=total,
        columns=columns, direct=DIRECT, late=service.LATE,
    )  # fmt: skip


@pages.get("/<any(pdf, xlsx):shape>")
@needs(Permission.SEE_MEMBERS)
def file(shape: str) -> Response | Redirect | tuple[str, int]:
    """A list that is soon made."""
    form = _form()
    if not form.validate() or service.count(db(), form.wish()) > DIRECT:
        return redirect(url_for(".index", **asked()))
    wish, words, out = form.wish(), _words(form), io.BytesIO()
    found = service.sections(db(), wish, words, now())
    (service.write_pdf if shape == jobs.PDF else service.write_xlsx)(out, found, wish, words)
    out.seek(0)
    return send_file(out, _TYPES[shape], as_attachment=shape == jobs.XLSX, download_name=f"{wish.kind}.{shape}")


@pages.post("/<any(pdf, xlsx):shape>")
@needs(Permission.SEE_MEMBERS)
def long_file(shape: str) -> Redirect:
    """A long list, by a task."""
    form = _form()
    if not form.validate():
        return redirect(url_for(".index"))
    words = _words(form)
    args, back = jobs.args_of(form.wish(), words, shape), url_for(".index", **asked())
    names = in_each_language(lambda: _words(form).heading)
    task = submit(db(), jobs.KIND, args, staff_id=staff().id, now=now(), names=names, back=back)
    return redirect(url_for("tasks.show", task_id=task.id))


def _form() -> ListForm:
    form = ListForm(request.args)
    form.offer(groups.groups(db()), groups.member_types(db()))
    return form


def _words(form: ListForm) -> Words:
    today = say_day(calendar_of(db(), library()).local_day(now()), language())
    return Words(
        library=library().name(language()),
        heading=str(KINDS[Kind(form.kind.data)]),
        about=_("Printed on %(day)s", day=today),
        page=_("Page"),
        labels={name: str(label) for name, label in LABELS.items()},
        without_class=_("In no class"),
        late=_("# days late"),
        nothing=_("nothing on loan"),
    )
