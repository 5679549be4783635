"""Carry out one task from beginning to end, in a process of its own, named by the hub's home and the task's id."""

import logging
import os
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import update
from sqlalchemy.exc import OperationalError

import samut_hub.models  # noqa: F401 — all tables, and what follows their changes
from samut_hub.auditing import ACTOR, Actor
from samut_hub.config import Config, read_config
from samut_hub.db import Database
from samut_hub.jobs.work import KINDS
from samut_hub.lasting import keep_what_is_loaded
from samut_hub.staff.models import StaffAccount
from samut_hub.tasks import Task, TaskError, TaskState, Work

log = logging.getLogger(__name__)

BEAT = 10.0
BEAT_AGAIN = 1.0
"""Seconds, after the database could not be written."""
BROKEN = "Something went wrong; the log of the worker tells what."


def perform(config: Config, database: Database, task_id: int, clock: Callable[[], datetime]) -> None:
    """Run the function of a claimed task and write down what came of it, unless it was given to another since."""
    with database.session(None, writes=False) as session:
        task = session.get_one(Task, task_id)
        work, kind = Work(database, config, task.library_id, task_id, task.args), task.kind
        person = session.get(StaffAccount, task.staff_id) if task.staff_id is not None else None
        actor = Actor(task.staff_id, "" if person is None else person.username, in_bulk=True)
        mine = (Task.id == task_id, Task.state == TaskState.RUNNING, Task.starts == task.starts)
    try:
        with database.telling({ACTOR: actor}):
            outcome: dict[str, Any] = {"state": TaskState.DONE.value, "result": KINDS[kind](work)}
    except TaskError as error:
        outcome = {"state": TaskState.FAILED.value, "error": str(error)}
    except Exception:
        log.exception("task %s (%s) failed", task_id, kind)
        outcome = {"state": TaskState.FAILED.value, "error": BROKEN}
    with database.session(None) as session:
        session.execute(update(Task).where(*mine).values(**outcome, ended_at=clock()))


def beat(database: Database, task_id: int, over: threading.Event) -> None:
    """Tell now and then that the task has not lost its process."""
    pause = BEAT
    while not over.wait(pause):
        try:
            with database.session(None) as session:
                session.execute(update(Task).where(Task.id == task_id).values(heard_at=datetime.now(UTC)))
            pause = BEAT
        except OperationalError as error:
            log.warning("task %s could not tell that it goes on: %s", task_id, error)
            pause = BEAT_AGAIN


def main(home: Path, task_id: int) -> None:
    """The whole life of the process: it gives way to those who wait at a desk."""
    os.nice(10)
    keep_what_is_loaded()
    config = read_config(home)
    logging.basicConfig(level=config.log_level, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    database, over = Database(config.database_url), threading.Event()
    heart = threading.Thread(target=beat, args=(database, task_id, over), daemon=True)
    heart.start()
    perform(config, database, task_id, lambda: datetime.now(UTC))
    over.set()
    heart.join()
    database.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
