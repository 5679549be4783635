"""`samut-edge check`: what somebody with a screwdriver in hand is told."""

import contextlib
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path

import msgspec
import pytest
from aiohttp import web

from samut_edge.check import check
from samut_edge.check_hub import check_pages
from samut_edge.check_parts import check_parts
from samut_edge.clock import utc_now
from samut_edge.found import Found, Verdict, as_table, is_good
from samut_edge.settings import Settings
from samut_edge.virtual.paper_printer import PaperPrinter
from samut_edge.virtual.printer_works import Paper
from samut_edge.virtual.serial_plug import SerialPlug
from samut_wire.configuration import PartSettings
from tests.edge.drivers.heard import story
from tests.edge.running_agent import running, settings_of
from tests.edge.virtual.benches import write_settings
from tests.ports import free_port

pytestmark = pytest.mark.requirement("H-20")
SHORT = 1.0


def with_parts(folder: Path, **parts: PartSettings) -> Settings:
    return msgspec.structs.replace(settings_of(folder), parts=parts)


def of(found: list[Found], what: str) -> Found:
    return next(one for one in found if one.what == what)


@story
async def test_a_whole_gate_at_a_bench_is_good_part_by_part(tmp_path: Path) -> None:
    found = await check(write_settings(tmp_path), seconds=10)
    parts = {one.what: one for one in found if one.what in ("in", "out", "near", "scanner", "pad", "slips", "gate")}
    assert {one.verdict for one in parts.values()} == {Verdict.OK}
    assert len(parts) == 7
    assert "Samut in" in parts["in"].seen
    assert f"{tmp_path}/near, 9600 baud" in parts["near"].seen
    assert "relay 17" in parts["gate"].seen


@story
async def test_what_is_missing_is_named_with_what_to_do_and_hides_nothing_else(tmp_path: Path) -> None:
    plug = SerialPlug("scanner", tmp_path / "by-id" / "scanner", lambda: None)
    plug.plug_in()
    settings = with_parts(
        tmp_path,
        scanner=PartSettings(driver="serial_line", options={"path": str(plug.path)}),
        near=PartSettings(driver="serial_rdm6300", options={"path": "/dev/serial/by-id/nothing"}),
        slips=PartSettings(driver="escpos_printer", options={"host": "127.0.0.1", "port": free_port()}),
        wrong=PartSettings(driver="serial_line", options={"path": "/dev/null", "bauds": 9600}),
        strange=PartSettings(driver="serial_lime"),
    )
    found = await check_parts(settings, SHORT)
    plug.unplug()
    assert of(found, "scanner").verdict is Verdict.OK
    assert "No such file" in of(found, "near").seen
    assert "Plug it in" in of(found, "near").to_do
    assert "Switch it on" in of(found, "slips").to_do
    assert "unknown field `bauds`" in of(found, "wrong").seen
    assert "does not exist" in of(found, "strange").seen
    assert not is_good(found)


@story
@pytest.mark.parametrize(
    ("paper", "verdict", "to_do"),
    [(Paper.OUT, Verdict.FAIL, "Put in paper."), (Paper.LOW, Verdict.WARN, "Lay new paper beside it.")],
)
async def test_a_printer_is_asked_for_its_paper(tmp_path: Path, paper: Paper, verdict: Verdict, to_do: str) -> None:
    printer = PaperPrinter("127.0.0.1", 0, lambda: None)
    await printer.switch_on()
    await printer.set_paper(paper)
    options = {"host": "127.0.0.1", "port": printer.port}
    (found,) = await check_parts(
        with_parts(tmp_path, slips=PartSettings(driver="escpos_printer", options=options)), 5
    )
    printer.switch_off()
    assert (found.verdict, found.to_do) == (verdict, to_do)


@story
async def test_a_running_agent_is_noticed_because_it_holds_the_parts(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    async with running(settings):
        agent = of(await check(settings, seconds=SHORT), "agent")
    assert agent.verdict is Verdict.WARN
    assert "systemctl stop" in agent.to_do
    assert not [one for one in await check(settings, seconds=SHORT) if one.what == "agent"]


@story
async def test_files_of_the_device_that_are_missing_are_named(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    (tmp_path / "card.key").unlink()
    found = await check(settings, seconds=SHORT)
    assert of(found, "files").seen == "missing: ca.crt, card.key"
    assert of(found, "certificate").verdict is Verdict.FAIL
    assert of(found, "hub's broker").verdict is Verdict.FAIL


@contextlib.asynccontextmanager
async def pages(port: int, *, ahead: timedelta, status: int = 200) -> AsyncIterator[None]:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=status, headers={"Date": format_datetime(utc_now() + ahead)})

    runner = web.AppRunner(web.Application())
    runner.app.router.add_get("/", answer)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield
    finally:
        await runner.cleanup()


@story
@pytest.mark.parametrize(
    ("ahead", "status", "verdict"),
    [
        (timedelta(), 200, Verdict.OK),
        (timedelta(), 404, Verdict.OK),
        (timedelta(), 503, Verdict.FAIL),
        (timedelta(hours=7), 200, Verdict.WARN),
    ],
)
async def test_the_hub_s_pages_answer_and_their_clock_is_ours(
    tmp_path: Path, ahead: timedelta, status: int, verdict: Verdict
) -> None:
    settings, port = settings_of(tmp_path), free_port()
    settings = msgspec.structs.replace(
        settings, hub=msgspec.structs.replace(settings.hub, url=f"http://127.0.0.1:{port}")
    )
    assert (await check_pages(settings, SHORT, utc_now)).verdict is Verdict.FAIL
    async with pages(port, ahead=ahead, status=status):
        assert (await check_pages(settings, SHORT, utc_now)).verdict is verdict


def command(*arguments: str) -> "subprocess.CompletedProcess[str]":
    program = Path(sys.executable).parent / "samut-edge"
    return subprocess.run([program, "check", *arguments], capture_output=True, text=True, check=False)


def test_programs_read_json_and_the_exit_status(tmp_path: Path) -> None:
    settings_of(tmp_path)
    done = command(str(tmp_path / "settings.toml"), "--json", "--seconds", "0.5")
    said = json.loads(done.stdout)
    assert done.returncode == 1
    assert said["good"] is False
    assert {"verdict", "what", "seen", "to_do"} == set(said["found"][0])


def test_settings_that_cannot_be_read_are_a_sentence(tmp_path: Path) -> None:
    done = command(str(tmp_path / "settings.toml"))
    assert done.returncode == 2
    assert done.stderr.startswith("No settings at")


def test_people_read_what_to_do_below_each_line() -> None:
    table = as_table([Found(Verdict.OK, "disk", "much"), Found(Verdict.FAIL, "slips", "no paper", "Put in paper.")])
    assert table.splitlines() == ["OK    disk   much", "FAIL  slips  no paper", "             → Put in paper."]
