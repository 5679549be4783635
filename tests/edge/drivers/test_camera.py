"""Members and books are shown to a camera."""

import asyncio
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from samut_edge.devices.part import PartState
from samut_edge.devices.settled_codes import SettledCodes
from samut_edge.drivers import create_part
from samut_edge.errors import SettingsError
from samut_edge.events import CodeScanned
from samut_edge.virtual.code_camera import SIZE, TABLE, CodeCamera, Kind, code_picture
from tests.edge.drivers.heard import Heard, ready, story, until
from tests.ports import free_port

SHOWN: list[tuple[Kind, str]] = [
    ("QRCode", "สมาชิก 4500123 ชั้น ป.๔"),
    ("EAN13", "9786160012343"),
    ("Code39", "TH-0012345"),
    ("Code128", "TH0012345"),
]
ENGINES = ("zxing", "pyzbar")
TABLE_TOP = Image.new("L", SIZE, TABLE)


def film(folder: Path, pictures: Iterable[Image.Image]) -> str:
    """Picture files in a row, with sensor noise; returns the camera's `source`."""
    noise = np.random.default_rng(7)
    for number, picture in enumerate(pictures):
        grain = noise.normal(0, 4, (SIZE[1], SIZE[0]))
        noisy = Image.fromarray(np.clip(np.asarray(picture) + grain, 0, 255).astype(np.uint8))
        noisy.save(folder / f"shelf_{number:03d}.png", compress_level=1)
    return str(folder / "shelf_%03d.png")


def watching(source: str, **options: Any) -> dict[str, Any]:
    return {"source": source, "frames_per_second": 60, **options}


@pytest.mark.requirement("H-10", "C-05")
@pytest.mark.parametrize("engine", ENGINES)
def test_codes_of_all_kinds_are_read_turned_and_blurred(tmp_path: Path, engine: str) -> None:
    turned = {"QRCode": (33.0, -20.0), "EAN13": (7.0, 90.0), "Code39": (-6.0, 4.0), "Code128": (8.0, -9.0)}
    views = [code_picture(text, kind, turned=by, blur=0.9) for kind, text in SHOWN for by in turned[kind]]

    @story
    async def told() -> None:
        heard = Heard()
        async with create_part("eye", "camera", watching(film(tmp_path, views), engine=engine), heard):
            codes = [(await heard.next(CodeScanned)).text for _ in SHOWN]
            assert codes == [text for _, text in SHOWN]

    told()


@story
async def test_a_code_in_a_single_picture_does_not_count(tmp_path: Path) -> None:
    card, book = code_picture("4500123"), code_picture("TH0012345")
    source = film(tmp_path, [card, *[TABLE_TOP] * 6, book, TABLE_TOP, book])
    heard = Heard()
    async with create_part("eye", "camera", watching(source), heard):
        assert (await heard.next(CodeScanned)).text == "TH0012345"


@story
async def test_only_the_region_counts(tmp_path: Path) -> None:
    """A second reader's code lies to the left of this one's."""
    view = TABLE_TOP.copy()
    view.paste(code_picture("LEFT").resize((640, 360)), (0, 180))
    view.paste(code_picture("RIGHT").resize((640, 360)), (640, 180))
    source = film(tmp_path, [view] * 4)
    heard = Heard()
    async with create_part("eye", "camera", watching(source, region=[0.5, 0.0, 0.5, 1.0]), heard) as part:
        assert (await heard.next(CodeScanned)).text == "RIGHT"
        await until(lambda: part.status.state is PartState.OFFLINE)
    assert heard.news == []


@story
async def test_only_the_named_formats_count(tmp_path: Path) -> None:
    source = film(tmp_path, [code_picture("9786160012343", "EAN13")] * 3 + [code_picture("TH7")] * 3)
    heard = Heard()
    async with create_part("eye", "camera", watching(source, formats=["qr"]), heard):
        assert (await heard.next(CodeScanned)).text == "TH7"


@pytest.mark.requirement("H-10", "M-02")
@story
async def test_a_card_held_to_a_camera_of_the_network_is_one_scan_until_it_is_shown_again() -> None:
    camera = CodeCamera("127.0.0.1", 0)
    await camera.switch_on()
    heard = Heard()
    source = f"http://127.0.0.1:{camera.port}/"
    async with create_part("eye", "camera", watching(source, again_seconds=0.8), heard) as part:
        await ready(part)
        for _ in range(2):
            await camera.show("4500123", seconds=1.0)
            await asyncio.sleep(1.3)
        assert [event.text for event in heard.news if isinstance(event, CodeScanned)] == ["4500123"] * 2
    await camera.switch_off()


@story
async def test_pulled_out_and_put_in_again_it_goes_on() -> None:
    camera = CodeCamera("127.0.0.1", free_port())
    heard = Heard()
    source = f"http://127.0.0.1:{camera.port}/"
    async with create_part("eye", "camera", watching(source), heard) as part:
        await until(lambda: "no camera" in part.status.detail)
        await camera.switch_on()
        await ready(part)
        await camera.switch_off()
        await until(lambda: part.status.state is PartState.OFFLINE)
        await camera.switch_on()
        await ready(part)
        await camera.show("4500123", seconds=0.6)
        assert (await heard.next(CodeScanned)).text == "4500123"
    await camera.switch_off()


@pytest.mark.parametrize("source", ["/dev/video87", "87", "http://127.0.0.1:9/", "/nowhere/shelf_%03d.png"])
def test_a_camera_that_is_not_there_is_a_state_and_fills_no_journal(
    source: str, capfd: pytest.CaptureFixture[str]
) -> None:
    @story
    async def told() -> None:
        async with create_part("eye", "camera", {"source": source}, Heard()) as part:
            await until(lambda: f"no camera at {source}" in part.status.detail)
            assert part.status.state is PartState.OFFLINE

    told()
    assert capfd.readouterr().err == ""


@story
async def test_where_zxing_is_not_installed_pyzbar_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = film(tmp_path, [code_picture("4500123")] * 3)
    monkeypatch.setitem(sys.modules, "zxingcpp", None)
    heard = Heard()
    async with create_part("eye", "camera", watching(source), heard) as part:
        assert (await heard.next(CodeScanned)).text == "4500123"
        assert "pyzbar" in part.status.detail
    with pytest.raises(SettingsError, match=r"“eye”.*zxing"):
        create_part("eye", "camera", watching(source, engine="zxing"), heard)


def test_a_code_that_flickers_is_told_once_and_a_swap_of_two_is_both() -> None:
    settled = SettledCodes(away=1.0)
    seen = [
        settled.frame(codes, number / 10) for number, codes in enumerate(["A", "", "A", "AB", "B", "B", "", "AB"])
    ]
    assert seen == [[], [], ["A"], [], ["B"], [], [], []]
    assert settled.frame("", 2.0) == []
    assert [settled.frame("A", 2.0 + at / 10) for at in (1, 2)] == [["A"], []]
