"""Items are found by their numbers without reading the whole library."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from samut_hub.catalogue.batches import service as batches
from samut_hub.catalogue.batches.policy import Chosen, Wanted
from samut_hub.catalogue.item_history import By
from samut_hub.catalogue.items import ItemFields, add_items, holders_of
from samut_hub.catalogue.labels.choosing import Choice, Which, choose
from samut_hub.catalogue.models import Title
from samut_hub.catalogue.naming import items_named
from samut_hub.db import Database
from samut_hub.stocktaking import service as stocktaking
from tests.hub.conftest import Clock, Libraries
from tests.hub.shelf import Shelf, put_on_shelf


@pytest.fixture
def shelf(database: Database, libraries: Libraries, clock: Clock) -> Shelf:
    shelf = put_on_shelf(database, libraries.north, clock())
    with database.session(shelf.library) as session:
        tagged = ItemFields(accession_number="T00001", barcode="885000111", rfid="E2001")
        add_items(session, session.get_one(Title, 1), tagged, now=clock())
    return shelf


def test_an_item_is_found_by_each_of_its_names_and_told_once(database: Database, shelf: Shelf) -> None:
    with database.session(shelf.library, writes=False) as session:
        by_all = items_named(session, accessions=["T00001"], barcodes=["885000111"], tags=["E2001"])
        assert [(one.accession, one.barcode, one.tag) for one in by_all] == [("T00001", "885000111", "E2001")]
        assert items_named(session, barcodes=["885000111"]) == by_all
        assert items_named(session, tags=["E2001"]) == by_all
        assert items_named(session, accessions=["885000111"], tags=["T00001"]) == []


def test_other_libraries_items_are_not(database: Database, libraries: Libraries, shelf: Shelf) -> None:
    with database.session(libraries.south, writes=False) as session:
        assert items_named(session, accessions=["T00001"], barcodes=["885000111"]) == []


def _stock(session: Session, clock: Clock) -> None:
    taking = stocktaking.begin(session, stocktaking.Scope(name="x"), staff_id=None, now=clock())
    stocktaking.scan(session, taking, ["T00001", "X99999"], by=By(staff_id=None, now=clock()))


def _batch(session: Session, clock: Clock) -> None:
    batches.preview(session, Chosen(numbers=("T00001",)), Wanted(values={"note": "x"}))


def _labels(session: Session, clock: Clock) -> None:
    choose(session, Choice(which=Which.NUMBERS, numbers="T00001\nX99999"))


def _more(session: Session, clock: Clock) -> None:
    add_items(session, session.get_one(Title, 1), ItemFields(accession_number="T00002"), now=clock())


def _page(session: Session, clock: Clock) -> None:
    holders_of(session, ["T00001"])


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("asks", [_stock, _batch, _labels, _more, _page])
def test_no_question_by_number_walks_through_all_items_of_the_library(
    database: Database, shelf: Shelf, clock: Clock, asks: Callable[[Session, Clock], None]
) -> None:
    with database.session(shelf.library) as session, _plans(session) as plans:
        asks(session, clock)
        walks = [plan for plan in plans() if "items" in plan and plan.endswith(("(library_id=?)", "SCAN items"))]
    assert walks == []


@contextmanager
def _plans(session: Session) -> Iterator[Callable[[], list[str]]]:
    """How SQLite finds the rows of all that is asked inside."""
    asked: list[tuple[str, Any]] = []
    engine = session.get_bind()

    def note(connection: object, cursor: object, statement: str, parameters: Any, *rest: object) -> None:
        if statement.startswith("SELECT"):
            asked.append((statement, parameters))

    def plans() -> list[str]:
        driver = session.connection().connection.driver_connection
        assert driver is not None
        return [
            row[3]
            for statement, given in list(asked)
            for row in driver.execute("EXPLAIN QUERY PLAN " + statement, given)
        ]

    event.listen(engine, "before_cursor_execute", note)
    yield plans
    event.remove(engine, "before_cursor_execute", note)
