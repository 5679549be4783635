"""UNIMARC as MARC 21: what people look for is in its place, and the original can be had back."""

import pytest
from pymarc import Field, Indicators, Leader, Record, Subfield

from samut_hub.catalogue.records.iso2709 import read_record, write_record
from samut_hub.catalogue.records.marc import describe
from samut_hub.catalogue.records.splitting import pieces
from samut_hub.catalogue.records.unimarc import KEPT, is_unimarc, to_marc21
from tests.hub.catalogue.conftest import MARC_FILES


def real_records() -> list[Record]:
    with (MARC_FILES / "unimarc_8.mrc").open("rb") as file:
        return [read_record(piece.data) for piece in pieces(file)]


def field(tag: str, marks: str, **parts: str) -> Field:
    subfields = [Subfield(code.strip("_"), value) for code, value in parts.items()]
    return Field(tag=tag, indicators=Indicators(marks[0], marks[1]), subfields=subfields)


def made(*fields: Field) -> Record:
    record = Record()
    record.leader = Leader("00000nam  2200000   450 ")
    record.fields = [field("200", "1 ", a="Titre"), *fields]
    return to_marc21(record)


def original_of(record: Record) -> bytes:
    """Put together again from the local fields."""
    original = Record()
    leader, *kept = record.get_fields(KEPT)
    original.leader = Leader(leader["a"])
    for one in kept:
        tag, parts = one["9"], one.subfields[1:]
        is_control = tag < "010"
        original.add_field(
            Field(tag=tag, data=parts[0].value)
            if is_control
            else Field(tag=tag, indicators=Indicators(one.indicator1, one.indicator2), subfields=parts)
        )
    return write_record(original)


def test_the_whole_original_can_be_had_back() -> None:
    for original in real_records():
        assert is_unimarc(original)
        assert original_of(read_record(write_record(to_marc21(original)))) == write_record(original)


def test_real_records_are_shown_like_others() -> None:
    said = [describe(to_marc21(record)) for record in real_records()]
    assert (said[0].title, said[0].author, said[0].year, said[0].isbn, said[0].language) == (
        "Järnvägarnas efterfrågan och den svenska industrin, 1860-1914",
        "Modig, Hans",
        1971,
        "9789124213831",
        "swe",
    )
    assert said[1].publisher == "C. Klincksieck"
    assert "Schopenhauer, Arthur 1788-1860 -- Influence" in said[1].subjects
    assert said[7].title.startswith("L'école ouverte : témoignages et propositions")


@pytest.mark.parametrize(
    ("unimarc", "tag", "text"),
    [
        (field("010", "  ", a="974-7047-98-5", d="120 baht"), "020", "974-7047-98-5 120 baht"),
        (field("011", "  ", a="0125-1234"), "022", "0125-1234"),
        (field("205", "  ", a="2nd ed."), "250", "2nd ed."),
        (field("225", "2 ", a="Série", v="3"), "490", "Série 3"),
        (field("330", "  ", a="Résumé"), "520", "Résumé"),
        (field("461", " 0", t="Ensemble", v="2"), "773", "Ensemble 2"),
        (field("461", " 0", _1="001FR99"), "773", "FR99"),
        (field("606", "  ", a="Chats", x="Histoire", y="Siam"), "650", "Chats -- Histoire -- Siam"),
        (field("676", "  ", a="636.8"), "082", "636.8"),
        (field("710", "12", a="Congrès", f="1990"), "111", "Congrès 1990"),
        (field("702", " 0", a="Sunthon", b="Phu"), "700", "Sunthon Phu"),
    ],
)
def test_fields_stand_where_marc_21_has_them(unimarc: Field, tag: str, text: str) -> None:
    assert made(unimarc)[tag].format_field() == text


def test_articles_at_the_start_are_not_sorted() -> None:
    record = Record()
    record.fields = [field("200", "1 ", a="\x98Le \x9cchat", e="roman", f="par A")]
    title = to_marc21(record)["245"]
    assert (title.indicator2, title.format_field()) == ("3", "Le chat : roman / par A")
