"""What a librarian writes on a tag is what every reader finds there; and what is damaged is called so."""

import string
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from samut_edge.devices.danish_model import LONGEST_NUMBER, danish_crc, decode_danish, encode_danish
from samut_edge.devices.element_tag import DSFID, decode_elements, encode_elements
from samut_edge.devices.isil_letters import pack_isil, unpack_isil
from samut_edge.devices.library_tag import BadTagError, ItemTag, Usage, stranger_of
from samut_edge.devices.tag_codec import Model, dsfid_of, read_memory, turned, write_memory
from samut_edge.devices.tag_letters import Compaction, pack, unpack
from samut_edge.events import Stranger

OSLO = bytes.fromhex("11010131303033303131383630393736303032" + "2fb0" + "4e4f" + "303230333030303000")
"""A real tag of Deichman, Oslo, as its service's own description prints it."""

STANDARD = bytes.fromhex(
    "9100051CBE991A14" + "0201D0" + "140204B3" + "4607441CB6E2E335D6" + "830207ACC09EBAA06F6B0000"
)
"""The example of ISO 28560-2:2014, annex D: item 123456789012, part 3 of 12, shelf QA268.L55, owner US-InU-Mu."""

CAPACITY = 112  # bytes of the commonest chip, ICODE SLIX

words = st.text(string.ascii_letters + string.digits + "-./_", min_size=1, max_size=LONGEST_NUMBER)
isil_letters = st.text(string.ascii_letters + string.digits + "-/:", min_size=1, max_size=9)


@st.composite
def tags(draw: st.DrawFn, barcodes: st.SearchStrategy[str] = words) -> ItemTag:
    parts = draw(st.integers(1, 255))
    part = draw(st.integers(1, parts))
    return ItemTag(draw(barcodes), "TH", draw(isil_letters), draw(st.integers(0, 15)), parts, part)


@given(tags(), st.sampled_from([32, 34, 36, 112]))
def test_what_is_written_by_the_danish_model_is_read(tag: ItemTag, size: int) -> None:
    assert decode_danish(encode_danish(tag, size)) == tag


longer = st.text(st.characters(max_codepoint=0x2FF, categories=["L", "N", "P"]), min_size=1, max_size=40)


@given(tags(words | longer | st.text(string.digits, min_size=1, max_size=30)))
def test_what_is_written_in_elements_is_read(tag: ItemTag) -> None:
    assert decode_elements(encode_elements(tag)) == tag


@given(tags(), st.sampled_from(Model), st.booleans())
def test_both_orders_of_a_blocks_bytes_are_read(tag: ItemTag, model: Model, turn: bool) -> None:
    memory = write_memory(tag, model, CAPACITY).ljust(64, b"\0")
    assert len(memory) % 4 == 0
    assert read_memory(turned(memory) if turn else memory, dsfid_of(model)) == tag


