"""Rows of any table that name a member, moved to another one and back. No function commits."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import groupby
from typing import Any, TypeVar

import msgspec
from sqlalchemy import Column, delete, func, insert, select, tuple_, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from samut_hub.members.merging.joining import rows_to_drop
from samut_hub.members.merging.models import DistinctMembers, MemberMerge, MovedRow
from samut_hub.members.models import Member, MemberSession
from samut_hub.members.pointing import Pointer, pointers
from samut_hub.rows import read, whole

R = TypeVar("R")
Key = dict[str, Any]
"""Of a row: the columns of its primary key."""
PART = 1_000
_STAY = (DistinctMembers, MemberSession)
"""What is not moved: it goes with the member."""


def counts(session: Session, member: Member) -> Counter[str]:
    """How many rows of each table name the member."""
    found: Counter[str] = Counter()
    for model, column in _moving():
        wanted = select(func.count()).select_from(model).where(getattr(model, column.key) == member.id)
        found[column.table.name] += session.scalar(wanted) or 0
    return +found


def move(session: Session, merge: MemberMerge) -> None:
    """Let all that names the one member name the kept one."""
    session.execute(delete(MemberSession).where(MemberSession.member_id == merge.from_id))
    for row in list(rows_to_drop(session, merge.from_id, merge.into_id, merge.at)):
        _drop(session, merge, row, next(column for model, column in pointers() if isinstance(row, model)))
    for model, column in _moving():
        wanted = select(*(getattr(model, key.key) for key in column.table.primary_key))
        rows = session.execute(wanted.where(getattr(model, column.key) == merge.from_id))
        for part in _parts([dict(row._mapping) for row in rows]):
            _move(session, merge, (model, column), part)
    session.expire_all()


def move_back(session: Session, merge: MemberMerge) -> None:
    """Undo `move`, the last first; what became another member's since stays there."""
    known = {(column.table.name, column.key): (model, column) for model, column in _moving()}
    last_first = select(MovedRow).where(MovedRow.merge_id == merge.id).order_by(MovedRow.id.desc())
    for place, rows in groupby(session.scalars(last_first).all(), key=lambda one: (one.table, one.column)):
        for part in _parts(list(rows)) if place in known else ():
            columns = known[place][1].table.columns
            _move_back(session, merge, known[place], [read(columns, one.key) for one in part if one.dropped is None])
            for one in part:
                if one.dropped is not None:
                    _take_up(session, merge, known[place][1], one.dropped)
    session.execute(delete(MovedRow).where(MovedRow.merge_id == merge.id))
    session.expire_all()


def _moving() -> list[Pointer]:
    return [one for one in pointers() if one[0] not in _STAY]


def _parts(rows: Sequence[R]) -> Iterator[Sequence[R]]:
    return (rows[start : start + PART] for start in range(0, len(rows), PART))


def _move(session: Session, merge: MemberMerge, pointer: Pointer, keys: Sequence[Key]) -> None:
    """All with one statement; where some collide with rows of the kept member, by halves until those are alone."""
    model, column = pointer
    if _is_named(session, pointer, keys, merge.from_id, merge.into_id):
        session.execute(insert(MovedRow), [_noted(merge, column, key) for key in keys])
    elif len(keys) == 1:
        _drop(session, merge, session.get_one(model, keys[0]), column)
    else:
        for half in _halves(keys):
            _move(session, merge, pointer, half)


def _move_back(session: Session, merge: MemberMerge, pointer: Pointer, keys: Sequence[Key]) -> None:
    """The same the other way; a row that cannot go back stays with the kept member."""
    if keys and not _is_named(session, pointer, keys, merge.into_id, merge.from_id) and len(keys) > 1:
        for half in _halves(keys):
            _move_back(session, merge, pointer, half)


def _is_named(session: Session, pointer: Pointer, keys: Sequence[Key], before: int, after: int) -> bool:
    """Whether the rows with these keys that name the one member could all be made to name the other."""
    model, column = pointer
    own = list(column.table.primary_key)
    which = tuple_(*own).in_([tuple(key[part.name] for part in own) for key in keys])
    member = getattr(model, column.key)
    renamed = update(model).where(which, member == before).values({member: after})
    try:
        with session.begin_nested():
            session.execute(renamed, execution_options={"synchronize_session": False})
    except IntegrityError:
        return False
    return True


def _halves(keys: Sequence[Key]) -> tuple[Sequence[Key], Sequence[Key]]:
    return keys[: len(keys) // 2], keys[len(keys) // 2 :]


def _noted(merge: MemberMerge, column: Column[Any], key: Key) -> dict[str, Any]:
    """A row of `MovedRow`: the key as it is from now on, of which the member may be a part."""
    now_key = {**msgspec.to_builtins(key), **({column.name: merge.into_id} if column.primary_key else {})}
    of_merge = {"library_id": merge.library_id, "merge_id": merge.id}
    return {**of_merge, "table": column.table.name, "column": column.key, "key": now_key}


def _drop(session: Session, merge: MemberMerge, row: Any, column: Column[Any]) -> None:
    """A row of either member that the other one's makes needless."""
    before = whole(row)
    made = MovedRow(merge_id=merge.id, table=column.table.name, column=column.key, dropped=before)
    made.key = {key.name: before[key.name] for key in column.table.primary_key}
    session.add(made)
    session.delete(row)
    session.flush()


def _take_up(session: Session, merge: MemberMerge, column: Column[Any], dropped: dict[str, Any]) -> None:
    row = read(column.table.columns, dropped)
    row[column.name] = merge.into_id if row[column.name] == merge.into_id else merge.from_id
    with suppress(IntegrityError), session.begin_nested():
        session.execute(insert(column.table).values(row))
