"""Books are put on an RFID pad and taken off."""

import contextlib
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest

from samut_edge.devices.library_tag import PATRON_CARD, Tag, TagContent, is_item, tag_crc, usage_of
from samut_edge.devices.part import PartState
from samut_edge.drivers import create_part, http_pad
from samut_edge.events import ItemGone, ItemSeen
from samut_edge.virtual.tag_pad import TagPad, book_tag
from tests.edge.drivers.heard import Heard, ready, story, until


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


@story
async def test_several_books_lie_on_it_at_once() -> None:
    heard = Heard()
    async with pad_service() as pad:
        pad.put("TH1")
        async with create_part("pad", "http_pad", options(pad), heard) as part:
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
    async with pad_service() as pad, create_part("pad", "http_pad", options(pad), heard) as part:
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
async def test_foreign_and_broken_tags_are_counted_but_not_seen() -> None:
    heard = Heard()
    async with pad_service() as pad:
        pad.put_tag(book_tag("OTHER1", owner="ELSEWHERE"))
        pad.put_tag({"Mac": "E0:04:01:00:00:00:00:01", "Content": {"Barcode": ""}})
        async with create_part("pad", "http_pad", options(pad, library="SAMUT"), heard) as part:
            await until(lambda: "2 other tags" in part.status.detail)
            pad.send(b"event: addTag\ndata: {broken\n\n")
            pad.put("TH1")
            assert (await heard.next(ItemSeen)).barcode == "TH1"
            assert "2 other tags, 1 unreadable" in part.status.detail
            pad.take("OTHER1")
            await until(lambda: "1 other tags" in part.status.detail)


@story
async def test_what_changed_while_the_service_was_away_is_told_afterwards() -> None:
    heard = Heard()
    async with pad_service() as pad, create_part("pad", "http_pad", options(pad), heard) as part:
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
        async with pad_service() as pad, create_part("pad", "http_pad", options(pad), heard) as part:
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
    async with create_part("pad", "http_pad", {"url": "http://127.0.0.1:9"}, Heard()) as part:
        await until(lambda: "not reachable" in part.status.detail)
        assert part.status.state is PartState.OFFLINE


def tag(**content: Any) -> Tag:
    return msgspec.convert({"Mac": "E0", "Content": content}, Tag)


def test_the_check_sum_of_a_real_tag_from_oslo_fits() -> None:
    real = TagContent("1003011860976002", crc=bytes.fromhex("2fb0"), country="NO", library="02030000\0")
    assert usage_of(real) == 1


def test_a_patron_card_on_the_pad_is_no_item() -> None:
    content = TagContent("4500123", country="TH", library="SAMUT")
    card = msgspec.structs.replace(content, crc=tag_crc(content, PATRON_CARD))
    assert is_item(Tag("E0", content), "")
    assert not is_item(Tag("E0", card), "")


@pytest.mark.parametrize(
    ("content", "library", "counts"),
    [
        ({"Barcode": "TH1"}, "", True),
        ({"Barcode": "TH1", "Library": "SAMUT\0"}, "SAMUT", True),
        ({"Barcode": "TH1", "Library": "OTHER"}, "SAMUT", False),
        ({"Barcode": "\0\0"}, "", False),
        ({"Barcode": "TH1", "Crc": "AAAA"}, "", False),
    ],
)
def test_which_tags_count(content: dict[str, Any], library: str, counts: bool) -> None:
    assert is_item(tag(**content), library) is counts
