"""The editor of whole MARC 21 records, and the guide to their fields beside it."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from samut_hub.catalogue import service
from samut_hub.catalogue.editor.checking import Finding, findings
from samut_hub.catalogue.editor.forms import RecordForm, chosen, positions, say
from samut_hub.catalogue.editor.guide import fields, leader_positions, positions_of_008
from samut_hub.catalogue.editor.lines import LEADER_TAG, Lines, read_lines, text_of, with_positions
from samut_hub.catalogue.models import Title
from samut_hub.catalogue.records.marc import Description
from samut_hub.catalogue.records.marc_writing import new_record
from samut_hub.catalogue.records.materials import BOOK, MATERIALS
from samut_hub.staff.policy import Permission
from samut_hub.web.hub import db, needs, now, wants_fragment

Page = Response | tuple[str, int]
pages = Blueprint("editor", "samut_hub.catalogue.editor", template_folder="templates", url_prefix="/catalogue/marc")
_EMPTY = "245 00 $a\n264 #1 $a$b$c\n300 ## $a\n"


@pages.route("/new", methods=["GET", "POST"])
@needs(Permission.EDIT_CATALOGUE)
def new() -> Page:
    form = RecordForm()
    if not form.is_submitted():
        form.text.data = _pattern(request.args.get("material", BOOK))
        return _page(form, None)
    lines, found = _read(form)
    if "check" in request.form or any(one.is_error for one in found):
        return _page(form, None, found)
    title = service.add_record(db(), lines.record(), now=now())
    _tell_saved(found)
    return redirect(url_for("catalogue.show", title_id=title.id))


@pages.route("/<int:title_id>", methods=["GET", "POST"])
@needs(Permission.EDIT_CATALOGUE)
def edit(title_id: int) -> Page:
    title, form = service.title_by_id(db(), title_id), RecordForm()
    if not form.is_submitted():
        form.text.data, form.version.data = text_of(service.record_of(db(), title)), str(title.version)
        return _page(form, title)
    lines, found = _read(form)
    if "check" in request.form or any(one.is_error for one in found):
        return _page(form, title, found)
    try:
        service.edit_record(db(), title, lines.record(), version=form.known_version(), now=now())
    except service.TitleChangedError:
        return _tell_change(form, title)
    _tell_saved(found)
    return redirect(url_for("catalogue.show", title_id=title_id))


@pages.get("/guide")
@needs()
def guide() -> str:
    """What a tag means: a fragment beside the editor, or a page of its own."""
    tag = request.args.get("tag", "").strip()[:3].upper()
    template = "editor/guide.html" if wants_fragment() else "editor/guide_page.html"
    return render_template(template, tag=tag, guide=fields().get(tag), tags=fields(), places=_places(tag))


def _places(tag: str) -> object:
    """The positions of a tag that has such; those of 008 for the kind of material that the leader tells."""
    if tag == LEADER_TAG:
        return leader_positions()
    return positions_of_008(request.args.get("leader", "").replace("#", " ")) if tag == "008" else ()


def _read(form: RecordForm) -> tuple[Lines, list[Finding]]:
    """What was typed, with the positions that were chosen beside it put in."""
    form.text.data = with_positions(form.text.data or "", chosen(request.form))
    lines = read_lines(form.text.data)
    return lines, findings(lines)


def _pattern(material: str) -> str:
    """Lines to begin with, for a kind of material."""
    known = {one.code for one in MATERIALS}
    start = new_record(Description(title="", material=material if material in known else BOOK))
    fixed = [line for line in text_of(start).splitlines() if line[:3] in (LEADER_TAG, "008")]
    return "\n".join(fixed) + "\n" + _EMPTY


def _tell_saved(found: list[Finding]) -> None:
    flash(_("The record is saved."), "success")
    for one in found[:10]:
        flash(say(one), "warning")


def _tell_change(form: RecordForm, title: Title) -> Page:
    """Show the record that the other person saved beside what was typed; saving again is then a decision."""
    db().rollback()
    db().refresh(title)
    theirs = text_of(service.record_of(db(), title)).splitlines()
    mine = set((form.text.data or "").splitlines())
    form.version.data = str(title.version)
    return _page(form, title, theirs=[(line, line not in mine) for line in theirs], status=422)


def _page(
    form: RecordForm, title: Title | None, found: list[Finding] | None = None, *, status: int = 200, **more: Any
) -> tuple[str, int]:
    lines = read_lines(form.text.data or "")
    fixed = {LEADER_TAG: lines.leader}
    fixed |= {line.tag: line.field.data or "" for line in reversed(lines.fields) if line.field and line.tag == "008"}
    choices = [(tag, one, fixed[tag][one.at : one.end]) for tag, one in positions(lines.leader) if tag in fixed]
    is_wrong = any(one.is_error for one in found or ())
    page = render_template(
        "editor/edit.html", form=form, title=title, found=found, say=say, choices=choices, tags=fields(), **more
    )
    return page, 422 if is_wrong else status
