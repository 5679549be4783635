"""Codes, call numbers and colours, before anything is printed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samut_hub.catalogue.labels.choosing import numbers_in
from samut_hub.catalogue.labels.codes import Symbology, bars_of, qr_of
from samut_hub.catalogue.labels.colours import PALETTES, Band, is_colour
from samut_hub.catalogue.labels.spine import hundred_of, spine_lines


@pytest.mark.parametrize(
    ("text", "symbology", "modules"),
    [("TH012345", Symbology.CODE_128, 101), ("000123", Symbology.CODE_128, 68), ("B00001", Symbology.CODE_39, 115)],
)
def test_codes_are_as_long_as_the_standards_say(text: str, symbology: Symbology, modules: int) -> None:
    bars = bars_of(text, symbology)
    assert bars is not None
    assert bars.length == modules


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=40))
def test_code_128_holds_everything_that_is_on_a_keyboard(text: str) -> None:
    bars = bars_of(text, Symbology.CODE_128)
    assert bars is not None
    assert bars.length % 11 == 2
    assert bars.length <= 11 * (len(text) + 2) + 13 + 11 * text.count("0")


@pytest.mark.parametrize("text", ["ก00001", "é", "", "a\nb"])
def test_a_bar_code_refuses_what_it_cannot_hold(text: str) -> None:
    assert bars_of(text, Symbology.CODE_128) is None
    assert bars_of(text, Symbology.CODE_39) is None


def test_a_qr_code_is_never_a_micro_qr_code() -> None:
    assert len(qr_of("1")) == 21


@pytest.mark.parametrize(
    ("call_number", "scheme", "lines"),
    [
        ("895.913 ส123ก 2566 ล.1 ฉ.2", "ddc", ["895.913", "ส123ก", "2566", "ล.1", "ฉ.2"]),
        ("อ  039.95911 ร451ส", "ddc", ["อ", "039.95911", "ร451ส"]),
        ("QA76.73.P98 L88 2020", "lc", ["QA", "76.73", ".P98", "L88", "2020"]),
        ("WB 115 ก1 v. 2", "nlm", ["WB", "115", "ก1", "v.2"]),
        ("น ธ433บ", "free", ["น", "ธ433บ"]),
        ("", "", []),
    ],
)
def test_a_call_number_stands_on_the_spine_part_by_part(call_number: str, scheme: str, lines: list[str]) -> None:
    assert spine_lines(call_number, scheme=scheme) == lines


def test_the_second_copy_says_so_once() -> None:
    assert spine_lines("895.913 ส1", copy=2)[-1] == "ฉ.2"
    assert spine_lines("813.54 R884h", copy=3)[-1] == "c.3"
    assert spine_lines("895.913 ส1 ฉ. 2", copy=2).count("ฉ.2") == 1


@pytest.mark.parametrize(
    ("call_number", "scheme", "hundred"),
    [
        ("895.913 ส123ก", "ddc", 8), ("อ 039.95", "", 0), ("อ030 ร451", "", 0), ("๓๙๘.๒ ก1", "", 3),
        ("น ธ433บ", "", None),
        ("พ 2566", "", None), ("", "", None), ("QA 300 .A1", "lc", None), ("641.59/3 ข1", "ddc", 6),
    ],
)  # fmt: skip
def test_the_class_of_a_call_number(call_number: str, scheme: str, hundred: int | None) -> None:
    assert hundred_of(call_number, scheme=scheme) == hundred


def test_words_in_a_band_stand_out() -> None:
    assert Band("#fdd835", "400").ink == "#000000"
    assert Band("#1e58c8", "700").ink == "#ffffff"


def test_ready_palettes_have_ten_different_colours() -> None:
    for colours in PALETTES.values():
        assert len(set(colours)) == 10
        assert all(map(is_colour, colours))


def test_numbers_are_taken_from_what_was_pasted() -> None:
    assert numbers_in("A00001\r\nA00002, A00002;\t๐๐๐๑๒๓\n\n A 7 ") == ["A00001", "A00002", "000123", "A 7"]
