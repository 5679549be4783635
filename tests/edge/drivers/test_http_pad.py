"""Books are put on an RFID pad and taken off; their tags are secured, cleared and written."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from typing import Any, cast

import msgspec
import pytest

from samut_edge.devices.library_tag import ItemTag, Usage
from samut_edge.devices.pad import Security
from samut_edge.devices.part import PartState
from samut_edge.devices.service_tag import ServiceContent, item_of
from samut_edge.drivers import http_pad
from samut_edge.drivers.http_pad import HttpPad
from samut_edge.events import ItemGone, ItemSeen, Stranger, StrangeTag
from samut_edge.virtual.tag_field import MEMBER_CARD, Fault, blank_tag, virtual_tag
from samut_edge.virtual.tag_pad import TagPad, book_tag, mac_of, reported_tag
from tests.edge.drivers.heard import Heard, ready, story, until
from tests.edge.drivers.pad_visit import Visit, Witness


@contextlib.asynccontextmanager
async def pad_service() -> AsyncIterator[TagPad]:
    pad = TagPad("127.0.0.1", 0, "SAMUT", lambda: None)
    await pad.start()
    try:
        yield pad
    finally:
        await pad.stop()


def options(pad: TagPad, **more: Any) -> dict[str, Any]:
    return {"url": f"http://127.0.0.1:{pad.port}/", "seen_seconds": 0.05, "gone_seconds": 0.15, **more}


def a_pad(pad: TagPad, heard: Heard, **more: Any) -> HttpPad:
    return http_pad.create("pad", options(pad, **more), heard)


@story
async def test_several_books_lie_on_it_at_once() -> None:
    heard = Heard()
    async with pad_service() as pad:
        pad.put("TH1")
        async with a_pad(pad, heard) as part:
            await ready(part)
            pad.put("TH2")
            seen = {(await heard.next(ItemSeen)).barcode for _ in range(2)}
            pad.take("TH1")
            gone = await heard.next(ItemGone)
    assert seen == {"TH1", "TH2"}
    assert (gone.part, gone.barcode, gone.tag) == ("pad", "TH1", book_tag("TH1")["Mac"])


@story
async def test_a_book_that_wobbles_is_one_book() -> None:
    heard = Heard()
    async with pad_service() as pad, a_pad(pad, heard) as part:
        await ready(part)
        await until(lambda: pad.mode == "SCAN")
        for _ in range(5):
            pad.put("TH1")
            pad.take("TH1")
        pad.put("TH1")
        assert (await heard.next(ItemSeen)).barcode == "TH1"
        for _ in range(5):
            pad.take("TH1")
            pad.put("TH1")
        pad.put("TH2")
        assert (await heard.next(ItemSeen)).barcode == "TH2"
        pad.take("TH2")
        assert (await heard.next(ItemGone)).barcode == "TH2"
    assert heard.news == []


@story
async def test_strange_tags_are_told_once_with_the_reason_and_are_no_items() -> None:
    heard = Heard()
    broken = virtual_tag("TH9")
    broken.spoil()
    strangers = {
        virtual_tag("OTHER1", "ELSEWHERE").chip: Stranger.OTHER_LIBRARY,
        virtual_tag("4500123", kind=MEMBER_CARD).chip: Stranger.MEMBER_CARD,
        broken.chip: Stranger.UNREADABLE,
    }
    async with pad_service() as pad:
        for tag in (virtual_tag("OTHER1", "ELSEWHERE"), virtual_tag("4500123", kind=MEMBER_CARD), broken):
            pad.put_tag(tag)
        async with a_pad(pad, heard, library="SAMUT") as part:
            told = [await heard.next(StrangeTag) for _ in strangers]
            assert {each.tag.replace(":", ""): each.why for each in told} == strangers
            pad.send(b"event: addTag\ndata: {broken\n\n")
            pad.put("TH1")
            assert (await heard.next(ItemSeen)).barcode == "TH1"
            assert "3 other tags, 1 unreadable" in part.status.detail
            pad.take_tag(broken.chip)
            await until(lambda: "2 other tags" in part.status.detail)
    assert heard.news == []


@story
async def test_a_tag_that_the_service_cannot_even_name_is_unreadable_while_it_is_told_of() -> None:
    heard = Heard()
    nameless = b'event: addTag\ndata: {"Mac":"","Content":{"Barcode":"","Crc":null,"SeqNum":0,"NumItems":0}}\n\n'
    nameless = nameless.replace(b"null", b'""')
    async with pad_service() as pad, a_pad(pad, heard) as part:
        await ready(part)
        for _ in range(3):
            pad.send(nameless)
        assert (await heard.next(StrangeTag)).why is Stranger.UNREADABLE
        await until(lambda: "0 other tags" in part.status.detail)
    assert heard.news == []


@story
async def test_the_discs_of_a_set_are_counted_as_they_come_and_go() -> None:
    heard = Heard()
    async with pad_service() as pad, a_pad(pad, heard) as part:
        await ready(part)
        first, second = pad.put("TH1", parts=3, part=1), pad.put("TH1", parts=3, part=2)
        assert counted(await heard.next(ItemSeen)) == (2, 3)
        pad.put("TH1", parts=3, part=3)
        assert counted(await heard.next(ItemSeen)) == (3, 3)
        pad.take_tag(first.chip)
        assert counted(await heard.next(ItemSeen)) == (2, 3)
        pad.take_tag(second.chip)
        assert counted(await heard.next(ItemSeen)) == (1, 3)
        pad.take("TH1")
        assert (await heard.next(ItemGone)).barcode == "TH1"
    assert heard.news == []


def counted(item: ItemSeen) -> tuple[int, int]:
    return item.seen, item.of


@story
async def test_the_same_part_twice_is_one_part_and_a_tag_for_the_whole_package_is_all() -> None:
    heard = Heard()
    async with pad_service() as pad, a_pad(pad, heard) as part:
        await ready(part)
        copy = virtual_tag("TH1", parts=2, part=1)
        copy.chip = "E004000000000001"
        pad.put("TH1", parts=2, part=1)
        pad.put_tag(copy)
        assert counted(await heard.next(ItemSeen)) == (1, 2)
        pad.put("TH2", parts=4, part=0)
        assert counted(await heard.next(ItemSeen)) == (4, 4)


@story
async def test_what_changed_while_the_service_was_away_is_told_afterwards() -> None:
    heard = Heard()
    async with pad_service() as pad, a_pad(pad, heard) as part:
        pad.put("TH1")
        assert (await heard.next(ItemSeen)).barcode == "TH1"
        await pad.stop()
        await until(lambda: part.status.state is PartState.OFFLINE)
        pad.take("TH1")
        pad.put("TH2")
        await pad.start()
        assert (await heard.next(ItemSeen)).barcode == "TH2"
        assert (await heard.next(ItemGone)).barcode == "TH1"


def test_after_a_long_silence_it_asks_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_pad, "QUIET_SECONDS", 0.1)

    @story
    async def told() -> None:
        heard = Heard()
        async with pad_service() as pad, a_pad(pad, heard) as part:
            await ready(part)
            pad.put("TH1")
            assert (await heard.next(ItemSeen)).barcode == "TH1"
            pad.mode = "IDLE"  # the service forgot to tell of the next one
            pad.put("TH2")
            assert (await heard.next(ItemSeen)).barcode == "TH2"
            assert part.status.state is PartState.READY
            assert heard.news == []

    told()


@story
async def test_a_service_that_is_none_is_offline_and_says_why() -> None:
    async with http_pad.create("pad", {"url": "http://127.0.0.1:9"}, Heard()) as part:
        await until(lambda: "not reachable" in part.status.detail)
        assert part.status.state is PartState.OFFLINE


@contextlib.asynccontextmanager
async def laid(*barcodes: str, **more: Any) -> AsyncIterator[tuple[TagPad, HttpPad, Heard]]:
    """A pad with these books on it, all told."""
    heard = Heard()
    async with pad_service() as pad, a_pad(pad, heard, **more) as part:
        await ready(part)
        for barcode in barcodes:
            pad.put(barcode)
            await heard.next(ItemSeen)
        yield pad, part, heard


def afi(pad: TagPad) -> dict[str, bool | None]:
    return {tag.barcode: tag.secured for tag in pad.lying.values()}


@pytest.mark.requirement("H-11")
@story
async def test_exactly_the_tags_of_one_item_are_cleared_and_read_back() -> None:
    async with laid("TH1", "TH2", "TH3") as (pad, part, _):
        assert await part.set_security("TH2", secured=False) is Security.DONE
        assert afi(pad) == {"TH1": True, "TH2": False, "TH3": True}
        assert await part.set_security("th2", secured=True) is Security.DONE
        assert afi(pad) == {"TH1": True, "TH2": True, "TH3": True}
        assert await part.set_security("TH4", secured=False) is Security.NO_TAG


@story
async def test_another_librarys_item_with_the_same_number_is_left_alone() -> None:
    async with laid("TH1", library="SAMUT") as (pad, part, heard):
        foreign = virtual_tag("TH1", "ELSEWHERE")
        pad.put_tag(foreign)
        assert (await heard.next(StrangeTag)).why is Stranger.OTHER_LIBRARY
        assert await part.set_security("TH1", secured=False) is Security.DONE
        assert [tag.secured for tag in pad.lying.values()] == [False, True]


@story
async def test_all_tags_of_a_set_are_cleared() -> None:
    async with laid() as (pad, part, heard):
        for number in (1, 2, 3):
            pad.put("TH1", parts=3, part=number)
        assert counted(await heard.next(ItemSeen)) == (3, 3)
        assert await part.set_security("TH1", secured=False) is Security.DONE
        assert [tag.secured for tag in pad.lying.values()] == [False] * 3


@story
async def test_what_a_tag_says_to_the_exit_is_told_with_the_item() -> None:
    heard = Heard()
    async with pad_service() as pad, a_pad(pad, heard) as part:
        await ready(part)
        for barcode, afi_value in (("TH1", 0x07), ("TH2", 0xC2), ("TH3", 0x55)):
            tag = virtual_tag(barcode)
            tag.afi = afi_value
            pad.put_tag(tag)
        told = {item.barcode: item.secured for item in [await heard.next(ItemSeen) for _ in range(3)]}
    assert told == {"TH1": True, "TH2": False, "TH3": None}


@story
async def test_a_site_may_use_other_values() -> None:
    heard = Heard()
    async with pad_service() as pad, a_pad(pad, heard, afi_secured=0xD7, afi_cleared=0x07) as part:
        await ready(part)
        pad.put("TH1")
        assert (await heard.next(ItemSeen)).secured is False


@pytest.mark.requirement("H-11")
@pytest.mark.parametrize("fault", [Fault.REFUSED, Fault.IGNORED])
def test_a_write_that_fails_once_is_tried_again_and_twice_is_pending(fault: Fault) -> None:
    @story
    async def told() -> None:
        async with laid("TH1", "TH2") as (pad, part, _):
            tag = next(iter(pad.lying.values()))
            if fault is Fault.IGNORED:
                tag.faults = [fault]
                assert await part.set_security("TH1", secured=False) is Security.DONE
            tag.faults = [fault, fault]
            assert await part.set_security("TH1", secured=True) is Security.PENDING
            assert afi(pad)["TH2"] is True

    told()


@pytest.mark.requirement("H-11")
@pytest.mark.parametrize("fault", [Fault.LIFTED, Fault.LIFTED_AFTER])
def test_a_book_lifted_in_the_middle_is_pending_and_read_anew_when_it_comes_back(fault: Fault) -> None:
    @story
    async def told() -> None:
        async with laid("TH1", "TH2") as (pad, part, heard):
            tag = next(iter(pad.lying.values()))
            tag.faults = [fault]
            assert await part.set_security("TH1", secured=False) is Security.PENDING
            assert (await heard.next(ItemGone)).barcode == "TH1"
            pad.put_tag(tag)
            assert (await heard.next(ItemSeen)).secured is (fault is Fault.LIFTED)

    told()


@story
async def test_a_service_that_knows_no_single_tag_is_only_ordered_while_one_item_lies_there_and_never_believed() -> (
    None
):
    async with laid("TH1", "TH2") as (pad, part, heard):
        pad.addressed = False
        assert await part.set_security("TH1", secured=False) is Security.PENDING
        assert afi(pad) == {"TH1": True, "TH2": True}
        pad.take("TH2")
        await heard.next(ItemGone)
        assert await part.set_security("TH1", secured=False) is Security.PENDING
        assert afi(pad) == {"TH1": False}


@story
async def test_an_order_is_answered_in_time_when_the_service_hangs() -> None:
    async with laid("TH1") as (pad, part, _):
        pad.silent = True
        begun = time.monotonic()
        assert await part.set_security("TH1", secured=False) is Security.PENDING
        assert await part.set_security("TH2", secured=False) is Security.NO_TAG
        assert time.monotonic() - begun < 4
        pad.silent = False
        assert await part.set_security("TH1", secured=False) is Security.DONE


@story
async def test_orders_to_a_service_that_is_away_are_pending_until_it_is_back() -> None:
    async with laid("TH1") as (pad, part, _):
        await pad.stop()
        await until(lambda: part.status.state is PartState.OFFLINE)
        assert await part.set_security("TH1", secured=False) is Security.PENDING
        await pad.start()
        await ready(part)
        assert await part.set_security("TH1", secured=False) is Security.DONE


@story
async def test_orders_that_come_at_once_are_carried_out_one_after_the_other() -> None:
    async with laid("TH1", "TH2", "TH3") as (pad, part, _):
        orders = [part.set_security(f"TH{number}", secured=False) for number in (1, 2, 3)]
        assert await asyncio.gather(*orders) == [Security.DONE] * 3
        assert set(afi(pad).values()) == {False}


@pytest.mark.requirement("H-11")
@story
async def test_a_new_tag_is_written_and_read_back_and_others_stay_as_they_are() -> None:
    disc = ItemTag("TH7", "TH", "SAMUT", Usage.CIRCULATING, 2, 2)
    async with laid("TH1") as (pad, part, heard):
        new = blank_tag()
        pad.put_tag(new)
        assert (await heard.next(StrangeTag)).why is Stranger.UNREADABLE
        assert await part.write_item(mac_of(new), disc)
        assert reported(new) == disc
        assert pad.barcodes == ["TH1", "TH7"]
        new.faults = [Fault.IGNORED]
        assert not await part.write_item(mac_of(new), ItemTag("TH8", "TH", "SAMUT"))
        assert not await part.write_item("E0:04:00", disc)
        assert not await part.write_item(mac_of(new), ItemTag(""))


@story
async def test_a_written_tag_is_seen_as_the_item_that_it_now_is() -> None:
    async with laid() as (pad, part, heard):
        new = blank_tag()
        pad.put_tag(new)
        await heard.next(StrangeTag)
        assert await part.write_item(mac_of(new), ItemTag("TH7", "TH", "SAMUT"))
        assert (await heard.next(ItemSeen)).barcode == "TH7"


@pytest.mark.requirement("H-11")
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_in_a_hundred_rounds_nothing_is_told_of_a_tag_that_is_not_so(seed: int) -> None:
    @story
    async def told() -> None:
        witness = Witness()
        async with pad_service() as pad, a_pad(pad, witness) as part:
            await ready(part)
            await Visit(pad, part, witness, seed).goes_on(100)

    told()


@story
async def test_a_tag_that_one_look_misses_is_waited_for() -> None:
    async with laid("TH1", "TH2") as (pad, part, _):
        next(iter(pad.lying.values())).missed_rounds = 1
        assert await part.set_security("TH1", secured=False) is Security.DONE
        assert afi(pad) == {"TH1": False, "TH2": True}


def reported(tag: Any) -> ItemTag | None:
    content = cast("dict[str, Any]", reported_tag(tag)["Content"])
    return item_of(msgspec.convert(content, ServiceContent))


def test_the_check_sum_of_a_real_tag_from_oslo_fits() -> None:
    real = ServiceContent("1003011860976002", crc=bytes.fromhex("2fb0"), country="NO", library="02030000\0")
    assert item_of(real) == ItemTag("1003011860976002", "NO", "02030000")


@pytest.mark.parametrize("usage", [*Usage, 15])
def test_the_usage_is_found_by_the_check_sum(usage: int) -> None:
    card = reported(virtual_tag("4500123", kind=0x10 | usage))
    assert card is not None
    assert card.usage == usage


@pytest.mark.parametrize(
    ("content", "barcode"),
    [
        ({"Barcode": "TH1"}, "TH1"),
        ({"Barcode": "TH1\0", "Library": "SAMUT\0"}, "TH1"),
        ({"Barcode": "\0\0"}, ""),
        ({"Barcode": "TH1", "Crc": "AAAA"}, None),
        ({"Barcode": "TH1" * 20, "Crc": "AAAA"}, None),
    ],
)
def test_what_the_service_reports_is_an_item_or_not(content: dict[str, Any], barcode: str | None) -> None:
    item = item_of(msgspec.convert(content, ServiceContent))
    assert (item.barcode if item else None) == barcode
