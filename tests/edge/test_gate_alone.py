"""A gate whose outbox cannot be opened: nobody is locked in for it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pytest
from aiohttp import ClientSession

from samut_edge.agent import Agent
from samut_edge.devices.gate_io import GateIO
from samut_edge.drivers import create_part
from samut_edge.errors import OutboxError
from samut_edge.events import CodeScanned, Input
from samut_edge.flows.gate_occupancy import began_anew
from samut_edge.flows.gate_states import GateState
from samut_edge.gate_alone import GateAlone
from samut_edge.gate_memory import GateMemory
from samut_edge.outbox import Outbox
from samut_edge.settings import Settings, read_settings
from samut_edge.virtual.gate_board import chip
from samut_wire.configuration import GateSettings
from tests.edge.drivers.heard import ready, story, until
from tests.edge.running_agent import running, settings_of
from tests.edge.stock import NOW

RELAY, BUTTON, FIRE = 17, 19, 20
WIRED = """
[parts.gate_io]
driver = "rpi_gpio"
options = { relay = 17, exit_button = 19, fire = 20, exit_seconds = 0.1, debounce_ms = 5 }
"""
WANTED = GateSettings(directions={"in": "in", "out": "out"}, open_seconds=0.2)
GARBAGE = b"events that the hub does not have " * 500


def gate_of(folder: Path) -> Settings:
    settings_of(folder, "gate", virtual=True)
    file = folder / "settings.toml"
    file.write_text(file.read_text() + WIRED)
    return read_settings(file)


@dataclass
class Alone:
    gate: GateAlone
    io: GateIO
    outbox: "asyncio.Task[Outbox]"


@asynccontextmanager
async def alone(folder: Path) -> AsyncIterator[Alone]:
    """With the outbox damaged, looked at again all the time."""
    chip()
    (folder / "outbox.db").write_bytes(GARBAGE)
    gates: list[GateAlone] = []
    options = {"relay": RELAY, "exit_button": BUTTON, "fire": FIRE, "debounce_ms": 5}
    part = create_part("gate_io", "rpi_gpio", options, lambda event: gates[0].happen(event))
    io = cast("GateIO", part)
    gates.append(GateAlone(settings_of(folder, "gate"), WANTED, io, lambda: NOW))
    async with part:
        await ready(part)
        task = asyncio.create_task(gates[0].outbox(opening(folder), look_seconds=0.05))
        try:
            await asyncio.sleep(0.1)
            yield Alone(gates[0], io, task)
        finally:
            task.cancel()
            await asyncio.wait([task])


def opening(folder: Path) -> Callable[[], Awaitable[Outbox]]:
    async def opened() -> Outbox:
        return await Outbox(folder / "outbox.db").__aenter__()

    return opened


@pytest.mark.requirement("H-05")
@story
async def test_exit_button_and_fire_alarm_work_and_the_page_stands_with_a_damaged_outbox(tmp_path: Path) -> None:
    chip()
    (tmp_path / "outbox.db").write_bytes(GARBAGE)
    async with running(gate_of(tmp_path)) as address, ClientSession() as browser:
        async with browser.get(address) as page, browser.get(f"{address}/gate/events") as news:
            assert (page.status, news.status) == (200, 404)
        for wire in (BUTTON, FIRE):
            chip().drive(wire, 1)
            await until(lambda: chip().lines[RELAY] == 1)
            chip().drive(wire, 0)
            await until(lambda: chip().lines[RELAY] == 0)
    assert (tmp_path / "outbox.db").read_bytes() == GARBAGE


@pytest.mark.requirement("H-05")
@story
async def test_the_gate_works_as_ever_once_its_outbox_is_put_back(tmp_path: Path) -> None:
    async with alone(tmp_path) as at:
        chip().drive(FIRE, 1)
        await until(lambda: Input.FIRE in at.gate.wires)
        (tmp_path / "outbox.db").unlink()
        outbox = await at.outbox
        assert len(outbox) == 0
        await outbox.__aexit__(None, None, None)
        assert at.gate.wires[Input.FIRE].active
        chip().drive(FIRE, None)


@pytest.mark.requirement("H-05")
@story
async def test_a_tap_at_the_way_out_opens_and_one_at_the_way_in_does_not(tmp_path: Path) -> None:
    async with alone(tmp_path) as at:
        at.gate.happen(CodeScanned("in", "10001", 0))
        assert chip().lines[RELAY] == 0
        at.gate.happen(CodeScanned("out", "10001", 0))
        assert chip().lines[RELAY] == 1
        await until(lambda: chip().lines[RELAY] == 0)


@pytest.mark.requirement("H-05")
@story
async def test_an_emergency_that_was_declared_goes_on(tmp_path: Path) -> None:
    memory = GateMemory(tmp_path / "gate.db")
    memory.save(GateState(began_anew(NOW), emergency=True), 0)
    memory.close()
    async with alone(tmp_path):
        await until(lambda: chip().lines[RELAY] == 1)


@story
async def test_what_opens_a_gate_from_inside_is_told_to_the_gate_that_begins(tmp_path: Path) -> None:
    """The fire alarm rings while the agent starts, before there is a gate that could hear of it."""
    chip().drive(FIRE, 1)
    try:
        async with (
            running(gate_of(tmp_path)) as address,
            ClientSession() as browser,
            browser.get(f"{address}/gate/events") as news,
        ):
            assert b'"mode":"emergency"' in await news.content.readline()
    finally:
        chip().drive(FIRE, None)


@story
async def test_an_outbox_of_a_kiosk_that_cannot_be_opened_ends_it(tmp_path: Path) -> None:
    (tmp_path / "outbox.db").write_bytes(GARBAGE)
    with pytest.raises(OutboxError):
        await Agent(settings_of(tmp_path)).run()
