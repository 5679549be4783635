"""A database that all tests of a process use in turn, and of which one connection to PostgreSQL outlives each test:
a new one has to learn of all tables from the server, which costs both more than most tests ask of it."""

from typing import Any

from psycopg import Connection, OperationalError
from sqlalchemy import event

from samut_hub.db import Database


class KeptOpen:
    """`end_test` leaves the database as one that was just opened."""

    def __init__(self, url: str) -> None:
        self.database = Database(url)
        self.is_sqlite = self.database.engine.dialect.name == "sqlite"
        self.rests: Connection | None = None
        if self.is_sqlite:
            event.listen(self.database.engine, "connect", _no_power_cuts)
        else:
            event.listen(self.database.engine, "do_connect", self._take)

    def end_test(self) -> None:
        if not self.is_sqlite:
            self._keep_one()
        self.database.close()

    def backend(self) -> int | None:
        """The number of the server's process for the connection that rests."""
        return self.rests.info.backend_pid if self.rests else None

    def _keep_one(self) -> None:
        try:
            pooled = self.database.engine.raw_connection()
            self.database.engine.dialect.do_ping(pooled.dbapi_connection)  # type: ignore[arg-type]
        except OperationalError:
            return
        pooled.cursor().execute("RESET ALL; DISCARD TEMP; SELECT pg_advisory_unlock_all()")
        pooled.commit()
        self.rests = pooled.driver_connection
        pooled.detach()

    def _take(self, dialect: object, record: object, arguments: object, options: object) -> Any:
        """For the pool: the connection that rests; None lets it open one."""
        taken, self.rests = self.rests, None
        return taken


def _no_power_cuts(connection: Any, record: object) -> None:
    """As PostgreSQL's fsync is off in the tests too."""
    connection.execute("PRAGMA synchronous=OFF")
