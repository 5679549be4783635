"""The roll-over of a school year: where each class goes, who stays, do it, put it back."""

from datetime import date
from functools import partial

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from samut_hub.era import BUDDHIST_ERA
from samut_hub.libraries.service import calendar_of
from samut_hub.members import batches, groups, jobs, rolling
from samut_hub.members.models import MemberBatch
from samut_hub.members.web.blueprint import pages
from samut_hub.members.web.changes import start
from samut_hub.members.web.people import Answer
from samut_hub.members.web.rollover_forms import RollOverForm
from samut_hub.staff.policy import Permission
from samut_hub.web.hub import db, library, needs, now, staff
from samut_hub.web.language import language
from samut_hub.web.naming import in_each_language
from samut_hub.web.paging import page_asked, pages_of

TURNS_IN = 9
"""From September on the school year that begins next is that of the year after."""


@pages.route("/rollover", methods=["GET", "POST"])
@needs(Permission.CHANGE_MANY_MEMBERS)
def rollovers() -> Answer:
    form = _form()
    if form.validate_on_submit():
        plan = form.plan()
        if plan.steps:
            batch = batches.new_batch(db(), rolling.KIND, _about(plan.year), plan, staff_id=staff().id, now=now())
            return redirect(url_for(".rollover", member_batch_id=batch.id))
        form.form_errors.append(_("No class moves: say where at least one of them goes."))
    earlier = batches.latest(db(), rolling.KIND)
    page = render_template("members/rollovers.html", form=form, earlier=earlier)
    return page, 422 if form.errors else 200


@pages.get("/rollover/<int:member_batch_id>")
@needs(Permission.CHANGE_MANY_MEMBERS)
def rollover(member_batch_id: int) -> str:
    batch = batches.batch_by_id(db(), member_batch_id, rolling.KIND)
    page = page_asked()
    if batch.begun_at is None:
        return _preview(batch, page)
    left = batches.changes_left(db(), batch)
    return render_template(
        "members/rolled_over.html",
        batch=batch,
        is_going_on=batches.is_going_on(db(), batch),
        left=left,
        changes=batches.changes_of(db(), batch, page, left=batch.undone_at is not None),
        page=page,
        pages=pages_of(left if batch.undone_at else batch.members, batches.PAGE),
        class_names=_class_names(),
        day_of=date.fromisoformat,
    )


@pages.post("/rollover/<int:member_batch_id>/repeaters")
@needs(Permission.CHANGE_MANY_MEMBERS)
def set_repeaters(member_batch_id: int) -> Response:
    """Of the members on one page of the list; the others keep what was said of them."""
    batch = batches.locked(db(), member_batch_id)
    if batch.kind == rolling.KIND and batch.begun_at is None:
        _set_repeaters(batch)
    page = request.form.get("page", 1, type=int)
    return redirect(url_for(".rollover", member_batch_id=member_batch_id, page=page if page > 1 else None))


@pages.post("/rollover/<int:member_batch_id>/go")
@needs(Permission.CHANGE_MANY_MEMBERS)
def roll_over(member_batch_id: int) -> Response:
    """Once, however often the button is pressed; with the ticks of the page from which it is."""
    batch = batches.locked(db(), member_batch_id)
    if batch.kind != rolling.KIND or batch.begun_at is not None:
        return redirect(url_for(".rollover", member_batch_id=member_batch_id))
    _set_repeaters(batch)
    batch.begun_at = now()
    total = rolling.people(db(), rolling.plan_of(batch), 1)[1]
    return start(batch, jobs.ROLL_OVER, total, in_each_language(lambda: _about(rolling.plan_of(batch).year)))


def _set_repeaters(batch: MemberBatch) -> None:
    rolling.set_repeaters(batch, request.form.getlist("shown", int), request.form.getlist("repeats", int))


def _about(year: int) -> str:
    return _("School year %(year)s", year=shown_year(year))


def shown_year(year: int) -> int:
    return year + BUDDHIST_ERA * (language() == "th")


def _preview(batch: MemberBatch, page: int) -> str:
    plan = rolling.plan_of(batch)
    people, total = rolling.people(db(), plan, page)
    types = {one.id: one.name(language()) for one in groups.member_types(db())}
    return render_template(
        "members/rollover.html",
        batch=batch,
        plan=plan,
        year=shown_year(plan.year),
        moving=rolling.moving(db(), plan),
        goes={step.group_id: step.to for step in plan.steps},
        people=people,
        page=page,
        pages=pages_of(total, batches.PAGE),
        class_names=_class_names(),
        ends_of=partial(rolling.end_of_leaver, plan),
        leaver_type=types.get(plan.leaver_type or 0, ""),
        types=types,
    )


def _class_names() -> dict[int, str]:
    return {one.id: one.name for one in groups.groups(db())}


def _form() -> RollOverForm:
    known = groups.groups(db())
    form = RollOverForm.following(known, rolling.proposed(known))
    types = [(0, _("no other type")), *((one.id, one.name(language())) for one in groups.member_types(db()))]
    for control in (form.leaver_type, *form.types()):
        control.choices = types
    if not form.is_submitted():
        form.year.data = _year_that_begins(calendar_of(db(), library()).local_day(now()))
    return form


def _year_that_begins(today: date) -> int:
    return today.year + (today.month >= TURNS_IN)
