"""Call numbers stand in the order of a shelf, whatever the scheme, with Thai letters among them."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samut_hub.catalogue.classification.keys import Scheme, call_key, scheme_of

SHELVES = {
    "ddc": [
        "020 ก123ก",
        "025.431 ก123",
        "025.431 D515",
        "813/.54",
        "895.911 ส17",
        "895.913 ค114ส",
        "895.913 ส64ม",
        "895.913 ส649ม",
        "895.913 ส649ม ฉ.2",
        "895.913 ส649ม ล.2",
        "895.913 ส649ม ล.2 ฉ.2",
        "895.913 ส649ม เล่ม 10",
        "895.913 ส649ม 2540",
        "895.913 ส649ม 2001",
        "895.913 ส649ม 2545",
        "895.913 แ649ม",
        "น ก123ก",
        "น ธ433บ",
        "นว ธ433บ",
        "ย 398.2 ก123",
        "ย ก123",
        "รส ก123",
        "อ 030 ร451",
        "อ039 ร451",
        "R 025.4",
        "Ref. 020 ก1",
    ],
    "lc": [
        "HC445.ก3 ส64 2540",
        "PL4201 ก12",
        "Q1 .A1",
        "QA8",
        "QA76",
        "QA76.76 .C65 B3",
        "QA76.9.D3",
        "QA76.9 .D3 1990",
        "QA76.9 .D3 2535",
        "QA76.9 .D3 C67 1990",
        "QA 76.9 .D35",
        "QA76.9 .D4 v.2",
        "QA76.9 .D4 v.10",
        "Ref QA76.9",
    ],
    "nlm": ["QS 4 G7 2010", "W 1", "W 20.5", "WB 100 ส12ก", "WB 100 ส12ก 2550", "WY 100", "ว WY 100"],
    "free": ["เกม 2", "เกม 12", "เกมกระดาน 1", "หุ่นยนต์ 3", "CD 12", "cd 102", "DVD 1"],
}
ANY_NUMBER = st.text(alphabet="กขสนอยเแ์่0123456789. /'QAWBRefvcลฉ-๑๒", max_size=24) | st.text(max_size=12)


@pytest.mark.requirement("A-01")
@pytest.mark.parametrize("scheme", SHELVES)
def test_a_shelf_read_from_left_to_right(scheme: str) -> None:
    shelf, mixed = SHELVES[scheme], SHELVES[scheme][::-1]
    assert sorted(mixed, key=lambda number: call_key(number, scheme)) == shelf


@pytest.mark.parametrize(
    ("scheme", "written", "alike"),
    [
        ("ddc", "895.913 ส649ม", "๘๙๕.๙๑๓  ส๖๔๙ม"),
        ("ddc", "อ 030 ร451", "อ030 ร451"),
        ("ddc", "Ref. 020 D51a", "REF 020 d51A"),
        ("ddc", "813.54", "813/.54"),
        ("ddc", "813.54 ก1 2545", "813.54 ก1 2002"),
        ("ddc", "813.54 ก1 ล.2 ฉ.3", "813.54 ก1 ล2 ฉ3"),
        ("ddc", "020", "20"),
        ("lc", "QA 76.9 .D3", "qa76.9.D3"),
        ("nlm", "WB 100", "WB100"),
        ("free", "CD 12", "cd-0012"),
    ],
)
def test_ways_to_write_the_same_number(scheme: str, written: str, alike: str) -> None:
    assert call_key(written, scheme) == call_key(alike, scheme)


@pytest.mark.parametrize(
    ("number", "scheme"),
    [
        ("895.913 ส649ม", "ddc"),
        ("อ 030 ร451", "ddc"),
        ("R 025.431", "ddc"),
        ("FIC 813.5 A1", "ddc"),
        ("น ธ433บ", "ddc"),
        ("ธ433บ", "ddc"),
        ("QA76.9 .D3", "lc"),
        ("PL 4201 ก12", "lc"),
        ("Ref PL4201", "lc"),
        ("WB 100 ส12ก 2550", "nlm"),
        ("QS 4", "nlm"),
        ("เกม 12", "free"),
        ("นิทาน", "free"),
        ("", "free"),
    ],
)
def test_the_scheme_is_guessed_from_the_number(number: str, scheme: str) -> None:
    assert scheme_of(number) == scheme


@given(ANY_NUMBER, st.sampled_from(Scheme))
def test_any_text_has_a_place(number: str, scheme: Scheme) -> None:
    assert isinstance(call_key(number, scheme), bytes)
    assert scheme_of(number) in Scheme


@given(st.integers(0, 999), st.integers(0, 999), st.text("0123456789", max_size=6), st.text("0123456789", max_size=6))
def test_dewey_classes_stand_as_decimal_numbers(one: int, other: int, part: str, other_part: str) -> None:
    first, second = f"{one:03}.{part}0", f"{other:03}.{other_part}0"
    keys = call_key(f"{first} ก1", "ddc"), call_key(f"{second} ก1", "ddc")
    assert (keys[0] < keys[1]) == (Decimal(first) < Decimal(second))


@settings(max_examples=60)
@given(st.integers(1, 10**6), st.integers(1, 10**6), st.sampled_from(["ล.", "เล่ม ", "v.", "ฉ.", "ฉบับที่ "]))
def test_volumes_and_copies_stand_as_whole_numbers(one: int, other: int, word: str) -> None:
    keys = call_key(f"895.91 ส64ม {word}{one}", "ddc"), call_key(f"895.91 ส64ม {word}{other}", "ddc")
    assert (keys[0] < keys[1]) == (one < other)


@pytest.mark.parametrize("longer", ["895.913 ส6", "895.913 ส64ม ฉ.2", "895.913 2545", "895.913 ล.2"])
def test_what_begins_a_number_begins_its_key(longer: str) -> None:
    assert call_key(longer, "ddc").startswith(call_key("895.913", "ddc"))


def test_a_number_of_no_known_scheme_is_plain_text() -> None:
    assert call_key("CD 12", "udc") == call_key("CD 12", "free")
    assert call_key("  ", "ddc") == b""
