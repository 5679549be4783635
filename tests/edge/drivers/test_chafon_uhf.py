"""Books with UHF tags are laid on a pad, or carried out through an exit."""

from pathlib import Path
from typing import Any

import pytest

from samut_edge.devices.epc import ItemNumbers
from samut_edge.devices.pad import Security
from samut_edge.devices.part import PartState
from samut_edge.devices.sightings import Sightings
from samut_edge.drivers import create_part
from samut_edge.drivers.chafon_uhf import ChafonReader
from samut_edge.events import ItemGone, ItemSeen, Stranger, StrangeTag, TagPassed
from samut_edge.virtual.uhf_reader import LONG_TYPE, SHORT_TYPE, Fault, UhfReader, crc, letters
from tests.edge.drivers.heard import Heard, ready, story, until

JACKET = "E28011700000020A1B2C3D4E"  # a shop's tag, sewn into a jacket
OWN = r"TH\d+"


@pytest.fixture
def reader(tmp_path: Path) -> UhfReader:
    """Not plugged in yet."""
    return UhfReader("pad", tmp_path / "by-id" / "pad")


def options(reader: UhfReader, **more: Any) -> dict[str, Any]:
    return {"path": str(reader.plug.path), "pattern": OWN, **more}


async def looked(reader: UhfReader, times: int) -> None:
    looks = reader.looks
    await until(lambda: reader.looks >= looks + times)


@pytest.mark.requirement("H-10")
@pytest.mark.parametrize("kind", [LONG_TYPE, SHORT_TYPE])
def test_a_pile_of_books_is_seen_and_each_that_leaves_is_told(tmp_path: Path, kind: int) -> None:
    reader = UhfReader("pad", tmp_path / "pad", kind=kind)
    pile = [f"TH{number:05d}" for number in range(11)]

    @story
    async def told() -> None:
        heard = Heard()
        reader.plug_in()
        async with create_part("pad", "chafon_uhf", options(reader), heard) as part:
            await ready(part)
            for barcode in pile:
                reader.put(barcode)
            seen = [await heard.next(ItemSeen) for _ in pile]
            assert [item.barcode for item in seen] == pile
            assert seen[0] == ItemSeen("pad", "TH00000", letters("TH00000"))
            reader.take("TH00003")
            assert (await heard.next(ItemGone)).barcode == "TH00003"
            await looked(reader, 4)
            assert heard.news == []
        reader.unplug()

    told()


@story
async def test_a_book_that_is_missed_in_some_looks_is_one_book(reader: UhfReader) -> None:
    heard = Heard()
    reader.plug_in()
    async with create_part("pad", "chafon_uhf", options(reader), heard) as part:
        await ready(part)
        reader.put("TH1")
        await heard.next(ItemSeen)
        for _ in range(3):
            reader.faults.extend([Fault.COLLISION] * 2)
            await until(lambda: not reader.faults)
            await looked(reader, 2)
        assert heard.news == []
    reader.unplug()


@story
async def test_a_shop_s_tag_is_a_hint_and_no_item(reader: UhfReader) -> None:
    heard = Heard()
    reader.plug_in()
    async with create_part("pad", "chafon_uhf", options(reader), heard) as part:
        await ready(part)
        reader.tags = [JACKET, letters("LIB-2")]
        strange = [await heard.next(StrangeTag) for _ in range(2)]
        assert [(tag.tag, tag.why) for tag in strange] == [
            (JACKET, Stranger.UNREADABLE),
            (letters("LIB-2"), Stranger.OTHER_LIBRARY),
        ]
        assert isinstance(part, ChafonReader)
        assert await part.set_security("TH1", secured=False) is Security.DONE
    reader.unplug()


@pytest.mark.requirement("H-10")
@story
async def test_at_an_exit_the_first_sight_of_an_own_tag_counts(reader: UhfReader) -> None:
    heard = Heard()
    reader.plug_in()
    async with create_part("exit", "chafon_uhf", options(reader, exit=True), heard) as part:
        await ready(part)
        reader.tags = [JACKET, letters("TH77")]
        await looked(reader, 1)
        passed = await heard.next(TagPassed)
        assert (passed.part, passed.barcode, passed.tag, passed.secured) == ("exit", "TH77", letters("TH77"), True)
        assert not passed.clears
        reader.tags = []
        await looked(reader, 5)
        assert heard.news == []
        reader.put("TH77")
        assert (await heard.next(TagPassed)).barcode == "TH77"
    reader.unplug()


