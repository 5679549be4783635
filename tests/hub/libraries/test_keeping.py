"""Rules and calendar are kept between requests, and read anew as soon as one of their rows has changed."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from samut_hub.circulation.models import LoanRule
from samut_hub.circulation.terms import rule_rows
from samut_hub.db import Base, Database
from samut_hub.libraries.keeping import kept
from samut_hub.libraries.models import Closure, Library, OfRules
from samut_hub.libraries.service import calendar_of
from tests.hub.conftest import Libraries

NEW_YEAR = date(2027, 1, 1)


def is_open(database: Database, library: int, day: date = NEW_YEAR) -> bool:
    with database.session(library, writes=False) as session:
        return calendar_of(session, session.get_one(Library, library)).is_open(day)


def test_what_did_not_change_is_not_read_again(
    database: Database, libraries: Libraries, statements: Callable[[], Any]
) -> None:
    assert is_open(database, libraries.north)
    with statements() as asked:
        assert is_open(database, libraries.north)
    assert not [statement for statement in asked if "closures" in statement]


@pytest.mark.parametrize(
    "change",
    [
        lambda session: session.add(Closure(on=NEW_YEAR, name="ปีใหม่")),
        lambda session: setattr(session.scalar(select(Library).limit(1)), "weekly_closed", [NEW_YEAR.weekday()]),
    ],
    ids=["closure", "week"],
)
def test_another_process_learns_of_a_change(
    database: Database, database_url: str, libraries: Libraries, change: Callable[[Session], object]
) -> None:
    other = Database(database_url)
    assert is_open(other, libraries.north)
    with database.session(libraries.north) as session:
        change(session)
    assert not is_open(other, libraries.north)
    assert is_open(other, libraries.south)
    other.close()


def test_a_change_of_many_rows_at_once_is_seen(database: Database, libraries: Libraries) -> None:
    with database.session(libraries.north) as session:
        session.add(Closure(on=NEW_YEAR, name="ปีใหม่"))
    assert not is_open(database, libraries.north)
    with database.session(libraries.north) as session:
        session.execute(update(Closure).values(open=True))
    assert is_open(database, libraries.north)


def test_a_removed_row_is_seen(database: Database, libraries: Libraries) -> None:
    with database.session(libraries.north) as session:
        closure = Closure(on=NEW_YEAR, name="ปีใหม่")
        session.add(closure)
    assert not is_open(database, libraries.north)
    with database.session(libraries.north) as session:
        session.delete(session.get_one(Closure, closure.id))
    assert is_open(database, libraries.north)


def test_who_changes_the_calendar_sees_it_at_once_and_nobody_else_does_before(
    database: Database, libraries: Libraries
) -> None:
    assert is_open(database, libraries.north)
    session = database.open(libraries.north)
    session.add(Closure(on=NEW_YEAR, name="ปีใหม่"))
    assert not calendar_of(session, session.get_one(Library, libraries.north)).is_open(NEW_YEAR)
    session.rollback()
    session.close()
    assert is_open(database, libraries.north)


def test_each_row_that_rules_are_read_from_counts_its_changes(
    database: Database, libraries: Libraries, statements: Callable[[], Any]
) -> None:
    """Whoever adds a table to calendar or matrix marks its rows with `OfRules`."""
    counted = {mapper.class_.__tablename__ for mapper in Base.registry.mappers if issubclass(mapper.class_, OfRules)}
    with database.session(libraries.north, writes=False) as session, statements() as asked:
        library = session.get_one(Library, libraries.north)
        calendar_of(session, library)
        kept(session, library, "loan rules", lambda: rule_rows(session))
    read = {table for table in Base.metadata.tables for statement in asked if f"FROM {table}" in statement}
    assert read - {"libraries"} <= counted
    assert {"closures", LoanRule.__tablename__} <= read


def test_what_devices_learn_counts_no_change_of_rules(database: Database, libraries: Libraries) -> None:
    with database.session(libraries.north) as session:
        library = session.get_one(Library, libraries.north)
        before = library.rules_version
        library.replica_version += 1
    with database.session(libraries.north) as session:
        assert session.get_one(Library, libraries.north).rules_version == before
