"""Many rows in one go, as each database takes them fastest: PostgreSQL as a stream (COPY) or as arrays.

A placeholder for each value of each row costs psycopg more time than PostgreSQL needs to write the rows.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from typing import Any

from sqlalchemy import ARRAY, Column, Connection, Insert, Result, Table, func, insert, literal, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.sql.schema import ScalarElementColumnDefault

Row = Mapping[str, Any]
"""By the names of columns; rows that go together all have the same ones."""


def add_numbered(session: Session, table: Table, rows: Sequence[Row]) -> list[int]:
    """Insert rows; returns their ids, in the order of the rows.

    On SQLite the table must be one whose ids are never given again (`sqlite_autoincrement`).
    """
    if not rows:
        return []
    connection = session.connection()
    ids = _next_ids(connection, table, len(rows))
    numbered = [{"id": row_id, **row} for row_id, row in zip(ids, rows, strict=True)]
    if is_postgresql(connection):
        _copy(connection, table, numbered)
    else:
        connection.execute(insert(table), numbered)
    return ids


def insert_rows(session: Session, statement: Insert, rows: Sequence[Row]) -> Result[*tuple[Any, ...]]:
    """Carry out an insertion of these rows, of which there is at least one."""
    if not is_postgresql(session.connection()):
        return session.execute(statement, rows)
    names = list(rows[0])
    arrays = (literal([row[name] for row in rows], ARRAY(statement.table.c[name].type)) for name in names)
    return session.execute(statement.from_select(names, select(*map(func.unnest, arrays))))


def _next_ids(connection: Connection, table: Table, count: int) -> list[int]:
    """SQLite lets one transaction write at a time, so nobody else takes them."""
    if is_postgresql(connection):
        block = text("SELECT nextval(pg_get_serial_sequence(:name, 'id')) FROM generate_series(1, :count)")
        return sorted(connection.scalars(block, {"name": table.name, "count": count}))
    last = connection.scalar(text("SELECT seq FROM sqlite_sequence WHERE name = :name"), {"name": table.name}) or 0
    return list(range(last + 1, last + 1 + count))


def _copy(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    fixed = ((column.name, column.default) for column in table.c)
    same = {name: default.arg for name, default in fixed if isinstance(default, ScalarElementColumnDefault)}
    rows = [{**same, **row} for row in rows]
    columns = [table.c[name] for name in rows[0]]
    values = zip(*(_values(connection, column, rows) for column in columns), strict=True)
    names = ", ".join(map(connection.dialect.identifier_preparer.format_column, columns))
    statement = f"COPY {table.name} ({names}) FROM STDIN"
    try:
        with closing(connection.connection.cursor()) as cursor, cursor.copy(statement) as copy:
            for row in values:
                copy.write_row(row)
    except connection.dialect.loaded_dbapi.Error as error:
        raise _as_of_others(connection, statement, error) from None


def _as_of_others(connection: Connection, statement: str, error: Exception) -> Exception:
    """The fault as SQLAlchemy raises those of its own statements, without the row that PostgreSQL quotes."""
    error.args = (str(error).partition("\n")[0],)
    dialect = connection.dialect
    return DBAPIError.instance(statement, None, error, dialect.loaded_dbapi.Error, True, dialect=dialect)


def _values(connection: Connection, column: Column[Any], rows: Sequence[Row]) -> list[Any]:
    dialect = connection.dialect
    convert: Callable[[Any], Any] | None = column.type.dialect_impl(dialect).bind_processor(dialect)
    values = [row[column.name] for row in rows]
    return values if convert is None else list(map(convert, values))


def is_postgresql(connection: Connection) -> bool:
    """Whether statements may say what only PostgreSQL understands."""
    return connection.dialect.name == "postgresql"
