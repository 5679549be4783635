"""An agent whose disk is not as it should be."""

import subprocess
import sys
from pathlib import Path

from aiohttp import ClientSession

from samut_edge.agent import Agent
from samut_edge.settings import read_settings
from tests.edge.drivers.heard import story
from tests.edge.running_agent import running, settings_of


@story
async def test_an_agent_with_a_damaged_replica_starts_and_serves_its_page(tmp_path: Path) -> None:
    (tmp_path / "replica.db").write_bytes(b"this is no database " * 500)
    async with running(settings_of(tmp_path)) as address, ClientSession() as browser:
        async with browser.get(address) as answer:
            assert answer.status in (200, 503)
        assert (tmp_path / "replica.damaged").exists()


def test_the_way_to_the_hub_for_kiosks_of_other_makers_is_a_part_of_the_device(tmp_path: Path) -> None:
    settings_of(tmp_path, "gate")
    file = tmp_path / "settings.toml"
    file.write_text(f"{file.read_text()}\n[sip2]\nhub_port = 6001\n")
    agent = Agent(read_settings(file))
    agent._make_parts()
    assert [(part.name, part.kind, part.driver) for part in agent._described()] == [("sip2", "sip2_line", "sip2")]


def test_an_agent_whose_outbox_cannot_be_opened_says_so_and_keeps_the_file(tmp_path: Path) -> None:
    settings_of(tmp_path)
    garbage = b"events that the hub does not have " * 500
    (tmp_path / "outbox.db").write_bytes(garbage)
    program = Path(sys.executable).with_name("samut-edge")
    agent = subprocess.run(
        [program, "run", tmp_path / "settings.toml"], capture_output=True, text=True, check=False, timeout=60
    )
    assert agent.returncode == 2
    assert f"The outbox {tmp_path / 'outbox.db'} cannot be opened: file is not a database." in agent.stderr
    assert "Traceback" not in agent.stderr
    assert (tmp_path / "outbox.db").read_bytes() == garbage
