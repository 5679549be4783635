"""Author marks as Thai libraries write them, from a table that the library owns, and the Dewey guide."""

import io

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from samut_hub.catalogue.classification import jobs, service
from samut_hub.catalogue.classification.guide import entries, entries_about
from samut_hub.catalogue.classification.keys import call_key
from samut_hub.catalogue.classification.marks import filed_name, initial, mark_of, with_mark
from samut_hub.catalogue.items import ItemFields, add_items
from samut_hub.catalogue.models import Item, Title
from samut_hub.config import Config
from samut_hub.db import Database
from samut_hub.libraries.models import Library
from samut_hub.tasks import Task, Work
from tests.hub.conftest import Clock, Libraries, SignIn
from tests.hub.shelf import Shelf, put_on_shelf

TABLE = "ชื่อ,เลข\nคม,114\nคึก,177\nสม,412\nสุ,649\nสุว,717\nเก,55\nAus,933\n"


@pytest.fixture
def shelf(database: Database, libraries: Libraries, clock: Clock) -> Shelf:
    shelf = put_on_shelf(database, libraries.north, clock())
    with database.session(shelf.library) as session:
        service.replace_table(session, [line.split(",") for line in TABLE.splitlines()])
    return shelf


@pytest.mark.parametrize(
    ("text", "letter"), [("เก้าอี้", "ก"), ("โสภา", "ส"), ("ส้ม", "ส"), ("The Hobbit", "H"), ("“ไทย”", "ท"), ("123", "")]
)
def test_a_name_is_filed_under_its_consonant(text: str, letter: str) -> None:
    assert initial(text) == letter


@pytest.mark.parametrize(
    ("author", "name"),
    [
        ("ม.ร.ว. คึกฤทธิ์ ปราโมช; คนอื่น", "คึกฤทธิ์ ปราโมช"),
        ("ผศ. ดร. สุดา แสงทอง", "สุดา แสงทอง"),
        ("นายสมชาย ใจดี", "สมชาย ใจดี"),
        ("นาง มาลี", "มาลี"),
        ("นางนวล", "นางนวล"),
        ("นายิกา แสงทอง", "นายิกา แสงทอง"),
        ("ผศ.นางมาลี", "มาลี"),
        ("นางสาวนางนวล", "นางนวล"),
        ("นาง ดร. สุดา แสงทอง", "สุดา แสงทอง"),
        ("ศาสตราจารย์ นพ ใจดี", "นพ ใจดี"),
        ("พล.ต.อ. เสรี ใจดี", "เสรี ใจดี"),
        ("ร. จันทพิมพะ", "ร. จันทพิมพะ"),
        ("ม.จ.หญิง พูนพิศมัย ดิศกุล", "พูนพิศมัย ดิศกุล"),
        ("ครูบา เจ้าศรีวิชัย", "ครูบา เจ้าศรีวิชัย"),
        ("สมเด็จพระมหาวีรวงศ์", "มหาวีรวงศ์"),
        ("Dr. Jane Austen", "Jane Austen"),
        ("Sirikit", "Sirikit"),
        ("Austen, Jane", "Austen, Jane"),
        ("", ""),
    ],
)
def test_forms_of_address_are_not_the_name(author: str, name: str) -> None:
    assert filed_name(author) == name


def test_marks_and_where_they_stand_in_a_call_number() -> None:
    assert mark_of("สุดา แสงทอง", "แม่น้ำ", "649") == "ส649ม"
    assert mark_of("", "เก้าอี้", "55") == "ก55"
    assert with_mark("895.913", "ส649ม") == "895.913 ส649ม"
    assert with_mark("น ธ433บ ล.2", "ส649ม") == "น ส649ม ล.2"
    assert with_mark("", "ส649ม") == "ส649ม"


@pytest.mark.requirement("N-06")
def test_the_librarys_table_gives_the_number(database: Database, shelf: Shelf, libraries: Libraries) -> None:
    def suggested(author: str, title: str) -> str:
        with database.session(shelf.library, writes=False) as session:
            found = service.suggest(session, author, title, "895.913 x1")
            return found.call_number if found else ""

    assert suggested("สุดา แสงทอง", "แม่น้ำ") == "895.913 ส649ม"
    assert suggested("สุวรรณี", "เมฆ") == "895.913 ส717ม"
    assert suggested("สกุล", "เมฆ") == "895.913 ส412ม"
    assert suggested("", "เก้าอี้") == "895.913 ก55"
    assert suggested("ม.ร.ว. คึกฤทธิ์ ปราโมช", "สี่แผ่นดิน") == "895.913 ค177ส"
    assert suggested("วินทร์", "สิ่งมีชีวิต") == ""
    with database.session(libraries.south, writes=False) as session:
        assert service.suggest(session, "สุดา", "แม่น้ำ", "") is None


