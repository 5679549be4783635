"""A cataloguing day: teachers scan one book after another, with nothing but scanner and Enter."""

import re
from collections.abc import Sequence
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from samut_hub.catalogue.entry.models import Entry
from samut_hub.catalogue.models import Category, Item, Place, Title
from samut_hub.catalogue.records.marc import Description
from samut_hub.catalogue.service import add_material_types, add_place, add_title
from samut_hub.circulation.models import Loan
from samut_hub.db import Database
from samut_hub.members.models import Member
from tests.hub.catalogue.conftest import NOW
from tests.hub.catalogue.copying.conftest import OtherLibrary
from tests.hub.catalogue.copying.test_pages import TARGET
from tests.hub.conftest import Clock, Libraries, SignIn
from tests.hub.shelf import put_on_shelf

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

HERE = "/catalogue/entry/"
ISBN = "9789747047981"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def librarian(database: Database, sign_in: SignIn) -> FlaskClient:
    with database.session(None) as session:
        add_material_types(session)
    return sign_in()


@pytest.fixture
def room(database: Database, libraries: Libraries) -> tuple[Place, Category]:
    with database.session(libraries.north) as session:
        place, category = add_place(session, "ชั้น 1"), Category(name="นวนิยาย")
        session.add(category)
        session.flush()
        return place, category


@pytest.fixture
def known(database: Database, libraries: Libraries) -> int:
    """A title that the other library of the hub described."""
    with database.session(libraries.south) as session:
        add_material_types(session)
        return add_title(session, Description(title="บ้านริมคลอง", isbn=ISBN), now=NOW).id


def rows(database: Database, kind: Any) -> Sequence[Any]:
    with database.session(None, writes=False) as session:
        return session.scalars(select(kind).order_by(kind.id)).all()


def form_in(page: str) -> dict[str, str]:
    """What the form of the page would send if Enter were pressed now."""
    form = page[page.index('action="/catalogue/entry/save"') :]
    sent = dict(re.findall(r'<input[^>]*? name="(\w+)"[^>]*? value="([^"]*)"', form[: form.index("</form>")]))
    chosen = r'<select[^>]*? name="(\w+)">(?:(?!</select>).)*?<option selected value="([^"]*)"'
    return sent | dict(re.findall(chosen, form, re.DOTALL))


def scan(browser: FlaskClient, isbn: str) -> dict[str, str]:
    return form_in(browser.get(HERE, query_string={"isbn": isbn}).text)


def save(browser: FlaskClient, form: dict[str, str], **changes: str) -> str:
    """The page after Enter."""
    answer = browser.post(f"{HERE}save", data={**form, **changes}, follow_redirects=True)
    return answer.text


@pytest.mark.requirement("N-09")
def test_books_are_entered_by_scanner_and_enter_alone(
    database: Database, librarian: FlaskClient, known: int, room: tuple[Place, Category]
) -> None:
    """The first book asks for its place; the next have it, and the next free number; all are listed for labels."""
    place, category = room
    page = save(librarian, scan(librarian, ISBN), place_id=str(place.id), category_id=str(category.id), copies="2")
    assert re.search(r'<input[^>]* name="isbn"[^>]* autofocus', page)
    assert "000001–000002" in page
    save(librarian, scan(librarian, "978-974-7047-98-1"))
    new = scan(librarian, "9780306406157")
    page = save(librarian, new, title="หนังสือใหม่", author="ก; ข", call_number="895.913 ส1")
    second = rows(database, Title)[1]
    assert (second.title, second.author, second.isbn, second.call_number) == (
        "หนังสือใหม่",
        "ก; ข",
        "9780306406157",
        "895.913 ส1",
    )
    items = rows(database, Item)
    assert [item.accession_number for item in items] == ["000001", "000002", "000003", "000004"]
    assert [item.title_id for item in items] == [known, known, known, second.id]
    assert {(item.place_id, item.category_id) for item in items} == {(place.id, category.id)}
    labels = re.search(r'href="(/catalogue/labels/[^"]*)"', page)
    assert labels
    assert all(number in labels[1] for number in ("000001", "000002", "000003", "000004"))
    assert librarian.get(labels[1]).status_code == 200


def test_enter_pressed_twice_saves_one_book(database: Database, librarian: FlaskClient, known: int) -> None:
    form = scan(librarian, ISBN)
    for _ in range(2):
        assert "000001" in save(librarian, form)
    again = scan(librarian, "9780306406157")
    for _ in range(2):
        save(librarian, again, title="ใหม่")
    assert (len(rows(database, Item)), len(rows(database, Title)), len(rows(database, Entry))) == (2, 2, 2)


