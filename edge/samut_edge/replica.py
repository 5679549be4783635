"""The device's own copy of what its decisions need, from a signed snapshot and the changes since."""

import asyncio
import contextlib
import gzip
import hashlib
import logging
import os
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from samut_edge.library_rules import LibraryRules, rules_of
from samut_edge.replica_rows import (
    ITEM_COLUMNS,
    MEMBER_COLUMNS,
    bookings_of,
    item_of,
    make_tables,
    member_of,
    write,
)
from samut_wire import codec
from samut_wire import messages as m
from samut_wire.numbers import barcode_key, member_number

log = logging.getLogger(__name__)

DAMAGE = (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT)
IN_MEMORY = Path(":memory:")
Opened = tuple[sqlite3.Connection, int, m.LibraryRow | None]


class SnapshotError(Exception):
    """The snapshot is not what the hub signed; it is not used."""


class Replica:
    """Looked up on the agent's loop, which takes microseconds; a change takes as long as its rows are many, and is
    written on a thread by a connection of its own, which no look-up waits for.

    A snapshot is built on a thread, as a file of its own, and then put in place whole: look-ups never wait for it.
    A damaged file is set apart (`replica.damaged`), and where the disk takes no file the replica stays in memory: the
    device starts all the same, as one that has no replica yet, and so the hub sends it a snapshot.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="replica")
        self._changing = threading.Lock()
        self._use(*_open_or_begin_anew(path))

    def close(self) -> None:
        self._thread.shutdown()
        self._file.close()

    @property
    def version(self) -> int:
        """0 when there is no replica yet."""
        return self._version

    @property
    def library(self) -> m.LibraryRow | None:
        """The library's settings; None until the first snapshot."""
        return self._library

    @property
    def rules(self) -> LibraryRules:
        """The library's calendar and matrix, worked out when they came; without a replica every day is open."""
        return self._rules

    def member_by_card(self, card: str) -> m.MemberRow | None:
        found = self._one("SELECT number FROM card WHERE hash = ?", card)
        return self.member(found[0]) if found else None

    def member(self, number: str) -> m.MemberRow | None:
        """By the number as scanned or typed."""
        found = self._one(f"SELECT {MEMBER_COLUMNS} FROM member WHERE number = ?", member_number(number))  # noqa: S608
        return member_of(found) if found else None

    def item(self, barcode: str) -> m.ItemRow | None:
        """By the bar code as scanned or typed."""
        found = self._one(f"SELECT {ITEM_COLUMNS} FROM item WHERE key = ?", barcode_key(barcode))  # noqa: S608
        return item_of(found) if found else None

    def items_lent_to(self, number: str) -> list[m.ItemRow]:
        wanted = f"SELECT {ITEM_COLUMNS} FROM item WHERE lent_to = ? ORDER BY due_at"  # noqa: S608
        rows = self._file.execute(wanted, (number,))
        return [item_of(row) for row in rows]

    def bookings(self, title_id: int) -> list[m.BookingShown]:
        """What is booked of the title, the first to begin first."""
        wanted = "SELECT booked FROM item WHERE title_id = ? AND booked <> '[]'"
        found = [one for (told,) in self._file.execute(wanted, (title_id,)) for one in bookings_of(told)]
        return sorted(found, key=lambda one: one.starts_at)

    async def follow(self, delta: m.ReplicaDelta) -> bool:
        """As `apply`, after the changes that came before, while the loop goes on."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self.apply, delta)

    def apply(self, delta: m.ReplicaDelta) -> bool:
        """Bring the replica forward; False when a snapshot is needed: the delta does not follow or is not written.

        Rows are whole, so a delta that reaches back before this version is harmless; an older one is passed over.
        """
        with self._changing:
            if self._version == 0 or delta.after > self._version:
                return False
            if delta.version > self._version or self._is_block_list(delta):
                return self._write(delta)
            return True

    def _write(self, delta: m.ReplicaDelta) -> bool:
        try:
            with contextlib.closing(_connect(self._path)) as file:
                write(file, delta.rows, delta.version)
                if any(isinstance(row, m.LibraryRow) for row in delta.rows):
                    self._know(_library_in(file))
        except sqlite3.Error as error:
            log.warning("A change of the replica was not written (%s). Is the disk full?", error)
            return False
        self._version = delta.version
        return True

    def _is_block_list(self, delta: m.ReplicaDelta) -> bool:
        """Rows that go before a snapshot and change no version."""
        return delta.after == delta.version == self._version

    def build(self, snapshot: Path, header: m.SnapshotHeader) -> Path:
        """Make a new file from a verified snapshot; takes a while, so call it on a thread, then `adopt` the file."""
        fresh = self._path.with_suffix(".new")
        _remove(fresh)
        try:
            _fill(fresh, snapshot, header.version)
        except sqlite3.Error as error:
            _remove(fresh)
            raise SnapshotError(f"The snapshot could not be written: {error}. Is the disk full?") from None
        return fresh

    def adopt(self, fresh: Path) -> None:
        """Put a built file in the place of the present one: all of it or nothing, also in a power cut.

        A change that is being written is waited for: its connection would take the new file's journal away.
        """
        with self._changing:
            self._file.close()
            try:
                _remove_journals(self._path)
                fresh.replace(self._path)
            finally:
                self._use(*_open_or_begin_anew(self._path))

    def _use(self, file: sqlite3.Connection, version: int, library: m.LibraryRow | None) -> None:
        self._file, self._version = file, version
        self._know(library)

    def _know(self, library: m.LibraryRow | None) -> None:
        self._library, self._rules = library, rules_of(library)

    def _one(self, query: str, *values: str) -> tuple[str, ...] | None:
        row: tuple[str, ...] | None = self._file.execute(query, values).fetchone()
        return row


def verified_header(offer: m.SnapshotOffered, public_key: bytes) -> m.SnapshotHeader:
    """The header if the hub really signed it; raises SnapshotError."""
    try:
        header = bytes.fromhex(offer.header)
        Ed25519PublicKey.from_public_bytes(public_key).verify(bytes.fromhex(offer.signature), header)
    except (InvalidSignature, ValueError):
        raise SnapshotError("The snapshot's signature is not the hub's; it was not used.") from None
    return codec.decode_header(header)


def check_snapshot(snapshot: Path, header: m.SnapshotHeader) -> None:
    """Raise SnapshotError unless the file is byte for byte the one that was signed."""
    with snapshot.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != header.sha256:
        raise SnapshotError("The snapshot arrived damaged; it is fetched again.")


def _connect(path: Path) -> sqlite3.Connection:
    file = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    try:
        file.execute("PRAGMA journal_mode=WAL")
        file.execute("PRAGMA synchronous=NORMAL")
    except BaseException:
        file.close()
        raise
    return file


def _open(path: Path) -> sqlite3.Connection:
    file = _connect(path)
    try:
        make_tables(file)
    except BaseException:
        file.close()
        raise
    return file


def _open_or_begin_anew(path: Path) -> Opened:
    """The replica in the file; if that cannot be used, one that knows nothing."""
    try:
        return _look_into(path)
    except (sqlite3.Error, msgspec.MsgspecError) as error:
        log.warning("The replica %s cannot be used (%s); until the hub sends a snapshot there is none.", path, error)
        damaged = _is_damage(error)
    if damaged:
        with contextlib.suppress(OSError, sqlite3.Error):
            _set_apart(path)
            return _look_into(path)
    return _look_into(IN_MEMORY)


def _look_into(path: Path) -> Opened:
    file = _open(path)
    try:
        return file, _version_in(file), _library_in(file)
    except BaseException:
        file.close()
        raise


def _library_in(file: sqlite3.Connection) -> m.LibraryRow | None:
    found = file.execute("SELECT value FROM meta WHERE key = 'library'").fetchone()
    return msgspec.json.decode(found[0], type=m.LibraryRow) if found else None


def _version_in(file: sqlite3.Connection) -> int:
    found = file.execute("SELECT value FROM meta WHERE key = 'version'").fetchone()
    return int(found[0]) if found else 0


def _is_damage(error: Exception) -> bool:
    """And not only a disk that is full or cannot be reached."""
    if isinstance(error, sqlite3.Error):
        return getattr(error, "sqlite_errorcode", 0) & 0xFF in DAMAGE
    return True


def _set_apart(path: Path) -> None:
    path.replace(path.with_suffix(".damaged"))
    _remove_journals(path)


def _remove(path: Path) -> None:
    path.unlink(missing_ok=True)
    _remove_journals(path)


def _remove_journals(path: Path) -> None:
    """What SQLite would else read into another file of that name."""
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _fill(fresh: Path, snapshot: Path, version: int) -> None:
    with contextlib.closing(_open(fresh)) as file, gzip.open(snapshot, "rb") as lines:
        file.execute("PRAGMA synchronous=OFF")
        write(file, (codec.decode_row(line) for line in lines), version)
        file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with fresh.open("rb") as written:
        os.fsync(written.fileno())
