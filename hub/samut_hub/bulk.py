"""Many rows in one go, as each database takes them fastest: PostgreSQL as a stream (COPY) or as arrays.

A placeholder for each value of each row costs psycopg more time than PostgreSQL needs to write the rows.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from typing import Any

from sqlalchemy import (
    ARRAY,
    Column,
    Connection,
    Insert,
    Result,
    Table,
    TableClause,
    func,
    insert,
    literal,
    select,
    text,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.sql.schema import CallableColumnDefault, ScalarElementColumnDefault
from sqlalchemy.types import TypeEngine

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
    rows = _with_defaults(statement.table, rows)
    names = list(rows[0])
    arrays = (literal([row[name] for row in rows], _list_of(statement.table.c[name].type)) for name in names)
    return session.execute(statement.from_select(names, select(*map(func.unnest, arrays))))


def _list_of(kind: TypeEngine[Any]) -> ARRAY[Any]:
    """One value for each row, also where the first of them is a list itself, as JSON may be."""
    return ARRAY(kind, dimensions=1)


def _next_ids(connection: Connection, table: Table, count: int) -> list[int]:
    """SQLite lets one transaction write at a time, so nobody else takes them."""
    if is_postgresql(connection):
        block = text("SELECT nextval(pg_get_serial_sequence(:name, 'id')) FROM generate_series(1, :count)")
        return sorted(connection.scalars(block, {"name": table.name, "count": count}))
    last = connection.scalar(text("SELECT seq FROM sqlite_sequence WHERE name = :name"), {"name": table.name}) or 0
    return list(range(last + 1, last + 1 + count))


def _copy(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    rows = _with_defaults(table, rows)
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


def _with_defaults(table: TableClause, rows: Sequence[Row]) -> Sequence[Row]:
    """With what SQLAlchemy would put into the other columns, for each row anew where a function makes it. What the
    database has for them itself comes of its own. Raises TypeError where that is an expression for a statement."""
    defaults = {column.name: column.default for column in table.c if column.default and column.name not in rows[0]}
    same = {name: made.arg for name, made in defaults.items() if isinstance(made, ScalarElementColumnDefault)}
    each: dict[str, Callable[[Any], Any]] = {
        name: made.arg for name, made in defaults.items() if isinstance(made, CallableColumnDefault)
    }
    if left := defaults.keys() - same.keys() - each.keys():
        raise TypeError(f"Rows of {table.name} need values for {', '.join(sorted(left))}: each is an SQL expression.")
    return [{**same, **{name: make(None) for name, make in each.items()}, **row} for row in rows]


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
