"""A visitor at the bench does things, and the real drivers notice."""

import asyncio
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest
from aiohttp import StreamReader
from PIL import Image

from samut_edge.devices.gate_io import GateIO
from samut_edge.devices.part import PartState
from samut_edge.devices.printer import Printer
from samut_edge.drivers import driver_names
from samut_edge.errors import SettingsError
from samut_edge.events import CardKind, CardTapped, CodeScanned, ItemGone, ItemSeen
from samut_edge.settings import Settings
from samut_edge.virtual.bench import SET_UP, VirtualBench
from tests.edge.drivers.heard import story, until
from tests.edge.drivers.slips import loan_slip
from tests.edge.virtual.benches import visiting, write_settings


@story
async def test_cards_are_tapped_at_the_reader_that_was_chosen(tmp_path: Path) -> None:
    async with visiting(write_settings(tmp_path)) as visit:
        await visit.does("tap", part="out", kind="uid", value="04A1B2C3D4E5F6")
        await visit.does("tap", part="in", kind="national_id", value="1103700123457")
        await visit.does("tap", part="near", kind="uid", value="62E3086CED")
        taps = [await visit.heard.next(CardTapped) for _ in range(3)]
    assert [(tap.part, tap.kind, tap.value) for tap in taps] == [
        ("out", CardKind.UID, "04A1B2C3D4E5F6"),
        ("in", CardKind.NATIONAL_ID, "1103700123457"),
        ("near", CardKind.UID, "62E3086CED"),
    ]


@story
async def test_codes_are_scanned_and_the_scanner_can_be_unplugged(tmp_path: Path) -> None:
    async with visiting(write_settings(tmp_path)) as visit:
        await visit.does("scan", part="scanner", text="หนังสือ TH1")
        assert (await visit.heard.next(CodeScanned)).text == "หนังสือ TH1"
        await visit.does("plug", part="scanner", plugged_in=False)
        await until(lambda: visit.parts["scanner"].status.state is PartState.OFFLINE)
        answer = await visit.post("scan", part="scanner", text="TH1")
        assert (answer.status, sorted(await answer.json())) == (409, ["en", "th"])
        await visit.does("plug", part="scanner", plugged_in=True)
        await until(lambda: visit.parts["scanner"].status.state is PartState.READY)
        await visit.does("tap", part="scanner", kind="number", value="4500123")
        assert (await visit.heard.next(CodeScanned)).text == "4500123"


@story
async def test_a_card_is_tapped_on_an_nfc_module_and_its_plug_pulled(tmp_path: Path) -> None:
    part = '[parts.nfc]\ndriver = "pn532"\noptions = {{ path = "{folder}/nfc" }}\n'
    async with visiting(write_settings(tmp_path, part)) as visit:
        await visit.does("tap", part="nfc", kind="uid", value="04A1B2C3")
        assert (await visit.heard.next(CardTapped)).value == "04A1B2C3"
        assert (await visit.post("tap", part="nfc", kind="uid", value="no hex")).status == 409
        await visit.does("plug", part="nfc", plugged_in=False)
        await until(lambda: visit.parts["nfc"].status.state is PartState.OFFLINE)
        assert (await visit.post("tap", part="nfc", kind="uid", value="04A1B2C3")).status == 409


@story
async def test_books_with_uhf_tags_go_on_the_pad_and_off_it(tmp_path: Path) -> None:
    part = '[parts.pad]\ndriver = "chafon_uhf"\noptions = {{ path = "{folder}/uhf" }}\n'
    async with visiting(write_settings(tmp_path, part)) as visit:
        await visit.does("pad", part="pad", barcode="TH0012345", on=True)
        assert (await visit.heard.next(ItemSeen)).barcode == "TH0012345"
        assert (await visit.sees())["pads"] == [{"part": "pad", "barcodes": ["TH0012345"]}]
        await visit.does("pad", part="pad", barcode="TH0012345", on=False)
        assert (await visit.heard.next(ItemGone)).barcode == "TH0012345"
        assert (await visit.post("pad", part="pad", barcode="หนังสือ", on=True)).status == 409


