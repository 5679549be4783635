"""A reader sees why a title was found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samut_hub.catalogue.search.highlight import marked


@pytest.mark.parametrize(
    ("shown", "question", "hit"),
    [
        ("ระบบทศนิยมดิวอี้", "ดิวอี้", ["ดิวอี้"]),
        ("การท างานเป็นทีม", "ทำงาน", ["ท างาน"]),
        ("การทำงาน", "ท างาน", ["ทำงาน"]),
        ("พ.ศ. ๒๕๖๙", "2569", ["๒๕๖๙"]),
        ("Café culture", "CAFE", ["Café"]),
        ("Cafe\u0301 culture", "café", ["Cafe\u0301"]),
        ("All libraries", "library", ["libraries"]),
        ("แฮร์รี่ พอตเตอร์", "แฮร์รี่พอตเตอร์", ["แฮร์รี่ พอตเตอร์"]),
        ("Jazz piano, jazz guitar", "jazz ไม่ piano", ["Jazz", "jazz"]),
        ("Jazz piano", '"piano jazz"', []),
        ("Jazz piano", None, []),
    ],
)
def test_what_was_asked_for_is_marked(shown: str, question: str | None, hit: list[str]) -> None:
    assert [piece for piece, is_hit in marked(shown, question) if is_hit] == hit


def test_a_field_marks_what_was_asked_of_it_and_of_all() -> None:
    question = "author:มานะ บ้าน"
    assert marked("บ้านมานะ", question, field="title") == [("บ้าน", True), ("มานะ", False)]


@given(st.text(max_size=40), st.text(max_size=10))
def test_the_pieces_are_the_text(text: str, question: str) -> None:
    assert "".join(piece for piece, _ in marked(text, question)) == text
