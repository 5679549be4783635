"""Spreadsheets of schools: any coding, any header, one title and its copies in a row, and every fault told by row."""

import io
import tracemalloc
import zipfile
from datetime import date

import pytest
from sqlalchemy import select

from samut_hub.catalogue.imports import columns, files
from samut_hub.catalogue.imports.policy import Format, Refusal
from samut_hub.catalogue.models import Title
from samut_hub.catalogue.service import places, record_of
from samut_hub.tables import TableError, coding_of, csv_line, read_line
from samut_hub.uploads import FileTooLargeError
from samut_hub.workbook import workbook
from tests.hub.catalogue.imports.conftest import Desk

HEADER = "ชื่อเรื่อง,ผู้แต่ง,ISBN,ปีที่พิมพ์,เลขทะเบียน,ราคา,สถานที่จัดเก็บ,หมวด,จำนวนเล่ม,วันที่รับ,ของเรา\n"
ROW = 'แมวน้อย,มานี ใจดี,974-7047-98-5,2566,000101,"1,120.50",ชั้น 1,นิทาน,2,21/11/2569,x\n'
CODINGS = ["utf-8", "utf-8-sig", "cp874", "utf-16", "utf-16-le", "utf-16-be"]


@pytest.mark.parametrize("coding", CODINGS)
def test_a_table_in_any_coding_comes_in(desk: Desk, coding: str) -> None:
    run = desk.open((HEADER + ROW).encode(coding), name="books.csv")
    assert run.format == Format.CSV
    done = desk.go_on(run)
    assert (done.added, done.copies, done.refused) == (1, 2, 0)
    (title,) = desk.titles()
    assert (title.title, title.author, title.isbn, title.year) == ("แมวน้อย", "มานี ใจดี", "9789747047981", 2023)
    first, second = desk.items()
    assert (first.accession_number, second.accession_number) == ("000101", "000102")
    assert (first.price, first.received_on) == (112050, date(2026, 11, 21))
    with desk.database.session(desk.library) as session:
        assert [place.name for place, _ in places(session)] == ["ชั้น 1"]


def test_letters_that_may_be_anything_are_asked_about(desk: Desk) -> None:
    run = desk.open("ชื่อ,author\nCaf\u00e9,Zo\u00eb\n".encode("cp1252", "replace"), name="books.csv")
    assert (run.encoding, run.columns) == ("", None)


def test_a_cut_character_is_told_and_harms_no_other_row(desk: Desk) -> None:
    run = desk.open((HEADER + ROW).encode() + b"\xff\xfe,x\n" + b"good,y\n", name="b.csv", encoding="utf-8-sig")
    with desk.database.session(desk.library) as session:
        files.read_header(session, desk.config, session.merge(run))
        run.columns = session.merge(run).columns
    done = desk.go_on(run)
    assert (done.added, desk.refused(done)) == (2, [(3, Refusal.WRONG_LETTERS, "")])


def test_an_excel_file_comes_in_like_a_table(desk: Desk) -> None:
    sheet = workbook([row.split("\t") for row in ("Title\tISBN\tPrice", "=1+1\t9789747047981\t120", "<b>&\t\t")])
    run = desk.open(sheet, name="books.xlsx")
    assert (run.format, run.columns) == (Format.EXCEL, ["title", "isbn", "price"])
    done = desk.go_on(run)
    assert (done.added, done.copies) == (2, 1)
    assert [title.title for title in desk.titles()] == ["=1+1", "<b>&"]


def test_a_row_for_each_copy_makes_one_title(desk: Desk) -> None:
    rows = "".join(f"แมวน้อย,มานี,,,B{n:05d},,,,,,\n" for n in range(5))
    run = desk.bring_in((HEADER + rows).encode())
    assert (run.added, run.already_there, run.copies) == (1, 4, 5)


def test_the_same_table_mended_and_sent_again_adds_only_what_was_missing(desk: Desk) -> None:
    desk.bring_in((HEADER + ROW).encode())
    run = desk.bring_in((HEADER + ROW + "ปลา,,,,000101,,,,,,\nนก,,,,000103,,,,,,\n").encode())
    assert (run.added, run.already_there, run.copies) == (2, 1, 1)
    assert desk.refused(run) == [(3, Refusal.NUMBER_TAKEN, "000101")]


@pytest.mark.parametrize(
    ("row", "reason", "detail"),
    [
        (",มานี,,,,,,,,,", Refusal.EMPTY_TITLE, ""),
        ("แมว,,,soon,,,,,,,", Refusal.WRONG_YEAR, "soon"),
        ("แมว,,,,000001,free,,,,,", Refusal.WRONG_PRICE, "free"),
        ("แมว,,,,,,,,999,,", Refusal.WRONG_COPIES, "999"),
        ("แมว,,,,,,,,1,32/1/2569,", Refusal.WRONG_DATE, "32/1/2569"),
        ("แมว,,,,,,,,,,x,เกิน", Refusal.EXTRA_CELLS, "เกิน"),
        ("แมว,,,,12,,,,,,", Refusal.WRONG_NUMBER, "12"),
        ('"แมว' + "ก" * 1_100_000, Refusal.WRONG_ROW, ""),
    ],
)
def test_every_fault_is_told_by_row(desk: Desk, row: str, reason: Refusal, detail: str) -> None:
    run = desk.bring_in(f"{HEADER}\n{row}\n".encode())
    assert desk.refused(run) == [(3, reason, detail)]


