"""Rows of any table that point to a title, moved to another one and back.

Tables are found by their foreign keys, so that a new one is not forgotten. A row that may exist only once for a title
(a second would break a unique constraint) is dropped and kept with the merge. No function commits.
"""

from functools import cache
from typing import Any

from sqlalchemy import Column, Select, insert, inspect, literal, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from samut_hub.catalogue.authorities.models import TitleHeading
from samut_hub.catalogue.merging.joining import rows_to_drop
from samut_hub.catalogue.merging.models import MergedRow, TitleMerge
from samut_hub.catalogue.models import Title
from samut_hub.db import Base, OfLibrary
from samut_hub.rows import read, whole

Pointer = tuple[type[Any], Column[Any]]
"""A model and its column that names a title."""


@cache
def pointers() -> tuple[Pointer, ...]:
    """All but those of titles themselves, and headings, which follow from the records."""
    columns = (
        (mapper.class_, column) for mapper in Base.registry.mappers for column in inspect(mapper).local_table.columns
    )
    return tuple(one for one in columns if _names_title(one[1]) and one[0] not in (Title, TitleHeading))


def move(session: Session, merge: TitleMerge) -> None:
    """Let the rows that the session sees point to the kept title."""
    for row in list(rows_to_drop(session, merge.from_id, merge.into_id, merge.at)):
        session.add(_dropped(session, merge, row))
        session.flush()
    for model, column in pointers():
        attribute = getattr(model, column.key)
        for row in session.scalars(select(model).where(attribute == merge.from_id)).unique().all():
            session.add(_moved(session, merge, row, column))
    session.flush()


def move_back(session: Session, merge: TitleMerge) -> None:
    """Undo `move` for the rows that the session sees, the last first; what was moved elsewhere since stays there."""
    library_id = session.info["library_id"]
    own = MergedRow.library_id.is_(None) | (MergedRow.library_id == library_id)
    last_first = select(MergedRow).where(MergedRow.merge_id == merge.id, own).order_by(MergedRow.id.desc())
    for moved in session.scalars(last_first).all():
        _put_back(session, merge, moved)
        session.delete(moved)
    session.flush()


def libraries_left(session: Session, merge: TitleMerge) -> set[int]:
    """The libraries whose rows have yet to move. The tables are asked, which no session's library narrows."""
    asked = (_of_library(column, merge.from_id) for model, column in pointers() if issubclass(model, OfLibrary))
    return {row.library_id for wanted in asked for row in session.connection().execute(wanted)}


def libraries_to_go_back(session: Session, merge: TitleMerge) -> set[int]:
    moved = select(MergedRow.library_id).where(MergedRow.merge_id == merge.id, MergedRow.library_id.is_not(None))
    return {library_id for library_id in session.scalars(moved.distinct()) if library_id is not None}


def is_any_left(session: Session, merge: TitleMerge) -> bool:
    """Whether any row of any library still points to the merged title."""
    return any(
        session.connection().scalar(select(literal(1)).where(column == merge.from_id).limit(1)) is not None
        for _, column in pointers()
    )


def _names_title(column: Column[Any]) -> bool:
    return any(key.column is Title.__table__.c.id for key in column.foreign_keys)


def _of_library(column: Column[Any], title_id: int) -> Select[tuple[int]]:
    return select(column.table.c.library_id).where(column == title_id).distinct()


def _moved(session: Session, merge: TitleMerge, row: Any, column: Column[Any]) -> MergedRow:
    library_id = row.library_id if isinstance(row, OfLibrary) else None
    made = MergedRow(merge_id=merge.id, library_id=library_id, table=column.table.name, column=column.key)
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


def _dropped(session: Session, merge: TitleMerge, row: Any) -> MergedRow:
    """A row of either title that the other one's makes needless."""
    column = next(column for model, column in pointers() if isinstance(row, model))
    before = whole(row)
    session.delete(row)
    return MergedRow(
        merge_id=merge.id,
        library_id=row.library_id if isinstance(row, OfLibrary) else None,
        table=column.table.name,
        column=column.key,
        key={key.name: before[key.name] for key in column.table.primary_key},
        dropped=before,
    )


def _put_back(session: Session, merge: TitleMerge, moved: MergedRow) -> None:
    model, column = next(one for one in pointers() if one[1].table.name == moved.table and one[1].key == moved.column)
    table = column.table
    try:
        with session.begin_nested():
            if moved.dropped is not None:
                session.execute(insert(table).values(read(table.columns, moved.dropped)))
                return
            row = session.get(model, read(table.columns, moved.key))
            if row is not None and getattr(row, column.key) == merge.into_id:
                setattr(row, column.key, merge.from_id)
    except IntegrityError:
        return
