"""Each folder of firmware_configs says what who holds the hardware needs, and its settings make its driver."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from samut_edge.drivers import create_part
from samut_edge.settings import read_settings
from samut_edge.virtual.gate_board import chip

FIRMWARE = Path(__file__).parents[2] / "firmware_configs"
README = (FIRMWARE / "README.md").read_text("utf-8")
FOLDERS = sorted(path.name for path in FIRMWARE.iterdir() if path.is_dir() and path.name != "__pycache__")
SECTIONS = (
    "What it is",
    "Connecting",
    "Settings",
    "Applying",
    "Reading back",
    "Traps",
    "Tested",
    "Sources",
)
ROW = re.compile(r"^\| \[([\w-]+)\]\(([\w-]+)/README\.md\) \| .+ \| (.+) \| .+ \|$", re.MULTILINE)
DEVICE = """
device = "gate-1"
role = "gate"
[gate]
directions = {}
[hub]
host = "127.0.0.1"
url = "http://127.0.0.1"
"""

pytestmark = pytest.mark.requirement("H-20")


def pieces(folder: str) -> str:
    return (FIRMWARE / folder / "settings.toml").read_text("utf-8")


def drivers_of(folder: str) -> set[str]:
    parts: dict[str, Any] = tomllib.loads(pieces(folder))["parts"]
    return {part["driver"] for part in parts.values()}


@pytest.mark.parametrize("folder", FOLDERS)
def test_its_page_has_every_section_with_something_in_it(folder: str) -> None:
    page = (FIRMWARE / folder / "README.md").read_text("utf-8")
    said = dict(re.findall(r"^## (.+)\n([^#]+)", page, re.MULTILINE))
    assert list(said) == list(SECTIONS)
    assert [name for name, text in said.items() if len(text.split()) < 5] == []


@pytest.mark.parametrize("folder", FOLDERS)
def test_its_settings_are_a_part_of_a_device_s_settings_and_make_its_driver(folder: str, tmp_path: Path) -> None:
    chip()  # the virtual pins, so that the gate's driver can be loaded anywhere
    (tmp_path / "settings.toml").write_text(DEVICE + pieces(folder), "utf-8")
    settings = read_settings(tmp_path / "settings.toml")
    assert settings.parts
    for name, part in settings.parts.items():
        assert create_part(name, part.driver, part.options, print).name == name


def test_the_table_lists_every_folder_once_with_its_driver() -> None:
    rows = ROW.findall(README)
    assert sorted(folder for folder, _, _ in rows) == FOLDERS
    for folder, target, drivers in rows:
        assert folder == target
        assert drivers_of(folder) <= set(re.findall(r"`(\w+)`", drivers))


def test_links_between_the_pages_lead_somewhere() -> None:
    for page in FIRMWARE.glob("*/README.md"):
        for target in re.findall(r"`(\.\./[^`]+)`", page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page}: {target}"


def test_files_that_a_page_tells_to_copy_are_there() -> None:
    for page in FIRMWARE.glob("*/README.md"):
        for name in re.findall(r"[Cc]opy `([\w./-]+)`", page.read_text("utf-8")):
            assert (page.parent / name).exists(), f"{page}: {name}"
