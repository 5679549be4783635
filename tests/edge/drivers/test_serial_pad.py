"""Books on a pad with a FEIG reader behind a serial line, and books carried past antennas at the exit."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samut_edge.devices.feig_frames import (
    Command,
    GarbledError,
    blocks_in,
    chips_in,
    crc16,
    frame_length,
    question,
    read_answer,
)
from samut_edge.devices.library_tag import ItemTag, Usage
from samut_edge.devices.pad import Security
from samut_edge.devices.part import PartState
from samut_edge.drivers import serial_pad
from samut_edge.drivers.serial_pad import SerialPad
from samut_edge.events import ItemGone, ItemSeen, Stranger, StrangeTag, TagPassed
from samut_edge.virtual.feig_pad import FeigPad, check_sum
from samut_edge.virtual.tag_field import MEMBER_CARD, Fault, VirtualTag, blank_tag, virtual_tag
from tests.edge.drivers.heard import Heard, ready, story, until
from tests.edge.drivers.pad_visit import Visit, Witness

ROUND = 0.02


@contextlib.asynccontextmanager
async def at(
    folder: Path, heard: Heard | None = None, **options: Any
) -> AsyncIterator[tuple[FeigPad, SerialPad, Heard]]:
    heard = heard or Heard()
    pad = FeigPad("pad", folder / "pad", "SAMUT", lambda: None)
    pad.plug.plug_in()
    wanted = {"path": str(folder / "pad"), "round_seconds": ROUND, **options}
    try:
        async with serial_pad.create("pad", wanted, heard) as part:
            await ready(part)
            yield pad, part, heard
    finally:
        pad.plug.unplug()


@contextlib.asynccontextmanager
async def laid(folder: Path, *barcodes: str, **options: Any) -> AsyncIterator[tuple[FeigPad, SerialPad, Heard]]:
    async with at(folder, **options) as (pad, part, heard):
        for barcode in barcodes:
            pad.put(barcode)
            await heard.next(ItemSeen)
        yield pad, part, heard


async def rounds(pad: FeigPad, count: int) -> None:
    end = pad.rounds + count
    await until(lambda: pad.rounds >= end)


def afi(pad: FeigPad) -> dict[str, bool | None]:
    return {tag.barcode: tag.secured for tag in pad.lying.values()}


def first(pad: FeigPad) -> VirtualTag:
    return next(iter(pad.lying.values()))


@pytest.mark.requirement("H-10")
@story
async def test_many_books_lie_on_it_at_once(tmp_path: Path) -> None:
    barcodes = {f"TH{number}" for number in range(15)}
    async with at(tmp_path) as (pad, _, heard):
        for barcode in barcodes:
            pad.put(barcode)
        assert {(await heard.next(ItemSeen)).barcode for _ in barcodes} == barcodes
        pad.take("TH7")
        gone = await heard.next(ItemGone)
        assert (gone.barcode, gone.tag) == ("TH7", virtual_tag("TH7").chip)
    assert heard.news == []


@story
async def test_a_tag_that_collides_now_and_then_is_one_book(tmp_path: Path) -> None:
    async with laid(tmp_path, "TH1") as (pad, _, heard):
        for _ in range(10):
            first(pad).missed_rounds = 2
            await rounds(pad, 4)
        pad.put("TH2")
        assert (await heard.next(ItemSeen)).barcode == "TH2"
    assert heard.news == []


@story
async def test_the_discs_of_a_set_are_counted_as_they_come_and_go(tmp_path: Path) -> None:
    async with at(tmp_path) as (pad, _, heard):
        pad.put("TH1", parts=3, part=1)
        pad.put("TH1", parts=3, part=2)
        seen = await heard.next(ItemSeen)
        assert (seen.seen, seen.of) == (2, 3)
        last = pad.put("TH1", parts=3, part=3)
        seen = await heard.next(ItemSeen)
        assert (seen.seen, seen.of) == (3, 3)
        pad.take_tag(last.chip)
        seen = await heard.next(ItemSeen)
        assert (seen.seen, seen.of) == (2, 3)
        pad.take("TH1")
        assert (await heard.next(ItemGone)).barcode == "TH1"


@story
async def test_strange_tags_are_told_with_the_reason(tmp_path: Path) -> None:
    broken = virtual_tag("TH9")
    broken.spoil()
    tags = [
        (virtual_tag("OTHER1", "ELSEWHERE"), Stranger.OTHER_LIBRARY),
        (virtual_tag("4500123", kind=MEMBER_CARD), Stranger.MEMBER_CARD),
        (broken, Stranger.UNREADABLE),
        (blank_tag(), Stranger.UNREADABLE),
    ]
    async with at(tmp_path, library="SAMUT") as (pad, part, heard):
        for tag, _ in tags:
            pad.put_tag(tag)
        told = [await heard.next(StrangeTag) for _ in tags]
        assert {each.tag: each.why for each in told} == {tag.chip: why for tag, why in tags}
        await until(lambda: "4 other tags" in part.status.detail)


@pytest.mark.parametrize("turned", [True, False])
def test_books_are_read_whichever_way_the_reader_turns_their_blocks(tmp_path: Path, turned: bool) -> None:
    @story
    async def told() -> None:
        async with at(tmp_path) as (pad, _, heard):
            pad.turned = turned
            pad.put("TH1")
            assert (await heard.next(ItemSeen)).barcode == "TH1"

    told()


@story
async def test_the_smallest_chips_are_read_too(tmp_path: Path) -> None:
    async with at(tmp_path) as (pad, part, heard):
        pad.blocks = 8
        pad.put("TH1")
        assert (await heard.next(ItemSeen)).barcode == "TH1"
        assert await part.write_item(first(pad).chip, ItemTag("TH2", "TH", "SAMUT"))
        assert (await heard.next(ItemGone)).barcode == "TH1"
        assert (await heard.next(ItemSeen)).barcode == "TH2"


@pytest.mark.requirement("H-11")
@story
async def test_exactly_the_tags_of_one_item_are_cleared_and_read_back(tmp_path: Path) -> None:
    async with laid(tmp_path, "TH1", "TH2", "TH3") as (pad, part, _):
        assert await part.set_security("TH2", secured=False) is Security.DONE
        assert afi(pad) == {"TH1": True, "TH2": False, "TH3": True}
        assert await part.set_security("th2", secured=True) is Security.DONE
        assert afi(pad) == {"TH1": True, "TH2": True, "TH3": True}
        assert await part.set_security("TH4", secured=False) is Security.NO_TAG


@story
async def test_another_librarys_item_with_the_same_number_is_left_alone(tmp_path: Path) -> None:
    async with laid(tmp_path, "TH1", library="SAMUT") as (pad, part, heard):
        foreign = virtual_tag("TH1", "ELSEWHERE")
        pad.put_tag(foreign)
        assert (await heard.next(StrangeTag)).why is Stranger.OTHER_LIBRARY
        assert await part.set_security("TH1", secured=False) is Security.DONE
        assert [tag.secured for tag in pad.lying.values()] == [False, True]


@pytest.mark.requirement("H-11")
@story
async def test_a_site_writes_its_own_values(tmp_path: Path) -> None:
    async with laid(tmp_path, "TH1", afi_secured=0xD7, afi_cleared=0xDA) as (pad, part, _):
        assert await part.set_security("TH1", secured=True) is Security.DONE
        assert first(pad).afi == 0xD7
        assert await part.set_security("TH1", secured=False) is Security.DONE
        assert first(pad).afi == 0xDA


@pytest.mark.requirement("H-11")
@pytest.mark.parametrize("fault", [Fault.REFUSED, Fault.IGNORED])
def test_a_write_that_fails_once_is_tried_again_and_twice_is_pending(tmp_path: Path, fault: Fault) -> None:
    @story
    async def told() -> None:
        async with laid(tmp_path, "TH1", "TH2") as (pad, part, _):
            first(pad).faults = [fault]
            assert await part.set_security("TH1", secured=False) is Security.DONE
            first(pad).faults = [fault, fault]
            assert await part.set_security("TH1", secured=True) is Security.PENDING
            assert afi(pad) == {"TH1": False, "TH2": True}

    told()


@pytest.mark.requirement("H-11")
@pytest.mark.parametrize("fault", [Fault.LIFTED, Fault.LIFTED_AFTER])
def test_a_book_lifted_in_the_middle_is_pending_and_read_anew_when_it_comes_back(
    tmp_path: Path, fault: Fault
) -> None:
    @story
    async def told() -> None:
        async with laid(tmp_path, "TH1", "TH2") as (pad, part, heard):
            tag = first(pad)
            tag.faults = [fault]
            assert await part.set_security("TH1", secured=False) is Security.PENDING
            assert (await heard.next(ItemGone)).barcode == "TH1"
            pad.put_tag(tag)
            assert (await heard.next(ItemSeen)).secured is (fault is Fault.LIFTED)

    told()


@story
async def test_one_disc_that_does_not_take_it_makes_the_set_pending(tmp_path: Path) -> None:
    async with at(tmp_path) as (pad, part, heard):
        discs = [pad.put("TH1", parts=2, part=number) for number in (1, 2)]
        await heard.next(ItemSeen)
        discs[0].faults = [Fault.REFUSED, Fault.REFUSED]
        assert await part.set_security("TH1", secured=False) is Security.PENDING
        assert [disc.secured for disc in discs] == [True, False]
        assert await part.set_security("TH1", secured=False) is Security.DONE


@story
async def test_damaged_and_broken_up_answers_do_no_harm(tmp_path: Path) -> None:
    async with laid(tmp_path, "TH1") as (pad, part, heard):
        pad.pieces = True
        pad.garbles = 1
        assert await part.set_security("TH1", secured=False) is Security.DONE
        pad.put("TH2")
        assert (await heard.next(ItemSeen)).barcode == "TH2"


@story
async def test_a_reader_that_falls_silent_is_away_and_orders_are_answered_in_time(tmp_path: Path) -> None:
    async with laid(tmp_path, "TH1") as (pad, part, _):
        pad.silent = True
        begun = time.monotonic()
        assert await part.set_security("TH1", secured=False) is Security.PENDING
        assert time.monotonic() - begun < 2
        await until(lambda: part.status.state is PartState.OFFLINE)
        assert "does not answer" in part.status.detail
        assert await part.set_security("TH1", secured=False) is Security.PENDING
        pad.silent = False
        await ready(part)
        assert await part.set_security("TH1", secured=False) is Security.DONE


@story
async def test_a_reader_in_another_mode_is_away_and_its_books_are_not_thought_gone(tmp_path: Path) -> None:
    async with laid(tmp_path, "TH1") as (pad, part, heard):
        pad.refuses = True
        await until(lambda: "ISO host mode" in part.status.detail)
        assert part.status.state is PartState.OFFLINE
        pad.refuses = False
        await ready(part)
        await rounds(pad, 5)
    assert heard.news == []


@story
async def test_a_tag_is_read_once_and_then_only_looked_for(tmp_path: Path) -> None:
    async with laid(tmp_path, "TH1", "TH2") as (pad, _, _):
        await rounds(pad, 1)
        asked, looks = pad.asked, pad.rounds
        await rounds(pad, 5)
        # The field is reset before each look; one reset may have been counted without its look.
        assert abs(pad.asked - asked - 2 * (pad.rounds - looks)) <= 1


@story
async def test_a_late_answer_is_never_taken_for_the_answer_to_another_question(tmp_path: Path) -> None:
    async with laid(tmp_path, "TH1", "TH2") as (pad, part, _):
        pad.late_seconds = 0.7
        assert await part.set_security("TH1", secured=False) is Security.PENDING
        pad.late_seconds = 0.0
        await until(lambda: part.status.state is PartState.OFFLINE)
        await ready(part)
        assert await part.set_security("TH2", secured=True) is Security.DONE
        assert afi(pad)["TH2"] is True


@story
async def test_an_unplugged_reader_comes_back_by_itself_and_tells_what_changed(tmp_path: Path) -> None:
    async with laid(tmp_path, "TH1") as (pad, part, heard):
        pad.plug.unplug()
        await until(lambda: part.status.state is PartState.OFFLINE)
        assert await part.set_security("TH1", secured=False) is Security.PENDING
        assert await part.write_item(first(pad).chip, ItemTag("TH3")) is False
        pad.take("TH1")
        pad.put("TH2")
        pad.plug.plug_in()
        told = {type(event): event for event in [await heard.next(object) for _ in range(2)]}
        assert told.keys() == {ItemGone, ItemSeen}


@story
async def test_orders_that_are_given_up_leave_the_line_in_order(tmp_path: Path) -> None:
    async with laid(tmp_path, "TH1", "TH2") as (pad, part, _):
        pad.late_seconds = 0.05
        for _ in range(5):
            order = asyncio.create_task(part.set_security("TH1", secured=False))
            await asyncio.sleep(0.06)
            order.cancel()
            await asyncio.gather(order, return_exceptions=True)
        pad.late_seconds = 0
        assert await part.set_security("TH2", secured=False) is Security.DONE
        assert afi(pad)["TH2"] is False


@pytest.mark.requirement("H-11")
@pytest.mark.parametrize("model", ["fixed", "elements"])
def test_a_new_tag_is_written_in_the_librarys_own_model_and_read_back(tmp_path: Path, model: str) -> None:
    @story
    async def told() -> None:
        async with laid(tmp_path, "TH1", model=model) as (pad, part, heard):
            new = blank_tag()
            pad.put_tag(new)
            assert (await heard.next(StrangeTag)).why is Stranger.UNREADABLE
            disc = ItemTag("TH0012345", "TH", "SAMUT", Usage.CIRCULATING, 2, 2)
            assert await part.write_item(new.chip, disc)
            assert new.dsfid == (6 if model == "elements" else 0)
            seen = await heard.next(ItemSeen)
            assert (seen.barcode, seen.seen, seen.of) == ("TH0012345", 1, 2)
            assert first(pad).barcode == "TH1"

    told()


@story
async def test_a_tag_that_was_not_written_as_wished_is_told(tmp_path: Path) -> None:
    async with laid(tmp_path, "TH1") as (pad, part, _):
        chip = first(pad).chip
        assert await part.write_item("E004000000000000", ItemTag("TH2")) is False
        assert await part.write_item(chip, ItemTag("1" * 17)) is False
        for fault in (Fault.REFUSED, Fault.IGNORED, Fault.LIFTED_AFTER):
            first(pad).faults = [fault]
            assert await part.write_item(chip, ItemTag("TH3", "TH", "SAMUT")) is False


@pytest.mark.requirement("H-04")
@story
async def test_antennas_at_the_exit_tell_each_passing_once(tmp_path: Path) -> None:
    cleared = virtual_tag("TH2")
    cleared.afi = 0xC2
    broken = virtual_tag("TH9")
    broken.spoil()
    harmless = blank_tag()
    async with at(tmp_path, exit=True, library="SAMUT") as (pad, _, heard):
        pad.put("TH1")
        passed = await heard.next(TagPassed)
        assert (passed.barcode, passed.secured, passed.tag) == ("TH1", True, virtual_tag("TH1").chip)
        pad.put_tag(harmless)
        pad.put_tag(virtual_tag("4500123", kind=MEMBER_CARD))
        pad.put_tag(virtual_tag("OTHER1", "ELSEWHERE"))
        pad.put_tag(cleared)
        passed = await heard.next(TagPassed)
        assert (passed.barcode, passed.secured) == ("TH2", False)
        pad.put_tag(broken)
        passed = await heard.next(TagPassed)
        assert (passed.barcode, passed.secured, passed.tag) == ("", True, broken.chip)
    assert heard.news == []


TOO_SMALL = 4
"""Blocks of a chip of which no memory can be read, though it tells its AFI."""
ONE_ROUND = 8
"""Questions of a round with two such tags: reset, inventory, and three to each."""


@pytest.mark.requirement("H-04")
@story
async def test_a_secured_tag_of_which_the_memory_cannot_be_read_is_told_at_the_exit(tmp_path: Path) -> None:
    cleared = virtual_tag("TH2")
    cleared.afi = 0xC2
    async with at(tmp_path, exit=True, library="SAMUT") as (pad, _, heard):
        pad.blocks = TOO_SMALL
        pad.put_tag(cleared)
        pad.put("TH1")
        passed = await heard.next(TagPassed)
        assert (passed.barcode, passed.secured, passed.tag) == ("", True, virtual_tag("TH1").chip)
        await rounds(pad, 4)
        pad.take("TH1")
        pad.take("TH2")
        await rounds(pad, 5)
    assert heard.news == []


@pytest.mark.requirement("H-04")
@story
async def test_a_secured_tag_that_is_gone_before_its_memory_was_read_is_told_at_the_exit(tmp_path: Path) -> None:
    cleared = virtual_tag("TH2")
    cleared.afi = 0xC2
    async with at(tmp_path, exit=True, library="SAMUT", round_seconds=0.3) as (pad, _, heard):
        pad.blocks = TOO_SMALL
        asked = pad.asked
        pad.put_tag(cleared)
        pad.put("TH1")
        await until(lambda: pad.asked >= asked + ONE_ROUND)
        pad.take("TH1")
        pad.take("TH2")
        passed = await heard.next(TagPassed)
        assert (passed.barcode, passed.secured, passed.tag) == ("", True, virtual_tag("TH1").chip)
        await rounds(pad, 2)
    assert heard.news == []


@pytest.mark.requirement("H-11")
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_in_a_hundred_rounds_nothing_is_told_of_a_tag_that_is_not_so(tmp_path: Path, seed: int) -> None:
    @story
    async def told() -> None:
        witness = Witness()
        async with at(tmp_path, witness) as (pad, part, _):
            await Visit(pad, part, witness, seed).goes_on(100)

    told()


def test_the_check_sum_is_the_one_that_the_catalogue_of_check_sums_knows() -> None:
    assert crc16(b"123456789") == 0x6F91  # CRC-16/MCRF4XX
    assert check_sum(b"123456789") == b"\x91\x6f"


@given(st.binary(max_size=80), st.binary(max_size=80))
def test_any_bytes_are_an_answer_or_are_refused(frame: bytes, rest: bytes) -> None:
    with contextlib.suppress(GarbledError):
        read_answer(frame, question(Command.INVENTORY, 0))
    assert all(len(chip) == 16 for chip in chips_in(rest))
    with contextlib.suppress(GarbledError):
        blocks_in(rest)
    assert frame_length(frame) >= 0


def test_cards_of_other_kinds_are_passed_over() -> None:
    phone = bytes([0x04, 0x00, 0x00]) + bytes(7)
    long_number = bytes([0x04, 0x04, 0x00]) + bytes(10)
    book = bytes([0x03, 0x00]) + bytes.fromhex("E004000000000001")
    assert chips_in(bytes([4]) + phone + book + long_number + book) == ["E004000000000001"] * 2
    assert chips_in(bytes([2]) + b"\x06" + book) == []


def test_an_answer_longer_than_a_byte_can_tell_is_whole() -> None:
    body = b"\x02" + (300).to_bytes(2, "big") + b"\x00\xb0\x00" + bytes(292)
    frame = body + check_sum(body)
    assert frame_length(frame[:2]) == 0
    assert frame_length(frame) == len(frame)
    assert len(read_answer(frame, question(Command.READ_BLOCKS, 1)).rest) == 292
