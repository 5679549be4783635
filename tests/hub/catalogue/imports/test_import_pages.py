"""A librarian brings in a file: looks, chooses, begins, reads what came of it, undoes."""

import io
import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from samut_hub.catalogue.imports import files, jobs
from samut_hub.catalogue.imports.web import exporting
from samut_hub.db import Database
from samut_hub.jobs.performing import perform
from samut_hub.tasks import claim_next
from samut_hub.web.hub import ROOM, Room
from samut_hub.workbook import workbook
from tests.hub.catalogue.conftest import MARC_FILES
from tests.hub.catalogue.imports.test_taking_in import CAT, book, file_of
from tests.hub.conftest import Clock, SignIn

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

BEGIN = {"match": "isbn", "action": "skip", "begin": "y"}


@pytest.fixture
def librarian(sign_in: SignIn) -> FlaskClient:
    return sign_in()


@pytest.fixture
def worker(hub_app: Flask, database: Database, clock: Clock) -> object:
    """Carries out all that waits, as the worker does."""

    def work() -> None:
        config = hub_app.extensions["samut"].config
        while True:
            with database.session(None) as session:
                task_id = claim_next(session, clock())
            if task_id is None:
                return
            perform(config, database, task_id, clock)

    return work


def send(browser: FlaskClient, data: bytes, name: str = "books.mrc") -> int:
    answer = browser.post("/catalogue/imports/", data={"file": (io.BytesIO(data), name)})
    assert answer.status_code == 302, answer.text
    return int(re.findall(r"\d+", answer.location)[0])


def test_numbers_that_are_no_isbn_are_counted_with_their_rows_and_are_no_refusals(
    librarian: FlaskClient, worker: Callable[[], None]
) -> None:
    number = send(librarian, "title,isbn\nแมว,123\nปลา,9789747047981\nปู,456\n".encode(), "books.csv")
    librarian.post(f"/catalogue/imports/{number}/choose", data=BEGIN)
    worker()
    page = librarian.get(f"/catalogue/imports/{number}").text
    assert re.search(r"2 × The ISBN is not valid\. It is kept in the record as a note\.\s*<[^>]*>Row 2, 4<", page)
    assert "What did not come in" not in page
    assert "123" not in librarian.get(f"/catalogue/imports/{number}/refused").text


@pytest.mark.requirement("K-01")
def test_a_file_is_looked_at_brought_in_and_undone(librarian: FlaskClient, worker: object) -> None:
    bad = file_of(book("ปลา"))[:40]
    number = send(librarian, file_of(CAT, book("<script>alert(1)</script>")) + bad)
    page = librarian.get(f"/catalogue/imports/{number}").text
    for said in ("แมว", "&lt;script&gt;", "The record is cut off.", "The whole file was looked at."):
        assert said in page, said
    begun = librarian.post(f"/catalogue/imports/{number}/choose", data=BEGIN)
    assert "/tasks/" in begun.location
    worker()  # type: ignore[operator]
    page = librarian.get(f"/catalogue/imports/{number}").text
    assert "Brought in" in page
    assert "The record is cut off." in page
    assert librarian.get(f"/catalogue/imports/{number}/refused").data == bad
    librarian.post(f"/catalogue/imports/{number}/undo")
    worker()  # type: ignore[operator]
    assert (
        "Everything that this import brought in was taken out again."
        in librarian.get(f"/catalogue/imports/{number}").text
    )


def test_the_task_of_an_undone_import_is_not_started_again(librarian: FlaskClient) -> None:
    number = send(librarian, file_of(CAT))
    task = librarian.post(f"/catalogue/imports/{number}/choose", data=BEGIN).location
    librarian.post(f"{task}/stop")
    assert "Start again" in librarian.get(task).text
    librarian.post(f"/catalogue/imports/{number}/undo")
    assert "Start again" not in librarian.get(task).text
    librarian.post(f"{task}/again")
    assert "Stopped" in librarian.get(task).text


def test_a_button_pressed_twice_begins_once(librarian: FlaskClient, worker: object, database: Database) -> None:
    number = send(librarian, file_of(CAT))
    for _ in range(2):
        assert librarian.post(f"/catalogue/imports/{number}/choose", data=BEGIN).status_code == 302
    with database.session(None) as session:
        assert claim_next(session, None) is not None  # type: ignore[arg-type]
        assert claim_next(session, None) is None  # type: ignore[arg-type]


def test_the_same_file_must_be_meant(librarian: FlaskClient, worker: object) -> None:
    librarian.post(f"/catalogue/imports/{send(librarian, file_of(CAT))}/choose", data=BEGIN)
    worker()  # type: ignore[operator]
    number = send(librarian, file_of(CAT))
    assert "This very file was brought in before:" in librarian.get(f"/catalogue/imports/{number}").text
    assert librarian.post(f"/catalogue/imports/{number}/choose", data=BEGIN).status_code == 422
    again = librarian.post(f"/catalogue/imports/{number}/choose", data={**BEGIN, "again": "y"})
    assert again.status_code == 302


