"""Events that the hub must learn of: on disk before anything opens or is given away, until it confirms."""

import asyncio
import logging
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from samut_edge import folded
from samut_edge.clock import TrueTime
from samut_edge.errors import OutboxError
from samut_edge.folded import Place
from samut_edge.outbox_room import ROOM, Fill, Room, is_full
from samut_edge.past_boots import moments
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
LATER_COLUMNS = {"boot": "TEXT", "ticks": "REAL"}
"""When it happened in ticks of that boot, of events of which the time was not known."""

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

    def __init__(self, path: Path, *, room: Room = ROOM, clock: TrueTime | None = None) -> None:
        self._path = path
        self._room = room
        self._clock = clock
        self._counted: Counter[Place] = Counter()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="outbox")
        self._waiting: dict[str, Waiting] = {}
        self._lent: dict[str, Lent] | None = None
        self._confirmed: set[str] = set()
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
        await self._make_up()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._run(lambda: self._file.close())
        self._thread.shutdown()

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def fill(self) -> Fill:
        return self._room.taken_by(len(self._waiting), self._path.parent)

    async def add(self, kind: Kind, letter: Letter) -> None:
        """Keep the event; when this returns it survives a power cut. Adding an id again changes nothing.
        What the hub could not read is set apart at once, as everything else would wait behind it for ever."""
        if letter.id in self._waiting:
            return
        if self._clock is not None and self._clock.is_known:
            letter = replace(letter, at=self._clock.righted(letter.at))
        people = folded.people_in(letter)
        if people is not None and self.fill is Fill.FULL:
            await self._fold(*people)
            return
        try:
            waiting = await self._run(lambda: self._read(self._file, *self._insert(kind, letter)))
        except sqlite3.Error as error:
            if people is None or not is_full(error):
                raise
            await self._fold(*people)
            return
        if waiting is None:
            return
        self._waiting[letter.id] = replace(waiting, letter=letter)
        if self._lent is not None:
            _say(self._lent, letter.body)
        self.added.set()

    async def confirm(self, ids: Iterable[str]) -> None:
        """The hub has these; ids that are not waiting are passed over. Rows that a full disk does not let go are
        removed with the next, or told once more after the next start."""
        gone = [event_id for event_id in ids if self._waiting.pop(event_id, None)]
        if not gone:
            return
        self._lent = None
        self._confirmed.update(gone)
        try:
            await self._run(lambda: self._delete(self._confirmed))
        except sqlite3.OperationalError as error:
            log.warning("%d events that the hub has stay in %s: %s", len(self._confirmed), self._path, error)
        else:
            self._confirmed.clear()
            await self._make_up()

    async def correct(self) -> None:
        """The time is known now: events that happened before that get theirs. Of those from before the computer was
        switched on only the order is known for certain."""
        if self._clock is None or not self._clock.is_known:
            return
        for letter in await self._run(self._put_right):
            waiting = self._waiting.get(letter.id)
            if waiting is not None:
                self._waiting[letter.id] = replace(waiting, letter=letter)

    def waiting(self, after: int = 0, limit: int = 100) -> list[Waiting]:
        """The oldest unconfirmed events after that place, in order."""
        return [w for w in self._waiting.values() if w.seq > after][:limit]

    def place_of(self, event_id: str) -> int | None:
        """Its `seq` while it waits; None when the hub has it, or people were only counted."""
        waiting = self._waiting.get(event_id)
        return waiting.seq if waiting else None

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

    async def _fold(self, place: Place, persons: int) -> None:
        """Without any room on the disk they are counted in memory until there is some."""
        self._counted[place] += persons
        await self._write_counted()

    async def _write_counted(self) -> None:
        counted, self._counted = self._counted, Counter()
        try:
            await self._run(lambda: folded.fold(self._file, counted))
        except sqlite3.Error as error:
            log.warning("people who pass are counted in memory only: %s", error)
            self._counted += counted

    async def _make_up(self) -> None:
        """When half of the room is free again, what was counted becomes events."""
        if len(self._waiting) > self._room.most // 2 or self.fill is Fill.FULL:
            return
        if self._counted:
            await self._write_counted()
        try:
            unfolded = await self._run(self._unfold)
        except sqlite3.OperationalError as error:
            log.warning("people who were counted stay in %s: %s", self._path, error)
            return
        for waiting in unfolded:
            self._waiting[waiting.letter.id] = waiting
            self.added.set()

    async def _run(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _open(self) -> tuple[sqlite3.Connection, list[Waiting]]:
        file = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False)
        try:
            file.execute("PRAGMA journal_mode=WAL")
            file.execute("PRAGMA synchronous=FULL")
            file.executescript(SCHEMA + folded.SCHEMA)
            _add_later_columns(file)
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

    def _insert(self, kind: Kind, letter: Letter) -> tuple[int, str, bytes]:
        """Its row."""
        since: tuple[str | None, float | None] = (None, None)
        if self._clock is not None and not self._clock.is_known:
            since = (self._clock.boot, self._clock.ticks)
        written = encode(letter)
        cursor = self._file.execute(
            "INSERT INTO outbox (id, kind, letter, boot, ticks) VALUES (?, ?, ?, ?, ?)",
            (letter.id, str(kind), written, *since),
        )
        return cursor.lastrowid or 0, str(kind), written

    def _put_right(self) -> list[Letter]:
        clock = self._clock
        if clock is None:
            return []
        asked = "SELECT seq, kind, letter, boot, ticks FROM outbox WHERE ticks IS NOT NULL ORDER BY seq DESC"
        rows = self._file.execute(asked).fetchall()
        noted = moments(((boot, ticks) for *_, boot, ticks in rows), clock)
        right = [
            (seq, replace(decode(TOPICS[Kind(kind)], body), at=at))
            for (seq, kind, body, *_), at in zip(rows, noted, strict=True)
        ]
        try:
            with self._file:
                self._file.execute("BEGIN IMMEDIATE")
                self._file.executemany(
                    "UPDATE outbox SET letter = ?, boot = NULL, ticks = NULL WHERE seq = ?",
                    [(encode(letter), seq) for seq, letter in right],
                )
        except sqlite3.OperationalError as error:
            log.warning("the times of events are right in memory only: %s", error)
        return [letter for _, letter in right]

    def _unfold(self) -> list[Waiting]:
        letters = folded.unfolded(self._file)
        if not letters:
            return []
        with self._file:
            self._file.execute("BEGIN IMMEDIATE")
            self._file.execute("DELETE FROM folded")
            return [Waiting(self._insert(Kind.COUNT, letter)[0], Kind.COUNT, letter) for letter in letters]

    def _delete(self, ids: Iterable[str]) -> None:
        with self._file:
            self._file.execute("BEGIN IMMEDIATE")
            self._file.executemany("DELETE FROM outbox WHERE id = ?", [(event_id,) for event_id in ids])


def _add_later_columns(file: sqlite3.Connection) -> None:
    """A file of earlier software lacks them."""
    there = {column for (column,) in file.execute("SELECT name FROM pragma_table_info('outbox')")}
    for column, kind in LATER_COLUMNS.items():
        if column not in there:
            file.execute(f"ALTER TABLE outbox ADD COLUMN {column} {kind}")


def _say(said: dict[str, Lent], event: m.Message) -> None:
    """What one more event says."""
    match event:
        case m.LoanRecorded(member=member, barcode=barcode, decision=decision):
            said[barcode] = Lent(member, decision.due_at)
        case m.RenewalRecorded(member=member, barcode=barcode) as renewal:
            said[barcode] = said.get(barcode, Lent(member, None, is_new=False)).renewed(renewal)
        case m.ReturnRecorded(barcode=barcode):
            said[barcode] = Lent("", None)
