"""The table says which device may say what."""

import pytest

from samut_wire.topics import TOPICS, DeviceRole, Kind

LENDING = [
    kind
    for kind in Kind
    if kind.split("/")[-1] in ("loan", "renewal", "return", "cancel", "member", "checkout", "checkin")
]


@pytest.mark.parametrize("kind", LENDING)
def test_a_gate_has_nothing_to_do_with_loans(kind: Kind) -> None:
    assert not TOPICS[kind].is_for("gate")
    assert TOPICS[kind].is_for("kiosk")
    assert TOPICS[kind].is_for("desk")


@pytest.mark.parametrize("kind", [Kind.PASSAGE, Kind.OPEN_GATE])
def test_a_kiosk_lets_nobody_through(kind: Kind) -> None:
    assert TOPICS[kind].is_for("gate")
    assert not TOPICS[kind].is_for("kiosk")
    assert not TOPICS[kind].is_for("desk")


@pytest.mark.parametrize("kind", [Kind.ASK_SLIP, Kind.ASK_LINE, Kind.SLIP, Kind.LINE])
def test_what_a_member_asks_for_at_a_kiosk_is_said_nowhere_else_and_waits_on_no_disk(kind: Kind) -> None:
    topic = TOPICS[kind]
    assert topic.roles == {DeviceRole.KIOSK}
    assert (topic.qos, topic.retained) == (0, False)


@pytest.mark.parametrize(
    "kind", [Kind.STATE, Kind.HEALTH, Kind.ASK_REPLICA, Kind.DELTA, Kind.ACKNOWLEDGED, Kind.RESTART]
)
@pytest.mark.parametrize("role", DeviceRole)
def test_every_device_lives_and_learns(kind: Kind, role: DeviceRole) -> None:
    assert TOPICS[kind].is_for(role)


def test_a_role_that_does_not_exist_may_say_nothing() -> None:
    assert not any(topic.is_for("lift") for topic in TOPICS.values())


@pytest.mark.parametrize("kind", [Kind.READ, Kind.IDENTITY, Kind.PRINT_SLIP, Kind.READ_IDENTITY, Kind.TELL_STAFF])
def test_what_is_personal_goes_between_hub_and_desk_alone_and_waits_on_no_disk(kind: Kind) -> None:
    topic = TOPICS[kind]
    assert topic.roles == {DeviceRole.DESK}
    assert (topic.qos, topic.retained) == (0, False)
