"""A librarian makes lists: looks at them, prints them, takes them into a spreadsheet."""

import io
import re
from pathlib import Path

import openpyxl
import pytest
from flask.testing import FlaskClient
from PIL import Image
from pypdf import PdfReader
from sqlalchemy import select

from samut_hub import typesetting
from samut_hub.catalogue.lists import forms, jobs, service, web
from samut_hub.catalogue.lists.service import Shape
from samut_hub.catalogue.searching.web.finding import MOST_GIVEN
from samut_hub.config import Config
from samut_hub.db import Database
from samut_hub.tasks import Task, Work
from tests.hub.conftest import Libraries, SignIn

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

LISTS = "/catalogue/lists/"


def cells(page: str, column: str) -> list[str]:
    """The texts in a column of the list on a page."""
    found = re.findall(rf'<td data-label="{re.escape(column)}"[^>]*>(?:<a [^>]*>)?([^<]*)', page)
    return [one.strip() for one in found]


def sheet_of(content: bytes) -> list[list[object]]:
    return [[cell.value for cell in row] for row in openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]]


@pytest.mark.requirement("R-20")
@pytest.mark.requirement("A-25")
def test_the_register_is_printed_by_accession_number(librarian: FlaskClient) -> None:
    page = librarian.get(LISTS).text
    assert cells(page, "Accession number") == ["B10000", "B20000", "B30000", "B99999", "B100000"]
    assert cells(page, "Price (baht)")[0] == "250.50"
    answer = librarian.post(f"{LISTS}pdf", data={"kind": "register"})
    assert answer.mimetype == "application/pdf"
    text = PdfReader(io.BytesIO(answer.data)).pages[0].extract_text()
    assert re.findall(r"\bB\d+", text) == ["B10000", "B20000", "B30000", "B99999", "B100000"]
    assert "North School Library" in text
    assert "Page 1" in text


@pytest.mark.requirement("R-21")
def test_the_register_is_printed_by_class_number(librarian: FlaskClient) -> None:
    page = librarian.post(LISTS, data={"kind": "register", "order": "class"}).text
    assert cells(page, "Call number") == ["อ 030 ส671", "495.917 ก123", "823.914 R884", "น ส123ม", ""]
    answer = librarian.post(f"{LISTS}pdf", data={"kind": "register", "order": "class"})
    text = PdfReader(io.BytesIO(answer.data)).pages[0].extract_text()
    assert re.findall(r"\bB\d+", text) == ["B30000", "B100000", "B10000", "B20000", "B99999"]


@pytest.mark.requirement("R-23")
def test_details_and_pictures_of_chosen_copies_are_printed(librarian: FlaskClient, shelves: dict[str, int]) -> None:
    cover = io.BytesIO()
    Image.new("RGB", (400, 600), (200, 30, 30)).save(cover, "JPEG")
    sent = {"picture": (io.BytesIO(cover.getvalue()), "cover.jpg")}
    assert librarian.post(f"/catalogue/{shelves['B10000']}/images", data=sent).status_code == 302
    wish = {"kind": "pictures", "numbers": "B10000\nB20000"}
    page = librarian.post(LISTS, data=wish).text
    assert "2 titles" in page
    assert "Harry Potter" in page
    (shown,) = re.findall(r'<img src="(/covers/[^"]+)"', page)
    assert librarian.get(shown).mimetype.startswith("image/")
    printed = PdfReader(io.BytesIO(librarian.post(f"{LISTS}pdf", data=wish).data)).pages[0]
    content = printed.extract_text()
    assert "Harry Potter" in content
    assert "9780747532699" in content
    assert "B30000" not in content
    (picture,) = printed.images
    red, green, blue = picture.image.convert("RGB").resize((1, 1)).getpixel((0, 0))
    assert red > 150 > max(green, blue), "it is the cover that was sent"


