"""What changes many members, done by the worker in parts; begun again it goes on where it was."""

from datetime import UTC, datetime
from typing import Any, Protocol

from sqlalchemy.orm import Session

from samut_hub.members import batches, editing, rolling
from samut_hub.members.models import MemberBatch
from samut_hub.tasks import Task, TaskError, Work, past

ROLL_OVER, EDIT, UNDO = "member_rollover", "member_edit", "member_undo"
NAMED = 200
"""How many members that were changed since are named in the result."""


def roll_over(work: Work) -> dict[str, Any]:
    """Move the classes up."""
    return _in_parts(work, rolling.move_part)


def edit_many(work: Work) -> dict[str, Any]:
    """Change all that were chosen."""
    return _in_parts(work, editing.edit_part)


def put_back(work: Work) -> dict[str, Any]:
    """Undo a change of many members, all but those changed since."""
    last: int | None = 0
    done = batches.PutBack()
    while last is not None and not work.is_cancelled():
        now = datetime.now(UTC)
        with work.database.session(work.library_id) as session:
            batch = batches.locked(session, work.args["batch_id"])
            part, last = batches.undo_part(session, batch, last, now=now)
            batch.undone_at = now if last is None else None
        done.members += part.members
        done.left += part.left
        work.tell(done.members + len(done.left), work.args["total"])
    return {"members": done.members, "left": len(done.left), "numbers": done.left[:NAMED]}


@past(ROLL_OVER)
@past(EDIT)
@past(UNDO)
def is_put_back(session: Session, task: Task) -> bool:
    """Whether the changes were put back, or another task sees to them."""
    batch = session.get(MemberBatch, task.args["batch_id"])
    return batch is None or batch.undone_at is not None or batch.task_id != task.id


class _ChangesPart(Protocol):
    def __call__(
        self, session: Session, batch: MemberBatch, after: int, *, now: datetime
    ) -> tuple[int, int | None]: ...


def _in_parts(work: Work, change_part: _ChangesPart) -> dict[str, Any]:
    last: int | None = 0
    members = 0
    while last is not None and not work.is_cancelled():
        with work.database.session(work.library_id) as session:
            batch = batches.locked(session, work.args["batch_id"])
            if batch.undone_at is not None or batch.task_id != work.task_id:
                raise TaskError("These changes were put back in the meantime; they are not made again.")
            changed, last = change_part(session, batch, last, now=datetime.now(UTC))
        members += changed
        work.tell(members, work.args["total"])
    return {"members": members}