def test_a_number_that_is_no_isbn_is_kept_in_the_record_and_noted_by_row(desk: Desk) -> None:
    run = desk.bring_in("title,isbn\nแมว,123-45\nปลา,-\nปู,9789747047981\n".encode())
    assert (run.added, run.refused) == (3, 0)
    assert desk.refused(run) == [(2, Refusal.WRONG_ISBN, "123-45")]
    title = next(one for one in desk.titles() if one.title == "แมว")
    assert title.isbn == ""
    with desk.database.session(None) as session:
        session.add(title)
        session.refresh(title, ["marc"])
        assert b"123-45" in (title.marc or b"")


def test_copies_without_numbers_are_not_doubled_when_the_table_comes_again(desk: Desk) -> None:
    table = "title,copies\nแมว,2\nแมว,1\n".encode()
    assert desk.bring_in(table).copies == 3
    assert desk.bring_in(table + "ปลา,1\n".encode()).copies == 1
    assert [item.accession_number for item in desk.items()] == ["000001", "000002", "000003", "000004"]


def test_headers_are_understood_in_both_languages() -> None:
    for language in ("th", "en"):
        assert columns.guess(columns.template_header(language)) == [column.value for column in columns.HEADERS]
    assert columns.guess(["Title", "title", "?", "เลขหมู่"]) == ["title", "", "", "call_number"]


def test_the_template_comes_in_as_it_is(desk: Desk) -> None:
    for language, made in (("th", files.template_csv), ("en", workbook)):
        run = desk.bring_in(made(files.template(language)))
        assert (run.added + run.already_there, run.refused) == (1, 0)
    assert len(desk.items()) == 1


def test_columns_chosen_once_are_remembered(desk: Desk) -> None:
    table = "เรื่องอะไร,ใครแต่ง\nแมว,มานี\n".encode()
    run = desk.open(table)
    assert run.columns == ["", ""]
    with desk.database.session(desk.library) as session:
        session.merge(run).columns = ["title", "author"]
    desk.go_on(desk.known(run))
    assert desk.open(table + b"x,y\n").columns == ["title", "author"]


def test_a_formula_stays_text_on_the_way_out_and_in() -> None:
    cells = ["=1+1", "-5", "@x", "+66", "plain", 'a"b\nc']
    written = csv_line(cells)
    assert written.startswith(b"'=1+1,'-5,'@x,'+66,plain")
    assert read_line(written)[4:] == cells[4:]


def test_a_formula_that_was_defused_comes_back_as_it_was(desk: Desk) -> None:
    desk.bring_in(b"title\n" + csv_line(["=1+1"]))
    assert [title.title for title in desk.titles()] == ["=1+1"]


@pytest.mark.parametrize("data", [b"", b"\x89PNG\r\n\x1a\n" + bytes(500), b"%PDF-1.7 x", b"\0\1\2\3" * 500])
def test_what_holds_no_records_is_not_taken(desk: Desk, data: bytes) -> None:
    with pytest.raises(files.UnknownFileError):
        desk.open(data)


def test_an_archive_that_grows_without_end_is_not_unpacked(desk: Desk) -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as parts:
        for number in range(3):
            parts.writestr(f"xl/worksheets/sheet{number}.xml", bytes(80_000_000))
    with pytest.raises(TableError) as refusal:
        desk.open(bomb.getvalue())
    assert refusal.value.is_too_large


def test_a_damaged_workbook_is_told(desk: Desk) -> None:
    with pytest.raises(TableError):
        desk.open(workbook([["Title"], ["แมว"]])[:200])


def test_a_file_over_the_limit_leaves_nothing_behind(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "LARGEST", 1000)
    with pytest.raises(FileTooLargeError):
        desk.open(b"x" * 1001)
    assert list(files.folder(desk.config).iterdir()) == []


def test_codings_are_told_by_their_bytes(desk: Desk) -> None:
    path = desk.config.home / "x"
    for coding, told in (("utf-8", "utf-8-sig"), ("cp874", "cp874"), ("utf-16-le", "utf-16-le"), ("cp1252", "")):
        path.write_bytes(("café, Zoë, naïve" if coding == "cp1252" else HEADER).encode(coding))
        assert coding_of(path) == told


def test_control_characters_of_a_cell_reach_neither_records_nor_numbers(desk: Desk) -> None:
    rows = b"title,note,accession number\nBook A,one\x1eother\x0bthird,\x07A00001\nBook B,\x1f,A00002\n"
    run = desk.open(rows, name="books.csv", columns=["title", "general_note", "accession_number"])
    assert desk.go_on(run).added == 2
    with desk.database.session(None) as session:
        noted, other = (record_of(session, title) for title in session.scalars(select(Title).order_by(Title.id)))
        assert noted["500"]["a"] == "one other third"
        assert other.get_fields("500") == []
    assert [item.barcode for item in desk.items()] == ["A00001", "A00002"]


def test_a_row_of_nothing_but_commas_is_told_and_fills_no_memory(desk: Desk) -> None:
    endless = (b'"\n"' + b"," * 99_000) * 50
    rows = [b"title,price", b"," * 5_000_000, b"Cat" + b"," * 20_000, b"Dog" + b"," * 20_000 + b"x", b"Fish", endless]
    run = desk.open(b"\n".join(rows), name="books.csv")
    tracemalloc.start()
    done = desk.go_on(run)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [title.title for title in desk.titles()][:2] == ["Cat", "Fish"]
    assert desk.refused(done)[:3] == [
        (2, Refusal.WRONG_ROW, ""),
        (4, Refusal.EXTRA_CELLS, "x"),
        (6, Refusal.WRONG_ROW, ""),
    ]
    assert peak < 60_000_000
