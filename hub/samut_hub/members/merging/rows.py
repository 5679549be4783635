"""Rows of any table that name a member, moved to another one and back. No function commits."""

from collections import Counter
from typing import Any

from sqlalchemy import Column, delete, func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from samut_hub.members.merging.joining import rows_to_drop
from samut_hub.members.merging.models import DistinctMembers, MemberMerge, MovedRow
from samut_hub.members.models import Member, MemberSession
from samut_hub.members.pointing import Pointer, pointers
from samut_hub.rows import read, whole

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
        session.add(_dropped(merge, row))
        session.flush()
    for model, column in _moving():
        attribute = getattr(model, column.key)
        for row in session.scalars(select(model).where(attribute == merge.from_id)).unique().all():
            session.add(_moved(session, merge, row, column))
    session.flush()


def move_back(session: Session, merge: MemberMerge) -> None:
    """Undo `move`, the last first; what became another member's since stays there."""
    last_first = select(MovedRow).where(MovedRow.merge_id == merge.id).order_by(MovedRow.id.desc())
    for moved in session.scalars(last_first).all():
        _put_back(session, merge, moved)
        session.delete(moved)
    session.flush()


def _moving() -> list[Pointer]:
    return [one for one in pointers() if one[0] not in _STAY]


def _moved(session: Session, merge: MemberMerge, row: Any, column: Column[Any]) -> MovedRow:
    made = MovedRow(merge_id=merge.id, table=column.table.name, column=column.key)
    before = whole(row)
    try:
        with session.begin_nested():
            setattr(row, column.key, merge.into_id)
    except IntegrityError:
        session.delete(row)
        session.flush()
        made.dropped = before
    made.key = {key.name: before[key.name] for key in column.table.primary_key}
    if column.primary_key and made.dropped is None:
        made.key[column.name] = merge.into_id
    return made


def _dropped(merge: MemberMerge, row: Any) -> MovedRow:
    """A row of either member that the other one's makes needless."""
    column = next(column for model, column in pointers() if isinstance(row, model))
    before = whole(row)
    made = MovedRow(
        merge_id=merge.id,
        table=column.table.name,
        column=column.key,
        key={key.name: before[key.name] for key in column.table.primary_key},
        dropped=before,
    )
    session = Session.object_session(row)
    if session is not None:
        session.delete(row)
    return made


def _put_back(session: Session, merge: MemberMerge, moved: MovedRow) -> None:
    found = next((one for one in pointers() if (one[1].table.name, one[1].key) == (moved.table, moved.column)), None)
    if found is None:
        return
    model, column = found
    try:
        with session.begin_nested():
            if moved.dropped is not None:
                row = read(column.table.columns, moved.dropped)
                was_kept = row[column.name] == merge.into_id
                row[column.name] = merge.into_id if was_kept else merge.from_id
                session.execute(insert(column.table).values(row))
                return
            found_row = session.get(model, read(column.table.columns, moved.key))
            if found_row is not None and getattr(found_row, column.key) == merge.into_id:
                setattr(found_row, column.key, merge.from_id)
    except IntegrityError:
        return
