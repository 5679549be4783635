"""Whatever a member shows at the gate, it opens: the readers' own drivers, a replica and a relay."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from samut_edge.drivers import create_part
from samut_edge.replica import Replica
from samut_edge.virtual.chip_cards import ChipCard, NfcCard, ThaiIdCard
from samut_edge.virtual.code_camera import CodeCamera
from samut_edge.virtual.pn532_module import Pn532Module
from samut_edge.virtual.readers import em4100_frame
from samut_edge.virtual.serial_plug import SerialPlug
from samut_wire import messages as m
from samut_wire.cards import card_hash
from tests.edge.drivers.heard import ready, story, until
from tests.edge.drivers.test_pcsc import card_readers, slot
from tests.edge.standing_gate import Standing, standing
from tests.edge.stock import KEY, LIBRARY, a_member
from tests.edge.test_replica import write_snapshot

STUDENT_CARD, OLD_CARD, CITIZEN = "04A1B2C3D4E5F6", "0A00784B7C", "1103700123457"
CARDS = {"uid": (STUDENT_CARD, OLD_CARD), "national_id": (CITIZEN,)}
HASHES = tuple(card_hash(KEY, kind, value) for kind, values in CARDS.items() for value in values)
ROWS: tuple[m.ReplicaRow, ...] = (LIBRARY, a_member("10001", cards=HASHES))


@asynccontextmanager
async def a_gate(folder: Path) -> AsyncIterator[Standing]:
    """It knows one member, by three cards."""
    replica = Replica(folder / "replica.db")
    replica.adopt(replica.build(folder / "s", write_snapshot(folder / "s", ROWS)))
    replica.close()
    async with standing(folder) as at:
        yield at


@asynccontextmanager
async def way_in(at: Standing, driver: str, **options: Any) -> AsyncIterator[None]:
    async with create_part("in", driver, options, at.gate.happen) as part:
        await ready(part)
        yield


async def opens(at: Standing) -> None:
    await until(lambda: at.wires.openings == 1)
    await until(at.passages)
    assert at.passages() == [("10001", "in", True)]


@pytest.mark.requirement("H-01", "M-03")
@pytest.mark.parametrize("card", [NfcCard(STUDENT_CARD), ThaiIdCard(CITIZEN)])
def test_a_card_at_a_pc_sc_reader_opens_the_gate(tmp_path: Path, card: ChipCard) -> None:
    @story
    async def told() -> None:
        async with a_gate(tmp_path) as at, card_readers("Samut in") as daemon, way_in(at, "pcsc"):
            await slot(daemon, "Samut in").tap(card)
            await opens(at)

    told()


@pytest.mark.requirement("H-01", "M-03")
@story
async def test_a_card_at_an_nfc_module_opens_the_gate(tmp_path: Path) -> None:
    module = Pn532Module("in", tmp_path / "nfc")
    module.plug_in()
    async with a_gate(tmp_path) as at, way_in(at, "pn532", path=str(tmp_path / "nfc")):
        await module.tap(STUDENT_CARD)
        await opens(at)
    module.unplug()


@pytest.mark.requirement("H-01", "M-01", "M-03")
@pytest.mark.parametrize(
    ("driver", "sent"),
    [
        ("serial_rdm6300", em4100_frame(OLD_CARD) * 3),
        ("serial_card_line", STUDENT_CARD.encode() + b"\r\n"),
        ("serial_line", b"10001\r\n"),
    ],
)
def test_what_a_serial_reader_tells_opens_the_gate(tmp_path: Path, driver: str, sent: bytes) -> None:
    @story
    async def told() -> None:
        plug = SerialPlug("in", tmp_path / "line", lambda: None)
        plug.plug_in()
        async with a_gate(tmp_path) as at, way_in(at, driver, path=str(plug.path)):
            plug.send(sent)
            await opens(at)
        plug.unplug()

    told()


@pytest.mark.requirement("H-01", "M-02")
@story
async def test_a_qr_code_held_to_a_camera_opens_the_gate(tmp_path: Path) -> None:
    camera = CodeCamera("127.0.0.1", 0)
    await camera.switch_on()
    source = f"http://127.0.0.1:{camera.port}/"
    async with a_gate(tmp_path) as at, way_in(at, "camera", source=source):
        await camera.show("10001", seconds=0.8)
        await opens(at)
    await camera.switch_off()
