"""The device's own copy of what its decisions need, from a signed snapshot and the changes since."""

import contextlib
import gzip
import hashlib
import logging
import os
import sqlite3
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from samut_rules.calendar import Calendar, Span
from samut_rules.matrix import RuleRow, Tree
from samut_wire import codec
from samut_wire import messages as m
from samut_wire.numbers import barcode_key, member_number

log = logging.getLogger(__name__)

DAMAGE = (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT)
IN_MEMORY = Path(":memory:")

SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS member (
    number TEXT PRIMARY KEY, name TEXT NOT NULL, type TEXT NOT NULL, expires_on TEXT, blocked TEXT NOT NULL,
    debt INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS card (hash TEXT PRIMARY KEY, number TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS card_of_member ON card (number);
CREATE TABLE IF NOT EXISTS item (
    key TEXT PRIMARY KEY, barcode TEXT NOT NULL, title TEXT NOT NULL, material TEXT NOT NULL, status TEXT NOT NULL,
    lent_to TEXT NOT NULL, due_at TEXT, renewals INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS item_lent ON item (lent_to) WHERE lent_to <> '';
"""

LATER_COLUMNS = {
    "item": {
        "loan_days": "INTEGER",
        "fine_per_day": "INTEGER",
        "title_id": "INTEGER NOT NULL DEFAULT 0",
        "category": "TEXT NOT NULL DEFAULT ''",
        "location": "TEXT NOT NULL DEFAULT ''",
        "on_site": "INTEGER NOT NULL DEFAULT 0",
    },
    "member": {
        "card_lost": "INTEGER NOT NULL DEFAULT 0",
        "suspended_until": "TEXT",
        "born": "TEXT NOT NULL DEFAULT ''",
        "level": "INTEGER",
        "had": "TEXT NOT NULL DEFAULT '[]'",
    },
}
"""Files of earlier software lack them."""
_FIRST_OF_MEMBER = ("number", "name", "type", "expires_on", "blocked", "debt")
_FIRST_OF_ITEM = ("key", "barcode", "title", "material", "status", "lent_to", "due_at", "renewals")
MEMBER_COLUMNS = ", ".join((*_FIRST_OF_MEMBER, *LATER_COLUMNS["member"]))
ITEM_COLUMNS = ", ".join((*_FIRST_OF_ITEM, *LATER_COLUMNS["item"]))


class SnapshotError(Exception):
    """The snapshot is not what the hub signed; it is not used."""


class Replica:
    """Looked up and changed on the agent's loop: a look-up takes microseconds, a change as long as its rows are many.

    A snapshot is built on a thread, as a file of its own, and then put in place whole: look-ups never wait for it.
    A damaged file is set apart (`replica.damaged`), and where the disk takes no file the replica stays in memory: the
    device starts all the same, as one that has no replica yet, and so the hub sends it a snapshot.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file, self._library = _open_or_begin_anew(path)

    def close(self) -> None:
        self._file.close()

    @property
    def version(self) -> int:
        """0 when there is no replica yet."""
        found = self._one("SELECT value FROM meta WHERE key = 'version'")
        return int(found[0]) if found else 0

    @property
    def library(self) -> m.LibraryRow | None:
        """The library's settings; None until the first snapshot."""
        return self._library

    def calendar(self) -> Calendar:
        """Open and closed days; without a replica every day is open."""
        if self._library is None:
            return Calendar("UTC")
        own = self._library
        return Calendar(
            own.zone,
            frozenset(own.weekly_closed),
            {closure.on: closure.open for closure in own.closures},
            frozenset(own.yearly_closed),
            {weekday: _spans(hours) for weekday, hours in own.weekly_hours.items()},
            {closure.on: _spans(closure.hours) for closure in own.closures if closure.hours},
        )

    def rules(self) -> list[RuleRow]:
        """The library's matrix of loan rules."""
        shown = self._library.rules if self._library else ()
        return [RuleRow.of(rule.key, msgspec.structs.asdict(rule)) for rule in shown]

    def tree(self) -> Tree:
        """Which materials belong to larger ones, and which places lie in which."""
        return Tree(self._library.parents, self._library.places) if self._library else Tree()

    def member_by_card(self, card: str) -> m.MemberRow | None:
        found = self._one("SELECT number FROM card WHERE hash = ?", card)
        return self.member(found[0]) if found else None

    def member(self, number: str) -> m.MemberRow | None:
        """By the number as scanned or typed."""
        found = self._one(f"SELECT {MEMBER_COLUMNS} FROM member WHERE number = ?", member_number(number))  # noqa: S608
        if not found:
            return None
        expires_on = date.fromisoformat(found[3]) if found[3] else None
        return m.MemberRow(
            number=found[0],
            name=found[1],
            member_type=found[2],
            cards=(),
            expires_on=expires_on,
            blocked=found[4],
            debt=int(found[5]),
            card_lost=bool(found[6]),
            suspended_until=date.fromisoformat(found[7]) if found[7] else None,
            born=found[8],
            level=_count(found[9]),
            had=msgspec.json.decode(found[10], type=tuple[m.TitleHad, ...]),
        )

    def item(self, barcode: str) -> m.ItemRow | None:
        """By the bar code as scanned or typed."""
        found = self._one(f"SELECT {ITEM_COLUMNS} FROM item WHERE key = ?", barcode_key(barcode))  # noqa: S608
        return _item(found) if found else None

    def items_lent_to(self, number: str) -> list[m.ItemRow]:
        wanted = f"SELECT {ITEM_COLUMNS} FROM item WHERE lent_to = ? ORDER BY due_at"  # noqa: S608
        rows = self._file.execute(wanted, (number,))
        return [_item(row) for row in rows]

    def apply(self, delta: m.ReplicaDelta) -> bool:
        """Bring the replica forward; False when a snapshot is needed: the delta does not follow or is not written.

        Rows are whole, so a delta that reaches back before this version is harmless; an older one is passed over.
        """
        if self.version == 0 or delta.after > self.version:
            return False
        if delta.version > self.version:
            try:
                _write(self._file, delta.rows, delta.version)
            except sqlite3.Error as error:
                log.warning("A change of the replica was not written (%s). Is the disk full?", error)
                return False
            self._library = _library_in(self._file)
        return True

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
        """Put a built file in the place of the present one: all of it or nothing, also in a power cut."""
        self._file.close()
        try:
            _remove_journals(self._path)
            fresh.replace(self._path)
        finally:
            self._file, self._library = _open_or_begin_anew(self._path)

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


def _open(path: Path) -> sqlite3.Connection:
    file = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    try:
        file.execute("PRAGMA journal_mode=WAL")
        file.execute("PRAGMA synchronous=NORMAL")
        file.executescript(SCHEMA)
        _add_later_columns(file)
    except BaseException:
        file.close()
        raise
    return file


def _add_later_columns(file: sqlite3.Connection) -> None:
    """No row could have them before the hub sent them, so empty ones are right."""
    for table, columns in LATER_COLUMNS.items():
        there = {column for (column,) in file.execute("SELECT name FROM pragma_table_info(?)", (table,))}
        for column, kind in columns.items():
            if column not in there:
                file.execute(f"ALTER TABLE {table} ADD COLUMN {column} {kind}")


def _open_or_begin_anew(path: Path) -> tuple[sqlite3.Connection, m.LibraryRow | None]:
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


def _look_into(path: Path) -> tuple[sqlite3.Connection, m.LibraryRow | None]:
    file = _open(path)
    try:
        return file, _library_in(file)
    except BaseException:
        file.close()
        raise


def _library_in(file: sqlite3.Connection) -> m.LibraryRow | None:
    found = file.execute("SELECT value FROM meta WHERE key = 'library'").fetchone()
    return msgspec.json.decode(found[0], type=m.LibraryRow) if found else None


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
        _write(file, (codec.decode_row(line) for line in lines), version)
        file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with fresh.open("rb") as written:
        os.fsync(written.fileno())


def _write(file: sqlite3.Connection, rows: Iterable[m.ReplicaRow], version: int) -> None:
    file.execute("BEGIN IMMEDIATE")
    try:
        for row in rows:
            _write_row(file, row)
        file.execute("INSERT OR REPLACE INTO meta VALUES ('version', ?)", (version,))
        file.execute("COMMIT")
    except BaseException:
        if file.in_transaction:  # when the disk is full SQLite may have gone back by itself
            file.execute("ROLLBACK")
        raise


def _write_row(file: sqlite3.Connection, row: m.ReplicaRow) -> None:
    match row:
        case m.LibraryRow():
            file.execute("INSERT OR REPLACE INTO meta VALUES ('library', ?)", (msgspec.json.encode(row),))
        case m.MemberRow():
            _write_member(file, row)
        case m.ItemRow():
            _write_item(file, row)
        case m.GoneRow(kind="member", key=number):
            file.execute("DELETE FROM card WHERE number = ?", (number,))
            file.execute("DELETE FROM member WHERE number = ?", (number,))
        case m.GoneRow(key=barcode):
            file.execute("DELETE FROM item WHERE key = ?", (barcode_key(barcode),))


def _write_member(file: sqlite3.Connection, row: m.MemberRow) -> None:
    first = (row.number, row.name, row.member_type, _text(row.expires_on), row.blocked, row.debt)
    had = msgspec.json.encode(row.had).decode()
    later = (row.card_lost, _text(row.suspended_until), row.born, row.level, had)
    _replace(file, "member", MEMBER_COLUMNS, (*first, *later))
    file.execute("DELETE FROM card WHERE number = ?", (row.number,))
    file.executemany("INSERT OR REPLACE INTO card VALUES (?, ?)", [(card, row.number) for card in row.cards])


def _write_item(file: sqlite3.Connection, row: m.ItemRow) -> None:
    due, key = _text(row.due_at), barcode_key(row.barcode)
    first = (key, row.barcode, row.title, row.material, row.status, row.lent_to, due, row.renewals)
    later = (row.loan_days, row.fine_per_day, row.title_id, row.category, row.location, row.on_site)
    _replace(file, "item", ITEM_COLUMNS, (*first, *later))


def _replace(file: sqlite3.Connection, table: str, columns: str, values: tuple[object, ...]) -> None:
    marks = ", ".join("?" * len(values))
    file.execute(f"INSERT OR REPLACE INTO {table} ({columns}) VALUES ({marks})", values)  # noqa: S608


def _spans(hours: Iterable[m.SpanShown]) -> tuple[Span, ...]:
    return tuple(Span(span.opens, span.closes) for span in hours)


def _text(moment: date | datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _count(value: str | None) -> int | None:
    return None if value is None else int(value)


def _item(row: tuple[str, ...]) -> m.ItemRow:
    return m.ItemRow(
        barcode=row[1],
        title=row[2],
        material=row[3],
        status=row[4],
        lent_to=row[5],
        due_at=datetime.fromisoformat(row[6]) if row[6] else None,
        renewals=int(row[7]),
        loan_days=_count(row[8]),
        fine_per_day=_count(row[9]),
        title_id=int(row[10]),
        category=row[11],
        location=row[12],
        on_site=bool(row[13]),
    )
