"""What fixtures write, remembered: at first by the hub's own code, from then on put in as the rows that came of it.

To lay out a school by its use cases takes longer than most tests of it, and hundreds of tests begin with it.
"""

from collections.abc import Callable
from copy import deepcopy
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Column, Connection, Table, delete, event, func, select, text

from samut_hub.db import Database
from samut_hub.libraries.models import Library
from samut_hub.models import Base

T = TypeVar("T")

Steps = tuple[object, ...]
"""What was written since the database was empty."""

LITERAL = {"sqlite": "quote", "postgresql": "quote_nullable"}
"""How each database is asked for a value as one writes it in a statement."""
PUT_IN = {
    "sqlite": "PRAGMA foreign_keys=OFF; BEGIN IMMEDIATE; {}; COMMIT; PRAGMA foreign_keys=ON;",
    "postgresql": "SET LOCAL session_replication_role = replica; {}; COMMIT",
}
"""Tables in any order: the rows were whole when they were read."""
NUMBERS = """
SELECT format('SELECT setval(%L, %s)', format('%I.%I', schemaname, sequencename), last_value)
FROM pg_sequences WHERE last_value IS NOT NULL
"""

_steps: WeakKeyDictionary[Database, Steps | None] = WeakKeyDictionary()
"""None where something else was written."""
_known: dict[tuple[str, Steps], tuple[object, str]] = {}
"""What came of the last of these steps: what it answered, and the statements that write the same."""


def watch(database: Database) -> None:
    """So that it is known from now on when something else is written into it."""

    def note(connection: Connection) -> None:
        if connection.get_execution_options().get("samut_writes", True):
            _steps[database] = None

    event.listen(database.engine, "commit", note)


def begin_empty(database: Database) -> None:
    _steps[database] = ()


def remembered(database: Database, step: object, fill: Callable[[], T]) -> T:
    """What `fill` writes into the database, and answers with plain values. `step` names all that it depends on.

    Where something else was written since the database was empty, or it is not watched, `fill` does it each time.
    """
    before = _steps.get(database)
    if before is None:
        return fill()
    steps = (*before, step)
    known = (database.engine.dialect.name, steps)
    if known in _known:
        if not before:
            _refuse_strange_rows(database)
        _put_in(database, _known[known][1])
    else:
        rows = _rows(database)
        answer = deepcopy(fill())
        _known[known] = answer, _statements(database, rows)
    _steps[database] = steps
    told: T = deepcopy(_known[known][0])  # type: ignore[assignment]
    return told


def _refuse_strange_rows(database: Database) -> None:
    """What another program wrote is not noticed."""
    with database.engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(Library)) == 0, "libraries were added unnoticed"


def _put_in(database: Database, statements: str) -> None:
    connection = database.engine.raw_connection()
    try:
        cursor = connection.cursor()
        (cursor.executescript if database.engine.dialect.name == "sqlite" else cursor.execute)(statements)
    finally:
        connection.close()


def _rows(database: Database) -> dict[Table, list[str]]:
    """Of each table that has any, as they stand between the brackets of a statement."""
    literal = getattr(func, LITERAL[database.engine.dialect.name])
    with database.engine.connect() as connection:
        found = {
            table: [", ".join(row) for row in connection.execute(select(*map(literal, _columns(table))))]
            for table in Base.metadata.sorted_tables
        }
    return {table: rows for table, rows in found.items() if rows}


def _statements(database: Database, before: dict[Table, list[str]]) -> str:
    """What makes the rows from before to those that stand there now."""
    said, after = [], _rows(database)
    for table in Base.metadata.sorted_tables:
        old, new = before.get(table, []), after.get(table, [])
        if new[: len(old)] != old:
            said.append(str(delete(table)))
            old = []
        if new[len(old) :]:
            names, rows = ", ".join(f'"{column.name}"' for column in _columns(table)), "), (".join(new[len(old) :])
            said.append(" ".join(("INSERT INTO", table.name, "(", names, ") VALUES (", rows, ")")))
    dialect = database.engine.dialect.name
    if dialect == "postgresql":
        with database.engine.connect() as connection:
            said += connection.scalars(text(NUMBERS))
    return PUT_IN[dialect].format("; ".join(said))


def _columns(table: Table) -> list[Column[Any]]:
    """Without those that the database works out."""
    return [column for column in table.columns if column.computed is None]
