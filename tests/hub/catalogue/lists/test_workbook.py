"""Spreadsheets as other programs read them."""

import io
from datetime import date, datetime

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from samut_hub.spreadsheet import Cell, write_workbook

ROWS: list[list[Cell]] = [
    ["ปลาบู่ทอง & <b>", "000123", 2569, 250.5, date(2026, 11, 21)],
    ['=HYPERLINK("http://bad")', "+1", None, None, None],
    ["\x00\x1b[31m สอง\nบรรทัด ", "-1", 0, 0.0, date(1900, 3, 1)],
]


def written(rows: list[list[Cell]], language: str = "th", name: str = "ทะเบียน") -> bytes:
    out = io.BytesIO()
    write_workbook(
        out, name, [("ชื่อเรื่อง", 40), ("เลข", 12), ("ปี", 8), ("ราคา", 10), ("วันที่", 14)], rows, language=language
    )
    return out.getvalue()


def test_numbers_money_and_days_are_what_they_are_and_texts_are_texts() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(written(ROWS))).worksheets[0]
    assert sheet.title == "ทะเบียน"
    assert sheet.freeze_panes == "A2"
    first = [cell.value for cell in sheet[2]]
    assert first[:4] == ["ปลาบู่ทอง & <b>", "000123", 2569, 250.5]
    assert isinstance(first[4], datetime)
    assert first[4].date() == date(2026, 11, 21)
    assert sheet["E2"].number_format.startswith("[$-107041E]"), "Excel shows the Buddhist Era"
    assert sheet["D2"].number_format == "#,##0.00"


def test_nothing_is_ever_a_formula() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(written(ROWS))).worksheets[0]
    assert {cell.data_type for row in sheet["A2:B4"] for cell in row} <= {"s", "inlineStr"}
    assert sheet["A3"].value == '=HYPERLINK("http://bad")'


def test_another_reader_finds_the_same_and_control_characters_are_gone() -> None:
    rows = CalamineWorkbook.from_filelike(io.BytesIO(written(ROWS))).get_sheet_by_index(0).to_python()
    assert rows[0] == ["ชื่อเรื่อง", "เลข", "ปี", "ราคา", "วันที่"]
    assert rows[1] == ["ปลาบู่ทอง & <b>", "000123", 2569.0, 250.5, date(2026, 11, 21)]
    assert rows[3][0] == "  [31m สอง\nบรรทัด "


@pytest.mark.parametrize("name", ["", "a/b:c*d?[e]", "น" * 80, "'quoted'"])
def test_every_name_becomes_one_that_a_sheet_may_have(name: str) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(written([], name=name))).worksheets[0]
    assert 1 <= len(sheet.title) <= 31


def test_texts_longer_than_a_cell_are_cut() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(written([["ก" * 40_000, "", None, None, None]]))).worksheets[0]
    assert len(sheet["A2"].value or "") == 32_767