@story
async def test_the_power_is_set_once_and_shown(reader: UhfReader) -> None:
    reader.plug_in()
    async with create_part("pad", "chafon_uhf", options(reader, power=12), Heard()) as part:
        await ready(part)
        assert reader.power == 12
        assert part.status.detail.endswith("reader type 0C, 3.1, 12 dBm")
    reader.unplug()


@pytest.mark.parametrize("fault", [Fault.WRONG_SUM, Fault.HALF, Fault.SILENCE])
@pytest.mark.parametrize("when", ["at the start", "while it looks"])
def test_a_bad_answer_is_asked_for_again(reader: UhfReader, fault: Fault, when: str) -> None:
    @story
    async def told() -> None:
        heard = Heard()
        reader.plug_in()
        if when == "at the start":
            reader.faults.append(fault)
        async with create_part("pad", "chafon_uhf", options(reader), heard) as part:
            await ready(part)
            reader.put("TH1")
            reader.faults.append(fault)
            assert (await heard.next(ItemSeen)).barcode == "TH1"
            await until(lambda: not reader.faults)
            await looked(reader, 4)
            assert heard.news == []
            assert part.status.state is PartState.READY
        reader.unplug()

    told()


@story
async def test_without_an_antenna_it_says_so_and_goes_on_when_it_has_one(reader: UhfReader) -> None:
    heard = Heard()
    reader.plug_in()
    async with create_part("pad", "chafon_uhf", options(reader), heard) as part:
        await ready(part)
        reader.faults.append(Fault.NO_ANTENNA)
        await until(lambda: "no antenna" in part.status.detail)
        assert part.status.state is PartState.OFFLINE
        await ready(part)
    reader.unplug()


@story
async def test_a_clone_that_tells_its_tags_otherwise_is_named_and_kills_nothing(tmp_path: Path) -> None:
    clone = UhfReader("pad", tmp_path / "pad", kind=LONG_TYPE, form=SHORT_TYPE)
    clone.plug_in()
    heard = Heard()
    async with create_part("pad", "chafon_uhf", {"path": str(tmp_path / "pad")}, heard) as part:
        await ready(part)
        clone.put("TH1")
        await until(lambda: "a form that is not known" in part.status.detail)
        clone.take("TH1")
        await ready(part)
    assert heard.news == []
    clone.unplug()


@story
async def test_pulled_out_in_the_middle_of_an_answer_what_lay_there_is_told_once(reader: UhfReader) -> None:
    heard = Heard()
    async with create_part("pad", "chafon_uhf", options(reader), heard) as part:
        await until(lambda: "cannot be opened" in part.status.detail)
        reader.plug_in()
        reader.put("TH1")
        reader.put("TH2")
        assert {(await heard.next(ItemSeen)).barcode for _ in range(2)} == {"TH1", "TH2"}
        reader.faults.append(Fault.UNPLUG)
        await until(lambda: part.status.state is PartState.OFFLINE)
        reader.take("TH1")
        reader.plug_in()
        await ready(part)
        assert (await heard.next(ItemGone)).barcode == "TH1"
        assert heard.news == []
    reader.unplug()


def test_the_check_sum_is_that_of_the_catalogue_and_of_the_maker_s_manual() -> None:
    assert crc(b"123456789") == 0x6F91  # CRC-16/MCRF4XX
    assert crc(bytes.fromhex("04FF211995")) == 0


@pytest.mark.parametrize(
    ("writing", "pattern", "epc", "read"),
    [
        ("ascii", ".+", letters("TH0012345"), "TH0012345"),
        ("ascii", r"SAMUT(\d+)", letters("SAMUT00042"), "00042"),
        ("ascii", ".+", "00" * 12, Stranger.UNREADABLE),
        ("ascii", ".+", JACKET, Stranger.UNREADABLE),
        ("ascii", OWN, letters("LIB1"), Stranger.OTHER_LIBRARY),
        ("hex", r"5448(\d{8}).*", "544800123450000000000000", "00123450"),
        ("hex", r"5448(\d{8}).*", JACKET, Stranger.OTHER_LIBRARY),
    ],
)
def test_item_numbers_on_tags(writing: Any, pattern: str, epc: str, read: str | Stranger) -> None:
    assert ItemNumbers(writing, pattern).read(epc) == read


def test_two_looks_bring_a_tag_and_three_misses_take_it() -> None:
    sightings = Sightings(needed=2)
    told = [sightings.look(tags) for tags in (["A"], [], ["A"], ["A"], [], [], ["A"], [], [], [], [])]
    assert [change.came for change in told].index(["A"]) == 3
    assert [change.went for change in told].index(["A"]) == 9
    assert sum(bool(change.came or change.went) for change in told) == 2
