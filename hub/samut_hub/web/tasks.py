"""Long work as people see it: how far it is, what came of it, its file; stop it, start it again."""

from flask import Blueprint, abort, redirect, render_template, send_file, url_for
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from samut_hub import tasks as service
from samut_hub.staff.policy import Permission
from samut_hub.tasks import Task, TaskState
from samut_hub.web.hub import db, is_allowed, needs, now, own_address, staff, the_hub, wants_fragment

pages = Blueprint("tasks", __name__, url_prefix="/tasks")

STATES = {
    TaskState.WAITING: _l("Waiting"),
    TaskState.RUNNING: _l("Going on"),
    TaskState.DONE: _l("Done"),
    TaskState.FAILED: _l("Failed"),
    TaskState.CANCELLED: _l("Stopped"),
}
RIGHTS = {
    "imports.import": Permission.IMPORT_RECORDS,
    "imports.look": Permission.IMPORT_RECORDS,
    "imports.undo": Permission.IMPORT_RECORDS,
    "imports.export": Permission.EXPORT_RECORDS,
    "member_rollover": Permission.CHANGE_MANY_MEMBERS,
    "member_edit": Permission.CHANGE_MANY_MEMBERS,
    "member_undo": Permission.CHANGE_MANY_MEMBERS,
    "member_import": Permission.CHANGE_MANY_MEMBERS,
    "member_import_undo": Permission.CHANGE_MANY_MEMBERS,
    "cards": Permission.EDIT_MEMBERS,
    "member_lists": Permission.SEE_MEMBERS,
    "stock_scans": Permission.COUNT_STOCK,
    "declare_missing": Permission.COUNT_STOCK,
    "shelf_order": Permission.EDIT_CATALOGUE,
    "batch_edit": Permission.CHANGE_MANY_ITEMS,
    "batch_undo": Permission.CHANGE_MANY_ITEMS,
    "heading_change": Permission.EDIT_HEADINGS,
    "labels": Permission.PRINT_LABELS,
    "lists": Permission.EDIT_CATALOGUE,
    "move_due_dates": Permission.EDIT_RULES,
}
"""What one must be allowed to do to take the file of a task of this kind or to start it again, and to look after one
that another began; see `jobs.work.KINDS`."""
ERRORS = (
    _l("It was interrupted three times."),
    _l("Something went wrong; the log of the worker tells what."),
)


@pages.get("/")
@needs()
def index() -> str:
    return render_template("tasks/index.html", tasks=[task for task in service.latest_tasks(db()) if _is_seen(task)])


@pages.get("/<int:task_id>")
@needs()
def show(task_id: int) -> str:
    """The whole page, or its changing part when the page asks for it every second."""
    template = "tasks/state.html" if wants_fragment() else "tasks/show.html"
    task = _task(task_id)
    may_use = _may_use(task)
    again = may_use and service.can_start_again(db(), task)
    return render_template(template, task=task, may_use=may_use, can_start_again=again)


@pages.get("/<int:task_id>/file")
@needs()
def file(task_id: int) -> Response:
    """What the task made."""
    task = _task_to_use(task_id)
    name = str(task.result.get("file", ""))
    path = service.folder_of(the_hub().config, task_id) / name
    if not name or path.parent != service.folder_of(the_hub().config, task_id) or not path.is_file():
        abort(404)
    return send_file(path, as_attachment=True, download_name=name)


@pages.post("/<int:task_id>/stop")
@needs()
def stop(task_id: int) -> Response:
    service.cancel(db(), _task(task_id).id, now=now())
    return redirect(url_for(".show", task_id=task_id))


@pages.post("/<int:task_id>/again")
@needs()
def again(task_id: int) -> Response:
    service.start_again(db(), _task_to_use(task_id).id)
    return redirect(url_for(".show", task_id=task_id))


@pages.app_template_filter()
def task_state(state: str) -> str:
    return str(STATES[TaskState(state)])


@pages.app_template_filter()
def way_back(task: Task) -> str:
    """Where to go from the task's page."""
    return own_address(task.back) or url_for("tasks.index")


def _task(task_id: int) -> Task:
    """The library's task, for those who started it or may do the same."""
    task = service.task_by_id(db(), task_id)
    if not _is_seen(task):
        abort(403)
    return task


def _task_to_use(task_id: int) -> Task:
    """The same, for those who may do it still: a right may have been taken away since the task began."""
    task = _task(task_id)
    if not _may_use(task):
        abort(403)
    return task


def _is_seen(task: Task) -> bool:
    return task.staff_id == staff().id or (task.kind in RIGHTS and _may_use(task))


def _may_use(task: Task) -> bool:
    right = RIGHTS.get(task.kind)
    return right is None or is_allowed(right)
