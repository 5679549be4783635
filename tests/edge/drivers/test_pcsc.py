"""A member taps a card on a PC/SC reader."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator

import pytest
from smartcard import scard

from samut_edge.devices.part import PartState
from samut_edge.drivers import create_part
from samut_edge.events import CardKind, CardTapped
from samut_edge.virtual.card_slot import CardSlot
from samut_edge.virtual.chip_cards import NfcCard, ThaiIdCard
from samut_edge.virtual.faults import BenchError
from samut_edge.virtual.pcsc_daemon import PcscDaemon
from tests.edge.drivers.heard import Heard, ready, story, until

STUDENT_CARD = "04A1B2C3D4E5F6"
CITIZEN = "1103700123457"
OLD_ISSUE = bytes.fromhex("3B6800005448204E49442036")
NEW_ISSUE = bytes.fromhex("3B791800005448204E4944203130")
BANK = bytes.fromhex("3B6500002063CBA000")


@contextlib.asynccontextmanager
async def card_readers(*names: str) -> AsyncIterator[PcscDaemon]:
    daemon = PcscDaemon(list(names))
    await daemon.start()
    try:
        yield daemon
    finally:
        await daemon.stop()


def slot(daemon: PcscDaemon, reader: str) -> CardSlot:
    return CardSlot(lambda: daemon.ports[reader])


async def held_exclusively(reader: str) -> int:
    """Another program talks to the card and lets nobody else."""
    _, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
    protocols = scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
    async with asyncio.timeout(5):
        while True:
            connect = (scard.SCardConnect, context, reader, scard.SCARD_SHARE_EXCLUSIVE, protocols)
            result, card, _ = await asyncio.to_thread(*connect)
            if result == scard.SCARD_S_SUCCESS:
                return int(card)
            await asyncio.sleep(0.05)


class BankCard(NfcCard):
    """A chip card that knows neither command."""

    def answer(self, command: bytes) -> bytes:
        self.told = command.startswith(b"\x00\xa4")  # the last thing that is tried
        return b"\x6a\x82"


class LiftedCard(NfcCard):
    """Taken away in the middle of being read: it leaves the field at the first command."""

    def answer(self, command: bytes) -> bytes:
        raise ConnectionAbortedError


@story
async def test_the_chip_number_of_a_student_card_is_read() -> None:
    heard = Heard()
    async with card_readers("Samut in") as daemon, create_part("in", "pcsc", {}, heard) as part:
        await ready(part)
        before = time.perf_counter_ns()
        await slot(daemon, "Samut in").tap(NfcCard(STUDENT_CARD))
        tapped = await heard.next(CardTapped)
    assert (tapped.part, tapped.kind, tapped.value) == ("in", CardKind.UID, STUDENT_CARD)
    assert before < tapped.seen_ns < time.perf_counter_ns()


@pytest.mark.parametrize("fetch_p2", [0, 1])
def test_the_number_of_a_thai_id_card_is_read_and_never_logged(
    fetch_p2: int, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    @story
    async def told() -> None:
        heard = Heard()
        async with card_readers("Samut desk") as daemon, create_part("desk", "pcsc", {}, heard) as part:
            await ready(part)
            await slot(daemon, "Samut desk").tap(ThaiIdCard(CITIZEN, fetch_p2))
            tapped = await heard.next(CardTapped)
            assert (tapped.kind, tapped.value) == (CardKind.NATIONAL_ID, CITIZEN)
            assert CITIZEN not in part.status.detail

    caplog.set_level(0)
    told()
    said = capfd.readouterr()
    assert CITIZEN not in caplog.text + said.out + said.err


@story
async def test_two_readers_of_one_computer_are_told_apart() -> None:
    heard = Heard()
    async with (
        card_readers("Samut in", "Samut out") as daemon,
        create_part("way in", "pcsc", {"reader": "in"}, heard) as way_in,
        create_part("way out", "pcsc", {"reader": "out"}, heard) as way_out,
    ):
        await ready(way_in, way_out)
        await slot(daemon, "Samut out").tap(NfcCard(STUDENT_CARD))
        await slot(daemon, "Samut in").tap(NfcCard(STUDENT_CARD))
    assert [event.part for event in heard.news] == ["way out", "way in"]


@story
async def test_a_card_that_is_held_there_is_one_tap() -> None:
    heard = Heard()
    async with card_readers("Samut in") as daemon, create_part("in", "pcsc", {}, heard) as part:
        await ready(part)
        reader = slot(daemon, "Samut in")
        await reader.tap(NfcCard(STUDENT_CARD))
        await reader.tap(NfcCard("DEADBEEF"))
    assert [getattr(event, "value", "") for event in heard.news] == [STUDENT_CARD, "DEADBEEF"]


@story
async def test_a_bank_card_is_refused_and_the_next_card_is_read() -> None:
    heard = Heard()
    async with card_readers("Samut in") as daemon, create_part("in", "pcsc", {}, heard) as part:
        await ready(part)
        await slot(daemon, "Samut in").tap(BankCard(STUDENT_CARD))
        await until(lambda: "not known" in part.status.detail)
        assert heard.news == []
        await slot(daemon, "Samut in").tap(NfcCard(STUDENT_CARD))
        assert (await heard.next(CardTapped)).value == STUDENT_CARD
        assert part.status.detail.startswith("Samut in")


@story
async def test_a_card_lifted_while_it_was_read_does_no_harm() -> None:
    heard = Heard()
    async with card_readers("Samut in") as daemon, create_part("in", "pcsc", {}, heard) as part:
        await ready(part)
        asyncio.get_running_loop().set_exception_handler(lambda *_: None)  # the twin's own line broke
        with pytest.raises(BenchError):
            await slot(daemon, "Samut in").tap(LiftedCard(STUDENT_CARD))
        await until(lambda: "talked to" in part.status.detail)
        await slot(daemon, "Samut in").tap(NfcCard(STUDENT_CARD))
        assert (await heard.next(CardTapped)).value == STUDENT_CARD


@story
async def test_it_waits_for_the_daemon_and_survives_its_restart() -> None:
    heard = Heard()
    async with card_readers("Samut in") as daemon:
        await daemon.stop()
        async with create_part("in", "pcsc", {}, heard) as part:
            await until(lambda: "daemon" in part.status.detail)
            assert part.status.state is PartState.OFFLINE
            await daemon.start()
            await ready(part)
            await daemon.stop()
            await until(lambda: part.status.state is PartState.OFFLINE)
            await daemon.start()
            await ready(part)
            await slot(daemon, "Samut in").tap(NfcCard(STUDENT_CARD))
            assert (await heard.next(CardTapped)).value == STUDENT_CARD


@pytest.mark.requirement("H-10")
@story
async def test_readers_come_and_go_while_the_other_works_on() -> None:
    heard = Heard()
    async with (
        card_readers("Samut in") as daemon,
        create_part("in", "pcsc", {"reader": "in"}, heard) as way_in,
        create_part("out", "pcsc", {"reader": "out"}, heard) as way_out,
    ):
        await until(lambda: "“out”" in way_out.status.detail)
        await ready(way_in)
        await daemon.plug_in("Samut out")
        await ready(way_in, way_out)
        await slot(daemon, "Samut out").tap(NfcCard(STUDENT_CARD))
        assert (await heard.next(CardTapped)).part == "out"
        await daemon.unplug("Samut out")
        await until(lambda: "“out”" in way_out.status.detail)
        await ready(way_in)
        await slot(daemon, "Samut in").tap(NfcCard(STUDENT_CARD))
        assert (await heard.next(CardTapped)).part == "in"


@pytest.mark.requirement("H-01")
@pytest.mark.parametrize("answer_to_reset", [OLD_ISSUE, NEW_ISSUE, BANK])
@pytest.mark.parametrize("fetch_p2", [0, 1])
def test_a_thai_id_card_is_known_by_its_applet_and_not_by_its_answer_to_reset(
    answer_to_reset: bytes, fetch_p2: int
) -> None:
    @story
    async def told() -> None:
        heard, card = Heard(), ThaiIdCard(CITIZEN, fetch_p2)
        card.atr = answer_to_reset
        async with card_readers("Samut in") as daemon, create_part("in", "pcsc", {}, heard) as part:
            await ready(part)
            await slot(daemon, "Samut in").tap(card)
            assert (await heard.next(CardTapped)).value == CITIZEN

    told()


@story
async def test_a_card_that_another_program_holds_for_itself_is_read_when_it_lets_go() -> None:
    heard, card = Heard(), NfcCard(STUDENT_CARD)
    card.stays = 3.0
    async with card_readers("Samut in") as daemon:
        lying = asyncio.create_task(slot(daemon, "Samut in").tap(card))
        held = await held_exclusively("Samut in 00 00")
        async with create_part("in", "pcsc", {}, heard) as part:
            await ready(part)
            await asyncio.sleep(0.25)
            assert heard.news == []
            await asyncio.to_thread(scard.SCardDisconnect, held, scard.SCARD_LEAVE_CARD)
            assert (await heard.next(CardTapped)).value == STUDENT_CARD
        lying.cancel()


@story
async def test_a_missing_reader_is_named() -> None:
    async with card_readers("Samut in"), create_part("desk", "pcsc", {"reader": "desk"}, Heard()) as part:
        await until(lambda: "“desk”" in part.status.detail)
        assert part.status.state is PartState.OFFLINE