@pytest.mark.parametrize(
    "card", ["", 'number = "decimal"', 'number = "decimal", reversed = true', 'number = "pair", octets = 4']
)
def test_a_reader_that_writes_numbers_gives_the_card_s_own_value(tmp_path: Path, card: str) -> None:
    options = f'path = "{tmp_path}/line", card = {{{{ {card} }}}}'

    @story
    async def told() -> None:
        part = f'[parts.line]\ndriver = "serial_card_line"\noptions = {{{{ {options} }}}}\n'
        async with visiting(write_settings(tmp_path, part)) as visit:
            await visit.does("tap", part="line", kind="uid", value="04A1B2C3")
            assert (await visit.heard.next(CardTapped)).value == "04A1B2C3"
            assert (await visit.post("tap", part="line", kind="number", value="4500123")).status == 409

    told()


@story
async def test_a_code_is_held_to_the_camera(tmp_path: Path) -> None:
    part = '[parts.eye]\ndriver = "camera"\noptions = {{ source = "http://127.0.0.1:{pad}/" }}\n'
    async with visiting(write_settings(tmp_path, part)) as visit:
        await visit.does("scan", part="eye", text="สมาชิก 7")
        assert (await visit.heard.next(CodeScanned)).text == "สมาชิก 7"


@story
async def test_books_go_on_the_pad_and_off_it(tmp_path: Path) -> None:
    async with visiting(write_settings(tmp_path)) as visit:
        await visit.does("pad", part="pad", barcode="TH0012345", on=True)
        assert (await visit.heard.next(ItemSeen)).barcode == "TH0012345"
        assert (await visit.sees())["pads"][0]["barcodes"] == ["TH0012345"]
        await visit.does("pad", part="pad", barcode="TH0012345", on=False)
        assert (await visit.heard.next(ItemGone)).barcode == "TH0012345"


@story
async def test_the_gate_is_seen_opening(tmp_path: Path) -> None:
    async with visiting(write_settings(tmp_path)) as visit:
        gate = cast("GateIO", visit.parts["gate"])
        assert (await visit.sees())["gates"][0]["outputs"]["relay"] is False
        async with visit.browser.get(f"{visit.address}/bench/events") as news:
            gate.open(0.2)
            gate.say_yes()
            opened = await _news(news.content, lambda state: state["gates"][0]["outputs"]["relay"])
            closed = await _news(news.content, lambda state: not state["gates"][0]["outputs"]["relay"])
    assert opened["gates"][0]["outputs"]["red"] is False
    assert closed["gates"][0]["openings"] == 1


async def _news(stream: StreamReader, expected: Callable[[Any], bool]) -> Any:
    async with asyncio.timeout(10):
        async for line in stream:
            if line.startswith(b"data:") and expected(state := json.loads(line[5:])):
                return state
    raise AssertionError("the stream ended")


@story
async def test_slips_come_out_and_the_paper_can_be_taken_away(tmp_path: Path) -> None:
    async with visiting(write_settings(tmp_path)) as visit:
        printer = cast("Printer", visit.parts["slips"])
        await printer.print_slip(loan_slip("ปู่กุ้งน้ำ"))
        (address,) = (await visit.sees())["printers"][0]["slips"]
        async with visit.browser.get(visit.address + address) as answer:
            assert Image.open(io.BytesIO(await answer.read())).width == 512
        await visit.does("paper", part="slips", paper="out")
        assert (await printer.ask_status()).state is PartState.PAPER_OUT
        assert (await visit.browser.get(f"{visit.address}/bench/slips/slips/2.png")).status == 404


@story
async def test_the_network_is_cut_and_joined(tmp_path: Path) -> None:
    async with visiting(write_settings(tmp_path)) as visit:
        await visit.does("network", joined=False)
        assert visit.bench.cable.is_cut
        assert (await visit.sees())["joined"] is False
        await visit.does("network", joined=True)
        assert not visit.bench.cable.is_cut


