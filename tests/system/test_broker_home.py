"""Mosquitto reads paths to the end of the line."""

from pathlib import Path

from tests.system.lone_broker import lone_broker
from tests.system.mqtt_guest import is_turned_away


def test_the_broker_works_in_a_home_with_a_blank_in_its_name(tmp_path: Path) -> None:
    with lone_broker(tmp_path / "my library") as broker:
        assert not is_turned_away(broker.device("gate-1"))
