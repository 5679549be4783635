"""The client id that a device chooses does not matter: its session is that of its certificate."""

from samut_hub.fleet.certificates import HUB_NAME
from samut_wire.topics import TOPICS, Kind
from tests.system.lone_broker import LoneBroker
from tests.system.world import wait_until


def test_a_device_that_calls_itself_hub_neither_cuts_the_hub_off_nor_takes_its_letters(broker: LoneBroker) -> None:
    passage = TOPICS[Kind.PASSAGE].of("gate-1")
    with broker.hub() as hub, broker.device("gate-1") as gate:
        hub.listen_to("samut/#")
        with broker.device("thief-1", calls_itself=HUB_NAME) as thief:
            gate.say(passage, b"one")
            wait_until("the hub hears the gate", lambda: (passage, b"one") in hub.heard, 10)
            assert not hub.was_cut_off
            assert thief.heard == []
