"""PostgreSQL from Debian's package, in a temporary folder on a free port of the loopback address."""

import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg

from tests.ports import free_port


def postgres_programs() -> Path:
    """The folder of the newest server installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda p: int(p.parts[-3]))
    assert found, "PostgreSQL is not installed: apt-get install postgresql"
    return found[-1].parent


WITHOUT_ROWS = """
DO $$
DECLARE filled text;
BEGIN
    SET LOCAL session_replication_role = replica;
    FOR filled IN
        SELECT relname FROM pg_class
        WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> 'alembic_version'
            AND pg_relation_size(oid) > 0
    LOOP
        EXECUTE format('DELETE FROM %I', filled);
    END LOOP;
    PERFORM setval(format('%I.%I', schemaname, sequencename), 1, false)
    FROM pg_sequences WHERE last_value IS NOT NULL;
END $$
"""
"""Deletes, as a new copy of a database takes thirty times as long."""
LEFT_OPEN = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND pid IS DISTINCT FROM %s
"""
"""Ends what a test left behind: it might keep the tables locked."""


class PostgresServer:
    """As a context: a running server. It never runs as root, as PostgreSQL refuses that."""

    def __init__(self) -> None:
        self.port = free_port()
        self.programs = postgres_programs()
        self.databases = 0
        self.emptying: dict[str, psycopg.Connection] = {}

    def __enter__(self) -> Self:
        self.folder = Path(tempfile.mkdtemp(prefix="samut-pg-"))
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres")
        self._run(
            ["initdb", "-D", "data", "-U", "samut", "-A", "trust", "--locale=C.UTF-8", "-E", "UTF8", "--no-sync"]
        )
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -k {self.folder} -c fsync=off -c max_connections=200"
        self._run(["pg_ctl", "-D", "data", "-w", "-l", "log", "-o", options, "start"])
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for connection in self.emptying.values():
            connection.close()
        self._run(["pg_ctl", "-D", "data", "-m", "immediate", "-w", "stop"])
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, database: str) -> str:
        return f"postgresql://samut@127.0.0.1:{self.port}/{database}"

    def new_database(self, template: str = "template1") -> str:
        """Make a database, optionally a copy of another; returns its name."""
        self.databases += 1
        name = f"t{self.databases}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def empty(self, url: str, spared: int | None = None) -> None:
        """Leave no row in the tables but the version of their shape, and let all numbers begin anew. All connections
        end but that of the server's process `spared`, in which no transaction is open.

        Its connection stays: a new one reads what the server knows of all tables, which takes ten times as long.
        """
        if url not in self.emptying:
            self.emptying[url] = psycopg.connect(url, autocommit=True)
        self.emptying[url].execute(LEFT_OPEN, [spared])
        self.emptying[url].execute(WITHOUT_ROWS)

    def execute(self, statement: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement)

    def _run(self, command: list[str]) -> None:
        user = pwd.getpwnam("postgres").pw_name if os.geteuid() == 0 else None
        subprocess.run(
            [str(self.programs / command[0]), *command[1:]],
            cwd=self.folder,
            user=user,
            check=True,
            stdout=subprocess.DEVNULL,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "HOME": str(self.folder)},
        )
