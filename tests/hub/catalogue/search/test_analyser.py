"""Thai text as it was meant, cut into what finds and what ranks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samut_hub.catalogue.search.analyser import clusters, normalise, query_terms, read, recall_terms, words


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ท างาน", "ทำงาน"),
        ("ส านัก", "สำนัก"),
        ("น้ า", "น้ำ"),
        ("นํ้า", "น้ำ"),
        ("น้ํา", "น้ำ"),
        ("กำ", "กำ"),
        ("เเมว", "แมว"),
        ("ก่ี", "กี่"),
        ("กาา", "กา"),
        ("ที่่", "ที่"),
        ("ข้า\u200bว", "ข้าว"),
        ("\ufeffข้าว", "ข้าว"),
        ("๒๕๖๙", "2569"),
        ("ＡＢＣ", "abc"),
        ("Café Łódź Œuvre", "cafe lodz oeuvre"),
        ("ป\uf710น", "ปัน"),
    ],
)
def test_normal_text(typed: str, meant: str) -> None:
    assert normalise(typed) == meant


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("ดิวอี้", ["ดิ", "ว", "อี้"]),
        ("แฮร์รี่", ["แฮ", "ร์", "รี่"]),
        ("ภาษาpythonเบื้อง", ["ภา", "ษา", "python", "เบื้", "อ", "ง"]),
        ("e-book 2", ["e", "book", "2"]),
        ("हिमाली साहित्य", ["हिमाली", "साहित्य"]),
        ("図書館", ["図", "書", "館"]),
        ("—!?", []),
    ],
)
def test_clusters(text: str, parts: list[str]) -> None:
    assert clusters(text) == parts


def test_words_are_cut_where_the_writing_changes() -> None:
    assert words("ภาษาPythonเบื้องต้น") == ["ภาษา", "เบื้อง", "ต้น", "python"]


def test_one_cluster_is_asked_for_alone_and_more_in_pairs() -> None:
    assert query_terms("กา") == ["กา"]
    assert query_terms("ดิวอี้") == ["ดิว", "วอี้"]


WORDS = (
    "ห้องสมุด",
    "ดิวอี้",
    "ทศนิยม",
    "ระบบ",
    "แฮร์รี่",
    "พอตเตอร์",
    "น้ำ",
    "เด็ก",
    "ไทย",
    "กรุงเทพฯ",
    "วินทร์",
    "เรียน",
    "เก้าอี้",
    "ฤดู",
    "Python",
    "2569",
    "เลียววาริณ",
)


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=6), st.data())
def test_every_word_of_a_compound_is_found(parts: list[str], data: st.DataObject) -> None:
    sought = data.draw(st.sampled_from(parts))
    compound = "".join(f" {one} " if one.isascii() else one for one in parts)
    assert set(query_terms(sought)) <= set(recall_terms([read(compound)]))


@given(st.text(max_size=40))
def test_any_text_is_taken(text: str) -> None:
    assert all(0 < len(term) <= 128 for term in recall_terms([read(text)]))
    assert all(words(text))
