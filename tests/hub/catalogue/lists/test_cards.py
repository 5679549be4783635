"""Catalogue cards as they stood in drawers."""

import pytest
from pymarc import Field, Indicators, Subfield

from samut_hub.catalogue.lists.cards import Card, Entry, cards_of
from samut_hub.catalogue.records.marc import Description
from samut_hub.catalogue.records.marc_writing import new_record

CAT = Description(
    title="แมวน้อยผจญภัย : นิทานก่อนนอน",
    author="สมศรี มีสุข; มานี รักเรียน",
    publication_place="กรุงเทพฯ",
    publisher="แพรว",
    year=2010,
    isbn="9786160012350",
    language="tha",
    call_number="น ส123ม 2553",
    subjects="แมว -- นวนิยาย; การผจญภัย",
    edition="พิมพ์ครั้งที่ 2",
    extent="120 หน้า : ภาพประกอบ ; 21 ซม.",
    series="นิทานไทย",
)


def cards(said: Description = CAT) -> list[Card]:
    return list(cards_of(said, number="B00001"))


@pytest.mark.requirement("A-27")
def test_a_book_has_a_card_by_author_by_title_and_for_each_subject_and_other_author() -> None:
    assert [(card.entry, card.heading) for card in cards()] == [
        (Entry.MAIN, ""),
        (Entry.TITLE, "แมวน้อยผจญภัย : นิทานก่อนนอน"),
        (Entry.AUTHOR, "มานี รักเรียน"),
        (Entry.SUBJECT, "แมว -- นวนิยาย"),
        (Entry.SUBJECT, "การผจญภัย"),
    ]


def test_each_card_says_the_whole() -> None:
    for card in cards():
        assert card.call_number == ["น", "ส123ม", "2553"]
        assert card.author == "สมศรี มีสุข"
        assert card.body == [
            "แมวน้อยผจญภัย : นิทานก่อนนอน. -- พิมพ์ครั้งที่ 2. -- กรุงเทพฯ : แพรว, 2553.",
            "120 หน้า : ภาพประกอบ ; 21 ซม. -- (นิทานไทย).",
            "ISBN 9786160012350",
        ]
        assert card.tracings == "1. แมว -- นวนิยาย. 2. การผจญภัย. I. มานี รักเรียน. II. ชื่อเรื่อง."
        assert card.number == "B00001"


def test_a_work_without_author_is_entered_by_its_title() -> None:
    main, *others = cards(Description(title="Atlas", year=1999, subjects="Maps"))
    assert (main.author, main.tracings) == ("", "1. Maps.")
    assert [card.entry for card in others] == [Entry.SUBJECT]
    assert main.body == ["Atlas. -- 1999."]


def test_the_statement_of_responsibility_comes_from_the_record() -> None:
    record = new_record(CAT)
    record["245"].add_subfield("c", "เรื่อง สมศรี มีสุข ; ภาพ มานี รักเรียน")
    assert (
        next(cards_of(CAT, record))
        .body[0]
        .startswith("แมวน้อยผจญภัย : นิทานก่อนนอน / เรื่อง สมศรี มีสุข ; ภาพ มานี รักเรียน. -- พิมพ์ครั้งที่ 2.")
    )


def test_editors_do_not_make_a_main_entry() -> None:
    said = Description(title="Handbook", author="Kamil, Michael L.", language="eng")
    record = new_record(Description(title="Handbook", language="eng"))
    name = [Subfield("a", "Kamil, Michael L.")]
    record.add_ordered_field(Field(tag="700", indicators=Indicators("1", " "), subfields=name))
    main, added = cards_of(said, record)
    assert (main.author, added.heading, main.tracings) == ("", "Kamil, Michael L.", "I. Kamil, Michael L.")
