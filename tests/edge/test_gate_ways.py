"""Each reader of a gate stands at a way, and the settings say at which."""

from pathlib import Path

import pytest

from samut_edge.agent import Agent
from samut_edge.devices.part import PartKind
from samut_edge.errors import SettingsError
from samut_edge.gate_ways import check_directions
from samut_edge.settings import read_settings
from tests.edge.running_agent import settings_of

PARTS = {"near": PartKind.CARD_READER, "far": PartKind.SCANNER, "wires": PartKind.GATE_IO, "exit": PartKind.PAD}


def test_every_reader_has_its_direction_and_other_parts_need_none() -> None:
    check_directions({"near": "in", "far": "out"}, PARTS)
    check_directions({"near": "in", "far": "out", "exit": "out"}, PARTS)


@pytest.mark.requirement("H-05")
@pytest.mark.parametrize(
    ("directions", "told"),
    [
        ({"near": "in"}, "No direction is set for “far”."),
        ({"near": "in", "fra": "out"}, "No direction is set for “far”."),
        ({"near": "in", "far": "out", "fra": "out"}, "names “fra”, which is no part of this device"),
    ],
)
def test_a_typing_mistake_makes_no_way_out_a_way_in(directions: dict[str, str], told: str) -> None:
    with pytest.raises(SettingsError, match=told):
        check_directions(directions, PARTS)


@pytest.mark.requirement("H-05")
def test_an_agent_does_not_start_with_it(tmp_path: Path) -> None:
    settings_of(tmp_path, "gate")
    file = tmp_path / "settings.toml"
    wired = '\n[parts.far]\ndriver = "serial_line"\noptions = { path = "/dev/none" }\n'
    file.write_text(file.read_text() + wired)
    with pytest.raises(SettingsError, match="No direction is set for “far”"):
        Agent(read_settings(file))._make_parts()
