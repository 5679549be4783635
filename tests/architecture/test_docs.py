"""Every setting, driver and command stands in the docs."""

from pathlib import Path

import click
import msgspec
import pytest

from samut_edge import settings as edge
from samut_edge.drivers import driver_names
from samut_hub.cli import main
from samut_hub.config import Config

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
DEVICES = (ROOT / "docs" / "devices.md").read_text("utf-8")
TABLES = (
    edge.Settings,
    edge.HubSettings,
    edge.GateSettings,
    edge.KioskSettings,
    edge.DeskSettings,
    edge.Sip2Settings,
    edge.OutboxSettings,
)
COMPUTED = {"home", "folder", "hub", "parts", "gate", "kiosk", "desk", "sip2", "outbox"}


@pytest.mark.parametrize("name", driver_names())
def test_every_driver_stands_in_the_devices_page(name: str) -> None:
    assert f"| `{name}` |" in DEVICES


def test_no_driver_stands_there_that_does_not_exist() -> None:
    listed = [line.split("`")[1] for line in DEVICES.splitlines() if line.startswith("| `")]
    assert sorted(listed) == driver_names()


def test_every_setting_of_the_hub_stands_in_the_readme() -> None:
    names = {field.name for field in msgspec.structs.fields(Config)} - COMPUTED
    assert [name for name in sorted(names) if f"`{name}`" not in README] == []


def test_every_setting_of_a_device_stands_in_the_devices_page() -> None:
    names = {field.name for table in TABLES for field in msgspec.structs.fields(table)} - COMPUTED
    assert [name for name in sorted(names) if f"`{name}`" not in DEVICES] == []


def test_every_command_stands_in_the_readme() -> None:
    assert isinstance(main, click.Group)
    for name in main.list_commands(click.Context(main)):
        command = main.get_command(click.Context(main), name)
        inner = [f"samut {name} {sub}" for sub in command.commands] if isinstance(command, click.Group) else []
        for spoken in inner or ([f"samut {name}"] if name != "demo" else ["make run"]):
            assert spoken in README, spoken