def test_scripts_get_the_part_that_works(librarian: FlaskClient, known: int) -> None:
    part = librarian.get(HERE, query_string={"isbn": ISBN}, headers=HTMX).text
    assert part.lstrip().startswith('<div id="entry-work">')
    saved = librarian.post(f"{HERE}save", data=form_in(part), headers=HTMX)
    assert saved.text.lstrip().startswith('<div id="entry-work">')
    assert "Saved: บ้านริมคลอง, 000001" in saved.text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"title": ""}, "This field is required."),
        ({"title": "x", "accession_number": "12"}, "at least six letters and digits"),
        ({"title": "x", "accession_number": "9780306406157"}, "Save this book first"),
        ({"title": "x", "copies": "0"}, "between 1 and 200"),
        ({"title": "x", "copies": "9780306406157"}, "between 1 and 200"),
        ({"title": "x", "place_id": "99"}, "Not a valid choice."),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_saved(
    database: Database, librarian: FlaskClient, typed: dict[str, str], said: str
) -> None:
    page = save(librarian, scan(librarian, "9780306406157"), **typed)
    assert said in page
    assert f'value="{typed.get("title")}"' in page or not typed.get("title")
    assert (len(rows(database, Item)), len(rows(database, Title))) == (0, 0)


def test_a_number_taken_meanwhile_leaves_no_title_behind(
    database: Database, librarian: FlaskClient, sign_in: SignIn, known: int
) -> None:
    form = scan(librarian, "9780306406157")
    save(sign_in("administrator"), scan(librarian, ISBN), accession_number="000001")
    assert "is taken by" in save(librarian, form, title="ใหม่")
    assert len(rows(database, Title)) == 1
    save(librarian, form, title="ใหม่", accession_number="000002")
    assert len(rows(database, Title)) == 2


def test_a_wrong_isbn_is_told_and_a_book_without_one_is_entered(database: Database, librarian: FlaskClient) -> None:
    assert "is not an ISBN" in librarian.get(HERE, query_string={"isbn": "974-7047-98-6"}).text
    form = form_in(librarian.get(HERE, query_string={"blank": "1"}).text)
    save(librarian, form, title="จุลสาร")
    assert rows(database, Title)[0].isbn == ""


def test_an_entry_is_taken_back_with_the_title_that_came_with_it(
    database: Database, librarian: FlaskClient, known: int
) -> None:
    save(librarian, scan(librarian, ISBN))
    save(librarian, scan(librarian, "9780306406157"), title="ผิด")
    first, second = rows(database, Entry)
    for entry in (first, second, second):
        assert librarian.post(f"{HERE}{entry.id}/undo").status_code == 302
    assert [title.id for title in rows(database, Title)] == [known]
    assert rows(database, Item) == []
    assert "Nothing yet" in librarian.get(HERE).text


def test_a_copy_that_was_lent_is_not_taken_back(
    database: Database, libraries: Libraries, librarian: FlaskClient, clock: Clock
) -> None:
    put_on_shelf(database, libraries.north, clock())
    save(librarian, scan(librarian, ISBN), title="ยืมแล้ว", accession_number="C00001")
    (entry,) = rows(database, Entry)
    with database.session(libraries.north) as session:
        item = session.get_one(Item, entry.item_ids[0])
        member = session.scalars(select(Member)).first()
        session.add(Loan(item=item, member=member, lent_at=clock(), due_at=clock(), source="desk"))
    answer = librarian.post(f"{HERE}{entry.id}/undo", headers=HTMX)
    assert answer.status_code == 422
    assert "lent or counted" in answer.text
    assert "ยืมแล้ว" in librarian.get(HERE).text


def test_everyone_sees_only_what_they_entered_today(
    librarian: FlaskClient, sign_in: SignIn, known: int, clock: Clock
) -> None:
    save(librarian, scan(librarian, ISBN))
    assert "บ้านริมคลอง" in librarian.get(HERE).text
    assert "บ้านริมคลอง" not in sign_in("administrator").get(HERE).text
    clock.pass_by(hours=11)
    assert "บ้านริมคลอง" in librarian.get(HERE).text
    clock.pass_by(hours=11)
    assert "บ้านริมคลอง" not in sign_in("librarian").get(HERE).text


def test_other_libraries_are_asked_in_the_background(
    database: Database,
    librarian: FlaskClient,
    sign_in: SignIn,
    zebra: OtherLibrary,
) -> None:
    target = {**TARGET, "port": str(zebra.port)}
    assert sign_in("administrator").post("/catalogue/copying/libraries/new", data=target).status_code == 302
    isbn = "9780747586432"
    page = librarian.get(HERE, query_string={"isbn": isbn}).text
    assert 'hx-trigger="load, submit"' in page
    part = librarian.post(f"{HERE}ask", data={"isbn": isbn}, headers=HTMX).text
    (chosen,) = set(re.findall(r'href="(/catalogue/entry/\?hit=\d+)"', part))
    save(librarian, form_in(librarian.get(chosen).text))
    (title,) = rows(database, Title)
    assert (title.isbn, title.source, title.licence) == (isbn, "Zebra", "CC0 1.0")
    save(librarian, form_in(librarian.get(chosen).text))
    assert len(rows(database, Title)) == 1
    assert [item.title_id for item in rows(database, Item)] == [title.id, title.id]
    without_scripts = librarian.post(f"{HERE}ask", data={"isbn": "9790000000001"})
    assert without_scripts.status_code == 302
