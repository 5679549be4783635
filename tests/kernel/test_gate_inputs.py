"""A gate's beams, exit button and fire alarm on a kernel's own pins."""

import pytest

from tests.kernel.conftest import Bench

pytestmark = [pytest.mark.kernel, pytest.mark.requirement("H-13")]
PEOPLE = 20


def test_twenty_people_who_walk_in_are_twenty_in_the_order_of_the_beams(bench: Bench) -> None:
    said = bench("gate_inputs")
    assert said["one person's events"] == ["beam_outer on", "beam_inner on", "beam_outer off", "beam_inner off"]
    assert said["events of all"] == [4 * PEOPLE, PEOPLE, PEOPLE]
    assert said["all in the same order"]


@pytest.mark.parametrize("pin", [26, 6], ids=["exit button", "fire alarm"])
def test_chatter_of_a_contact_is_nothing(bench: Bench, pin: int) -> None:
    assert bench("gate_inputs")[f"events of chatter at {pin}"] == [True, []]


def test_the_exit_button_opens_and_a_while_later_it_shuts(bench: Bench) -> None:
    said = bench("gate_inputs")
    assert said["open while the exit button is pressed"]
    assert said["still open after it"]
    assert said["shut again"]


def test_the_fire_alarm_opens_though_the_agent_hangs_and_holds_it_open(bench: Bench) -> None:
    said = bench("gate_inputs")
    assert said["open by the fire alarm though the agent hangs"]
    assert said["open as long as it rings"]
    assert said["shut when it has ended"]
    assert said["open when it starts while the alarm rings"]
    assert said["end"]
