"""Events that the hub must learn of: on disk before anything opens or is given away, until it confirms."""

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from samut_edge.errors import OutboxError
from samut_wire import messages as m
from samut_wire.codec import Letter, decode, encode
from samut_wire.errors import WireError
from samut_wire.topics import TOPICS, Kind

log = logging.getLogger(__name__)

T = TypeVar("T")

SCHEMA = """
CREATE TABLE IF NOT EXISTS outbox (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    letter BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS unreadable (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    letter BLOB NOT NULL
);
"""

LENDING = (Kind.LOAN, Kind.RENEWAL, Kind.RETURN, Kind.CANCEL)

UNREADABLE = (
    "Event %d (%s) in %s cannot be read and the hub will not learn of it. "
    "Its bytes are kept in the table “unreadable”; have them looked at. Why: %s"
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """An event the hub has not confirmed. `seq` is its place: events go out in this order."""

    seq: int
    kind: Kind
    letter: Letter


@dataclass(frozen=True, slots=True)
class Lent:
    """What unconfirmed events say of an item: with whom it is (empty: returned) and until when.

    `is_new`: the loan was made here, and not only its `renewals`, of which some were `unseen`.
    """

    member: str
    due_at: datetime | None
    is_new: bool = True
    renewals: int = 0
    unseen: int = 0

    def renewed(self, renewal: m.RenewalRecorded) -> "Lent":
        return replace(
            self,
            due_at=renewal.decision.due_at,
            renewals=self.renewals + 1,
            unseen=self.unseen + (not renewal.seen),
        )


class Outbox:
    """One SQLite file. Every write is on the disk when `add` returns (synchronous=FULL).

    Work on the file is done on one thread of its own, so that a slow card does not stop the agent.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="outbox")
        self._waiting: dict[str, Waiting] = {}
        self._lent: dict[str, Lent] | None = None
        self.added = asyncio.Event()

    async def __aenter__(self) -> Self:
        """Raises OutboxError: a file that holds events is never thrown away, and nothing is lent without one."""
        try:
            self._file, rows = await self._run(self._open)
        except sqlite3.Error as error:
            self._thread.shutdown()
            raise OutboxError(
                f"The outbox {self._path} cannot be opened: {error}. It may hold loans that the hub does not have "
                "yet: do not delete it. Make room on the disk, or copy the file, have it repaired and put it back."
            ) from None
        self._waiting = {waiting.letter.id: waiting for waiting in rows}
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._run(lambda: self._file.close())
        self._thread.shutdown()

    def __len__(self) -> int:
        return len(self._waiting)

    async def add(self, kind: Kind, letter: Letter) -> None:
        """Keep the event; when this returns it survives a power cut. Adding an id again changes nothing."""
        if letter.id in self._waiting:
            return
        payload = encode(letter)
        seq = await self._run(lambda: self._insert(kind, letter.id, payload))
        self._waiting[letter.id] = Waiting(seq, kind, letter)
        if self._lent is not None:
            _say(self._lent, letter.body)
        self.added.set()

    async def confirm(self, ids: Iterable[str]) -> None:
        """The hub has these; ids that are not waiting are passed over."""
        gone = [event_id for event_id in ids if event_id in self._waiting]
        if gone:
            await self._run(lambda: self._delete(gone))
            for event_id in gone:
                self._waiting.pop(event_id, None)
            self._lent = None

    def waiting(self, after: int = 0, limit: int = 100) -> list[Waiting]:
        """The oldest unconfirmed events after that place, in order."""
        return [w for w in self._waiting.values() if w.seq > after][:limit]

    def lent(self) -> Mapping[str, Lent]:
        """What the unconfirmed loans, renewals and returns say, by barcode; the later event counts."""
        if self._lent is None:
            self._lent = {}
            for waiting in self._waiting.values():
                _say(self._lent, waiting.letter.body)
        return self._lent

    def has_lending(self) -> bool:
        """Whether a loan or return waits: until it is confirmed the hub does not know where its items are."""
        return any(w.kind in LENDING for w in self._waiting.values())

    async def _run(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _open(self) -> tuple[sqlite3.Connection, list[Waiting]]:
        file = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False)
        try:
            file.execute("PRAGMA journal_mode=WAL")
            file.execute("PRAGMA synchronous=FULL")
            file.executescript(SCHEMA)
            rows = file.execute("SELECT seq, kind, letter FROM outbox ORDER BY seq").fetchall()
            return file, [waiting for row in rows if (waiting := self._read(file, *row))]
        except BaseException:
            file.close()
            raise

    def _read(self, file: sqlite3.Connection, seq: int, kind: str, letter: bytes) -> Waiting | None:
        """What this version cannot read is kept as it is, apart, so that the events after it go out."""
        try:
            return Waiting(seq, Kind(kind), decode(TOPICS[Kind(kind)], letter))
        except (WireError, ValueError, TypeError) as fault:
            log.warning(UNREADABLE, seq, kind, self._path, fault)
        file.execute("BEGIN IMMEDIATE")
        file.execute("INSERT INTO unreadable SELECT seq, id, kind, letter FROM outbox WHERE seq = ?", (seq,))
        file.execute("DELETE FROM outbox WHERE seq = ?", (seq,))
        file.execute("COMMIT")
        return None

    def _insert(self, kind: Kind, event_id: str, payload: bytes) -> int:
        cursor = self._file.execute(
            "INSERT INTO outbox (id, kind, letter) VALUES (?, ?, ?)", (event_id, str(kind), payload)
        )
        return cursor.lastrowid or 0

    def _delete(self, ids: list[str]) -> None:
        self._file.execute("BEGIN IMMEDIATE")
        self._file.executemany("DELETE FROM outbox WHERE id = ?", [(event_id,) for event_id in ids])
        self._file.execute("COMMIT")


def _say(said: dict[str, Lent], event: m.Message) -> None:
    """What one more event says."""
    match event:
        case m.LoanRecorded(member=member, barcode=barcode, decision=decision):
            said[barcode] = Lent(member, decision.due_at)
        case m.RenewalRecorded(member=member, barcode=barcode) as renewal:
            said[barcode] = said.get(barcode, Lent(member, None, is_new=False)).renewed(renewal)
        case m.ReturnRecorded(barcode=barcode):
            said[barcode] = Lent("", None)