@given(tags(), st.integers(0, 32 * 8 - 1))
def test_the_check_sum_notices_every_single_wrong_bit(tag: ItemTag, bit: int) -> None:
    memory = bytearray(encode_danish(tag, 32))
    memory[bit // 8] ^= 1 << bit % 8
    with pytest.raises(BadTagError):
        read_memory(bytes(memory))


@given(tags(), st.integers(6, 7))
def test_elements_notice_a_wrong_bit_where_lengths_no_longer_fit(tag: ItemTag, bit: int) -> None:
    """There is no check sum: an error elsewhere may pass as another content, but never as a fault of the reader's."""
    memory = bytearray(encode_elements(tag))
    memory[1] |= 1 << bit  # the length of the item number is beyond the tag
    with pytest.raises(BadTagError):
        decode_elements(bytes(memory))


@given(st.binary(max_size=160), st.sampled_from([0, DSFID, 0x3E]), st.sampled_from([1, 4, 8]))
@example(b"\x41\x01\x80", DSFID, 4)
@example(b"\x11\x01\x05\x34\x01\x00", DSFID, 4)
@example(b"\x8f", DSFID, 4)
def test_garbage_is_refused_in_words_or_read_but_never_breaks_anything(memory: bytes, dsfid: int, block: int) -> None:
    try:
        tag = read_memory(memory, dsfid, block)
    except BadTagError:
        return
    assert tag.barcode.isprintable()


@given(st.binary(max_size=64), st.sampled_from(Compaction))
def test_any_bytes_unpack_or_are_refused(octets: bytes, scheme: Compaction) -> None:
    try:
        text = unpack(scheme, octets)
    except BadTagError:
        return
    assert isinstance(text, str)


@given(st.binary(max_size=30))
def test_any_bytes_are_an_isil_or_are_refused(octets: bytes) -> None:
    assert set(unpack_isil(octets)) <= set(string.ascii_letters + string.digits + "-/:")


def test_a_real_tag_from_oslo_is_read_in_both_orders() -> None:
    tag = ItemTag("1003011860976002", "NO", "02030000")
    assert read_memory(OSLO) == tag
    assert read_memory(turned(OSLO)) == tag
    assert encode_danish(tag) == OSLO


def test_the_example_of_the_standard_is_read() -> None:
    tag = ItemTag("123456789012", "US", "InU-Mu", parts=12, part=3)
    assert read_memory(STANDARD, DSFID) == tag
    assert read_memory(turned(STANDARD), DSFID) == tag


def test_the_examples_of_isils_are_packed_as_the_standard_packs_them() -> None:
    assert pack_isil("US-InU-Mu") == bytes.fromhex("ACC09EBAA06F6B")
    assert pack_isil("DE-Heu1") == bytes.fromhex("21408E16BF1F")


@pytest.mark.parametrize(
    ("text", "scheme", "octets"),
    [
        ("123456789012", Compaction.INTEGER, "1CBE991A14"),
        ("0123", Compaction.NUMERIC, "0123"),
        ("01234", Compaction.NUMERIC, "01234F"),
        ("QA268.L55", Compaction.SIX_BIT, "441CB6E2E335D6"),
        ("ABC", Compaction.FIVE_BIT, "0886"),
        ("a", Compaction.SEVEN_BIT, "C3"),
        ("é", Compaction.LATIN, "E9"),
        ("ก", Compaction.UTF8, "E0B881"),
    ],
)
def test_each_text_is_packed_in_its_own_way(text: str, scheme: Compaction, octets: str) -> None:
    assert pack(text) == (scheme, bytes.fromhex(octets))
    assert unpack(scheme, bytes.fromhex(octets)) == text


@pytest.mark.parametrize(
    ("tag", "reason"),
    [
        (ItemTag(""), "no item number"),
        (ItemTag(" TH1"), "no blanks"),
        (ItemTag("TH1\n"), "no item number"),
        (ItemTag("TH1", parts=0), "Part 1 of 0"),
        (ItemTag("TH1", parts=2, part=3), "Part 3 of 2"),
        (ItemTag("TH1", parts=256), "Part 1 of 256"),
        (ItemTag("TH1", usage=16), "Usage 16"),
    ],
)
@pytest.mark.parametrize("model", Model)
def test_content_that_no_tag_can_hold_is_refused(tag: ItemTag, reason: str, model: Model) -> None:
    with pytest.raises(BadTagError, match=reason):
        write_memory(tag, model, CAPACITY)


@pytest.mark.parametrize(
    ("tag", "model", "capacity", "reason"),
    [
        (ItemTag("1" * 17), Model.FIXED, 112, "item number.*16 bytes"),
        (ItemTag("TH1", "THA"), Model.FIXED, 112, "country.*2 bytes"),
        (ItemTag("TH1", "TH", "1234567890"), Model.FIXED, 32, "owner code.*9 bytes"),
        (ItemTag("TH1", "TH", "123456789012"), Model.FIXED, 112, "owner code.*11 bytes"),
        (ItemTag("TH1"), Model.FIXED, 28, "32 are needed"),
        (ItemTag("TH1" * 20), Model.ELEMENTS, 32, "the tag has 32"),
        (ItemTag("ก" * 50), Model.ELEMENTS, 512, "127 are possible"),
        (ItemTag("TH1", "TH", "ก"), Model.ELEMENTS, 112, "cannot stand in an ISIL"),
        (ItemTag("TH1", "", "SAMUT"), Model.ELEMENTS, 112, "no ISIL"),
    ],
)
def test_what_does_not_fit_is_refused_by_its_name(tag: ItemTag, model: Model, capacity: int, reason: str) -> None:
    with pytest.raises(BadTagError, match=reason):
        write_memory(tag, model, capacity)


def test_a_number_in_an_extension_block_is_not_guessed() -> None:
    block = bytearray(encode_danish(ItemTag("x"), 34))
    block[3] = 0x01
    block[19:21] = danish_crc(bytes(block))
    with pytest.raises(BadTagError, match="extension block"):
        read_memory(bytes(block))


WRONG_ELEMENTS: dict[str, tuple[str, str]] = {
    "no number": ("030121", "No item number"),
    "twice the same": ("110105110106", "twice"),
    "cut off": ("1109", "does not end"),
    "only half an element": ("11", "cut off"),
    "no length": ("1100", "does not end"),
    "filling that is none": ("910101" + "05" + "FF", "does not end"),
    "letters in a number": ("2101AB", "something else than digits"),
    "not UTF-8": ("7101FF", "not UTF-8"),
    "number of a private kind": ("010105", "only its own application"),
    "three digits for a set": ("110105" + "2402123F", "parts of a set"),
    "a set of an odd kind": ("110105" + "140101", "parts of a set"),
    "part five of three": ("110105" + "140123", "Part 5 of 3"),
}


@pytest.mark.parametrize(("memory", "reason"), WRONG_ELEMENTS.values(), ids=WRONG_ELEMENTS.keys())
def test_wrong_elements_are_refused_with_the_reason(memory: str, reason: str) -> None:
    with pytest.raises(BadTagError, match=reason):
        decode_elements(bytes.fromhex(memory))


def test_elements_beyond_the_fourteenth_are_passed_over() -> None:
    title = bytes([0x7F, 17 - 15, 6]) + "กข".encode()
    assert decode_elements(bytes.fromhex("110105") + title).barcode == "5"


@pytest.mark.parametrize(
    ("tag", "library", "stranger"),
    [
        (ItemTag("TH1", "TH", "SAMUT"), "", None),
        (ItemTag("TH1", "TH", "SAMUT"), "SAMUT", None),
        (ItemTag("TH1", "TH", "SAMUT"), "TH-SAMUT", None),
        (ItemTag("TH1", "TH", "OTHER"), "SAMUT", Stranger.OTHER_LIBRARY),
        (ItemTag("TH1"), "SAMUT", Stranger.OTHER_LIBRARY),
        (ItemTag("4500123", "TH", "SAMUT", Usage.MEMBER_CARD), "SAMUT", Stranger.MEMBER_CARD),
        (ItemTag("4500123", "TH", "OTHER", Usage.MEMBER_CARD), "SAMUT", Stranger.MEMBER_CARD),
        (ItemTag("TH1", usage=Usage.EQUIPMENT), "", None),
        (ItemTag(""), "", Stranger.UNREADABLE),
        (None, "", Stranger.UNREADABLE),
    ],
)
def test_which_tags_are_items_of_this_library(tag: ItemTag | None, library: str, stranger: Any) -> None:
    assert stranger_of(tag, library) is stranger
