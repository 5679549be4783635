"""Rooms, shelves and categories as a library arranges them."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from samut_hub.catalogue.models import Category, Item, Place
from samut_hub.catalogue.places import service
from samut_hub.catalogue.places.service import Direction, InsideItselfError, NotEmptyError
from samut_hub.catalogue.service import add_place, categories, places
from samut_hub.db import Database
from tests.hub.conftest import Clock, Libraries, SignIn
from tests.hub.shelf import put_on_shelf


def tree(database: Database, library: int) -> list[str]:
    with database.session(library, writes=False) as session:
        return ["  " * depth + place.name for place, depth in places(session)]


@pytest.mark.requirement("A-29")
def test_shelves_stand_in_rooms_and_are_moved(database: Database, libraries: Libraries) -> None:
    with database.session(libraries.north) as session:
        hall, annex = add_place(session, "ห้องใหญ่"), add_place(session, "ห้องเล็ก")
        first, second = (add_place(session, name, parent=hall) for name in ("ชั้น 1", "ชั้น 2"))
        service.shift_place(session, second, Direction.UP)
        service.shift_place(session, second, Direction.UP)
        service.shift_place(session, annex, Direction.UP)
    assert tree(database, libraries.north) == ["ห้องเล็ก", "ห้องใหญ่", "  ชั้น 2", "  ชั้น 1"]
    with database.session(libraries.north) as session:
        moved = session.get_one(Place, first.id)
        service.edit_place(session, moved, name="ชั้นนิทาน", name_en="Tales", parent_id=annex.id)
        room = session.get_one(Place, hall.id)
        with pytest.raises(InsideItselfError):
            service.edit_place(session, room, name="x", name_en="", parent_id=second.id)
        assert hall.id not in {place.id for place, _depth in service.possible_parents(session, room)}
    assert tree(database, libraries.north) == ["ห้องเล็ก", "  ชั้นนิทาน", "ห้องใหญ่", "  ชั้น 2"]
    assert tree(database, libraries.south) == []


def test_only_what_is_empty_is_removed(database: Database, libraries: Libraries, clock: Clock) -> None:
    put_on_shelf(database, libraries.north, clock())
    with database.session(libraries.north) as session:
        hall = add_place(session, "ห้องใหญ่")
        shelf, empty = add_place(session, "ชั้น 1", parent=hall), add_place(session, "ชั้น 2", parent=hall)
        novels = Category()
        service.write_category(session, novels, name="นวนิยาย", name_en="Novels", colour="#ff0000")
        book = session.scalars(select(Item).limit(1)).one()
        book.place_id, book.category_id = shelf.id, novels.id
        session.flush()
        for place in (hall, shelf):
            with pytest.raises(NotEmptyError):
                service.remove_place(session, place)
        with pytest.raises(NotEmptyError):
            service.remove_category(session, novels)
        service.remove_place(session, empty)
        assert service.items_by_place(session) == {shelf.id: 1}
        assert service.items_by_category(session) == {novels.id: 1}
    assert tree(database, libraries.north) == ["ห้องใหญ่", "  ชั้น 1"]


@pytest.mark.requirement("A-11")
def test_a_library_has_as_many_categories_as_it_likes(database: Database, libraries: Libraries) -> None:
    with database.session(libraries.north) as session:
        for number in range(40):
            service.write_category(session, Category(), name=f"หมวด {number}", name_en="", colour="")
        last = categories(session)[-1]
        service.shift_category(session, last, Direction.UP)
        assert [one.name for one in categories(session)][-2:] == ["หมวด 39", "หมวด 38"]
        with pytest.raises(service.NameTakenError):
            service.write_category(session, Category(), name="หมวด 1", name_en="", colour="")


@pytest.fixture
def librarian(database: Database, sign_in: SignIn) -> FlaskClient:
    return sign_in()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_pages_of_settings(database: Database, libraries: Libraries, librarian: FlaskClient) -> None:
    assert librarian.post("/settings/places", data={"name": "ห้องสมุด", "name_en": "Library"}).status_code == 302
    librarian.post("/settings/places", data={"name": "ชั้น 1", "parent_id": "1"})
    page = librarian.get("/settings/places").text
    assert "Library" in page
    assert "not empty" in librarian.post("/settings/places/1/remove", follow_redirects=True).text
    assert librarian.post("/settings/places/2", data={"name": "ชั้นล่าง", "parent_id": ""}).status_code == 302
    assert librarian.post("/settings/places/2/shift", data={"direction": "up"}).status_code == 302
    assert librarian.post("/settings/places/2/shift", data={"direction": "sideways"}).status_code == 400
    assert tree(database, libraries.north) == ["ชั้นล่าง", "ห้องสมุด"]
    form = {"name": "อ้างอิง", "name_en": "Reference", "colour": "#FF0000", "has_colour": "y"}
    assert librarian.post("/settings/categories", data=form).status_code == 302
    assert librarian.post("/settings/categories", data=form).status_code == 422
    assert librarian.post("/settings/categories", data={**form, "name": "x", "colour": "red"}).status_code == 422
    assert 'fill="#ff0000"' in librarian.get("/settings/categories").text
    librarian.post("/settings/categories/1", data={**form, "has_colour": ""})
    with database.session(libraries.north, writes=False) as session:
        assert categories(session)[0].colour == ""
