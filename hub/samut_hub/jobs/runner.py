"""Takes up the tasks that wait, one at a time, each in a process of its own."""

import logging
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select

from samut_hub.config import Config
from samut_hub.db import Database
from samut_hub.tasks import Task, TaskState, claim_next, give_back, give_back_silent, hand_back, is_any_waiting

log = logging.getLogger(__name__)

PAUSE = 0.5
GRACE = 10.0
"""Seconds that a cancelled task is left to end by itself."""


def bound(command: list[str]) -> list[str]:
    """The same command, ended when the thread that starts it ends: no task goes on without its worker."""
    return ["setpriv", "--pdeathsig", "TERM", *command]


class Runner:
    """`run` goes on until `stop`. One task at a time: two at once would only take each other's processor."""

    def __init__(self, config: Config, database: Database, clock: Callable[[], datetime]) -> None:
        self._config = config
        self._database = database
        self._clock = clock
        self._stopped = threading.Event()
        self._idle = threading.Event()
        self._idle.set()

    def run(self) -> None:
        self._idle.clear()
        try:
            while not self._stopped.wait(PAUSE):
                if (task_id := self._next()) is not None:
                    self._carry_out(task_id)
        finally:
            self._idle.set()

    def stop(self) -> None:
        """A task that is going on is ended; it waits again, and is not held to have been interrupted."""
        self._stopped.set()
        self._idle.wait(GRACE)

    def _next(self) -> int | None:
        with self._database.open(None, writes=False) as session, self._database.looking(session):
            if not is_any_waiting(session, self._clock()):
                return None
        with self._database.session(None) as session:
            give_back_silent(session, self._clock())
            return claim_next(session, self._clock())

    def _carry_out(self, task_id: int) -> None:
        command = [sys.executable, "-m", "samut_hub.jobs.performing", str(self._config.home), str(task_id)]
        log.info("task %s begins", task_id)
        process = subprocess.Popen(bound(command))
        try:
            self._watch(task_id, process)
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait()
        self._give_back_if_cut_short(task_id)

    def _watch(self, task_id: int, process: "subprocess.Popen[bytes]") -> None:
        ends_at: float | None = None
        while process.poll() is None and not self._stopped.wait(PAUSE):
            if ends_at is None and self._state(task_id) == TaskState.CANCELLED:
                ends_at = time.monotonic() + GRACE
            if ends_at is not None and time.monotonic() > ends_at:
                return

    def _give_back_if_cut_short(self, task_id: int) -> None:
        """A process that ended without a word gives its task back at once."""
        with self._database.session(None) as session:
            task = session.get_one(Task, task_id)
            if task.state != TaskState.RUNNING:
                return
            log.warning("task %s was interrupted", task_id)
            if self._stopped.is_set():
                hand_back(task)
            else:
                give_back(session, task, self._clock())

    def _state(self, task_id: int) -> str:
        with self._database.session(None, writes=False) as session:
            return session.scalars(select(Task.state).where(Task.id == task_id)).one()
