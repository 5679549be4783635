"""Files damaged anywhere: every byte ends up in a record, is refused with its record, or stood between two."""

import io
from pathlib import Path
from tempfile import NamedTemporaryFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samut_hub.catalogue.imports.entries import Entry, entries
from samut_hub.catalogue.imports.models import Import
from samut_hub.catalogue.imports.policy import Format
from samut_hub.catalogue.imports.rows import Words
from samut_hub.catalogue.records.splitting import LONGEST, NotMarcError, Piece, pieces
from tests.hub.catalogue.conftest import marc_files
from tests.hub.catalogue.records.test_records import record_of

ONE = record_of(("001", b"1"), ("245", b"00\x1faOne"))
TWO = record_of(("001", b"2"), ("245", "00\x1faสอง".encode()), coding=b"a")
BETWEEN = b"\r\n \t\0\x1a\xef\xbb\xbf"


def split(data: bytes) -> list[Piece]:
    return list(pieces(io.BytesIO(data)))


def read(data: bytes) -> tuple[list[str], list[tuple[int, str]]]:
    """Titles, and numbers and reasons of what was refused."""
    found = imported(data)
    titles = {one.columns["origin_key"]: one.columns["title"] for one in found if one.columns}
    return [*titles.values()], [(one.position, one.reason) for one in found if one.reason]


def imported(data: bytes) -> list[Entry]:
    """What an import makes of a file with these bytes."""
    with NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        run = Import(format=Format.MARC.value, with_copies=False)
        return list(entries(run, Path(file.name), Words({})))


@pytest.mark.parametrize("between", [b"", b"\r\n", b"\n", b"\xef\xbb\xbf", b"\0\0", b" \x1a"])
def test_what_stands_between_records_is_passed_over(between: bytes) -> None:
    assert read(between + ONE + between + TWO + between) == (["One", "สอง"], [])


def test_a_length_of_99999_or_of_nothing_is_not_believed() -> None:
    for length in (b"99999", b"00000", b"00007"):
        assert read(length + ONE[5:] + TWO) == (["One", "สอง"], [])


def test_two_records_without_an_end_between_them_are_two() -> None:
    assert [piece.data for piece in split(ONE[:-1] + TWO)] == [ONE[:-1], TWO]
    assert read(ONE[:-1] + TWO) == (["One", "สอง"], [])


def test_a_length_that_reaches_over_the_next_record_is_not_believed() -> None:
    assert read(b"%05d" % (len(ONE) + len(TWO)) + ONE[5:] + TWO) == (["One", "สอง"], [])


def test_the_last_record_may_be_cut_off() -> None:
    assert read(ONE + TWO[:-9]) == (["One"], [(2, "truncated")])


def test_rubbish_between_records_is_refused_and_kept() -> None:
    found = split(ONE + b"rubbish\x1d" + TWO)
    assert [piece.data for piece in found] == [ONE, b"rubbish\x1d", TWO]
    assert read(ONE + b"rubbish\x1d" + TWO) == (["One", "สอง"], [(2, "no_leader")])


def test_a_picture_is_not_a_file_of_records() -> None:
    for data in (b"\x89PNG\r\n" + bytes(range(1, 29)) * 50_000, b"<collection/>", b"PK\3\4" + b"x" * 100):
        with pytest.raises(NotMarcError):
            split(data)


def test_an_empty_file_holds_no_records() -> None:
    assert split(b"") == split(b"\r\n") == []


def test_a_record_that_never_ends_is_cut_into_parts_and_the_next_is_found() -> None:
    found = split(ONE + b"x" * (2 * LONGEST) + b"\x1d" + TWO)
    assert b"".join(piece.data for piece in found) == ONE + b"x" * (2 * LONGEST) + b"\x1d" + TWO
    assert found[-1].data == TWO


SOUND = b"".join(file.read_bytes()[:3_000] for file in marc_files())
DAMAGE = st.tuples(st.integers(0, 1_000_000), st.integers(0, 60), st.binary(max_size=12))


@settings(max_examples=150, deadline=None)
@given(st.lists(DAMAGE, min_size=1, max_size=5))
def test_no_damage_makes_a_byte_vanish(damages: list[tuple[int, int, bytes]]) -> None:
    data = SOUND
    for place, gone, added in damages:
        at = place % (len(data) + 1)
        data = data[:at] + added + data[at + gone :]
    at = 0
    for piece in split(data):
        begin = piece.end - len(piece.data)
        assert data[begin : piece.end] == piece.data
        assert not data[at:begin].strip(BETWEEN)
        at = piece.end
    assert not data[at:].strip(BETWEEN)
    assert all(bool(one.columns) != bool(one.reason) for one in imported(data))
