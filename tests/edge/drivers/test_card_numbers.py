"""One card is one value, whichever reader of the library it is held to."""

import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from samut_edge.devices.card_number import CardFormat, card_value
from samut_edge.devices.one_tap import AWAY_NS, OneTap
from samut_edge.drivers import create_part
from samut_edge.events import CardKind, CardTapped
from samut_edge.virtual.chip_cards import NfcCard
from samut_edge.virtual.key_scanner import KeyScanner
from samut_edge.virtual.pn532_module import Pn532Module
from samut_edge.virtual.serial_plug import SerialPlug
from tests.edge.drivers.heard import Heard, ready, story
from tests.edge.drivers.part_at_work import at_work
from tests.edge.drivers.test_pcsc import card_readers, slot

CARD = "04A1B2C3"
FIRST_LAST = 0x04A1B2C3
LAST_FIRST = 0xC3B2A104
EM4100_FRAME = b"\x020A00784B7C45\x03"


def decimal(**more: Any) -> CardFormat:
    return CardFormat(number="decimal", **more)


@pytest.mark.requirement("M-03")
@pytest.mark.parametrize(
    ("text", "written", "value"),
    [
        ("04A1B2C3", CardFormat(), CARD),
        ("04 a1 b2 c3", CardFormat(), CARD),
        ("C3:B2:A1:04", CardFormat(reversed=True), CARD),
        ("04A1B2C3D4E5F6", CardFormat(), "04A1B2C3D4E5F6"),
        (str(FIRST_LAST), decimal(), CARD),
        (f"{FIRST_LAST:010d}", decimal(), CARD),
        (str(LAST_FIRST), decimal(reversed=True), CARD),
        ("0007883644", decimal(), "00784B7C"),
        ("120,19324", CardFormat(number="pair"), "784B7C"),
        ("0A00784B7C", CardFormat(octets=4), "00784B7C"),
        ("0A00784B7C", CardFormat(octets=3), "784B7C"),
        ("784B7C", CardFormat(octets=4), "00784B7C"),
        ("4294967296", decimal(), None),
        ("TH0012345", decimal(), None),
        ("TH0012345", CardFormat(), None),
        ("๑๒๓๔", decimal(), None),
        ("120.19324", CardFormat(number="pair"), None),
        ("120,9", CardFormat(number="pair"), None),
        ("", CardFormat(), None),
    ],
)
def test_how_readers_write_the_number_of_a_chip(text: str, written: CardFormat, value: str | None) -> None:
    assert card_value(text, written) == value


@asynccontextmanager
async def at_a_line(
    folder: Path, driver: str, **options: Any
) -> AsyncIterator[tuple[Callable[[bytes], None], Heard]]:
    heard, plug = Heard(), SerialPlug("reader", folder / "reader", lambda: None)
    plug.plug_in()
    async with create_part("reader", driver, {"path": str(plug.path), **options}, heard) as part:
        await ready(part)
        yield plug.send, heard
    plug.unplug()


@pytest.mark.requirement("M-03", "H-01")
@story
async def test_a_member_s_card_is_the_same_at_pcsc_pn532_and_two_converters(tmp_path: Path) -> None:
    heard = Heard()
    async with card_readers("Samut in") as daemon, create_part("a", "pcsc", {}, heard) as part:
        await ready(part)
        await slot(daemon, "Samut in").tap(NfcCard(CARD))
    module = Pn532Module("b", tmp_path / "nfc")
    module.plug_in()
    async with create_part("b", "pn532", {"path": str(tmp_path / "nfc")}, heard) as part:
        await ready(part)
        await module.tap(CARD)
    module.unplug()
    taps = [await heard.next(CardTapped) for _ in range(2)]
    async with at_a_line(tmp_path, "serial_card_line") as (send, said):
        send(b"04A1B2C3\r\n")
        taps.append(await said.next(CardTapped))
    written = {"number": "decimal", "reversed": True}
    async with at_a_line(tmp_path, "serial_card_line", card=written, pattern=r"UID=(\d+)") as (send, said):
        send(b"READY\r\nUID=%d\r\nUID=%d\r\n" % (LAST_FIRST, LAST_FIRST))
        taps.append(await said.next(CardTapped))
        assert said.news == []
    assert [(tap.kind, tap.value) for tap in taps] == [(CardKind.UID, CARD)] * 4


@pytest.mark.requirement("M-03")
@story
async def test_a_125_khz_card_is_the_same_at_a_module_and_at_a_converter(tmp_path: Path) -> None:
    async with at_a_line(tmp_path, "serial_rdm6300", octets=4) as (send, heard):
        send(EM4100_FRAME * 3)
        module = await heard.next(CardTapped)
    async with at_a_line(tmp_path, "serial_card_line", card={"number": "decimal"}) as (send, heard):
        send(b"0007883644\r\n")
        converter = await heard.next(CardTapped)
    assert module.value == converter.value == "00784B7C"


@pytest.mark.skipif(shutil.which("umockdev-wrapper") is None, reason="needs the package umockdev")
@pytest.mark.requirement("M-03")
@story
async def test_a_card_reader_that_types_gives_the_same_value_and_types_nowhere_else() -> None:
    reader = KeyScanner("Sycreader RFID", "ffff:0035")
    reader.plug_in()
    options = {"device": "ffff:0035", "card": {"number": "decimal", "reversed": True}}
    async with at_work("evdev_card_reader", options, reader.environment) as part:
        await part.is_ready()
        await reader.scan("TH0012345")
        await reader.scan(f"{LAST_FIRST:010d}")
        tapped = await part.next("CardTapped")
        assert (tapped["kind"], tapped["value"]) == (CardKind.UID, CARD)
    reader.put_away()


def test_a_card_that_is_told_again_and_again_is_one_tap_until_it_was_away() -> None:
    tap, later = OneTap(), AWAY_NS // 2
    told = [tap.is_new(card, at * later) for card, at in [("A", 1), ("A", 2), ("A", 3), ("B", 4), ("A", 5), ("A", 8)]]
    assert told == [True, False, False, True, True, True]
