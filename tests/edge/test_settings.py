"""A wrong settings file stops the agent with a sentence that names the key."""

from pathlib import Path

import pytest

from samut_edge.errors import SettingsError
from samut_edge.settings import read_settings

GOOD = """
device = "gate-1"
role = "gate"
[hub]
host = "127.0.0.1"
url = "http://127.0.0.1:8480"
[gate]
directions = { reader = "in" }
[parts.reader]
driver = "pcsc"
"""


def read(folder: Path, text: str) -> str:
    """The sentence with which the settings are refused."""
    path = folder / "settings.toml"
    path.write_text(text)
    with pytest.raises(SettingsError) as refused:
        read_settings(path)
    return str(refused.value)


def test_good_settings_are_read_and_files_lie_beside_them(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text(GOOD)
    settings = read_settings(tmp_path / "settings.toml")
    assert settings.gate is not None
    assert settings.gate.repeat_seconds == 2.0
    assert settings.file("device.key") == tmp_path / "device.key"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (GOOD.replace("device =", "devise ="), "devise"),
        (GOOD.replace('role = "gate"', 'role = "door"'), "role"),
        (GOOD.replace("[hub]", "[hub]\nmqtt_port = 'x'"), "hub.mqtt_port"),
        (GOOD.replace("[gate]", "[kiosk]").replace('directions = { reader = "in" }', ""), "[gate]"),
        (GOOD.replace('= "in"', '= "up"'), "directions"),
        (GOOD + "[sip2]\nhub_port = 6001\nlisten = '0.0.0.0'", "clients"),
        (GOOD + "[sip2]\nhub_port = 6001\nlisten = 'lobby'", "addresses of computers"),
        (GOOD + "[sip2]\nhub_port = 6001\nclients = ['192.168.1.0/24']", "addresses of computers"),
        (GOOD + "[sip2]\nhub_port = 0", "hub_port"),
        ("device = ", "cannot be read"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, named: str) -> None:
    assert named in read(tmp_path, text)


def test_missing_settings_say_where_they_come_from(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="samut device add"):
        read_settings(tmp_path / "nothing.toml")
