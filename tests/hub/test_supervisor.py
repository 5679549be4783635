"""What supervisord reads is what was meant, also when folders have blanks and quotes in their names."""

import shlex
from pathlib import Path

import pytest
from supervisor.options import ServerOptions

from samut_hub.config import Config
from samut_hub.supervisor import write_supervisor_file


@pytest.mark.parametrize("name", ["home", "my library", "it's a home"])
def test_a_home_with_blanks_in_its_name_works(tmp_path: Path, name: str) -> None:
    config = Config(home=tmp_path / name)
    config.home.mkdir()
    settings = config.home / "gate-1" / "settings.toml"
    options = ServerOptions()
    options.realize(["-c", str(write_supervisor_file(config, (settings,)))])
    commands = {group.name: shlex.split(group.process_configs[0].command) for group in options.process_group_configs}
    assert list(commands) == ["broker", "hub", "worker", "gate-1"]
    assert commands["broker"][-2:] == ["-c", str(config.broker_file)]
    assert commands["worker"][-3:] == ["--home", str(config.home), "worker"]
    assert commands["gate-1"][-2:] == ["run", str(settings)]
    assert options.pidfile == str(config.home / "supervisord.pid")
    environment = options.process_group_configs[1].process_configs[0].environment
    assert environment["SAMUT_HOME"] == str(config.home)