@pytest.mark.requirement("R-24")
def test_a_bibliography_is_made_of_accession_numbers(librarian: FlaskClient) -> None:
    wish = {"kind": "bibliography", "numbers": "B10000, B20000", "style": "thai"}
    text = librarian.post(f"{LISTS}txt", data=wish).text
    assert text.splitlines() == [
        "Rowling, J. K. (1997). Harry Potter and the philosopher's stone. Bloomsbury.",
        "สมศรี มีสุข. (2553). แมวน้อยผจญภัย (พิมพ์ครั้งที่ 2). แพรว.",
    ]
    page = librarian.post(LISTS, data=wish).text
    assert "<i>แมวน้อยผจญภัย</i> (พิมพ์ครั้งที่ 2). แพรว." in page
    assert librarian.post(f"{LISTS}pdf", data=wish).data.startswith(b"%PDF")


@pytest.mark.requirement("R-25")
def test_a_bibliography_is_made_of_what_came_in_some_days(sign_in: SignIn, shelves: dict[str, int]) -> None:
    thai = sign_in(language="th")
    wish = {"kind": "bibliography", "style": "thai", "added_from": "2569-11-02", "added_until": "2569-11-03"}
    text = thai.post(f"{LISTS}txt", data=wish).text
    assert text.splitlines() == [
        "กรมวิชาการ. (2544). เกมส์ภาษาไทย.",
        "สมศรี มีสุข. (2553). แมวน้อยผจญภัย (พิมพ์ครั้งที่ 2). แพรว.",
    ]


def test_a_numbered_style_keeps_the_order_of_the_list(librarian: FlaskClient) -> None:
    wish = {"kind": "bibliography", "style": "vancouver", "order": "year", "numbers": "B10000 \n B30000"}
    first, second = librarian.post(f"{LISTS}txt", data=wish).text.splitlines()
    assert first.startswith("1. สารานุกรมไทย")
    assert second == "2. Rowling JK. Harry Potter and the philosopher's stone. London: Bloomsbury; 1997."


def test_screen_text_and_excel_have_a_bibliography_in_the_same_order_page_by_page(
    librarian: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web, "PER_PAGE", 2)
    wish = {"kind": "bibliography", "style": "thai", "numbers": "B10000\nB20000\nB100000"}
    text = librarian.post(f"{LISTS}txt", data=wish).text.splitlines()
    assert [line.partition(".")[0] for line in text] == ["Rowling, J", "กรมวิชาการ", "สมศรี มีสุข"]
    pages = [librarian.post(LISTS, data={**wish, "page": page}).text for page in ("1", "2")]
    shown = [re.findall(r"<p>([^<]+?) \(", re.sub(r"</?i>", "", page)) for page in pages]
    assert shown == [["Rowling, J. K.", "กรมวิชาการ."], ["สมศรี มีสุข."]]
    head, *rows = sheet_of(librarian.post(f"{LISTS}xlsx", data=wish).data)
    assert head == ["No.", "Citation", "Title", "Call number"]
    assert [row[1] for row in rows] == text
    assert rows[0][2:] == ["Harry Potter and the philosopher's stone", "823.914 R884"]


def test_text_is_a_bibliography_whatever_kind_of_list_is_chosen(librarian: FlaskClient) -> None:
    wish = {"kind": "register", "numbers": "B10000"}
    assert librarian.post(f"{LISTS}txt", data=wish).text.startswith("Rowling, J. K.")


@pytest.mark.requirement("R-26")
def test_a_list_goes_into_excel_and_formulas_stay_texts(librarian: FlaskClient) -> None:
    rows = sheet_of(librarian.post(f"{LISTS}xlsx", data={"kind": "items", "order": "title"}).data)
    head, first, second = rows[:3]
    assert first[head.index("Title")] == '=HYPERLINK("http://bad")'
    assert second[head.index("Title")] == "เกมส์ภาษาไทย"
    assert first[head.index("Price (baht)")] == 250.5
    assert second[head.index("Year of publication")] == 2001
    assert len(rows) == 6
    rows = sheet_of(librarian.post(f"{LISTS}xlsx", data={"kind": "titles", "order": "title"}).data)
    assert rows[1][rows[0].index("Number of copies")] == 1


