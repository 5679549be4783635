"""What stands on a list and in which order, on both databases."""

from datetime import date

import pytest
from sqlalchemy import select

from samut_hub.catalogue.lists.choosing import Choice, Order, chosen_items, chosen_titles
from samut_hub.catalogue.models import Category, Item, Place, Title
from samut_hub.db import Database
from tests.hub.conftest import Libraries

CAT, GRAMMAR, POTTER, ENCYCLOPEDIA, FORMULA = "B20000", "B100000", "B10000", "B30000", "B99999"

ORDERS = {
    Order.ACCESSION: [POTTER, CAT, ENCYCLOPEDIA, FORMULA, GRAMMAR],
    Order.TITLE: [FORMULA, GRAMMAR, CAT, ENCYCLOPEDIA, POTTER],
    Order.ISBN: [POTTER, CAT, FORMULA, GRAMMAR, ENCYCLOPEDIA],
    Order.YEAR: [ENCYCLOPEDIA, POTTER, GRAMMAR, CAT, FORMULA],
    Order.ADDED: [CAT, GRAMMAR, POTTER, ENCYCLOPEDIA, FORMULA],
    Order.SUBJECT: [CAT, GRAMMAR, ENCYCLOPEDIA, POTTER, FORMULA],
    Order.CLASS: [ENCYCLOPEDIA, GRAMMAR, POTTER, CAT, FORMULA],
    Order.CALL_NUMBER: [GRAMMAR, POTTER, CAT, ENCYCLOPEDIA, FORMULA],
}


def numbers(database: Database, library: int, choice: Choice, order: Order = Order.ACCESSION) -> list[str]:
    with database.session(library, writes=False) as session:
        ids = chosen_items(session, choice, order).ids
        by_id = {one.id: one.accession_number for one in session.scalars(select(Item))}
        return [by_id[one] for one in ids]


@pytest.mark.requirement("A-18")
def test_a_list_is_sorted_by_whatever_the_librarian_wants_with_thai_words_as_in_the_dictionary(
    database: Database, libraries: Libraries, shelves: dict[str, int]
) -> None:
    found = {order: numbers(database, libraries.north, Choice(), order) for order in Order}
    assert {order: found[order] for order in ORDERS} == ORDERS
    named = [one for one in found[Order.AUTHOR] if one != FORMULA]
    assert named == [GRAMMAR, CAT, POTTER, ENCYCLOPEDIA], "what has no author comes last"


def test_citations_stand_by_author_or_title_with_thai_ones_first_in_a_thai_list_and_last_in_others(
    database: Database, libraries: Libraries, shelves: dict[str, int]
) -> None:
    with database.session(libraries.north, writes=False) as session:
        for order, wanted in (
            (Order.CITED, [GRAMMAR, CAT, ENCYCLOPEDIA]),
            (Order.CITED_THAI_LAST, [GRAMMAR, CAT, ENCYCLOPEDIA]),
        ):
            ids = list(chosen_titles(session, Choice(), order).ids)
            places = [ids.index(shelves[one]) for one in wanted]
            assert places == sorted(places), "the encyclopedia has no author and stands by its title"
            assert (places[0] > ids.index(shelves[POTTER])) is (order is Order.CITED_THAI_LAST)


def test_titles_are_sorted_alike(database: Database, libraries: Libraries, shelves: dict[str, int]) -> None:
    with database.session(libraries.north, writes=False) as session:
        for order, wanted in ORDERS.items():
            assert list(chosen_titles(session, Choice(), order).ids) == [shelves[one] for one in wanted], order


def test_a_range_ends_where_people_think_it_ends(
    database: Database, libraries: Libraries, shelves: dict[str, int]
) -> None:
    assert numbers(database, libraries.north, Choice(first="b20000", last="B99999")) == [CAT, ENCYCLOPEDIA, FORMULA]
    assert numbers(database, libraries.north, Choice(first="B99999")) == [FORMULA, GRAMMAR]


@pytest.mark.requirement("R-22")
def test_days_are_those_of_the_library(database: Database, libraries: Libraries, shelves: dict[str, int]) -> None:
    some = Choice(added_from=date(2026, 11, 3), added_until=date(2026, 11, 4))
    assert numbers(database, libraries.north, some) == [POTTER, GRAMMAR]


def test_conditions_hold_together(database: Database, libraries: Libraries, shelves: dict[str, int]) -> None:
    with database.session(libraries.north, writes=False) as session:
        novels, room = session.scalars(select(Category.id)).one(), session.scalars(select(Place.id)).one()
    assert numbers(database, libraries.north, Choice(category_id=novels, place_id=room)) == [POTTER, CAT]
    assert numbers(database, libraries.north, Choice(category_id=novels, last="B15000")) == [POTTER]
    assert numbers(database, libraries.north, Choice(material="map")) == []
    assert numbers(database, libraries.north, Choice(status="lost")) == []
    assert numbers(database, libraries.north, Choice(titles=(shelves[POTTER],))) == [POTTER]


def test_pasted_numbers_that_are_unknown_are_named(
    database: Database, libraries: Libraries, shelves: dict[str, int]
) -> None:
    with database.session(libraries.north, writes=False) as session:
        found = chosen_items(session, Choice(numbers="b20000\nB25000, ๐๐๐๙๙๙"), Order.ACCESSION)
    assert found.total == 1
    assert list(found.unknown) == ["B25000", "000999"], "south's numbers are unknown in north"


def test_chosen_titles_may_be_without_copies_but_not_all_titles_are_ours(
    database: Database, libraries: Libraries, shelves: dict[str, int]
) -> None:
    with database.session(libraries.north, writes=False) as session:
        elsewhere = session.scalars(select(Title.id).where(Title.title == "ของห้องสมุดอื่น")).one()
        assert elsewhere not in chosen_titles(session, Choice(), Order.TITLE).ids
        assert list(chosen_titles(session, Choice(titles=(elsewhere,)), Order.TITLE).ids) == [elsewhere]


def test_a_page_of_a_list_is_a_part_of_the_whole(
    database: Database, libraries: Libraries, shelves: dict[str, int]
) -> None:
    with database.session(libraries.north, writes=False) as session:
        whole = chosen_items(session, Choice(), Order.TITLE)
        some = chosen_items(session, Choice(), Order.TITLE, start=1, most=2)
    assert list(some.ids) == list(whole.ids[1:3])
    assert some.total == 5
