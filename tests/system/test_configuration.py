"""A gate is set up from the hub: it tries what it is told, keeps what works, goes back by itself from the rest."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from samut_hub.fleet.configurations import Written, of_device, write
from samut_hub.fleet.models import Device
from tests.system.world import World, running_world, wait_until


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with running_world(tmp_path_factory.mktemp("configured")) as world:
        yield world


def present(world: World) -> dict[str, Any]:
    """By what the gate works, as it said itself."""
    return dict(world.device("gate-1").settings)


def set_up(world: World, content: dict[str, Any]) -> int:
    """A technician saves this; the number of the version."""
    with world.database.session(None) as session:
        device = session.get_one(Device, "gate-1")
        session.info["library_id"] = device.library_id
        return write(session, of_device(device), content, Written("technician", datetime.now(UTC), "test")).id


def supervise(world: World) -> None:
    """As systemd does: an agent that has ended is started anew."""
    agent = world.running["gate-1"]
    if agent.poll() is not None:
        world.start("gate-1")


def has_settled(world: World, number: int) -> Any:
    """Whether the gate is there and took that version, or gave it up."""
    supervise(world)
    device = world.device("gate-1")
    return device.online and number in (device.configuration, device.configuration_refused) and device


def works_by_its_own_file(world: World) -> bool:
    supervise(world)
    return world.device("gate-1").configuration == 0


def on_disk(world: World) -> dict[str, Any]:
    kept: dict[str, Any] = json.loads((world.home / "gate-1" / "configuration.json").read_bytes())
    return kept


def with_gate(world: World, **keys: object) -> dict[str, Any]:
    told = present(world)
    return {**told, "gate": {**told["gate"], **keys}}


@pytest.mark.requirement("H-16")
def test_what_works_stays_and_the_gate_opens_by_it(world: World) -> None:
    number = set_up(world, with_gate(world, open_seconds=2.5))
    device = wait_until("the gate took it", lambda: has_settled(world, number))
    assert (device.configuration, device.configuration_fault) == (number, "")
    wait_until("it is no longer on trial", lambda: "before" not in on_disk(world))
    wait_until("the gate says so", lambda: present(world)["gate"]["open_seconds"] == 2.5)
    assert "open_seconds = 0.4" in (world.home / "gate-1" / "settings.toml").read_text()


@pytest.mark.requirement("H-16")
def test_a_driver_that_cannot_start_is_given_up_and_the_hub_told_why(world: World) -> None:
    before, told = world.device("gate-1").configuration, present(world)
    parts = {**told["parts"], "lamp": {"driver": "serial_line", "options": {"path": "/dev/x", "wings": 2}}}
    number = set_up(world, {**told, "parts": parts})
    device = wait_until("the gate gave it up", lambda: has_settled(world, number))
    assert (device.configuration, device.configuration_refused) == (before, number)
    assert "wings" in device.configuration_fault
    wait_until("it works as before", lambda: world.is_ready("gate-1"))


def test_a_driver_that_does_not_exist_is_not_even_tried(world: World) -> None:
    agent, told = world.running["gate-1"].pid, present(world)
    number = set_up(world, {**told, "parts": {**told["parts"], "lamp": {"driver": "candle"}}})
    device = wait_until("the gate refused it", lambda: has_settled(world, number))
    assert "candle" in device.configuration_fault
    assert world.running["gate-1"].pid == agent


def test_a_power_cut_while_it_is_tried_leaves_one_of_both_whole(world: World) -> None:
    number = set_up(world, with_gate(world, open_seconds=1.5))
    wait_until("the gate ended to try it", lambda: world.running["gate-1"].poll() is not None)
    for _ in range(2):
        world.start("gate-1")
        wait_until("it began", lambda: on_disk(world).get("starts", 0) > 0)
        world.kill("gate-1")
        assert on_disk(world)["now"]["number"] == number
    world.start("gate-1")
    device = wait_until("the gate came up", lambda: has_settled(world, number))
    assert device.configuration == number
    wait_until("it is no longer on trial", lambda: "before" not in on_disk(world))


def test_going_back_to_the_settings_file_is_possible(world: World) -> None:
    with world.database.session(None) as session:
        device = session.get_one(Device, "gate-1")
        session.info["library_id"] = device.library_id
        write(session, of_device(device), None, Written("technician", datetime.now(UTC), ""))
    wait_until("it works by its own file", lambda: works_by_its_own_file(world))
    wait_until("the gate says so", lambda: present(world)["gate"]["open_seconds"] == 0.4)


def test_the_log_holds_nobody(world: World) -> None:
    """What the hub can ask for is what stands in the log of the agent."""
    member = world.members()[0]
    world.tap(world.cards()[0]["value"])
    log = Path(world.home / "gate-1.log").read_text()
    assert member not in log
    assert world.cards()[0]["value"] not in log
