"""A member taps a card on a PN532 module."""

import asyncio
from pathlib import Path

import pytest

from samut_edge.devices.part import PartState
from samut_edge.devices.pn532_frames import ACK, SYNTAX_ERROR, FrameReader, Garbled, Short, frame
from samut_edge.drivers import create_part
from samut_edge.events import CardKind, CardTapped
from samut_edge.virtual.pn532_module import Fault, Pn532Module
from tests.edge.drivers.heard import Heard, ready, story, until

STUDENT_CARD, TEACHER_CARD = "04A1B2C3D4E5F6", "DEADBEEF"
FIRMWARE_TOLD = bytes.fromhex("0000FF06FAD50332010607E800")  # printed in many a guide to the module


@pytest.fixture
def module(tmp_path: Path) -> Pn532Module:
    """Not plugged in yet."""
    return Pn532Module("reader", tmp_path / "by-id" / "reader")


def options(module: Pn532Module) -> dict[str, str]:
    return {"path": str(module.plug.path)}


@pytest.mark.requirement("H-10", "M-03")
@story
async def test_a_card_that_stays_is_one_tap_and_one_that_comes_back_another(module: Pn532Module) -> None:
    heard = Heard()
    module.plug_in()
    async with create_part("in", "pn532", options(module), heard) as part:
        await ready(part)
        assert "PN532 firmware 1.6" in part.status.detail
        module.put(STUDENT_CARD)
        tapped = await heard.next(CardTapped)
        assert (tapped.part, tapped.kind, tapped.value) == ("in", CardKind.UID, STUDENT_CARD)
        looks = module.looks
        await until(lambda: module.looks > looks + 15)
        assert heard.news == []
        module.put(TEACHER_CARD)
        assert (await heard.next(CardTapped)).value == TEACHER_CARD
        module.take()
        await asyncio.sleep(1.0)
        module.put(TEACHER_CARD)
        assert (await heard.next(CardTapped)).value == TEACHER_CARD
    module.plug.unplug()


@pytest.mark.parametrize("fault", [fault for fault in Fault if fault is not Fault.UNPLUG])
@pytest.mark.parametrize("when", ["at the start", "while it looks"])
def test_a_bad_answer_is_asked_for_again(module: Pn532Module, fault: Fault, when: str) -> None:
    @story
    async def told() -> None:
        heard = Heard()
        if when == "at the start":
            module.faults.extend([fault] * 2)
        module.plug_in()
        async with create_part("in", "pn532", options(module), heard) as part:
            await ready(part)
            module.put(STUDENT_CARD)
            module.faults.extend([fault] * 2)
            assert (await heard.next(CardTapped)).value == STUDENT_CARD
            await until(lambda: not module.faults)
            looks = module.looks
            await until(lambda: module.looks > looks + 3)
            assert heard.news == []
            assert part.status.state is PartState.READY
        module.plug.unplug()

    told()


@story
async def test_a_module_that_falls_silent_is_away_and_comes_back(module: Pn532Module) -> None:
    heard = Heard()
    module.plug_in()
    async with create_part("in", "pn532", options(module), heard) as part:
        await ready(part)
        module.faults.extend([Fault.SILENCE] * 3)
        await until(lambda: "no PN532 answers" in part.status.detail)
        assert part.status.state is PartState.OFFLINE
        await ready(part)
        module.put(STUDENT_CARD)
        await heard.next(CardTapped)
    module.plug.unplug()


@story
async def test_pulled_out_in_the_middle_of_an_answer_and_put_in_again(module: Pn532Module) -> None:
    heard = Heard()
    async with create_part("in", "pn532", options(module), heard) as part:
        await until(lambda: "cannot be opened" in part.status.detail)
        for _ in range(2):
            module.plug_in()
            await ready(part)
            module.faults.append(Fault.UNPLUG)
            await until(lambda: part.status.state is PartState.OFFLINE)
        module.plug_in()
        await ready(part)
        module.put(STUDENT_CARD)
        assert (await heard.next(CardTapped)).value == STUDENT_CARD
    module.plug.unplug()


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("02", "0000FF02FED4022A00"),
        ("14011401", "0000FF05FBD4140114010200"),
        ("4A0100", "0000FF04FCD44A0100E100"),
    ],
)
def test_frames_are_those_of_the_manual(said: str, written: str) -> None:
    assert frame(bytes.fromhex(said)) == bytes.fromhex(written)


def test_frames_are_read_however_they_are_cut_up() -> None:
    stream = b"\x55\x00" + ACK + FIRMWARE_TOLD + bytes.fromhex("0000FFFF0000") + bytes.fromhex("0000FF01FF7F8100")
    for size in range(1, len(stream)):
        reader = FrameReader()
        chunks = [stream[at : at + size] for at in range(0, len(stream), size)]
        heard = [said for chunk in chunks for said in reader.heard(chunk)]
        assert heard == [Short.ACK, bytes.fromhex("0332010607"), Short.NACK, SYNTAX_ERROR]


def test_after_a_garbled_frame_the_next_one_is_read() -> None:
    wrong = FIRMWARE_TOLD[:-2] + b"\x00\x00"
    for broken in (wrong, FIRMWARE_TOLD[:4] + b"\x11" + FIRMWARE_TOLD[5:], frame(b"\x02")):
        heard = list(FrameReader().heard(broken + FIRMWARE_TOLD))
        assert heard[0] is Garbled.GARBLED
        assert heard[-1] == bytes.fromhex("0332010607")
