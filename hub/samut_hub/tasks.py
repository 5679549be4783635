"""Long work that people start and watch: a row says what is wanted and how far it is.

Whoever starts it adds the row in the same transaction as its cause; the worker (`samut_hub.jobs`) carries it out in a
process of its own. What a task does must be such that it can start again after a power cut.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, bindparam, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from samut_hub.config import Config
from samut_hub.db import Base, Database, Moment, OfLibrary, prepared
from samut_hub.errors import NotFoundError

SILENT_FOR = timedelta(seconds=120)
"""A task that has not been heard of for so long has lost its process; it may wait for SQLite's lock for 30 s."""
MOST_STARTS = 3
KEPT_FOR = timedelta(days=14)
LISTED = 100
_TELL_EVERY = 0.5
_NAMELESS: Mapping[str, str] = MappingProxyType({})


class TaskState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


ENDED = (TaskState.DONE, TaskState.FAILED, TaskState.CANCELLED)
STOPPED = (TaskState.FAILED, TaskState.CANCELLED)


class Task(OfLibrary, Base):
    """One piece of work. `names` say what it is, by language, `back` is the address to go to afterwards; one that is
    older than `names` has `about` in the words of the person who started it. `done` of `total` are done; `result` is
    what its function answered. `args`, which may be two megabytes, are read only when they are asked for."""

    __tablename__ = "tasks"
    __table_args__ = (Index("ix_tasks_state", "state", "id"), Index("ix_tasks_library", "library_id", "id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    about: Mapped[str] = mapped_column(default="")
    names: Mapped[dict[str, str]] = mapped_column(JSON, default=dict, server_default="{}")
    back: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default=TaskState.WAITING.value)
    args: Mapped[dict[str, Any]] = mapped_column(JSON, deferred=True)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    result: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    error: Mapped[str] = mapped_column(default="")
    starts: Mapped[int] = mapped_column(default=0)
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff_accounts.id"))
    made_at: Mapped[datetime]
    heard_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    @property
    def is_over(self) -> bool:
        return self.state in ENDED

    def name(self, language: str) -> str:
        return self.names.get(language) or self.about or self.kind


@dataclass
class Work:
    """What a task's function is given. Files it makes go into `folder`; a result of {"file": name} offers one.

    It opens short transactions of its own and calls `tell` between them, never within one.
    """

    database: Database
    config: Config
    library_id: int
    task_id: int
    args: dict[str, Any]
    _told: float = field(default=0.0, repr=False)

    @property
    def folder(self) -> Path:
        path = folder_of(self.config, self.task_id)
        path.mkdir(parents=True, exist_ok=True)
        return path

    def tell(self, done: int, total: int) -> None:
        """How far it is; written at most twice a second, and at the end."""
        now = time.monotonic()
        if now - self._told < _TELL_EVERY and done != total:
            return
        self._told = now
        with self.database.session(self.library_id) as session:
            session.execute(update(Task).where(Task.id == self.task_id).values(done=done, total=total))

    def is_cancelled(self) -> bool:
        with self.database.session(self.library_id, writes=False) as session:
            return session.scalar(select(Task.state).where(Task.id == self.task_id)) == TaskState.CANCELLED


_SILENT = (Task.state == TaskState.RUNNING) & (Task.heard_at < bindparam("silent_since", type_=Moment))
_WANTED = prepared(select(Task.id).where((Task.state == TaskState.WAITING) | _SILENT).limit(1))

TaskFunction = Callable[[Work], dict[str, Any]]


IsPast = Callable[[Session, Task], bool]
_is_past: dict[str, IsPast] = {}


def past(kind: str) -> Callable[[IsPast], IsPast]:
    """Decorates the function that tells whether the cause of such a task is past, as when it was undone."""

    def note(is_past: IsPast) -> IsPast:
        _is_past[kind] = is_past
        return is_past

    return note


class TaskError(Exception):
    """Why a task cannot be carried out, as a sentence for the person who started it."""


def submit(
    session: Session,
    kind: str,
    args: dict[str, Any],
    *,
    staff_id: int | None,
    now: datetime,
    names: Mapping[str, str] = _NAMELESS,
    back: str = "",
) -> Task:
    """Ask for a piece of work; it begins when this transaction is committed."""
    task = Task(kind=kind, args=args, staff_id=staff_id, made_at=now, names=dict(names), back=back)
    session.add(task)
    session.flush()
    return task


def task_by_id(session: Session, task_id: int) -> Task:
    """The library's task; raises NotFoundError."""
    found = session.get(Task, task_id)
    if found is None:
        raise NotFoundError(f"There is no task {task_id} in this library.")
    return found


def latest_tasks(session: Session) -> Sequence[Task]:
    return session.scalars(select(Task).order_by(Task.id.desc()).limit(LISTED)).all()


def cancel(session: Session, task_id: int, *, now: datetime) -> None:
    """Nothing happens to a task that has ended already."""
    going = Task.state.in_((TaskState.WAITING, TaskState.RUNNING))
    ended = {"state": TaskState.CANCELLED.value, "ended_at": now}
    session.execute(update(Task).where(Task.id == task_id, going).values(ended))


def can_start_again(session: Session, task: Task) -> bool:
    """Whether it has stopped, and what it does is still wanted."""
    is_past = _is_past.get(task.kind)
    return task.state in STOPPED and (is_past is None or not is_past(session, task))


def start_again(session: Session, task_id: int) -> None:
    """Nothing happens to a task that goes on, is done, or whose cause is past."""
    if can_start_again(session, task_by_id(session, task_id)):
        fresh = {"state": TaskState.WAITING.value, "error": "", "starts": 0, "done": 0, "ended_at": None}
        session.execute(update(Task).where(Task.id == task_id, Task.state.in_(STOPPED)).values(fresh))


def claim_next(session: Session, now: datetime) -> int | None:
    """The id of the longest waiting task, now running, for the one who asks; None when there is none."""
    waiting = select(Task.id).where(Task.state == TaskState.WAITING).order_by(Task.id).limit(1)
    task_id = session.scalar(waiting)
    if task_id is None:
        return None
    mine = update(Task).where(Task.id == task_id, Task.state == TaskState.WAITING)
    running = {"state": TaskState.RUNNING.value, "heard_at": now, "starts": Task.starts + 1, "error": ""}
    return session.execute(mine.values(running).returning(Task.id)).scalar_one_or_none()


def is_any_waiting(session: Session, now: datetime) -> bool:
    """Whether there is something to claim or to give back; asked often, so it only reads."""
    return session.scalar(_WANTED, {"silent_since": now - SILENT_FOR}) is not None


def give_back(session: Session, task: Task, now: datetime) -> None:
    """Its process is gone: it waits again; one that took its process with it too often has failed."""
    if task.starts < MOST_STARTS:
        task.state = TaskState.WAITING
    else:
        task.state, task.ended_at, task.error = TaskState.FAILED, now, "It was interrupted three times."


def hand_back(task: Task) -> None:
    """The worker ended its process to end itself: it waits again, as if it had not been started."""
    task.state, task.starts = TaskState.WAITING, task.starts - 1


def give_back_silent(session: Session, now: datetime) -> None:
    """Give back the tasks that have not been heard of for long."""
    silent = (Task.state == TaskState.RUNNING, Task.heard_at < now - SILENT_FOR)
    for task in session.scalars(select(Task).where(*silent)):
        give_back(session, task, now)


def forget_old_tasks(session: Session, now: datetime) -> list[int]:
    """The ids of those that ended long ago, which are gone; their folders can go."""
    old = delete(Task).where(Task.state.in_(ENDED), Task.ended_at < now - KEPT_FOR)
    return list(session.scalars(old.returning(Task.id)))


def folder_of(config: Config, task_id: int) -> Path:
    """Where the files of a task are kept."""
    return config.home / "made" / str(task_id)