def test_what_has_the_number_already_is_found_whatever_the_volume(
    database: Database, shelf: Shelf, clock: Clock
) -> None:
    with database.session(shelf.library) as session:
        title = session.get_one(Title, 1)
        for number, call_number in (("D00001", "895.913 ส649ม ล.2 ฉ.3"), ("D00002", "895.913 ส649น")):
            fields = ItemFields(accession_number=number, call_number=call_number)
            add_items(session, title, fields, now=clock())
        found = service.items_with(session, "895.913  ส๖๔๙ม")
        assert [item.accession_number for item in found] == ["D00001"]
        assert service.items_with(session, "895.913") == []
        assert service.items_with(session, "") == ()


def test_the_guide_has_all_hundreds_and_tens_and_what_schools_use() -> None:
    codes = [entry.code for entry in entries()]
    assert [code for code in codes if code.isdecimal()] == [f"{ten * 10:03}" for ten in range(100)]
    assert {"อ", "น", "รส", "ย", "บร"} <= set(codes)
    assert all(entry.thai and entry.english for entry in entries())
    assert [entry.code for entry in entries_about("นิทาน")] == ["390", "ย", "นท"]
    assert "560" in [entry.code for entry in entries_about("dinosaurs")]


def test_another_scheme_puts_all_items_in_its_order(
    database: Database, shelf: Shelf, clock: Clock, config: Config
) -> None:
    with database.session(shelf.library) as session:
        fields = ItemFields(accession_number="D00001", call_number="QA 76.9")
        add_items(session, session.get_one(Title, 1), fields, now=clock())
        service.set_scheme(session, session.get_one(Library, shelf.library), "lc")
        session.add(Task(id=1, kind=jobs.KIND, args={}, made_at=clock()))
    assert jobs.arrange(Work(database, config, shelf.library, 1, {})) == {"items": 4}
    with database.session(shelf.library, writes=False) as session:
        kept = session.scalars(select(Item.call_key).where(Item.accession_number == "D00001")).one()
        assert kept == call_key("QA 76.9", "lc")


@pytest.fixture
def config(tmp_path_factory: pytest.TempPathFactory) -> Config:
    return Config(home=tmp_path_factory.mktemp("home"))


@pytest.fixture
def librarian(sign_in: SignIn) -> FlaskClient:
    return sign_in()


@pytest.mark.requirement("N-06")
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_guide_and_the_mark_in_the_form(shelf: Shelf, librarian: FlaskClient) -> None:
    assert "Stars, planets, time" in librarian.get("/catalogue/classification?guide=ดาว").text
    fragment = librarian.get("/catalogue/classification?guide=ดาว", headers={"HX-Request": "true"}).text
    assert 'data-value="520"' in fragment
    assert "<html" not in fragment
    asked = {"author": "สุดา", "title": "แม่น้ำ", "call_number": "895.913"}
    answer = librarian.get("/catalogue/classification/mark", query_string=asked).text
    assert 'data-value="895.913 ส649ม"' in answer
    assert "Help with the call number" in librarian.get("/catalogue/1/items/new").text


@pytest.mark.requirement("A-01")
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_settings_of_the_library(database: Database, shelf: Shelf, librarian: FlaskClient) -> None:
    def send(content: bytes, name: str) -> str:
        sent = {"file": (io.BytesIO(content), name)}
        return librarian.post("/settings/classification/table", data=sent, follow_redirects=True).text

    assert "The table has 7 lines." in send(TABLE.encode("cp874"), "table.csv")
    assert "not an Excel file" in send(b"PK\x03\x04 broken", "table.xlsx")
    assert "No line has a name" in send(b"hello\nworld", "table.csv")
    answer = librarian.post("/settings/classification/scheme", data={"scheme": "nlm"})
    assert answer.location.startswith("/tasks/")
    with database.session(None, writes=False) as session:
        assert session.get_one(Library, shelf.library).scheme == "nlm"
