"""What a gate must know after a restart: how many are inside, who went which way, whether it is held open or not."""

import contextlib
import logging
import sqlite3
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from samut_edge.flows.gate_occupancy import Last, Occupancy
from samut_edge.flows.gate_states import GateState

log = logging.getLogger(__name__)

SCHEMA = """
CREATE TABLE IF NOT EXISTS gate (
    one INTEGER PRIMARY KEY CHECK (one = 1), since TEXT NOT NULL, persons INTEGER NOT NULL,
    emergency INTEGER NOT NULL, locked INTEGER NOT NULL, counted_to INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS last (key TEXT PRIMARY KEY, direction TEXT NOT NULL, at TEXT NOT NULL) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Remembered:
    """`counted_to` is the place in the outbox of the last event that the count knows of."""

    occupancy: Occupancy
    emergency: bool = False
    locked: bool = False
    counted_to: int = 0


class GateMemory:
    """One SQLite file beside the outbox. A save takes a fraction of a millisecond and survives the end of the agent;
    after a power cut the outbox puts right what is missing. A damaged file is begun anew: the gate works without."""

    def __init__(self, path: Path) -> None:
        try:
            self._file = _open(path)
        except sqlite3.Error as error:
            log.warning("The gate's count %s cannot be used (%s); it begins anew.", path, error)
            self._file = _open_anew(path)

    def close(self) -> None:
        self._file.close()

    def load(self, begins: datetime) -> Remembered:
        """What was saved last; a count that begins then where there is none."""
        found = self._file.execute("SELECT since, persons, emergency, locked, counted_to FROM gate").fetchone()
        if found is None:
            return Remembered(Occupancy(begins))
        since, persons, emergency, locked, counted_to = found
        rows = self._file.execute("SELECT key, direction, at FROM last")
        last = {key: Last(direction, datetime.fromisoformat(at)) for key, direction, at in rows}
        return Remembered(
            Occupancy(datetime.fromisoformat(since), persons, last), bool(emergency), bool(locked), counted_to
        )

    def save(self, state: GateState, counted_to: int, key: str = "", *, anew: bool = False) -> None:
        """A full disk is not the end of a gate: the count goes on in memory."""
        try:
            self._save(state, counted_to, key, anew=anew)
        except sqlite3.Error as error:
            log.warning("The gate's count was not saved: %s. Is the disk full?", error)
            with contextlib.suppress(sqlite3.Error):
                self._file.execute("ROLLBACK")

    def _save(self, state: GateState, counted_to: int, key: str, *, anew: bool) -> None:
        count = state.occupancy
        row = (count.since.isoformat(), count.persons, state.emergency, state.locked, counted_to)
        last = count.last.get(key)
        self._file.execute("BEGIN IMMEDIATE")
        if anew:
            self._file.execute("DELETE FROM last")
        if last is not None:
            self._file.execute(
                "INSERT OR REPLACE INTO last VALUES (?, ?, ?)", (key, last.direction, last.at.isoformat())
            )
        self._file.execute("INSERT OR REPLACE INTO gate VALUES (1, ?, ?, ?, ?, ?)", row)
        self._file.execute("COMMIT")


def _open(path: Path | str) -> sqlite3.Connection:
    file = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    try:
        file.execute("PRAGMA journal_mode=WAL")
        file.execute("PRAGMA synchronous=NORMAL")
        file.executescript(SCHEMA)
        file.execute("SELECT count(*) FROM last").fetchone()
    except BaseException:
        file.close()
        raise
    return file


def _open_anew(path: Path) -> sqlite3.Connection:
    """In memory where the disk takes no file at all."""
    try:
        for suffix in ("", "-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        return _open(path)
    except (OSError, sqlite3.Error):
        return _open(":memory:")
