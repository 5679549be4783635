"""The rows of the replica as they lie in its SQLite file: the tables, writing rows, reading them back."""

import sqlite3
from collections.abc import Iterable
from datetime import date, datetime

import msgspec

from samut_wire import messages as m
from samut_wire.numbers import barcode_key

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
        "unseen_renewals": "INTEGER NOT NULL DEFAULT 0",
        "waited_for": "INTEGER NOT NULL DEFAULT 0",
        "recalled": "INTEGER NOT NULL DEFAULT 0",
        "claimed": "INTEGER NOT NULL DEFAULT 0",
        "booked": "TEXT NOT NULL DEFAULT '[]'",
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
LATER_INDEX = "CREATE INDEX IF NOT EXISTS item_booked ON item (title_id) WHERE booked <> '[]'"
_FIRST_OF_MEMBER = ("number", "name", "type", "expires_on", "blocked", "debt")
_FIRST_OF_ITEM = ("key", "barcode", "title", "material", "status", "lent_to", "due_at", "renewals")
MEMBER_COLUMNS = ", ".join((*_FIRST_OF_MEMBER, *LATER_COLUMNS["member"]))
ITEM_COLUMNS = ", ".join((*_FIRST_OF_ITEM, *LATER_COLUMNS["item"]))


def make_tables(file: sqlite3.Connection) -> None:
    """Also in a file of earlier software: no row could have later columns before the hub sent them, so empty ones are
    right."""
    file.executescript(SCHEMA)
    for table, columns in LATER_COLUMNS.items():
        there = {column for (column,) in file.execute("SELECT name FROM pragma_table_info(?)", (table,))}
        for column, kind in columns.items():
            if column not in there:
                file.execute(f"ALTER TABLE {table} ADD COLUMN {column} {kind}")
    file.execute(LATER_INDEX)


def write(file: sqlite3.Connection, rows: Iterable[m.ReplicaRow], version: int) -> None:
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
    of_loan = (row.unseen_renewals, row.waited_for, row.recalled, row.claimed)
    booked = msgspec.json.encode(row.booked).decode()
    _replace(file, "item", ITEM_COLUMNS, (*first, *later, *of_loan, booked))


def _replace(file: sqlite3.Connection, table: str, columns: str, values: tuple[object, ...]) -> None:
    marks = ", ".join("?" * len(values))
    file.execute(f"INSERT OR REPLACE INTO {table} ({columns}) VALUES ({marks})", values)  # noqa: S608


_had = msgspec.json.Decoder(tuple[m.TitleHad, ...])
_booked = msgspec.json.Decoder(tuple[m.BookingShown, ...])
NOTHING = "[]"


def member_of(row: tuple[str, ...]) -> m.MemberRow:
    """A row of MEMBER_COLUMNS; cards are looked up on their own."""
    return m.MemberRow(
        number=row[0],
        name=row[1],
        member_type=row[2],
        cards=(),
        expires_on=date.fromisoformat(row[3]) if row[3] else None,
        blocked=row[4],
        debt=int(row[5]),
        card_lost=bool(row[6]),
        suspended_until=date.fromisoformat(row[7]) if row[7] else None,
        born=row[8],
        level=_count(row[9]),
        had=() if row[10] == NOTHING else _had.decode(row[10]),
    )


def _text(moment: date | datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _count(value: str | None) -> int | None:
    return None if value is None else int(value)


def item_of(row: tuple[str, ...]) -> m.ItemRow:
    """A row of ITEM_COLUMNS."""
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
        unseen_renewals=int(row[14]),
        waited_for=bool(row[15]),
        recalled=bool(row[16]),
        claimed=bool(row[17]),
        booked=bookings_of(row[18]),
    )


def bookings_of(told: str) -> tuple[m.BookingShown, ...]:
    """What stands in the column `booked`."""
    return () if told == NOTHING else _booked.decode(told)