@story
async def test_a_wish_that_cannot_be_done_is_answered_in_both_languages(tmp_path: Path) -> None:
    async with visiting(write_settings(tmp_path)) as visit:
        for wish in (
            {"part": "nowhere", "kind": "uid", "value": "04A1B2C3"},
            {"part": "in", "kind": "number", "value": "4500123"},
            {"part": "in", "kind": "uid", "value": "no hex"},
            {"part": "near", "kind": "uid", "value": "04A1B2C3D4E5F6"},
            {"part": "scanner", "kind": "uid", "value": "04A1B2C3"},
        ):
            answer = await visit.post("tap", **wish)
            said = await answer.json()
            assert answer.status == 409
            assert said["th"] != said["en"]
        assert (await visit.post("tap", part="in")).status == 400


@story
async def test_only_its_own_page_may_ask_for_anything(tmp_path: Path) -> None:
    settings = write_settings(tmp_path)
    async with visiting(settings) as visit:
        port = visit.address.rpartition(":")[2]
        for headers in (
            {},
            {"Origin": "null"},
            {"Origin": "https://evil.example"},
            {"Origin": f"http://evil.example:{port}", "Host": f"evil.example:{port}"},
        ):
            url = f"{visit.address}/bench/network"
            async with visit.browser.post(url, json={"joined": False}, headers=headers) as answer:
                assert answer.status == 403
        assert not visit.bench.cable.is_cut


@story
async def test_the_page_runs_nothing_from_elsewhere(tmp_path: Path) -> None:
    async with visiting(write_settings(tmp_path, "[parts]")) as visit:
        for path in ("/bench", "/bench/bench.css", "/bench/bench.js", "/bench/bench.svg", "/bench/state"):
            async with visit.browser.get(visit.address + path) as answer:
                assert answer.status == 200
                assert answer.headers["Content-Security-Policy"].startswith("default-src 'self'")


def test_a_driver_without_a_twin_is_refused(tmp_path: Path) -> None:
    settings = write_settings(tmp_path, '[parts.desk]\ndriver = "telepathy"\n')
    with pytest.raises(SettingsError, match=r"“desk”.*“telepathy”"):
        asyncio.run(_enter(settings))


@pytest.mark.parametrize(
    ("parts", "why"),
    [
        ('[parts.s]\ndriver = "serial_line"\n', "“s”: `path` is missing"),
        ('[parts.k]\ndriver = "evdev_scanner"\noptions = {{ device = "0c2e:0200" }}\n', "“k”.*umockdev-wrapper"),
        ('[parts.c]\ndriver = "camera"\noptions = {{ source = "0" }}\n', "“c”.*`source`"),
        ('[parts.s]\ndriver = "serial_line"\noptions = {{ path = "{folder}/bench.json" }}\n', "real device or file"),
        ('[parts.a]\ndriver = "pcsc"\n[parts.b]\ndriver = "pcsc"\noptions = {{ reader = "b" }}\n', "“a”: `reader`"),
        ('[parts.p]\ndriver = "escpos_printer"\noptions = {{ host = "192.0.2.1" }}\n', "“p”.*`port`"),
    ],
)
def test_parts_that_cannot_be_made_are_named(tmp_path: Path, parts: str, why: str) -> None:
    settings = write_settings(tmp_path, parts)
    with pytest.raises(SettingsError, match=why):
        asyncio.run(_enter(settings))


def test_a_broken_list_of_cards_is_named(tmp_path: Path) -> None:
    settings = write_settings(tmp_path, "[parts]")
    (tmp_path / "bench.json").write_text('{"cards": [{"label": "x", "kind": "ghost", "value": "1"}]}')
    with pytest.raises(SettingsError, match=r"bench.json.*ghost"):
        VirtualBench(settings)


def test_every_driver_has_a_twin() -> None:
    assert set(SET_UP) == set(driver_names())


@story
async def test_leaving_the_bench_leaves_nothing_behind(tmp_path: Path) -> None:
    async with visiting(write_settings(tmp_path)) as visit:
        socket_path = visit.bench.daemon.socket_path
        assert socket_path.exists()
    assert not socket_path.exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bench.json", "device.toml"]


async def _enter(settings: Settings) -> None:
    async with VirtualBench(settings):
        raise AssertionError("it should have been refused")
