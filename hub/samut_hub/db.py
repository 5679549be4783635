"""The database: one engine, sessions that see one library, and the rules every table keeps.

SQLite (write-ahead log) and PostgreSQL behave alike: times are UTC, writing transactions on SQLite take their lock
at the start so that two writers wait instead of failing.
"""

import math
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache, partial
from typing import Any, TypeVar

from sqlalchemy import (
    DateTime,
    Engine,
    Executable,
    ForeignKey,
    MetaData,
    Text,
    TypeDecorator,
    create_engine,
    event,
)
from sqlalchemy.engine.interfaces import DBAPIConnection, Dialect, ExceptionContext
from sqlalchemy.exc import DisconnectionError, OperationalError
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    ORMExecuteState,
    Session,
    UOWTransaction,
    declared_attr,
    mapped_column,
    with_loader_criteria,
)
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection
from sqlalchemy.sql.base import ExecutableOption

NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


WAITS_TO_WRITE = 30
"""Seconds that a transaction waits for others that write to SQLite."""
LOOKS_WITHIN_MS = 12
"""SQLite looks after 1, 3, 8 of these milliseconds and at their end; then it is asked anew."""
RESTED = 1.0
"""Seconds after which a connection to PostgreSQL is tried before it is used again."""
COLLISIONS = {"40001", "40P01"}
"""SQLSTATE of a serialisation failure and of a deadlock (PostgreSQL manual, appendix A)."""


class Moment(TypeDecorator[datetime]):
    """A point in time, kept as UTC without zone, read back with the UTC zone."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {str: Text, datetime: Moment}


class OfLibrary:
    """A row that belongs to one library: only sessions of that library (or unscoped ones) see it."""

    @declared_attr
    def library_id(cls) -> Mapped[int]:  # noqa: N805 — SQLAlchemy hands the class in
        return mapped_column(ForeignKey("libraries.id"), nullable=False)


class WrongLibraryError(Exception):
    """A session of one library tried to write a row of another: a fault in the program."""


class Database:
    """The engine and its sessions. `session(library)` is one transaction: commits at its end, or nothing happened.

    What it is `telling` is known to each session that begins meanwhile, from the start.
    """

    def __init__(self, url: str) -> None:
        self.engine = open_engine(url)
        self._told: dict[str, Any] = {}
        self._reading, self._writing = (
            self.engine.execution_options(samut_writes=writes) for writes in (False, True)
        )
        is_sqlite = self.engine.dialect.name == "sqlite"
        self._looking = self._reading if is_sqlite else self._reading.execution_options(isolation_level="AUTOCOMMIT")

    @contextmanager
    def session(self, library_id: int | None, *, writes: bool = True) -> Iterator[Session]:
        """`library_id` None sees all libraries: for start-up, the worker and the network office only."""
        with self.open(library_id, writes=writes) as session, session.begin():
            yield session

    def open(self, library_id: int | None, *, writes: bool = True) -> Session:
        """A session that the caller commits and closes."""
        engine = self._writing if writes else self._reading
        return Session(engine, expire_on_commit=False, info={**self._told, "library_id": library_id})

    @contextmanager
    def telling(self, told: dict[str, Any]) -> Iterator[None]:
        before, self._told = self._told, told
        try:
            yield
        finally:
            self._told = before

    @contextmanager
    def looking(self, session: Session) -> Iterator[None]:
        """A session that reads asks a question or two before its work: on PostgreSQL each stands alone, which spares
        the messages that begin and end a transaction. On SQLite a transaction that reads costs nothing."""
        session.bind = self._looking
        try:
            yield
            session.commit()
        finally:
            session.bind = self._reading

    def let_write(self, session: Session) -> None:
        """A session that only read writes from here on, in a new transaction; what it has read it still knows."""
        session.commit()
        session.bind = self._writing

    def close(self) -> None:
        self.engine.dispose()


def open_engine(url: str) -> Engine:
    """An engine for SQLite or PostgreSQL with Samut's settings. Its faults name tables and columns, never values."""
    if url.startswith("sqlite"):
        engine = create_engine(url, connect_args={"timeout": WAITS_TO_WRITE}, hide_parameters=True)
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    from samut_hub.cursors import Cursor

    engine = create_engine(
        url.replace("postgresql://", "postgresql+psycopg://", 1),
        connect_args={"cursor_factory": Cursor},
        pool_size=20,
        max_overflow=40,
        hide_parameters=True,
    )
    event.listen(engine, "handle_error", _leave_out_detail)
    event.listen(engine, "checkin", _note_rest)
    event.listen(engine, "checkout", partial(_try_rested, engine))
    return engine


