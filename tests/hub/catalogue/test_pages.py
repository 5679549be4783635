"""The pages of the catalogue as staff use them, in both languages."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select

from samut_hub.catalogue.models import Item, Title
from samut_hub.catalogue.records.iso2709 import read_record
from samut_hub.catalogue.samples import add_sample_titles
from samut_hub.catalogue.search.indexer import Indexer
from samut_hub.catalogue.service import add_material_types
from samut_hub.db import Database
from tests.hub.catalogue.conftest import NOW
from tests.hub.conftest import Libraries, SignIn, on_sqlite

FORM = {
    "title": "บ้านริมคลองของยายพริ้ง",
    "author": "ธารา เมฆขาว",
    "material": "book",
    "language": "tha",
    "publisher": "ต้นไม้เล่มโต",
    "year": "2566",
    "isbn": "974-7047-98-5",
    "call_number": "น ธ433บ",
    "subjects": "วรรณกรรมเยาวชน; ชีวิตชนบท",
    "summary": "คลองสายหนึ่ง",
}
COPY = {"accession_number": "A00001", "copies": "1", "status": "available", "price": "120.50", "location": "ชั้น 2"}


@pytest.fixture
def stocked(database: Database, libraries: Libraries, hub_app: Flask) -> Database:
    """The north library with the sample titles, searchable."""
    with database.session(libraries.north) as session:
        add_sample_titles(session, NOW)
    Indexer(database, hub_app.extensions["samut"].config.search_index).catch_up()
    return database


@pytest.fixture
def librarian(database: Database, sign_in: SignIn) -> FlaskClient:
    with database.session(None) as session:
        add_material_types(session)
    return sign_in()


def add(browser: FlaskClient, **changes: str) -> int:
    answer = browser.post("/catalogue/new", data={**FORM, **changes})
    assert answer.status_code == 302, answer.text
    return int(re.findall(r"\d+", answer.location)[0])


def test_a_book_is_described_gets_a_copy_and_is_shown(librarian: FlaskClient) -> None:
    title_id = add(librarian)
    assert 'value="000001"' in librarian.get(f"/catalogue/{title_id}/items/new").text
    assert librarian.post(f"/catalogue/{title_id}/items/new", data=COPY).status_code == 302
    page = librarian.get(f"/catalogue/{title_id}").text
    for said in ("บ้านริมคลองของยายพริ้ง", "ธารา เมฆขาว", "2023", "9789747047981", "A00001", "Available", "120.50 baht"):
        assert said in page, said


@on_sqlite
def test_years_are_shown_in_the_era_of_the_language(librarian: FlaskClient, sign_in: SignIn) -> None:
    title_id = add(librarian)
    assert 'value="2023"' in librarian.get(f"/catalogue/{title_id}/edit").text
    thai = sign_in(language="th")
    assert 'value="2566"' in thai.get(f"/catalogue/{title_id}/edit").text
    assert "2566" in thai.get(f"/catalogue/{title_id}").text


@on_sqlite
@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("title", " ", "This field is required."),
        ("isbn", "974-7047-98-6", "This is not an ISBN"),
        ("year", "soon", "Give the year with four digits."),
        ("material", "spaceship", "Not a valid choice."),
    ],
)
def test_what_is_filled_in_wrongly_is_told_and_kept(
    librarian: FlaskClient, field: str, typed: str, said: str
) -> None:
    answer = librarian.post("/catalogue/new", data={**FORM, field: typed})
    assert answer.status_code == 422
    assert said in answer.text
    assert "คลองสายหนึ่ง" in answer.text


@pytest.mark.parametrize("page", ["0", "-1", "x", "", str(10**30), "9" * 5000])
@pytest.mark.parametrize("words", ["", "แม่น้ำ"])
def test_every_page_number_gives_a_page(stocked: Database, sign_in: SignIn, words: str, page: str) -> None:
    assert sign_in().get("/catalogue/", query_string={"page": page, "q": words}).status_code == 200


@on_sqlite
def test_an_empty_form_is_told_as_well(librarian: FlaskClient) -> None:
    assert librarian.post("/catalogue/new", data={}).status_code == 422
    assert librarian.post(f"/catalogue/{add(librarian)}/items/new", data={}).status_code == 422


def test_the_same_isbn_is_asked_about_once(librarian: FlaskClient) -> None:
    first = add(librarian)
    answer = librarian.post("/catalogue/new", data={**FORM, "title": "อีกเล่ม"})
    assert answer.status_code == 422
    assert f'href="/catalogue/{first}"' in answer.text
    assert add(librarian, title="อีกเล่ม", same_isbn="y") != first


def test_two_who_edit_one_title_lose_nothing(librarian: FlaskClient, sign_in: SignIn) -> None:
    title_id, other = add(librarian), sign_in("administrator")
    assert (
        other.post(f"/catalogue/{title_id}/edit", data={**FORM, "publisher": "ของเขา", "version": "1"}).status_code
        == 302
    )
    mine = {**FORM, "summary": "ของฉัน", "version": "1"}
    answer = librarian.post(f"/catalogue/{title_id}/edit", data=mine)
    assert answer.status_code == 422
    for said in ("Someone else saved this title", "ของฉัน", "ของเขา", 'value="2"'):
        assert said in answer.text, said
    assert librarian.post(f"/catalogue/{title_id}/edit", data={**mine, "version": "2"}).status_code == 302
    assert "ของฉัน" in librarian.get(f"/catalogue/{title_id}").text


def test_a_taken_number_is_told_as_it_is_typed(librarian: FlaskClient) -> None:
    title_id = add(librarian)
    librarian.post(f"/catalogue/{title_id}/items/new", data=COPY)

    def typed(number: str, **more: str) -> str:
        return librarian.get("/catalogue/items/number", query_string={"accession_number": number, **more}).text

    assert "A00001 is taken by “บ้านริมคลองของยายพริ้ง”" in typed("a๐๐๐๐๑")
    assert "The next free number is A00002." in typed("A00001")
    assert "A00002 is free." in typed("A00002")
    assert "at least six" in typed("A1")
    assert "A00001 is free." in typed("A00001", item="1")


def test_a_taken_number_is_refused_when_it_is_sent(librarian: FlaskClient) -> None:
    title_id = add(librarian)
    librarian.post(f"/catalogue/{title_id}/items/new", data=COPY)
    answer = librarian.post(f"/catalogue/{title_id}/items/new", data={**COPY, "note": "สำเนา"})
    assert answer.status_code == 422
    assert "A00001 is taken by" in answer.text
    assert "สำเนา" in answer.text


def test_several_copies_at_once(librarian: FlaskClient, database: Database, libraries: Libraries) -> None:
    title_id = add(librarian)
    answer = librarian.post(f"/catalogue/{title_id}/items/new", data={**COPY, "copies": "3"}, follow_redirects=True)
    assert "3 copies added." in answer.text
    with database.session(libraries.north) as session:
        assert session.scalars(select(Item.barcode).order_by(Item.id)).all() == ["A00001", "A00002", "A00003"]


def test_a_copy_is_changed(librarian: FlaskClient) -> None:
    title_id = add(librarian)
    librarian.post(f"/catalogue/{title_id}/items/new", data=COPY)
    assert 'value="120.50"' in librarian.get("/catalogue/items/1/edit").text
    answer = librarian.post(
        "/catalogue/items/1/edit", data={**COPY, "status": "in_repair", "barcode": "8850001"}, follow_redirects=True
    )
    assert "Sent for repair" in answer.text
    assert "8850001" in answer.text


@on_sqlite
def test_the_marc_record_is_shown_and_downloaded(librarian: FlaskClient) -> None:
    title_id = add(librarian)
    assert "บ้านริมคลองของยายพริ้ง" in librarian.get(f"/catalogue/{title_id}/marc").text
    answer = librarian.get(f"/catalogue/{title_id}/record.mrc")
    assert answer.mimetype == "application/marc"
    assert read_record(answer.data)["245"]["a"] == "บ้านริมคลองของยายพริ้ง"


def test_search_and_pages_of_the_list(stocked: Database, sign_in: SignIn) -> None:
    browser = sign_in("assistant")
    assert "ระบบทศนิยมดิวอี้สำหรับห้องสมุดโรงเรียน" in browser.get("/catalogue/?q=ดิวอี้").text
    assert "Nothing was found" in browser.get("/catalogue/?q=qqqq").text
    assert "หมากล้อม" in browser.get("/catalogue/?material=game").text
    assert "พระอภัยมณี" in browser.get("/catalogue/?page=4").text
    for odd in (
        "page=-5",
        "page=x",
        "page=99999999999",
        "q=%00",
        "q=" + "x" * 5_000,
        "material=%00%27",
        "q=%22%28NOT",
    ):
        assert browser.get(f"/catalogue/?{odd}").status_code == 200, odd


def test_a_page_of_the_list_asks_few_questions(stocked: Database, sign_in: SignIn) -> None:
    browser, asked = sign_in(), []
    event.listen(stocked.engine, "before_cursor_execute", lambda *about: asked.append(about[2]))
    for address in ("/catalogue/", "/catalogue/?q=ไทย", "/catalogue/1"):
        asked.clear()
        browser.get(address)
        assert len([one for one in asked if one.startswith("SELECT")]) <= 13, asked  # one is the menu's


@on_sqlite
def test_scripts_in_a_title_are_text(librarian: FlaskClient) -> None:
    title_id = add(librarian, title="<script>alert(1)</script>", author="<img src=x onerror=alert(1)>", isbn="")
    for page in (
        f"/catalogue/{title_id}",
        "/catalogue/",
        f"/catalogue/{title_id}/marc",
        f"/catalogue/{title_id}/edit",
    ):
        text = librarian.get(page).text
        assert "<script>alert" not in text
        assert "<img src=x" not in text


def test_control_characters_and_very_long_texts(librarian: FlaskClient, database: Database) -> None:
    title_id = add(librarian, title="ศูนย์\x00 \x07ระฆัง", isbn="")
    with database.session(None, writes=False) as session:
        assert session.get_one(Title, title_id).title == "ศูนย์ ระฆัง"
    assert librarian.post("/catalogue/new", data={**FORM, "title": "ก" * 501}).status_code == 422
    assert librarian.post(f"/catalogue/{title_id}/items/new", data={**COPY, "note": "\x00x"}).status_code == 302


@on_sqlite
@pytest.mark.parametrize("address", ["new", "1/edit", "1/items/new", "items/1/edit"])
def test_an_assistant_reads_and_does_not_write(stocked: Database, sign_in: SignIn, address: str) -> None:
    assistant = sign_in("assistant")
    assert assistant.get("/catalogue/1").status_code == 200
    assert assistant.get(f"/catalogue/{address}").status_code == 403
    assert assistant.post(f"/catalogue/{address}", data=FORM).status_code == 403
    assert "Add copies" not in assistant.get("/catalogue/1").text


def test_another_library_sees_the_title_but_not_the_copies(stocked: Database, sign_in: SignIn) -> None:
    browser = sign_in(library="south")
    assert "B00001" not in browser.get("/catalogue/1").text
    assert "Your library has no copy of this title." in browser.get("/catalogue/1").text
    assert browser.get("/catalogue/items/1/edit").status_code == 404
    assert browser.post("/catalogue/items/1/edit", data=COPY).status_code == 404


@on_sqlite
def test_what_is_not_there_is_not_found(librarian: FlaskClient) -> None:
    for address in ("/catalogue/99", "/catalogue/99/edit", "/catalogue/99/marc", "/catalogue/99/record.mrc"):
        assert librarian.get(address).status_code == 404


@on_sqlite
def test_visitors_are_sent_to_sign_in(client: FlaskClient) -> None:
    assert client.get("/catalogue/").status_code == 302
