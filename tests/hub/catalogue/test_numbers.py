"""ISBN, years and accession numbers as people write them."""

import pytest

from samut_hub.catalogue.policy import NumberFault, match_key, normal_number, number_fault
from samut_hub.catalogue.records.isbn import isbn13
from samut_hub.catalogue.records.years import year_of


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("9789747047981", "9789747047981"),
        ("978-974-7047-98-1", "9789747047981"),
        ("974-7047-98-5 (ปกอ่อน) : 120 บาท", "9789747047981"),
        ("๙๗๘๙๗๔๗๐๔๗๙๘๑", "9789747047981"),
        ("0-8044-2957-X", "9780804429573"),
        ("0 8044 2957 x", "9780804429573"),
        ("9789747047982", ""),
        ("974-7047-98-8", ""),
        ("120 บาท", ""),
        ("", ""),
    ],
)
def test_isbn(written: str, kept: str) -> None:
    assert isbn13(written) == kept


@pytest.mark.parametrize(
    ("written", "year"),
    [
        ("2569", 2026),
        ("[2569]", 2026),
        ("พ.ศ. ๒๕๖๙", 2026),
        ("พ.ศ.2569", 2026),
        ("พิมพ์ครั้งที่ 3 2541", 1998),
        ("c2005.", 2005),
        ("[1998?]", 1998),
        ("℗2012", 2012),
        ("2024 [1967]", 1967),
        ("1955-<1957>", 1955),
        ("2550, c1999", 2007),
        ("ม.ป.ป.", None),
        ("[19--]", None),
        ("25690", None),
        ("", None),
    ],
)
def test_years_become_those_of_the_common_era(written: str, year: int | None) -> None:
    assert year_of(written) == year


@pytest.mark.requirement("A-02")
@pytest.mark.parametrize("number", ["000123", "B00123", "ท00123", "วส.66/0012", "A1B2C3", "1234567890AB"])
def test_letters_and_digits_of_six_characters_or_more_are_an_accession_number(number: str) -> None:
    assert number_fault(number) is None


@pytest.mark.parametrize(
    ("number", "fault"),
    [
        ("B0012", NumberFault.TOO_SHORT),
        ("", NumberFault.TOO_SHORT),
        ("0" * 41, NumberFault.TOO_LONG),
        ("B00\x0012", NumberFault.STRANGE_CHARACTER),
        ("-00123", NumberFault.STRANGE_CHARACTER),
        ("B0012☃", NumberFault.STRANGE_CHARACTER),
    ],
)
def test_other_texts_are_not(number: str, fault: NumberFault) -> None:
    assert number_fault(number) == fault


def test_thai_digits_spaces_and_small_letters_name_the_same_item() -> None:
    assert normal_number(" b๐๐๑๒๓ ") == "b00123"
    assert match_key(" b๐๐๑๒๓ ") == match_key("B00123")
