"""Two who work at one moment on PostgreSQL: the first goes on when the second has come to the same row."""

from concurrent.futures import Future
from time import sleep
from typing import Any

from sqlalchemy import text

from samut_hub.db import Database


def wait_until_one_waits(database: Database, other: Future[Any]) -> None:
    """Or has ended, as it waits for nobody."""
    with database.engine.connect() as connection:
        while not (other.done() or connection.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted"))):
            sleep(0.02)
