"""Change many members at once, such as renewing the membership of a class: choose, see, do, put back."""

from datetime import date

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from samut_hub.members import batches, editing, groups, jobs
from samut_hub.members.models import MemberBatch
from samut_hub.members.web.blueprint import pages
from samut_hub.members.web.changes import start
from samut_hub.members.web.many_forms import EditManyForm
from samut_hub.members.web.people import Answer
from samut_hub.staff.policy import Permission
from samut_hub.web.dates import day
from samut_hub.web.hub import db, needs, now, staff
from samut_hub.web.language import language
from samut_hub.web.naming import in_each_language
from samut_hub.web.paging import page_asked, pages_of


@pages.app_template_filter()
def plain_day(value: date | str) -> str:
    """A day, also as a plan or a change keeps it."""
    return day(date.fromisoformat(value) if isinstance(value, str) else value)


@pages.route("/many", methods=["GET", "POST"])
@needs(Permission.CHANGE_MANY_MEMBERS)
def edits() -> Answer:
    form = EditManyForm()
    form.offer(groups.groups(db()), groups.member_types(db()))
    if form.validate_on_submit() and form.is_complete():
        edit = form.edit()
        batch = batches.new_batch(db(), editing.KIND, _about(edit), edit, staff_id=staff().id, now=now())
        return redirect(url_for(".edit_many", edit_id=batch.id))
    page = render_template("members/edits.html", form=form, earlier=batches.latest(db(), editing.KIND))
    return page, 422 if form.errors else 200


@pages.get("/many/<int:edit_id>")
@needs(Permission.CHANGE_MANY_MEMBERS)
def edit_many(edit_id: int) -> str:
    batch = batches.batch_by_id(db(), edit_id, editing.KIND)
    page = page_asked()
    if batch.begun_at is None:
        seen = editing.preview(db(), editing.edit_of(batch), page)
        return _page(batch, page, seen.changing, seen=seen)
    left = batches.changes_left(db(), batch)
    changes = batches.changes_of(db(), batch, page, left=batch.undone_at is not None)
    return _page(batch, page, left if batch.undone_at else batch.members, left=left, changes=changes)


@pages.post("/many/<int:edit_id>/go")
@needs(Permission.CHANGE_MANY_MEMBERS)
def carry_out_edit(edit_id: int) -> Response:
    """Once, however often the button is pressed."""
    batch = batches.locked(db(), edit_id)
    if batch.kind != editing.KIND or batch.begun_at is not None:
        return redirect(url_for(".edit_many", edit_id=edit_id))
    batch.begun_at, edit = now(), editing.edit_of(batch)
    names = in_each_language(lambda: _about(edit))
    return start(batch, jobs.EDIT, editing.preview(db(), edit, 1).changing, names)


def _about(edit: editing.Edit) -> str:
    """What is changed, as the form calls it."""
    form = EditManyForm()
    return ", ".join(str(form[name].label.text) for name in edit.wanted.change)


def _page(batch: MemberBatch, page: int, shown: int, **more: object) -> str:
    return render_template(
        "members/edit_many.html",
        batch=batch,
        after=batch.plan["wanted"],
        is_going_on=batches.is_going_on(db(), batch),
        page=page,
        pages=pages_of(shown, batches.PAGE),
        class_names={one.id: one.name for one in groups.groups(db())},
        type_names={one.id: one.name(language()) for one in groups.member_types(db())},
        **{"seen": None, "left": 0, "changes": (), **more},
    )
