"""Batch edits of very many items, done by the worker in parts. A part that was done already changes nothing again."""

from datetime import UTC, datetime
from typing import Any

import msgspec
from sqlalchemy.orm import Session

from samut_hub.catalogue.batches import service
from samut_hub.catalogue.batches.policy import Chosen, Wanted
from samut_hub.catalogue.item_history import By
from samut_hub.catalogue.models import BatchEdit
from samut_hub.tasks import Task, TaskError, Work, past

APPLY, UNDO = "batch_edit", "batch_undo"
NAMED = 200
"""How many items that could not be changed are named in the result."""


def carry_out(work: Work) -> dict[str, Any]:
    """Change all chosen items."""
    chosen, wanted = msgspec.convert(work.args["chosen"], Chosen), msgspec.convert(work.args["wanted"], Wanted)
    by = _by(work)
    done, last = service.Done(), 0
    while not work.is_cancelled():
        with work.database.session(work.library_id) as session:
            batch = _batch(session, work)
            items = service.part_after(session, chosen, last)
            if not items:
                break
            part = service.apply_to(session, batch, items, wanted, by)
            last = items[-1].id
        done.items += part.items
        done.refused += part.refused
        work.tell(done.items + len(done.refused), work.args["total"])
    return _told(done)


def put_back(work: Work) -> dict[str, Any]:
    """Undo a batch edit."""
    by, done, last = _by(work), service.Done(), 0
    while not work.is_cancelled():
        with work.database.session(work.library_id) as session:
            batch = _batch(session, work)
            changes = service.changes_of(session, batch, after=last, limit=service.PART)
            if not changes:
                batch.undone_at = by.now
                break
            part = service.undo_part(session, changes, by)
            last = changes[-1].id
        done.items += part.items
        done.refused += part.refused
        work.tell(done.items + len(done.refused), work.args["total"])
    return _told(done)


@past(APPLY)
@past(UNDO)
def is_put_back(session: Session, task: Task) -> bool:
    """Whether the changes were put back, or another task sees to them."""
    batch = session.get(BatchEdit, task.args["batch_id"])
    return batch is None or batch.undone_at is not None or batch.task_id != task.id


def _batch(session: Session, work: Work) -> BatchEdit:
    try:
        return service.batch_of_task(session, work.args["batch_id"], work.task_id)
    except service.TakenBackError:
        raise TaskError("These changes were put back in the meantime; they are not made again.") from None


def _by(work: Work) -> By:
    return By(staff_id=work.args["staff_id"], now=datetime.now(UTC))


def _told(done: service.Done) -> dict[str, Any]:
    return {"items": done.items, "refused": len(done.refused), "numbers": done.refused[:NAMED]}
