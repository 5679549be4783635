"""Thai and English titles are found by any part of them, and only those that should be."""

from pathlib import Path

import pytest

from samut_hub.catalogue.records.marc import Description
from samut_hub.catalogue.search.criteria import NOTHING, Filters
from samut_hub.catalogue.search.index import TitleIndex
from samut_hub.catalogue.search.query import And, Node, Not, Or, Term, parse, terms
from tests.hub.catalogue.conftest import Catalogue

A, B, C = Term("ก"), Term("ข"), Term("ค")


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("ก", A),
        ("ก ข", And((A, B))),
        ("ก และ ข", And((A, B))),
        ("ก AND ข", And((A, B))),
        ("ก หรือ ข", Or((A, B))),
        ("ก OR ข ค", Or((A, And((B, C))))),
        ("(ก OR ข) ค", And((Or((A, B)), C))),
        ("ก ไม่ ข", And((A, Not(B)))),
        ("ก NOT (ข OR ค)", And((A, Not(Or((B, C)))))),
        ('"ก ข"', Term("ก ข", phrase=True)),
        ("“ก ข” ค", And((Term("ก ข", phrase=True), C))),
        ('"AND"', Term("AND", phrase=True)),
        ("ผู้แต่ง:ก ข", And((Term("ก", "author"), B))),
        ("author: ก OR title:ข", Or((Term("ก", "author"), Term("ข", "title")))),
        ("AUTHOR:(ก หรือ ข) ค", And((Or((Term("ก", "author"), Term("ข", "author"))), C))),
        ('หัวเรื่อง:"ก ข"', Term("ก ข", "subject", phrase=True)),
        ("title:", Term("title")),
        ("title:ไม่ ก", And((Term("ไม่"), Term("ก")))),
        ("time:ก", Term("time:ก")),
        ("974-7047-98-5", Term("974-7047-98-5")),
        ("974 7047 98 5", Term("974 7047 98 5")),
        ("war and peace", And((Term("war"), Term("and"), Term("peace")))),
        ("ไม่", Term("ไม่")),
        ("ไม่ ก", And((Term("ไม่"), A))),
        ("((ก", A),
        ("ก)", A),
        ("ก OR", A),
        ("OR ก", A),
        ("", None),
        ("()", None),
    ],
)
def test_what_is_typed_becomes_a_tree(text: str, tree: Node | None) -> None:
    assert parse(text) == tree


def test_a_very_long_text_is_cut() -> None:
    assert len(terms(parse("ก " * 5_000))) <= 48


TITLES = (
    "ระบบทศนิยมดิวอี้สำหรับโรงเรียน",
    "หอสมุดแห่งชาติ",
    "งานห้องสมุดมีชีวิต",
    "การทำงานเป็นทีม",
    "แฮร์รี่ พอตเตอร์กับศิลาอาถรรพ์",
    "ตารางธาตุ",
    "ตากับยาย",
    "ภาษาPythonเบื้องต้น",
    "น้ำ",
    "น้ำกับป่า",
    "Café culture",
    "Jazz piano",
    "Jazz guitar",
)


@pytest.fixture
def shelf(catalogue: Catalogue) -> Catalogue:
    catalogue.add(*TITLES)
    return catalogue


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("ดิวอี้", {"ระบบทศนิยมดิวอี้สำหรับโรงเรียน"}),
        ("ทศนิยม", {"ระบบทศนิยมดิวอี้สำหรับโรงเรียน"}),
        ("ห้องสมุด", {"งานห้องสมุดมีชีวิต"}),
        ("สมุด", {"งานห้องสมุดมีชีวิต", "หอสมุดแห่งชาติ"}),
        ("ท างาน", {"การทำงานเป็นทีม"}),
        ("แฮร์รี่พอตเตอร์", {"แฮร์รี่ พอตเตอร์กับศิลาอาถรรพ์"}),
        ("พอตเตอร์ แฮร์รี่", {"แฮร์รี่ พอตเตอร์กับศิลาอาถรรพ์"}),
        ("python", {"ภาษาPythonเบื้องต้น"}),
        ("ＰＹＴＨＯＮ", {"ภาษาPythonเบื้องต้น"}),
        ("cafe", {"Café culture"}),
        ("jazz piano", {"Jazz piano"}),
        ("piano หรือ guitar", {"Jazz piano", "Jazz guitar"}),
        ("jazz ไม่ guitar", {"Jazz piano"}),
        ('"guitar jazz"', set()),
        ("นํ้า", {"น้ำ", "น้ำกับป่า"}),
        ("ตา", {"ตารางธาตุ", "ตากับยาย"}),
        ("ตา NOT ตาก", {"ตารางธาตุ", "ตากับยาย"}),
        ("ไม่มีเรื่องนี้", set()),
        ("!!! —", set()),
        ("\x00", set()),
    ],
)
def test_what_is_found(shelf: Catalogue, typed: str, found: set[str]) -> None:
    assert set(shelf.search(typed)) == found


def test_not_leaves_out_the_word_and_keeps_longer_ones(shelf: Catalogue) -> None:
    assert "ตารางธาตุ" in shelf.search("ตา NOT ยาย")
    assert shelf.search("ราง NOT ตา") == ["ตารางธาตุ"]


def test_the_title_that_was_typed_in_full_comes_first(shelf: Catalogue) -> None:
    assert shelf.search("น้ำ")[0] == "น้ำ"


def test_words_of_the_title_count_more_than_those_of_the_summary(catalogue: Catalogue) -> None:
    catalogue.add(Description(title="เรื่องอื่น", summary="ช้าง ช้าง ช้าง"), Description(title="ช้างน้อยอยากบิน"))
    assert catalogue.search("ช้าง") == ["ช้างน้อยอยากบิน", "เรื่องอื่น"]


def test_authors_subjects_publishers_and_numbers_are_searched(catalogue: Catalogue) -> None:
    wanted = Description(
        title="บ้าน",
        author="ธารา เมฆขาว; Page, Jane",
        subjects="ชีวิตชนบท -- ไทย",
        publisher="ต้นไม้เล่มโต",
        isbn="9789747047981",
        year=2023,
    )
    catalogue.add(wanted, "อื่น")
    for typed in ("เมฆขาว", "jane page", "ชนบท", "ต้นไม้", "9789747047981", "2023", "บ้าน ธารา ชนบท"):
        assert catalogue.search(typed) == ["บ้าน"], typed


def test_two_names_side_by_side_do_not_make_a_third(catalogue: Catalogue) -> None:
    catalogue.add(Description(title="บ้าน", author="มานา; นาวา"))
    assert catalogue.search("นานา") == []


def test_one_kind_of_material_and_the_second_page(catalogue: Catalogue) -> None:
    catalogue.add(*(Description(title=f"เพลง {number}", material="audio") for number in range(5)), "เพลง หนังสือ")
    assert len(catalogue.search("เพลง", filters=Filters(materials=["audio"]))) == 5
    first, second = catalogue.search("เพลง", per_page=4), catalogue.search("เพลง", per_page=4, page=2)
    assert (len(first), len(second)) == (4, 2)
    assert not {*first} & {*second}
    assert catalogue.search("เพลง", page=1_000_000) == []


def test_without_an_index_nothing_is_found(tmp_path: Path) -> None:
    assert TitleIndex(tmp_path / "none").search("น้ำ") == NOTHING
    (tmp_path / "current.json").write_bytes(b"{not json")
    assert TitleIndex(tmp_path).search("น้ำ") == NOTHING
