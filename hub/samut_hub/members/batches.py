"""Changes of many members at once: noted as they are made, so that they can be put back. No use case commits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from samut_hub.errors import NotFoundError
from samut_hub.members.models import Group, Member, MemberBatch, MemberChange, MemberType
from samut_hub.tasks import Task

PART = 500
PAGE = 50
_DATES = ("expires_on",)


class GoingOnError(Exception):
    """A task makes the changes, or puts them back, at this moment."""


@dataclass
class PutBack:
    """How many members are as they were, and the numbers of those changed since, which stay as they are."""

    members: int = 0
    left: list[str] = field(default_factory=list)


def new_batch(
    session: Session, kind: str, about: str, plan: msgspec.Struct, *, staff_id: int | None, now: datetime
) -> MemberBatch:
    """A plan that is not begun yet."""
    batch = MemberBatch(kind=kind, about=about, plan=msgspec.to_builtins(plan), staff_id=staff_id, made_at=now)
    session.add(batch)
    session.flush()
    return batch


def batch_by_id(session: Session, batch_id: int, kind: str | None = None) -> MemberBatch:
    """Raises NotFoundError, also for one of another kind."""
    found = session.get(MemberBatch, batch_id)
    if found is None or kind not in (None, found.kind):
        raise NotFoundError(f"There is no such change {batch_id} of members in this library.")
    return found


def locked(session: Session, batch_id: int) -> MemberBatch:
    """The batch, which nobody else begins or undoes before this transaction ends."""
    batch_by_id(session, batch_id)
    return session.get_one(MemberBatch, batch_id, with_for_update=True, populate_existing=True)


def latest(session: Session, kind: str, limit: int = 20) -> Sequence[MemberBatch]:
    """Those begun, the last first."""
    begun = (MemberBatch.kind == kind, MemberBatch.begun_at.is_not(None))
    return session.scalars(select(MemberBatch).where(*begun).order_by(MemberBatch.id.desc()).limit(limit)).all()


def is_going_on(session: Session, batch: MemberBatch) -> bool:
    task = None if batch.task_id is None else session.get(Task, batch.task_id)
    return task is not None and not task.is_over


def change(session: Session, batch: MemberBatch, member: Member, values: Mapping[str, Any], *, now: datetime) -> bool:
    """Set these columns and note what was there; False when all of them are so already."""
    differing = {name: value for name, value in values.items() if getattr(member, name) != value}
    if not differing:
        return False
    before = {name: _plain(getattr(member, name)) for name in differing}
    for name, value in differing.items():
        setattr(member, name, value)
    member.changed_at = now
    after = {name: _plain(value) for name, value in differing.items()}
    session.add(MemberChange(batch_id=batch.id, member_id=member.id, before=before, after=after))
    batch.members += 1
    return True


def changes_of(session: Session, batch: MemberBatch, page: int, *, left: bool = False) -> Sequence[MemberChange]:
    """A page of what the batch changed; `left`: of what was changed since and not put back."""
    wanted = select(MemberChange).where(MemberChange.batch_id == batch.id)
    wanted = wanted.where(MemberChange.left) if left else wanted
    return session.scalars(wanted.order_by(MemberChange.id).limit(PAGE).offset((page - 1) * PAGE)).all()


def changes_left(session: Session, batch: MemberBatch) -> int:
    """Of how many members the change stays."""
    about = (MemberChange.batch_id == batch.id, MemberChange.left)
    return session.scalar(select(func.count()).select_from(MemberChange).where(*about)) or 0


def undo_part(session: Session, batch: MemberBatch, after: int, *, now: datetime) -> tuple[PutBack, int | None]:
    """Put the changes behind that id back, PART of them, and the id of the last; None when there are no more.

    What is as it was already is passed over, so that this can be done again.
    """
    wanted = select(MemberChange).where(MemberChange.batch_id == batch.id, MemberChange.id > after)
    part = session.scalars(wanted.order_by(MemberChange.id).limit(PART)).all()
    ids = [one.member_id for one in part]
    members = {one.id: one for one in session.scalars(select(Member).where(Member.id.in_(ids)))}
    done, gone = PutBack(), _gone(session, part)
    for one in part:
        _undo(one, members[one.member_id], done, now, gone=gone)
    session.flush()
    return done, part[-1].id if part else None


def _gone(session: Session, part: Sequence[MemberChange]) -> set[tuple[str, int]]:
    """The classes and types, by column, to which members can no longer be put back."""
    kinds: dict[str, type[Group] | type[MemberType]] = {"group_id": Group, "type_id": MemberType}
    found: set[tuple[str, int]] = set()
    for name, kind in kinds.items():
        asked = {one.before[name] for one in part if one.before.get(name) is not None}
        known = set(session.scalars(select(kind.id).where(kind.id.in_(asked)))) if asked else set()
        found |= {(name, one) for one in asked - known}
    return found


def _undo(one: MemberChange, member: Member, done: PutBack, now: datetime, *, gone: set[tuple[str, int]]) -> None:
    if all(_plain(getattr(member, name)) == value for name, value in one.before.items()):
        return
    changed_since = any(_plain(getattr(member, name)) != value for name, value in one.after.items())
    if changed_since or not gone.isdisjoint(one.before.items()):
        one.left = True
        done.left.append(member.number)
        return
    for name, value in one.before.items():
        setattr(member, name, date.fromisoformat(value) if name in _DATES and value else value)
    member.changed_at = now
    done.members += 1


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
