"""Records go in and come out whole, whatever they are written in."""

import logging
import unicodedata
import warnings
from pathlib import Path

import pymarc
import pytest

from samut_hub.catalogue.records.iso2709 import Fault, RecordError, kept_record, read_record, write_record
from samut_hub.catalogue.records.splitting import pieces
from tests.hub.catalogue.conftest import marc_files

Content = list[tuple[str, str, list[tuple[str, str]]]]


def content(record: pymarc.Record) -> Content:
    return [(f.tag, f.data or f.indicator1 + f.indicator2, list(f.subfields)) for f in record.fields]


def records(file: Path) -> list[bytes]:
    with file.open("rb") as opened:
        return [piece.data for piece in pieces(opened)]


@pytest.mark.parametrize("file", marc_files(), ids=lambda file: file.stem)
def test_a_record_of_every_set_comes_back_as_it_was(file: Path) -> None:
    for data in records(file):
        record = read_record(data)
        written = write_record(record)
        assert content(read_record(written)) == content(record)
        assert str(read_record(written).leader)[5:9] == str(record.leader)[5:9]


@pytest.mark.parametrize("name", ["mixed_179.utf8", "nepali_96.utf8", "rda_dvd.utf8", "unimarc_8"])
def test_records_in_utf8_come_back_byte_for_byte(name: str) -> None:
    (file,) = (file for file in marc_files() if file.stem == name)
    for data in records(file):
        assert write_record(read_record(data)) == data


@pytest.mark.parametrize("file", marc_files(), ids=lambda file: file.stem)
def test_nothing_is_missing_that_another_reader_finds(file: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL)
    with file.open("rb") as opened, warnings.catch_warnings(action="ignore"):
        theirs = [record for record in pymarc.MARCReader(opened, permissive=True) if record is not None]
    ours = [read_record(data) for data in records(file)]
    assert len(ours) == len(theirs)
    for one, other in zip(ours, theirs, strict=True):
        assert as_others_read(one) == as_others_read(other)


def as_others_read(record: pymarc.Record) -> Content:
    """Two indicators, no empty subfields, no characters written as references."""
    return [
        (
            tag,
            unicodedata.normalize("NFC", marks[:2] if parts else marks),
            [(code, unicodedata.normalize("NFC", text)) for code, text in parts if code and "%x;" not in text],
        )
        for tag, marks, parts in (
            (tag, marks, [part for part in parts if tag != "880"]) for tag, marks, parts in content(record)
        )
    ]


def record_of(*fields: tuple[str, bytes], coding: bytes = b" ") -> bytes:
    """A record with right lengths around these bytes."""
    directory, bodies = b"", b""
    for tag, body in fields:
        directory += b"%s%04d%05d" % (tag.encode(), len(body) + 1, len(bodies))
        bodies += body + b"\x1e"
    base = 24 + len(directory) + 1
    return (
        b"%05dnam %s22%05d   4500" % (base + len(bodies) + 1, coding, base) + directory + b"\x1e" + bodies + b"\x1d"
    )


def title_in(data: bytes) -> str:
    return str(read_record(data)["245"]["a"])


def test_utf8_that_says_it_is_marc8_is_read_as_utf8() -> None:
    assert title_in(record_of(("245", "00\x1faพระอภัยมณี".encode()))) == "พระอภัยมณี"


def test_thai_of_old_systems_is_read_whatever_the_leader_says() -> None:
    for coding in (b" ", b"a"):
        assert (
            title_in(record_of(("245", "00\x1faหนังสือเรียนภาษาไทย".encode("cp874")), coding=coding))
            == "หนังสือเรียนภาษาไทย"
        )


def test_marc8_marks_stand_before_their_letter() -> None:
    assert title_in(record_of(("245", b"00\x1fad\xe2esir\xe2ee"))) == "désirée"


def test_marc8_changes_its_letters_by_escape_sequences() -> None:
    assert title_in(record_of(("245", b"00\x1fa\x1b(NmIR\x1b(B, peace"))) == "Мир, peace"


def test_a_thai_letter_written_as_a_reference_is_that_letter() -> None:
    assert title_in(record_of(("245", b"00\x1fa&#x0E01;&#x0E32%x;"))) == "กา"


def test_a_record_that_says_utf8_and_is_not_is_refused() -> None:
    with pytest.raises(RecordError) as refusal:
        read_record(record_of(("245", b"00\x1faCaf\xe9 noir"), coding=b"a"))
    assert refusal.value.fault == Fault.NOT_UTF8


def test_an_unknown_letter_refuses_the_record_instead_of_becoming_a_blank() -> None:
    with pytest.raises(RecordError) as refusal:
        read_record(record_of(("245", b"00\x1faCaf\xff noir")))
    assert refusal.value.fault == Fault.NOT_MARC8


def test_wrong_lengths_in_the_directory_do_not_matter_while_the_fields_can_be_counted() -> None:
    data = record_of(("001", b"x1"), ("245", "00\x1faน้ำ".encode()), ("500", b"  \x1fanote"))
    mangled = data[:27] + b"0009" + data[31:]
    assert content(read_record(mangled)) == content(read_record(data))


def test_a_directory_that_fits_nothing_refuses_the_record() -> None:
    data = record_of(("001", b"x1"), ("245", b"00\x1faTitle"))
    with pytest.raises(RecordError) as refusal:
        read_record(data.replace(b"\x1e00\x1f", b"\x1e00\x1e\x1f"))
    assert refusal.value.fault == Fault.WRONG_DIRECTORY


def test_a_field_longer_than_the_format_allows_is_kept_whole() -> None:
    long = "ยาว" * 8_000
    record = read_record(record_of(("245", b"00\x1faTitle")))
    record["245"].add_subfield("b", long)
    assert read_record(write_record(record))["245"]["b"] == long


def test_third_indicators_and_empty_subfields_stay() -> None:
    data = record_of(("260", b"   \x1fa\x1f\x1fbPress"))
    assert b"   \x1fa\x1f\x1fbPress" in write_record(read_record(data))


def test_separators_of_the_format_within_a_value_spoil_no_record() -> None:
    record = read_record(record_of(("001", b"1"), ("245", b"00\x1faOne"), ("500", b"  \x1faKept")))
    record["001"].data, record["245"]["a"] = "1\x1e2", "a\x1db\x1ec\x1fd"
    again = read_record(write_record(record))
    assert content(again) == [("001", "1 2", []), ("245", "00", [("a", "a b c d")]), ("500", "  ", [("a", "Kept")])]


def test_a_record_in_which_a_terminator_was_written_as_a_character_is_still_read() -> None:
    spoiled = record_of(("245", b"00\x1faOne\x1eday"), ("500", b"  \x1faKept"))
    assert [one["a"] for one in read_record(spoiled).fields] == ["One\x1eday", "Kept"]


def test_what_is_kept_of_a_title_may_be_no_record() -> None:
    assert kept_record(None) is kept_record(b"spoiled") is None
    kept = kept_record(record_of(("245", b"00\x1faOne")))
    assert kept is not None
    assert kept["245"]["a"] == "One"
