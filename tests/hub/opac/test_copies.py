"""What visitors are told of copies: where they stand, and whether they can be had."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask.testing import FlaskClient

from samut_hub.catalogue.lending import Out, OutNow
from samut_hub.catalogue.service import place_names
from samut_hub.opac import copies as on_page
from samut_hub.opac.copies import copies_of, holdings_of, stock_of, without_free_copy
from samut_rules.loan import ItemStatus
from tests.hub.opac.conftest import Town


@pytest.mark.requirement("A-29")
def test_a_free_copy_is_told_with_its_place_and_shelf(town: Town) -> None:
    title = town.title("พระอภัยมณี")
    shelf = town.place("ห้องอ่าน", "ชั้น 3")
    town.item(title, "B00001", place_id=shelf)
    town.item(title, "B00002")
    town.lend("B00002")
    with town.database.session(town.libraries.north, writes=False) as session:
        stock = stock_of(session, [title])[title]
        names = place_names(session, "th", [town.libraries.north])
        copies = copies_of(session, title)
    assert (stock.total, stock.free, stock.place_id) == (2, 1, shelf)
    assert names[shelf] == "ห้องอ่าน, ชั้น 3"
    assert [(copy.accession_number, copy.is_free, copy.place_id) for copy in copies] == [
        ("B00001", True, shelf),
        ("B00002", False, None),
    ]


def test_a_title_of_two_libraries_is_counted_once_for_each(town: Town) -> None:
    title = town.title("พระอภัยมณี")
    town.item(title, "B00001")
    town.item(title, "B00001", "south")
    town.item(title, "B00002", "south", status="in_repair")
    town.item(title, "B00003", "south", status="withdrawn")
    town.lend("B00001")
    with town.database.session(None, writes=False) as session:
        everywhere = stock_of(session, [title, 999])
    with town.database.session(town.libraries.south, writes=False) as session:
        south = stock_of(session, [title])[title]
        copies = copies_of(session, title)
    assert set(everywhere) == {title}
    assert (everywhere[title].total, everywhere[title].free, everywhere[title].libraries) == (3, 1, 2)
    assert (south.total, south.free, south.due_at) == (2, 1, None)
    assert [copy.status for copy in copies] == ["available", "in_repair", "withdrawn"]


def test_what_libraries_have_is_the_same_whether_the_page_counts_or_the_database(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    title = town.title("พระอภัยมณี")
    for number, status in enumerate(ItemStatus):
        town.item(title, f"B1000{number}", status=status.value)
    town.item(title, "B00001")
    town.item(title, "B00001", "south")
    town.item(title, "B00002", "south")
    town.lend("B00001")
    with town.database.session(None, writes=False) as session:
        copies = copies_of(session, title)
        here = holdings_of(session, title, copies)
        monkeypatch.setattr(on_page, "MOST_COPIES", 1)
        counted = holdings_of(session, title, copies)
    assert set(here) == {town.libraries.north, town.libraries.south}
    assert here == counted


def test_titles_without_a_free_copy_are_known(town: Town) -> None:
    lent, repaired, half, free, in_south = (town.title(name) for name in "กขคงจ")
    town.item(lent, "B00001")
    town.item(repaired, "B00002", status="in_repair")
    town.item(half, "B00003")
    town.item(half, "B00004")
    town.item(free, "B00005", status="reference")
    town.item(in_south, "B00006")
    town.item(in_south, "B00007", "south")
    for number in ("B00001", "B00003", "B00006"):
        town.lend(number)
    with town.database.session(town.libraries.north, writes=False) as session:
        assert set(without_free_copy(session).title_ids) == {lent, repaired, in_south}
    with town.database.session(town.libraries.south, writes=False) as session:
        assert without_free_copy(session) == Out((), is_whole=True)
    with town.database.session(None, writes=False) as session:
        assert set(without_free_copy(session).title_ids) == {lent, repaired}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_out_is_asked_once_in_a_while(
    town: Town, statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    out, first = OutNow(), town.book("ก", "B00001")
    second = town.book("ข", "B00002")
    town.lend("B00001")
    with town.database.session(town.libraries.north, writes=False) as session:
        assert out.of(session, town.clock()).title_ids == (first,)
    town.lend("B00002")
    with town.database.session(town.libraries.north, writes=False) as session, statements() as asked:
        assert out.of(session, town.clock()).title_ids == (first,)
        assert not asked
        town.clock.pass_by(seconds=11)
        assert set(out.of(session, town.clock()).title_ids) == {first, second}
    with town.database.session(town.libraries.south, writes=False) as session:
        assert out.of(session, town.clock()) == Out((), is_whole=True)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_it_is_said_when_more_is_out_than_a_search_can_leave_out(
    town: Town, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("samut_hub.opac.copies.MOST_OUT", 1)
    for place in range(2):
        town.book(f"เล่ม {place}", f"B0000{place}")
        town.lend(f"B0000{place}")
    assert "So much is out now" in client.get("/find?available=1").text
    assert "So much is out now" not in client.get("/find").text
