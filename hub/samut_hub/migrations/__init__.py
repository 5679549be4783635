"""Changes of the database's shape, for SQLite and PostgreSQL alike."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect

if TYPE_CHECKING:
    from alembic.config import Config

FOLDER = Path(__file__).parent
_NAMED = re.compile(r'^(revision|down_revision)\b.*= "(\w+)"$', re.MULTILINE)


class BrokenReferenceError(Exception):
    """A change of the database's shape would leave rows that point to nothing: a fault in the program."""


def upgrade(engine: Engine) -> None:
    """Bring the database to the shape this version needs; does nothing when it is there already."""
    from alembic import command

    with _changing(engine) as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def is_current(engine: Engine) -> bool:
    """Whether the database has the shape this version needs. Only reads: waits for nobody who writes."""
    with engine.execution_options(samut_writes=False).connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return False
        found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalars().all()
    return set(found) == newest()


@cache
def newest() -> set[str]:
    """The revisions that no other one follows, as the files name them: every program asks this at its start, and
    Alembic itself, with what it loads, costs 10 MB in each of them for as long as they run."""
    named = [_NAMED.findall(file.read_text("utf-8")) for file in (FOLDER / "versions").glob("*.py")]
    said = [(name, revision) for names in named for name, revision in names]
    return {one for name, one in said if name == "revision"} - {one for name, one in said if name != "revision"}


@contextmanager
def _changing(engine: Engine) -> Iterator[Connection]:
    """One transaction. SQLite changes a table by making it anew, which rows that point to it must not hinder."""
    with engine.connect() as connection:
        if engine.dialect.name != "sqlite":
            with connection.begin():
                yield connection
            return
        cursor = connection.connection.cursor()
        cursor.execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                yield connection
                broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
                if broken:
                    raise BrokenReferenceError(
                        f"rows of {broken[0][0]} point to rows of {broken[0][2]} that are gone"
                    )
        finally:
            cursor.execute("PRAGMA foreign_keys=ON")


def _config() -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    return config
