"""What many members were changed by: put back as a whole."""

from collections.abc import Mapping

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from samut_hub.members import batches, editing, jobs
from samut_hub.members.models import MemberBatch
from samut_hub.members.web.blueprint import pages
from samut_hub.staff.policy import Permission
from samut_hub.tasks import submit
from samut_hub.web.hub import db, needs, now, staff
from samut_hub.web.naming import in_each_language


@pages.post("/changes/<int:member_batch_id>/undo")
@needs(Permission.CHANGE_MANY_MEMBERS)
def undo(member_batch_id: int) -> Response:
    """Whoever was changed since stays, and is listed."""
    batch = batches.locked(db(), member_batch_id)
    if batches.is_going_on(db(), batch):
        flash(_("The task of this change has not ended yet: wait for it, or stop it."), "warning")
    elif batch.begun_at is not None and batch.undone_at is None:
        names = in_each_language(lambda: _("Put back: %(what)s", what=batch.about))
        return start(batch, jobs.UNDO, batch.members, names)
    return redirect(page_of_batch(batch))


def start(batch: MemberBatch, kind: str, total: int, names: Mapping[str, str]) -> Response:
    """Ask for the task, and go where it tells how far it is."""
    args = {"batch_id": batch.id, "total": total}
    task = submit(db(), kind, args, staff_id=staff().id, now=now(), names=names, back=page_of_batch(batch))
    batch.task_id = task.id
    return redirect(url_for("tasks.show", task_id=task.id))


def page_of_batch(batch: MemberBatch) -> str:
    if batch.kind == editing.KIND:
        return url_for(".edit_many", edit_id=batch.id)
    return url_for(".rollover", member_batch_id=batch.id)