def test_columns_of_a_table_are_chosen(librarian: FlaskClient, worker: object) -> None:
    number = send(librarian, "เรื่องอะไร,ราคา\n=1+1,x\n".encode(), "books.csv")
    page = librarian.get(f"/catalogue/imports/{number}/columns").text
    assert "เรื่องอะไร" in page
    address = f"/catalogue/imports/{number}/columns"
    wrong = librarian.post(address, data={"encoding": "utf-8-sig", "column": ["", "price"]})
    assert (wrong.status_code, "Say which column holds the title." in wrong.text) == (422, True)
    twice = librarian.post(address, data={"encoding": "utf-8-sig", "column": ["title", "title"]})
    assert "Two columns cannot both be “Title”." in twice.text
    assert librarian.post(address, data={"encoding": "utf-8-sig", "column": ["title", "price"]}).status_code == 302
    librarian.post(f"/catalogue/imports/{number}/choose", data=BEGIN)
    worker()  # type: ignore[operator]
    refused = librarian.get(f"/catalogue/imports/{number}/refused").data.decode("utf-8-sig")
    assert refused.splitlines()[1] == "'=1+1,x,2,This is not a price. x"


def test_a_coding_that_is_not_told_is_asked_for(librarian: FlaskClient) -> None:
    number = send(librarian, "title,author\nCafé,Zoë naïve\n".encode("cp1252"), "books.csv")
    assert "cannot be told" in librarian.get(f"/catalogue/imports/{number}", follow_redirects=True).text
    address = f"/catalogue/imports/{number}/columns"
    assert "Café" in librarian.post(address, data={"encoding": "cp1252"}, follow_redirects=True).text


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(500), "This file holds no records."),
        (workbook([["x"]])[:100], "The Excel file is damaged or locked by a password."),
    ],
    ids=["picture", "part of a workbook"],
)
def test_what_cannot_be_read_is_told_and_not_kept(
    librarian: FlaskClient, hub_app: Flask, data: bytes, said: str
) -> None:
    answer = librarian.post("/catalogue/imports/", data={"file": (io.BytesIO(data), "books")})
    assert answer.status_code == 422
    assert said in answer.text
    assert list(files.folder(hub_app.extensions["samut"].config).iterdir()) == []
    assert "Choose a file first." in librarian.post("/catalogue/imports/", data={}).text


def test_a_file_over_the_limit_is_told(
    librarian: FlaskClient, hub_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub_app.view_functions["imports.upload"], ROOM, Room(1000, None))
    answer = librarian.post("/catalogue/imports/", data={"file": (io.BytesIO(bytes(5000)), "books")})
    assert answer.status_code == 413
    assert "The file has more than 100 MB. Divide it into several." in answer.text


def test_a_large_file_is_counted_by_the_worker(
    librarian: FlaskClient, worker: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = send(librarian, file_of(*(book(f"เล่ม {n}") for n in range(1_100))))
    assert "only the first 1,000 records" in librarian.get(f"/catalogue/imports/{number}").text
    count = {"match": "same", "action": "skip", "count": "y"}
    librarian.post(f"/catalogue/imports/{number}/choose", data=count)
    worker()  # type: ignore[operator]
    page = librarian.get(f"/catalogue/imports/{number}").text
    assert "The whole file was looked at." in page
    assert "1,100" in page


def test_a_file_is_put_away(librarian: FlaskClient, hub_app: Flask) -> None:
    number = send(librarian, file_of(CAT))
    assert len(list(files.folder(hub_app.extensions["samut"].config).iterdir())) == 1
    librarian.post(f"/catalogue/imports/{number}/discard")
    assert librarian.get(f"/catalogue/imports/{number}").status_code == 404
    assert list(files.folder(hub_app.extensions["samut"].config).iterdir()) == []


def test_templates_are_offered_in_the_persons_language(librarian: FlaskClient, sign_in: SignIn) -> None:
    assert b"Title,Author" in librarian.get("/catalogue/imports/template?kind=csv").data
    assert "ชื่อเรื่อง" in sign_in(language="th").get("/catalogue/imports/template?kind=csv").text
    assert librarian.get("/catalogue/imports/template").data.startswith(b"PK")


def test_records_go_out_at_once_or_as_a_task(
    librarian: FlaskClient, worker: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = (MARC_FILES / "rda_dvd.utf8.mrc").read_bytes()
    librarian.post(f"/catalogue/imports/{send(librarian, data)}/choose", data=BEGIN)
    worker()  # type: ignore[operator]
    wanted = {"which": "all", "shape": "marc", "holdings": ""}
    assert librarian.post("/catalogue/imports/export", data=wanted).data == data
    assert "The titles chosen" in librarian.get("/catalogue/imports/export?id=1").text
    assert (
        b"<collection"
        in librarian.post(
            "/catalogue/imports/export", data={**wanted, "which": "chosen", "shape": "marcxml", "id": "1"}
        ).data
    )
    monkeypatch.setattr(exporting, "AT_ONCE", 0)
    task = librarian.post("/catalogue/imports/export", data=wanted).location
    worker()  # type: ignore[operator]
    assert librarian.get(f"{task}/file").data == data


def test_the_thai_page_says_it_in_thai(sign_in: SignIn) -> None:
    page = sign_in(language="th").get("/catalogue/imports/").text
    assert "นำเข้ารายการ" in page
    assert jobs.IMPORT not in page
