"""A slip is drawn so that it can be read: lines break where Thai allows it, marks stay with their letters."""

from unicodedata import category

import pytest
from PIL import Image, ImageFont, features

from samut_edge.drivers import create_part
from samut_edge.errors import SettingsError
from samut_edge.slip_image import _font, check_fonts, slip_image
from samut_edge.slip_text import clusters, wrap
from tests.edge.drivers.heard import Heard
from tests.edge.drivers.slips import loan_slip

LONG = "ปู่กุ้งน้ำที่ญี่ปุ่นกับการผจญภัยในโลกกว้างของเด็กชายผู้ไม่ยอมแพ้ต่อโชคชะตา และความหวัง"


def by_letters(text: str) -> float:
    """A measure for people: one for each sign that takes room."""
    return sum(category(sign) != "Mn" for sign in text)


def test_marks_stay_with_their_letters_and_vowels_with_what_they_belong_to() -> None:
    assert clusters("น้ำที่เก่าแก่") == ["น้ำ", "ที่", "เก่า", "แก่"]
    assert clusters("ฯลฯ ๆ") == ["ฯ", "ลฯ", " ", "ๆ"]
    assert clusters("พ.ศ. 2569 (ฉบับใหม่)")[0] == "พ"


def test_latin_words_are_whole() -> None:
    assert clusters("Café au lait") == ["Café", " ", "au", " ", "lait"]


@pytest.mark.parametrize("width", range(6, 40))
def test_no_line_is_too_long_and_none_begins_with_a_mark(width: int) -> None:
    lines = wrap(LONG, width, by_letters, 100)
    assert "".join(lines).replace(" ", "") == LONG.replace(" ", "")
    assert all(by_letters(line) <= width for line in lines)
    assert not any(category(line[0]) == "Mn" or line[0] in "ะาำๆ" for line in lines)


def test_a_space_is_the_better_place_to_break() -> None:
    assert wrap("ห้องสมุด ประชาชน", 12, by_letters, 3) == ["ห้องสมุด", "ประชาชน"]


def test_no_letter_stands_alone_on_the_last_line_where_a_space_was_before() -> None:
    text = "อ่านให้สนุก แล้วนำมาคืนตามกำหนด"
    assert wrap(text, by_letters(text) - 1, by_letters, 3) == ["อ่านให้สนุก", "แล้วนำมาคืนตามกำหนด"]
    assert wrap(text, by_letters(text) - 1, by_letters, 1) == ["อ่านให้สนุก แล้วนำมาคืนตามกำห…"]


def test_without_a_space_a_line_ends_where_a_syllable_surely_does() -> None:
    assert wrap("ผจญภัยในโลกกว้างของ", 10, by_letters, 3) == ["ผจญภัยใน", "โลกกว้างของ"]
    assert wrap("สู้ไม่ยอมแพ้ต่อโชคชะตา", 14, by_letters, 3) == ["สู้ไม่ยอมแพ้ต่อ", "โชคชะตา"]


def test_what_does_not_fit_ends_in_an_ellipsis() -> None:
    lines = wrap(LONG, 20, by_letters, 2)
    assert len(lines) == 2
    assert lines[1].endswith("…")
    assert by_letters(lines[1]) <= 20


def test_a_word_longer_than_the_line_is_cut() -> None:
    assert wrap("Donaudampfschifffahrt", 10, by_letters, 5) == ["Donaudampf", "schifffahr", "t"]


def test_nothing_takes_no_line() -> None:
    assert wrap("  ", 10, by_letters, 3) == []


@pytest.mark.parametrize("width", [384, 512, 576])
def test_a_slip_is_black_and_white_and_as_wide_as_the_paper(width: int) -> None:
    image = slip_image(loan_slip(LONG), width)
    assert (image.mode, image.width) == ("1", width)


def test_the_slip_says_that_the_hub_was_away() -> None:
    plain, away = slip_image(loan_slip("ก"), 512), slip_image(loan_slip("ก", notice="ระบบกลางขัดข้อง"), 512)
    assert away.height > plain.height
    assert _black(away) > _black(plain) + 512 * 20


def test_tone_marks_are_stacked_and_not_set_beside() -> None:
    font = _font(40, bold=False)
    assert font.getlength("ปู่") == font.getlength("ป")
    assert isinstance(font, ImageFont.FreeTypeFont)


def test_a_computer_without_fribidi_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    assert check_fonts() == ""
    monkeypatch.setattr(features, "check", lambda _: False)
    assert "libfribidi0" in check_fonts()
    with pytest.raises(SettingsError, match=r"Part “slips”.*misplaced"):
        create_part("slips", "escpos_printer", {"host": "p"}, Heard())


def _black(image: Image.Image) -> int:
    return image.histogram()[0]
