"""Lines, checksums and fields of SIP2, as the specification has them and as clients send them."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samut_hub.sip2.codec import (
    LAYOUT,
    LONGEST_LINE,
    Answer,
    Encoding,
    Kind,
    Lines,
    UnreadableError,
    read,
    sealed,
    unframe,
    write,
)
from samut_hub.sip2.dates import moment_of, written
from samut_hub.sip2.policy import network_of, span, summary

STAMP = "20261123    100000"
BANGKOK = "Asia/Bangkok"


def test_the_sample_of_the_specification() -> None:
    framed = unframe(b"9900802.00AY1AZFCA0")
    assert (framed.body, framed.sequence, framed.has_checksum) == (b"9900802.00", "1", True)
    request = read(framed.body, "utf-8")
    assert request.fixed == {"status": "0", "width": "080", "version": "2.00"}
    assert sealed(framed.body, sequence="1", with_checksum=True) == b"9900802.00AY1AZFCA0"
    assert sealed(b"941", sequence="0", with_checksum=True) == b"941AY0AZFDFD"
    assert sealed(b"96", sequence="", with_checksum=True) == b"96AZFEF6"


def test_a_wrong_checksum_is_refused() -> None:
    with pytest.raises(UnreadableError):
        unframe(b"9900802.00AY1AZFCA1")


def test_a_checksum_without_its_zeros_is_the_same() -> None:
    padded = next(
        line for n in range(5000) if b"AZ0" in (line := sealed(b"17" + b"z" * n, sequence="", with_checksum=True))
    )
    assert unframe(padded.replace(b"AZ0", b"AZ")).has_checksum


@given(st.binary(max_size=300).filter(lambda text: not set(text) & set(b"\r\n")))
def test_what_was_sealed_is_found_right(body: bytes) -> None:
    line = sealed(body, sequence="7", with_checksum=True)
    assert unframe(line) == unframe(line + b"  ")
    assert unframe(line).body == body


@given(st.binary(max_size=500))
def test_any_line_is_a_request_or_is_not_understood(line: bytes) -> None:
    try:
        request = read(unframe(line).body, "utf-8")
    except UnreadableError:
        return
    assert set(request.fixed) == {name for name, _ in LAYOUT[request.kind]}


@given(st.lists(st.binary(max_size=40)), st.sampled_from([b"\r", b"\r\n", b"\n"]), st.integers(1, 7))
def test_lines_are_the_same_whatever_pieces_they_come_in(texts: list[bytes], end: bytes, size: int) -> None:
    clean = [text.replace(b"\r", b"").replace(b"\n", b"").strip(b" \0") for text in texts]
    stream, lines, found = b"".join(text + end for text in clean), Lines(), []
    for start in range(0, len(stream), size):
        found += [line.text for line in lines.feed(stream[start : start + size])]
    assert found == [text for text in clean if text]


def test_a_line_that_is_too_long_is_told_apart_and_the_next_is_read() -> None:
    lines = Lines()
    found = [*lines.feed(b"x" * (LONGEST_LINE + 1)), *lines.feed(b"x" * 9000), *lines.feed(b"xx\r99\r")]
    assert [line.text for line in found] == [None, b"99"]


def test_the_last_bar_may_be_missing_and_fields_stand_in_any_order() -> None:
    usual = read(f"11YN{STAMP}{STAMP}AOnorth|AA20001|ABB00001|AC|".encode(), "utf-8")
    other = read(f"11YN{STAMP}{STAMP}ABB00001|AC|AA20001|AOnorth".encode(), "utf-8")
    assert usual == other
    assert usual.fixed["renewals"] == "Y"


def test_a_stray_language_before_the_date_of_item_information_is_passed_over() -> None:
    assert read(f"17001{STAMP}AOnorth|ABB00001|".encode(), "utf-8").fixed == {"at": STAMP}


@pytest.mark.parametrize("text", ["", "9", "77", "17", "1720261123", f"23001{STAMP}AAx"[:22]])
def test_what_has_not_its_fixed_length_is_refused(text: str) -> None:
    with pytest.raises(UnreadableError):
        read(text.encode(), "utf-8")


def test_thai_is_read_in_the_account_s_own_encoding() -> None:
    for encoding in Encoding:
        body = f"23000{STAMP}AOห้องสมุด|AA๒๐๐๐๑|".encode(encoding)
        assert read(body, encoding).fields == {"AO": "ห้องสมุด", "AA": "๒๐๐๐๑"}


def test_a_value_never_ends_its_field_and_is_normal() -> None:
    assert write(Answer("64", (("AE", "a|b\rc\nde\u0301"),)), encoding="utf-8") == "64AEa/b c d\u00e9|".encode()
    assert (
        write(Answer("64", (("AE", "ไทย 中"),)), encoding=Encoding.TIS620) == b"64AE" + "ไทย ?".encode("cp874") + b"|"
    )


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("20261123    100000", datetime(2026, 11, 23, 3, tzinfo=UTC)),
        ("20261123   Z100000", datetime(2026, 11, 23, 10, tzinfo=UTC)),
        ("20261123     9 5 7", datetime(2026, 11, 23, 2, 5, 7, tzinfo=UTC)),
        ("19960212    100239", datetime(1996, 2, 12, 3, 2, 39, tzinfo=UTC)),
        ("25691123    100000", datetime(2026, 11, 23, 3, tzinfo=UTC)),
        ("99991231    235959", datetime(9456, 12, 31, 16, 59, 59, tzinfo=UTC)),
        ("20261323    100000", None),
        ("00010101    000000", None),
        (" " * 18, None),
        ("๒๐๒๖1123    100000", None),
    ],
)
def test_dates(text: str, moment: datetime | None) -> None:
    assert moment_of(text, BANGKOK) == moment


def test_a_date_is_written_in_the_library_s_time() -> None:
    assert written(datetime(2026, 11, 23, 3, tzinfo=UTC), BANGKOK) == STAMP


def test_lists_are_bounded_whatever_is_asked() -> None:
    assert (span("", "").first, span("", "").last) == (1, 100)
    assert (span("3", "5").first, span("3", "5").last) == (3, 5)
    assert (span("9", "2").first, span("9", "2").last) == (9, 9)
    assert span("1", "9999999").last == 100
    assert summary("  Y       ") == 2
    assert summary("    Y     ") is None


def test_every_request_has_its_layout() -> None:
    lengths = {kind: sum(size for _, size in LAYOUT[kind]) for kind in Kind}
    assert lengths == dict(zip(Kind, (19, 37, 38, 19, 18, 18, 21, 18, 38, 18, 25, 31, 18, 2, 0, 8), strict=True))


def test_one_address_is_a_network_too() -> None:
    assert network_of("192.168.1.20") == "192.168.1.20/32"
    with pytest.raises(ValueError, match="school"):
        network_of("school")
