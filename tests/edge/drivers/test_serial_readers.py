"""Cards and codes that come over a serial line."""

import asyncio
from pathlib import Path

import pytest

from samut_edge.devices.part import PartState
from samut_edge.drivers import create_part
from samut_edge.events import CardKind, CardTapped, CodeScanned
from samut_edge.virtual.faults import BenchError
from samut_edge.virtual.serial_plug import SerialPlug
from tests.edge.drivers.heard import Heard, ready, story, until

FRAME = b"\x0262E3086CED08\x03"  # the example of the module's data sheet
OTHER = b"\x020A00784B7C45\x03"


@pytest.fixture
def plug(tmp_path: Path) -> SerialPlug:
    return SerialPlug("reader", tmp_path / "by-id" / "reader", lambda: None)


@story
async def test_a_125_khz_card_near_the_reader_is_one_tap(plug: SerialPlug) -> None:
    heard = Heard()
    plug.plug_in()
    async with create_part("in", "serial_rdm6300", {"path": str(plug.path)}, heard) as part:
        await ready(part)
        for _ in range(5):
            plug.send(FRAME)
        plug.send(OTHER)
        first, second = await heard.next(CardTapped), await heard.next(CardTapped)
    plug.unplug()
    assert (first.part, first.kind, first.value) == ("in", CardKind.UID, "62E3086CED")
    assert second.value == "0A00784B7C"
    assert heard.news == []


@story
async def test_frames_may_come_in_pieces_and_noise_and_wrong_check_sums_are_dropped(plug: SerialPlug) -> None:
    heard = Heard()
    plug.plug_in()
    async with create_part("in", "serial_rdm6300", {"path": str(plug.path)}, heard) as part:
        await ready(part)
        plug.send(b"\xff\x00\x02garbage\x03\x0262E3086CED09\x03" + FRAME[:6])
        plug.send(FRAME[6:])
        assert (await heard.next(CardTapped)).value == "62E3086CED"
    plug.unplug()
    assert heard.news == []


@story
async def test_a_scanner_sends_lines(plug: SerialPlug) -> None:
    heard = Heard()
    plug.plug_in()
    async with create_part("scanner", "serial_line", {"path": str(plug.path)}, heard) as part:
        await ready(part)
        plug.send(b"TH00123")
        plug.send("45\r\nสมาชิก 7\r\n\r\n".encode())
        assert [(await heard.next(CodeScanned)).text for _ in range(2)] == ["TH0012345", "สมาชิก 7"]
    plug.unplug()
    assert heard.news == []


@story
async def test_what_controls_terminals_is_no_part_of_a_code(plug: SerialPlug) -> None:
    """A NUL would go on as far as the hub, which cannot keep one."""
    heard = Heard()
    plug.plug_in()
    async with create_part("scanner", "serial_line", {"path": str(plug.path)}, heard) as part:
        await ready(part)
        plug.send(b"\x1d0109\x1dB1\x00\r\nTH\x00001\n\x00\n")
        codes = [(await heard.next(CodeScanned)).text for _ in range(3)]
    plug.unplug()
    assert codes == ["0109 B1", "TH 001", ""]


@story
async def test_only_lines_that_fit_the_pattern_count(plug: SerialPlug) -> None:
    heard = Heard()
    plug.plug_in()
    options = {"path": str(plug.path), "pattern": r"CARD:(\d+)"}
    async with create_part("scanner", "serial_line", options, heard) as part:
        await ready(part)
        plug.send(b"HELLO v1.2\r\nCARD:4500123\r\n")
        assert (await heard.next(CodeScanned)).text == "4500123"
    plug.unplug()


@pytest.mark.requirement("H-10")
@pytest.mark.parametrize(
    ("driver", "sent", "kind", "whole"),
    [
        ("serial_line", b"TH0012345\r\n", CodeScanned, "TH0012345"),
        ("serial_card_line", b"04A1B2C3\r\n", CardTapped, "04A1B2C3"),
        ("serial_rdm6300", FRAME, CardTapped, "62E3086CED"),
    ],
)
def test_pulled_out_in_the_middle_of_a_message_and_put_in_again_it_goes_on(
    plug: SerialPlug, driver: str, sent: bytes, kind: type[CardTapped | CodeScanned], whole: str
) -> None:
    @story
    async def told() -> None:
        heard = Heard()
        async with create_part("reader", driver, {"path": str(plug.path)}, heard) as part:
            await until(lambda: "cannot be opened" in part.status.detail)
            for _ in range(2):
                plug.plug_in()
                await ready(part)
                plug.send(sent[: len(sent) // 2])
                await asyncio.sleep(0.02)
                plug.unplug()
                await until(lambda: part.status.state is PartState.OFFLINE)
            plug.plug_in()
            await ready(part)
            plug.send(sent)
            assert told_by(await heard.next(kind)) == whole
            assert heard.news == []
        plug.unplug()

    told()


def told_by(event: CardTapped | CodeScanned) -> str:
    return event.value if isinstance(event, CardTapped) else event.text


def test_an_unplugged_device_sends_nothing(plug: SerialPlug) -> None:
    with pytest.raises(BenchError, match="unplugged"):
        plug.send(b"x")


@story
async def test_leaving_gives_the_line_back(plug: SerialPlug) -> None:
    plug.plug_in()
    before = len(list(Path("/proc/self/fd").iterdir()))
    async with create_part("scanner", "serial_line", {"path": str(plug.path)}, Heard()) as part:
        await ready(part)
    assert len(list(Path("/proc/self/fd").iterdir())) == before
    plug.unplug()
