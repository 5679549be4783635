"""A session sees and writes the rows of its own library only."""

import ctypes
import gc
import sqlite3
import traceback
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import IntegrityError, OperationalError

from samut_hub import db, lasting
from samut_hub.db import Database, WrongLibraryError
from samut_hub.libraries.models import Library
from samut_hub.members.models import Group, Member


@pytest.fixture
def two_libraries(database: Database) -> tuple[int, int]:
    with database.session(None) as session:
        rows = [Library(code=code, name_th=code, name_en=code) for code in ("north", "south")]
        session.add_all(rows)
        session.flush()
        return rows[0].id, rows[1].id


def test_a_library_does_not_see_the_other(database: Database, two_libraries: tuple[int, int]) -> None:
    north, south = two_libraries
    with database.session(north) as session:
        session.add(Group(name="ป.1/1"))
    with database.session(south) as session:
        assert session.scalars(select(Group)).all() == []
        assert session.get(Group, 1) is None
    with database.session(north) as session:
        assert [group.name for group in session.scalars(select(Group))] == ["ป.1/1"]


def test_a_library_cannot_change_the_other(database: Database, two_libraries: tuple[int, int]) -> None:
    north, south = two_libraries
    with database.session(north) as session:
        session.add(Group(name="ป.1/1"))
    with database.session(south) as session:
        session.execute(update(Group).values(name="taken"))
    with database.session(north) as session:
        assert session.scalars(select(Group.name)).all() == ["ป.1/1"]


def test_a_row_of_another_library_is_refused(database: Database, two_libraries: tuple[int, int]) -> None:
    north, south = two_libraries
    with pytest.raises(WrongLibraryError), database.session(north) as session:
        session.add(Group(name="ป.1/1", library_id=south))


def test_a_fault_names_the_column_and_no_person(database: Database, two_libraries: tuple[int, int]) -> None:
    row = {"library_id": two_libraries[0], "number": "1101700230708", "name_th": "มานี มีใจ"}
    with pytest.raises(IntegrityError) as fault, database.session(None) as session:
        session.execute(insert(Member).values(row))
    told = "".join(traceback.format_exception(fault.value))
    assert "type_id" in told
    assert "1101700230708" not in told
    assert "มานี" not in told


def test_a_value_that_is_there_twice_is_not_told(database: Database, two_libraries: tuple[int, int]) -> None:
    twice = "north"
    with pytest.raises(IntegrityError) as fault, database.session(None) as session:
        session.add(Library(code=twice, name_th="ที่สอง", name_en="The second"))
    assert "north" not in "".join(traceback.format_exception(fault.value))


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_connection_that_died_at_rest_is_replaced(
    database: Database, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.session(None) as session:
        before = session.scalar(text("SELECT pg_backend_pid()"))
    with psycopg.connect(database_url, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [before])
    monkeypatch.setattr(db, "RESTED", 0)
    with database.session(None) as session:
        assert session.scalar(text("SELECT pg_backend_pid()")) != before


def test_a_look_that_fails_leaves_the_session_as_it_was(database: Database) -> None:
    with database.open(None, writes=False) as session:
        before = session.bind
        with pytest.raises(LookupError), database.looking(session):
            raise LookupError
        assert session.bind is before


def test_a_c_library_without_mallopt_stops_no_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda name: object())
    for name in ("collect", "freeze", "set_threshold"):
        monkeypatch.setattr(gc, name, lambda *asked: None)
    lasting.keep_what_is_loaded()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_who_looks_at_the_columns_of_a_cursor_finds_them(database: Database) -> None:
    with database.engine.connect() as connection:
        cursor = connection.exec_driver_sql("SELECT 1 AS one, 'x' AS letter").cursor
        assert [column[0] for column in cursor.description] == ["one", "letter"]
        connection.exec_driver_sql("CREATE TEMPORARY TABLE without_rows (one integer)")
        cursor.execute("INSERT INTO without_rows VALUES (1)")
        assert cursor.description is None


def test_a_writer_gives_up_when_another_never_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(db, "WAITS_TO_WRITE", 0.2)
    file = Database(f"sqlite:///{tmp_path / 'samut.db'}")
    other = sqlite3.connect(tmp_path / "samut.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(OperationalError, match="locked"), file.session(None) as session:
        session.connection()
    other.execute("COMMIT")
    with file.session(None) as session:
        session.connection()
    other.close()
    file.close()


def test_a_transaction_that_writes_leaves_others_as_patient_as_they_were(tmp_path: Path) -> None:
    """Only the beginning is tried every few milliseconds: who reads while a file is recovered waits for it."""
    file = Database(f"sqlite:///{tmp_path / 'samut.db'}")
    with file.session(None) as session:
        assert session.execute(text("PRAGMA busy_timeout")).scalar() == 1000 * db.WAITS_TO_WRITE
    file.close()
