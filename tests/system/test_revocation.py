"""A device that was stolen: its certificate opens no door any more. Real Mosquitto, real list."""

from tests.system.lone_broker import LoneBroker
from tests.system.mqtt_guest import is_turned_away
from tests.system.world import wait_until


def test_the_broker_refuses_a_revoked_device_and_no_other(broker: LoneBroker) -> None:
    for name in ("stolen-1", "gate-1"):
        assert not is_turned_away(broker.device(name))
    broker.revoke("stolen-1")
    wait_until("the thief is turned away", lambda: is_turned_away(broker.device("stolen-1")), 10)
    assert not is_turned_away(broker.device("gate-1"))
    assert not is_turned_away(broker.hub())


def test_two_devices_revoked_at_one_moment_are_both_refused(broker: LoneBroker) -> None:
    for name in ("stolen-1", "stolen-2"):
        assert not is_turned_away(broker.device(name))
        broker.revoke(name)
    for name in ("stolen-1", "stolen-2"):
        wait_until(f"{name} is turned away", lambda name=name: is_turned_away(broker.device(name)), 10)