@pytest.mark.requirement("R-27")
@pytest.mark.parametrize("kind", ["items", "shelf", "titles", "pictures", "bibliography", "cards"])
def test_every_list_becomes_a_pdf(librarian: FlaskClient, kind: str) -> None:
    pages = PdfReader(io.BytesIO(librarian.post(f"{LISTS}pdf", data={"kind": kind}).data)).pages
    assert "Rowling" in "".join(page.extract_text() for page in pages)


def test_a_list_that_nothing_is_on_is_a_page_with_its_head(librarian: FlaskClient) -> None:
    wish = {"kind": "register", "status": "lost"}
    assert "Nothing is like that" in librarian.post(LISTS, data=wish).text
    assert len(PdfReader(io.BytesIO(librarian.post(f"{LISTS}pdf", data=wish).data)).pages) == 1


@pytest.mark.requirement("A-27")
@pytest.mark.parametrize(("per_page", "pages", "width"), [("1", 4, 125), ("4", 1, 297)])
def test_cards_are_of_the_size_of_catalogue_drawers(
    librarian: FlaskClient, per_page: str, pages: int, width: int
) -> None:
    """One by author, by title, and for each of two subjects."""
    wish = {"kind": "cards", "numbers": "B20000", "cards": per_page}
    made = PdfReader(io.BytesIO(librarian.post(f"{LISTS}pdf", data=wish).data)).pages
    assert len(made) == pages
    assert float(made[0].mediabox.width) / 72 * 25.4 == pytest.approx(width, abs=0.1)


def test_chosen_titles_come_by_their_addresses(librarian: FlaskClient, shelves: dict[str, int]) -> None:
    ids = shelves["B10000"], shelves["B20000"]
    page = librarian.get(f"{LISTS}?kind=bibliography&title={ids[0]}&title={ids[1]}").text
    assert "2 titles" in page
    assert f'value="{ids[0]},{ids[1]}"' in page


@pytest.mark.parametrize(
    "wrong", [{"kind": "poem"}, {"order": "smell"}, {"titles": "1;drop"}, {"added_from": "yesterday"}, {"cards": "9"}]
)
@pytest.mark.parametrize("where", ["", "pdf", "xlsx", "txt"])
def test_what_cannot_be_is_said(librarian: FlaskClient, where: str, wrong: dict[str, str]) -> None:
    assert librarian.post(LISTS + where, data=wrong).status_code == 422


def test_strange_pages_and_numbers_do_no_harm(librarian: FlaskClient) -> None:
    for page in ("0", "-5", "99999999999999999999", "x"):
        assert (
            librarian.post(LISTS, data={"page": page, "numbers": "'; \x00 --", "titles": "9" * 15}).status_code == 200
        )


