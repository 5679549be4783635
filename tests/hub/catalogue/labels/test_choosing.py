"""Which copies get labels, on both databases."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from samut_hub.catalogue.items import ItemFields, add_items
from samut_hub.catalogue.labels.choosing import Choice, Order, Which, choose
from samut_hub.catalogue.labels.layout import BandBy, Design, Kind
from samut_hub.catalogue.labels.printing import Wish, confirm, drawings, make_run
from samut_hub.catalogue.models import Category, Item
from samut_hub.catalogue.records.marc import Description
from samut_hub.catalogue.service import add_material_types, add_place, add_title
from samut_hub.db import Database
from tests.hub.catalogue.conftest import NOW
from tests.hub.conftest import Libraries


@pytest.fixture
def ids(database: Database, libraries: Libraries) -> dict[str, int]:
    """A00009, A00010 in the hall's shelf, novels; B00001 in the hall, added two days later, and lost: B00002."""
    with database.session(libraries.north) as session:
        add_material_types(session)
        hall = add_place(session, "ห้องโถง")
        shelf = add_place(session, "ชั้น 1", parent=hall)
        novel = Category(name="นวนิยาย", colour="#8e24aa")
        session.add(novel)
        session.flush()
        late = add_title(session, Description(title="ที่สอง", call_number="900 ก1"), now=NOW)
        early = add_title(session, Description(title="แรก", call_number="100 ก1"), now=NOW)
        add_items(session, late, ItemFields(accession_number="A00009", place_id=shelf.id), copies=2, now=NOW)
        add_items(
            session, early, ItemFields(accession_number="B00001", place_id=hall.id), now=NOW + timedelta(days=2)
        )
        add_items(session, early, ItemFields(accession_number="B00002", status="lost"), now=NOW)
        session.flush()
        for item in session.scalars(select(Item).where(Item.title_id == late.id)):
            item.category_id = novel.id
        return {"hall": hall.id, "shelf": shelf.id, "novel": novel.id, "late": late.id}


def numbers(database: Database, library: int, choice: Choice) -> list[str]:
    with database.session(library, writes=False) as session:
        chosen = choose(session, choice).ids
        known = {item.id: item.accession_number for item in session.scalars(select(Item))}
        return [known[item_id] for item_id in chosen]


def test_copies_are_chosen_in_every_way(database: Database, libraries: Libraries, ids: dict[str, int]) -> None:
    day = date(2026, 11, 25)
    wanted = {
        Choice(): ["A00009", "A00010", "B00001"],
        Choice(order=Order.SHELF): ["B00001", "A00009", "A00010"],
        Choice(which=Which.NUMBERS, numbers="b00002\nA00010", order=Order.GIVEN): ["B00002", "A00010"],
        Choice(which=Which.NUMBERS, numbers="B00001,A00009"): ["A00009", "B00001"],
        Choice(which=Which.NUMBERS, numbers="A00009 \n B00001", order=Order.SHELF): ["B00001", "A00009"],
        Choice(which=Which.RANGE, first="a00010", last="B00001"): ["A00010", "B00001"],
        Choice(which=Which.RANGE, first="A00010"): ["A00010"],
        Choice(which=Which.RANGE): [],
        Choice(which=Which.ADDED, added_from=day): ["B00001"],
        Choice(which=Which.ADDED, added_from=day - timedelta(days=2), added_until=day - timedelta(days=1)): [
            "A00009",
            "A00010",
            "B00002",
        ],
        Choice(which=Which.PLACE, place_id=ids["hall"]): ["A00009", "A00010", "B00001"],
        Choice(which=Which.PLACE, place_id=ids["shelf"]): ["A00009", "A00010"],
        Choice(which=Which.CATEGORY, category_id=ids["novel"]): ["A00009", "A00010"],
        Choice(which=Which.TITLE, title_id=ids["late"]): ["A00009", "A00010"],
    }
    assert {choice: numbers(database, libraries.north, choice) for choice in wanted} == wanted


def test_another_library_finds_none_of_them(database: Database, libraries: Libraries, ids: dict[str, int]) -> None:
    assert numbers(database, libraries.south, Choice()) == []
    assert numbers(database, libraries.south, Choice(which=Which.NUMBERS, numbers="A00009")) == []


def test_numbers_of_no_copy_are_told(database: Database, libraries: Libraries, ids: dict[str, int]) -> None:
    with database.session(libraries.north, writes=False) as session:
        chosen = choose(session, Choice(which=Which.NUMBERS, numbers="A00009\nX99999"))
    assert (len(chosen.ids), chosen.unknown) == (1, ["X99999"])


@pytest.mark.requirement("A-22")
def test_a_spine_label_says_category_copy_and_number(
    database: Database, libraries: Libraries, ids: dict[str, int]
) -> None:
    wish = Wish(sheet="l7160", design=Design(kind=Kind.SPINE, band=BandBy.CATEGORY), language="th", copies=2)
    with database.session(libraries.north, writes=False) as session:
        chosen = choose(session, Choice(which=Which.TITLE, title_id=ids["late"]))
        labels = list(drawings(session, chosen.ids, wish))
    said = [[line for text in label.texts for line in text.lines] for label in labels]
    assert said[0] == said[1]
    assert {"นวนิยาย", "900", "ก1", "A00009", "ห้องสมุดโรงเรียนเหนือ"} <= set(said[0])
    assert "ฉ.2" in said[2]
    assert "ฉ.2" not in said[0]
    assert any("#8e24aa" in shape for shape in labels[0].shapes)


def test_a_confirmed_run_leaves_the_new_ones(database: Database, libraries: Libraries, ids: dict[str, int]) -> None:
    with database.session(libraries.north) as session:
        chosen = choose(session, Choice(which=Which.PLACE, place_id=ids["shelf"]))
        run = make_run(
            session, chosen.ids, Wish(sheet="l7651", design=Design(), language="th"), staff_id=None, now=NOW
        )
        confirm(session, run, now=NOW)
    assert numbers(database, libraries.north, Choice()) == ["B00001"]