def _note_rest(connection: DBAPIConnection | None, record: ConnectionPoolEntry) -> None:
    record.info["rests_since"] = time.monotonic()


def _try_rested(
    engine: Engine, connection: DBAPIConnection, record: ConnectionPoolEntry, proxy: PoolProxiedConnection
) -> None:
    """A connection may have died while nobody used it; to ask that at every use costs as much as a query."""
    if time.monotonic() - record.info.get("rests_since", math.inf) < RESTED:
        return
    try:
        engine.dialect.do_ping(connection)
    except engine.dialect.loaded_dbapi.Error:
        raise DisconnectionError from None


def _leave_out_detail(fault: ExceptionContext) -> None:
    """PostgreSQL quotes the row in the lines after the first: the whole member, where a column of it is wrong."""
    said = fault.original_exception
    said.args = (str(said).partition("\n")[0],)
    if fault.sqlalchemy_exception is not None:
        name = f"{type(said).__module__}.{type(said).__name__}"
        fault.sqlalchemy_exception.args = (f"({name}) {said}",)


def is_collision(error: OperationalError) -> bool:
    """Whether PostgreSQL ended this transaction so that another could go on: tried again, it may well succeed.

    Faults of SQLite have no SQLSTATE, and where it is used psycopg is not loaded.
    """
    return getattr(error.orig, "sqlstate", None) in COLLISIONS


def _set_up_sqlite(connection: DBAPIConnection, record: object) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "temp_store=MEMORY",
        "cache_size=-2000",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Any) -> None:
    if connection.get_execution_options().get("samut_writes", True):
        _begin_to_write(connection)
    else:
        connection.exec_driver_sql("BEGIN")


def _begin_to_write(connection: Any) -> None:
    """Wait for the one lock of those who write, looking every few milliseconds. SQLite itself looks ever less often,
    down to ten times a second, and so a desk would starve beside a worker that writes all the time."""
    give_up = time.monotonic() + WAITS_TO_WRITE
    sqlite = connection.connection.driver_connection
    sqlite.execute(f"PRAGMA busy_timeout={LOOKS_WITHIN_MS}")
    try:
        while (refused := _refused(connection)) is not None:
            if time.monotonic() > give_up:
                raise refused
    finally:
        sqlite.execute(f"PRAGMA busy_timeout={1000 * WAITS_TO_WRITE}")


def _refused(connection: Any) -> OperationalError | None:
    """Why the transaction could not begin now; None when it has begun."""
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    except OperationalError as error:
        if not _is_busy(error):
            raise
        return error
    return None


def _is_busy(error: OperationalError) -> bool:
    """Whether another writes to SQLite just now; the low byte of its code says so (sqlite.org/rescode.html)."""
    return getattr(error.orig, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY


_PREPARED = "samut_prepared"

Prepared = TypeVar("Prepared", bound=Executable)


def prepared(statement: Prepared) -> Prepared:
    """A statement that is made once; its values come as parameters (`bindparam`).

    What SQLAlchemy works out for it is kept for each library: that takes longer than many a query.
    """
    return statement.execution_options(**{_PREPARED: True})


@lru_cache(maxsize=10_000)
def _scoped(statement: Any, library_id: int) -> Any:
    return statement.options(_rows_of(library_id))


@lru_cache(maxsize=1_000)
def _rows_of(library_id: int) -> ExecutableOption:
    """Kept for each library: making it costs more than many of the queries it is put on."""
    return with_loader_criteria(OfLibrary, lambda cls: cls.library_id == library_id, include_aliases=True)


@event.listens_for(Session, "do_orm_execute")
def _see_own_library(state: ORMExecuteState) -> None:
    library_id = state.session.info.get("library_id")
    if library_id is not None and (state.is_select or state.is_update or state.is_delete):
        scope = _scoped if state.execution_options.get(_PREPARED) else _scoped.__wrapped__
        state.statement = scope(state.statement, library_id)


@event.listens_for(Session, "before_flush")
def _write_own_library(session: Session, context: UOWTransaction, instances: object) -> None:
    library_id = session.info.get("library_id")
    for row in (*session.new, *session.dirty, *session.deleted):
        if isinstance(row, OfLibrary) and library_id is not None:
            if row.library_id is None and row in session.new:
                row.library_id = library_id
            if row.library_id != library_id:
                raise WrongLibraryError(
                    f"{type(row).__name__} of library {row.library_id} in a session of {library_id}"
                )