def test_more_than_a_list_takes_is_refused_with_a_sentence_and_never_cut(
    librarian: FlaskClient, shelves: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert forms.MOST_IDS >= MOST_GIVEN, "a search hands over that many"
    every = ",".join(map(str, shelves.values()))
    assert librarian.post(LISTS, data={"kind": "titles", "titles": f"{every},{every}"}).status_code == 200
    monkeypatch.setattr(forms, "MOST_IDS", 4)
    monkeypatch.setattr(forms, "MOST_ITEMS", 4)
    for where in ("", "pdf", "xlsx", "txt"):
        answer = librarian.post(LISTS + where, data={"kind": "titles", "titles": every})
        assert (answer.status_code, "5 titles were chosen. One list takes 4" in answer.text) == (422, True)
        answer = librarian.post(LISTS + where, data={"numbers": "1\n2\n3\n4\n5"})
        assert (answer.status_code, "These are 5 numbers. One list takes 4" in answer.text) == (422, True)


def test_all_numbers_that_are_pasted_are_looked_up(librarian: FlaskClient) -> None:
    wish = {"kind": "items", "numbers": "\n".join(f"X{number}" for number in range(4_999)) + "\nB10000"}
    page = librarian.post(LISTS, data=wish).text
    assert "1 copy" in page
    assert "X0, X1" in page
    assert "… (4,999)" in page


@pytest.mark.parametrize("shape", ["pdf", "xlsx", "txt"])
def test_a_file_that_does_not_take_all_says_so(
    librarian: FlaskClient,
    database: Database,
    libraries: Libraries,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    shape: str,
) -> None:
    monkeypatch.setattr(web, "DIRECT", dict.fromkeys(Shape, 3))
    monkeypatch.setattr(web, "DIRECT_WHOLE", 3)
    monkeypatch.setattr(service, "MOST_TITLES", 2)
    wish = {"kind": "bibliography", "order": "year"}
    assert "the first 2 go into one file" in librarian.post(LISTS, data=wish).text
    assert "/tasks/" in librarian.post(LISTS + shape, data=wish).location
    with database.session(libraries.north) as session:
        task = session.scalars(select(Task)).one()
        work = Work(database, Config(home=tmp_path), libraries.north, task.id, task.args)
    assert task.name("en") == "Bibliography (the first 2 of 5)"
    content = (work.folder / jobs.write_list(work)["file"]).read_bytes()
    if shape == "pdf":
        said = PdfReader(io.BytesIO(content)).pages[0].extract_text()
    else:
        said = content.decode() if shape == "txt" else str(sheet_of(content)[3][0])
    assert "the first 2 of 5" in said


@pytest.mark.parametrize("shape", ["pdf", "xlsx"])
def test_long_lists_are_written_by_a_task(
    librarian: FlaskClient,
    database: Database,
    libraries: Libraries,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    shape: str,
) -> None:
    monkeypatch.setattr(web, "DIRECT", {Shape.PDF: 3, Shape.XLSX: 3})
    monkeypatch.setattr(typesetting, "ROWS_AT_ONCE", 2)
    assert "/tasks/" in librarian.post(LISTS + shape, data={"kind": "register"}).location
    with database.session(libraries.north) as session:
        task = session.scalars(select(Task)).one()
        work = Work(database, Config(home=tmp_path), libraries.north, task.id, task.args)
    result = jobs.write_list(work)
    content = (work.folder / result["file"]).read_bytes()
    if shape == "xlsx":
        assert len(sheet_of(content)) == 6
        return
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]
    assert ["Page 1" in pages[0], "Page 2" in pages[1], "Page 3" in pages[2]] == [True] * 3


def test_an_assistant_reads_lists_but_starts_no_long_work(
    sign_in: SignIn, shelves: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    assistant = sign_in("assistant")
    assert assistant.get(LISTS).status_code == 200
    monkeypatch.setattr(web, "DIRECT", {Shape.PDF: 3, Shape.XLSX: 3})
    answer = assistant.post(f"{LISTS}xlsx", data={"kind": "items"})
    assert answer.status_code == 422
    assert "This list is long" in answer.text


def test_the_page_speaks_thai(sign_in: SignIn, shelves: dict[str, int]) -> None:
    page = sign_in(language="th").get(LISTS).text
    assert "ทะเบียนหนังสือ" in page
    assert cells(page, "ปีที่พิมพ์")[0] == "2540"


def test_readers_are_shown_how_to_cite(client: FlaskClient, shelves: dict[str, int]) -> None:
    page = client.get(f"/title/{shelves['B10000']}").text
    assert "Rowling, J. K. (1997). <i>Harry Potter and the philosopher&#39;s stone</i>. Bloomsbury." in page
    assert "Rowling JK." in page
