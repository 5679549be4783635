"""Slips that wait to be printed: on the disk before a printer hears of them, and gone when they are printed."""

import asyncio
import logging
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

import msgspec

from samut_edge.slip import Slip

log = logging.getLogger(__name__)

T = TypeVar("T")

OUTCOMES_KEPT = timedelta(days=7)
"""How long an order that comes again is known to have been printed; no more than its number is kept for that."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS job (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    printer TEXT NOT NULL,
    begun INTEGER NOT NULL,
    asked_at TEXT NOT NULL,
    slip BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS outcome (id TEXT PRIMARY KEY, at TEXT NOT NULL, trouble TEXT NOT NULL);
"""
NEW = "INSERT INTO job (id, printer, begun, asked_at, slip) VALUES (?, ?, 0, ?, ?)"
ENDED = "INSERT OR REPLACE INTO outcome (id, at, trouble) VALUES (?, ?, ?)"
WAITING = "SELECT id, asked_at, begun, slip FROM job WHERE printer = ? ORDER BY seq"


@dataclass(frozen=True, slots=True)
class PrintJob:
    """`begun`: some of it may have been printed, and nobody knows how much."""

    id: str
    slip: Slip
    asked_at: datetime
    begun: bool = False


class PrintJobs:
    """One SQLite file for all printers of a device; what a method did is on the disk when it returns.

    Slips name members. So a job's row is overwritten when it ends, and the journal is emptied with it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="print-jobs")

    async def __aenter__(self) -> Self:
        """A file that cannot be read holds nothing but slips: it is put away and a new one begun."""
        self._file = await self._run(self._open)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._run(lambda: self._file.close())
        self._thread.shutdown()

    async def add(self, printer: str, job: PrintJob) -> None:
        """Raises sqlite3.Error when it cannot be kept."""
        row = (job.id, printer, job.asked_at.isoformat(), msgspec.json.encode(job.slip))
        await self._run(lambda: self._file.execute(NEW, row))

    async def begin(self, job: str, *, begun: bool = True) -> None:
        """Say before the first byte goes out that the job is begun; or afterwards that none did."""
        await self._run(lambda: self._file.execute("UPDATE job SET begun = ? WHERE id = ?", (begun, job)))

    async def end(self, job: str, at: datetime, trouble: str = "") -> None:
        """It is printed, or given up because of `trouble`."""
        await self._run(lambda: self._end(job, at, trouble))

    async def outcome(self, job: str) -> str | None:
        """What the trouble was, empty when it was printed; None when the job is not known to have ended."""
        sql = "SELECT trouble FROM outcome WHERE id = ?"
        row = await self._run(lambda: self._file.execute(sql, (job,)).fetchone())
        return None if row is None else str(row[0])

    async def waiting(self, printer: str) -> list[PrintJob]:
        """In the order they were asked for."""
        rows = await self._run(lambda: self._file.execute(WAITING, (printer,)).fetchall())
        return [_job(*row) for row in rows]

    async def _run(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _open(self) -> sqlite3.Connection:
        try:
            return _opened(self._path)
        except sqlite3.DatabaseError as error:
            log.warning("The slips that waited in %s cannot be read and are lost: %s", self._path, error)
            for end in ("", "-wal", "-shm"):
                self._path.with_name(self._path.name + end).unlink(missing_ok=True)
            return _opened(self._path)

    def _end(self, job: str, at: datetime, trouble: str) -> None:
        self._file.execute("BEGIN IMMEDIATE")
        self._file.execute("DELETE FROM job WHERE id = ?", (job,))
        self._file.execute(ENDED, (job, at.isoformat(), trouble))
        self._file.execute("DELETE FROM outcome WHERE at < ?", ((at - OUTCOMES_KEPT).isoformat(),))
        self._file.execute("COMMIT")
        self._file.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _opened(path: Path) -> sqlite3.Connection:
    file = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    try:
        file.execute("PRAGMA journal_mode=WAL")
        file.execute("PRAGMA synchronous=FULL")
        file.execute("PRAGMA secure_delete=ON")
        file.executescript(SCHEMA)
    except sqlite3.DatabaseError:
        file.close()
        raise
    return file


def _job(job: str, asked_at: str, begun: int, slip: bytes) -> PrintJob:
    return PrintJob(job, msgspec.json.decode(slip, type=Slip), datetime.fromisoformat(asked_at), bool(begun))
