"""MARCXML: nothing is lost on the way out and back, other programs agree, and what is wrong harms nothing."""

import io
import subprocess
from pathlib import Path

import pymarc
import pytest

from samut_hub.catalogue.records.iso2709 import Fault, RecordError, read_record, write_record
from samut_hub.catalogue.records.marcxml import FOOT, HEAD, read_marcxml, write_collection, write_marcxml
from samut_hub.catalogue.records.splitting import LONGEST, NotMarcError, pieces
from samut_hub.catalogue.records.xml_splitting import xml_pieces
from tests.hub.catalogue.conftest import marc_files

SIMPLE = (
    '<record><leader>00000nam a2200000   4500</leader><controlfield tag="001">41</controlfield>'
    '<datafield tag="245" ind1="0" ind2="0"><subfield code="a">แมวน้อย</subfield></datafield></record>'
)


def records_in(file: Path) -> list[pymarc.Record]:
    with file.open("rb") as opened:
        return [read_record(piece.data) for piece in pieces(opened)]


def split(data: bytes) -> list[tuple[bytes, bool]]:
    return [(piece.data, piece.ended) for piece in xml_pieces(io.BytesIO(data))]


@pytest.mark.requirement("K-01")
@pytest.mark.parametrize("file", marc_files(), ids=lambda file: file.stem)
def test_every_set_goes_out_and_comes_back_whole(file: Path, tmp_path: Path) -> None:
    records = records_in(file)
    out = tmp_path / "out.xml"
    out.write_bytes(b"".join(write_collection(records)))
    with out.open("rb") as opened:
        back = [read_marcxml(piece.data) for piece in xml_pieces(opened)]
    assert [write_record(record) for record in back] == [write_record(record) for record in records]


@pytest.mark.parametrize("file", marc_files(), ids=lambda file: file.stem)
def test_pymarc_and_yaz_read_what_is_written(file: Path, tmp_path: Path) -> None:
    """Of empty subfields and third indicators yaz makes other lines from XML than from ISO 2709."""
    records = [record for record in records_in(file) if not any(map(_is_strange, record.fields))]
    out, exchange = tmp_path / "out.xml", tmp_path / "out.mrc"
    out.write_bytes(b"".join(write_collection(records)))
    exchange.write_bytes(b"".join(map(write_record, records)))
    theirs = pymarc.parse_xml_to_array(str(out))
    assert list(map(_said, theirs)) == list(map(_said, records))
    lines = [
        subprocess.run(["yaz-marcdump", "-i", kind, "-o", "line", path], capture_output=True, check=True).stdout
        for kind, path in (("marcxml", out), ("marc", exchange))
    ]
    assert lines[0].count(b"\n\n") == len(records)
    assert _without_leaders(lines[0]) == _without_leaders(lines[1])


def _said(record: pymarc.Record) -> list[tuple[str, str]]:
    """pymarc leaves out the blanks around a value of XML."""
    return [(field.tag, " ".join(field.value().split())) for field in record.fields]


def _is_strange(field: pymarc.Field) -> bool:
    return not field.control_field and (len(field.indicator2) > 1 or not all(part.value for part in field.subfields))


def _without_leaders(lines: bytes) -> list[bytes]:
    return [line for line in lines.splitlines() if b" " in line[:5]]


def test_records_in_search_results_and_harvests_are_found() -> None:
    marked = SIMPLE.replace("<", "<marc:").replace("<marc:/", "</marc:")
    wrapped = f"<OAI-PMH><record><header>1</header><metadata>{marked}</metadata></record></OAI-PMH>"
    ((data, ended),) = split(wrapped.encode())
    assert ended
    assert write_record(read_marcxml(data)) == write_record(read_marcxml(SIMPLE.encode()))


def test_comments_and_quoted_sections_hold_no_records() -> None:
    text = f"<collection><!-- <record> {SIMPLE} --><a><![CDATA[<record>]]></a>{SIMPLE}</collection>"
    assert split(text.encode()) == [(SIMPLE.encode(), True)]


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "utf-16", "tis-620"])
def test_thai_comes_in_in_every_coding_that_is_declared(coding: str) -> None:
    text = f'<?xml version="1.0" encoding="{coding.removesuffix("-sig")}"?><collection>{SIMPLE}</collection>'
    assert split(text.encode("cp874" if coding == "tis-620" else coding)) == [(SIMPLE.encode(), True)]


def test_a_record_that_lost_its_end_spoils_no_other() -> None:
    broken = SIMPLE.removesuffix("</record>")
    found = split((broken + SIMPLE + broken).encode())
    assert found == [(broken.encode(), False), (SIMPLE.encode(), True), (broken.encode(), False)]


def test_records_across_the_seams_of_reading_are_whole() -> None:
    long = SIMPLE.replace("แมวน้อย", "ก" * 90_000)
    data = HEAD + (long.encode() + b"\n  ") * 20 + FOOT
    assert split(data) == [(long.encode(), True)] * 20


def test_a_record_without_end_is_cut() -> None:
    parts = split(b"<collection><record><leader>" + b"x" * (2 * LONGEST))
    assert [len(data) for data, _ in parts] == [LONGEST]


@pytest.mark.parametrize(
    "text",
    [
        SIMPLE.replace("แมว", "&lol9;"),
        f'<!DOCTYPE x [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>{SIMPLE.replace("แมว", "&b;")}',
        SIMPLE.replace("</subfield>", ""),
        SIMPLE.replace('tag="245"', 'tag="24"'),
        SIMPLE.replace('tag="001"', 'tag="100"'),
        "<record>" + "<a>" * 100_000,
        "<record></record>",
    ],
)
def test_what_is_not_marcxml_is_refused(text: str) -> None:
    with pytest.raises(RecordError) as refusal:
        read_marcxml(text.encode())
    assert refusal.value.fault == Fault.WRONG_XML


def test_a_file_without_records_says_so() -> None:
    for data in (b"<html><p>hello</p></html>", b"", b"<?xml version='1.0' encoding='klingon'?><record/>"):
        with pytest.raises(NotMarcError):
            split(data)


def test_characters_that_xml_has_not_are_shown_as_such() -> None:
    record = read_marcxml(SIMPLE.replace("แมว", "a&lt;b&amp;c").encode())
    record["245"].subfields[0] = pymarc.Subfield("a", 'bell\x07 & "<tag>"')
    again = read_marcxml(write_marcxml(record))
    assert again["245"]["a"] == 'bell\ufffd & "<tag>"'


@pytest.mark.parametrize("part", ["<record>", "<!--", "<record><!--", "<![CDATA["])
def test_a_file_of_beginnings_costs_no_more_than_another(part: str) -> None:
    data = part.encode() * (1_000_000 // len(part))
    try:
        assert len(split(data)) <= len(data) // LONGEST + 1
    except NotMarcError:
        assert "<record>" not in part
