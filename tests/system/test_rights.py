"""Who may say what over MQTT, and what becomes of what is said: real Mosquitto, real certificates."""

import signal
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from samut_hub.fleet.certificates import BROKER_NAME, issue, make_authority
from samut_hub.fleet.models import Device
from samut_hub.visits.models import Visit
from samut_wire import messages as m
from samut_wire.codec import Letter, encode
from samut_wire.ids import command_id
from samut_wire.topics import ROOT, TOPICS, Kind
from tests.system.counter import enrol_device
from tests.system.mqtt_guest import Guest, is_turned_away
from tests.system.world import World, wait_until

PASSAGE = m.PassageRecorded(reader="reader_in", direction="in", allowed=True)


def a_passage() -> tuple[str, bytes]:
    """Its id and its bytes."""
    now = datetime.now(UTC)
    letter = Letter(id=command_id(int(now.timestamp() * 1000)), at=now, body=PASSAGE)
    return letter.id, encode(letter)


def topic(kind: Kind, device: str) -> str:
    return TOPICS[kind].of(device)


def visits_of(world: World, device: str) -> int:
    with world.database.session(None, writes=False) as session:
        return session.scalars(select(func.count()).select_from(Visit).where(Visit.device == device)).one()


def certified(world: World, folder: Path, name: str) -> Guest:
    """A guest with the certificate that lies in a device's folder."""
    return Guest(world.ports.mqtt, name, folder / "ca.crt", folder / "device.crt", folder / "device.key")


@pytest.fixture
def hub_ear(world: World, tmp_path: Path) -> Iterator[Guest]:
    """Hears all that the broker takes: a second one with the hub's rights, under a name of its own."""
    issued = issue(world.config.secrets, "ear", datetime.now(UTC))
    certificate, key = tmp_path / "ear.crt", tmp_path / "ear.key"
    certificate.write_bytes(issued.certificate)
    key.write_bytes(issued.key)
    with (world.home / "broker" / "acl").open("a") as rights:
        rights.write(f"\nuser ear\ntopic readwrite {ROOT}/#\n")
    world.running["broker"].send_signal(signal.SIGHUP)
    with Guest(world.ports.mqtt, "ear", world.config.secrets / "ca.crt", certificate, key) as ear:
        ear.listen_to("samut/#")
        yield ear


@pytest.fixture(scope="module")
def stranger(world: World) -> Path:
    """The folder of a device that was properly enrolled."""
    return enrol_device(world.config, world.database, "stranger-1", "gate")


def test_without_a_certificate_of_the_hub_nobody_connects(world: World, stranger: Path, tmp_path: Path) -> None:
    real = world.config.secrets / "ca.crt"
    assert is_turned_away(Guest(world.ports.mqtt, "gate-1", real, None, None))

    make_authority(tmp_path, datetime.now(UTC), ("127.0.0.1",))
    forged = issue(tmp_path, "gate-1", datetime.now(UTC))
    (tmp_path / "device.crt").write_bytes(forged.certificate)
    (tmp_path / "device.key").write_bytes(forged.key)
    assert is_turned_away(Guest(world.ports.mqtt, "gate-1", real, tmp_path / "device.crt", tmp_path / "device.key"))
    assert not is_turned_away(certified(world, stranger, "stranger-1"))


def test_a_device_knows_its_broker(world: World, tmp_path: Path) -> None:
    """A broker with a certificate of another authority is not spoken to."""
    make_authority(tmp_path, datetime.now(UTC), ("127.0.0.1",))
    folder = world.home / "gate-1"
    with pytest.raises(OSError, match="certificate verify failed"):
        Guest(world.ports.mqtt, "x", tmp_path / "ca.crt", folder / "device.crt", folder / "device.key").__enter__()
    assert (tmp_path / f"{BROKER_NAME}.crt").exists()


def test_a_device_cannot_speak_for_another_nor_listen_to_it(world: World, stranger: Path, hub_ear: Guest) -> None:
    before = visits_of(world, "gate-1")
    with certified(world, stranger, "stranger-1") as guest:
        guest.listen_to("samut/#", topic(Kind.ACKNOWLEDGED, "gate-1"), topic(Kind.ACKNOWLEDGED, "stranger-1"))
        _, forged = a_passage()
        guest.say(topic(Kind.PASSAGE, "gate-1"), forged)
        guest.say(topic(Kind.OPEN_GATE, "gate-1"), b"{}")
        guest.say(topic(Kind.OPEN_GATE, "stranger-1"), b"{}")
        own_id, own = a_passage()
        guest.say(topic(Kind.PASSAGE, "stranger-1"), own)
        wait_until("its own passage is acknowledged", lambda: any(own_id.encode() in p for _, p in guest.heard), 10)
        hub_ear.say(topic(Kind.ACKNOWLEDGED, "gate-1"), b"secret")
        hub_ear.say(topic(Kind.ACKNOWLEDGED, "stranger-1"), b"end")
        wait_until("the last word", lambda: b"end" in [payload for _, payload in guest.heard], 10)
        assert set(guest.topics()) <= {topic(kind, "stranger-1") for kind in Kind}
    spoken = [(said, payload) for said, payload in hub_ear.heard if payload in (forged, own, b"{}")]
    assert spoken == [(topic(Kind.PASSAGE, "stranger-1"), own)]
    assert visits_of(world, "gate-1") == before
    assert visits_of(world, "stranger-1") == 1


def test_what_a_revoked_device_says_is_not_believed(world: World, hub_ear: Guest) -> None:
    folder = enrol_device(world.config, world.database, "stolen-1", "gate")
    with certified(world, folder, "stolen-1") as thief:
        thief.listen_to(topic(Kind.ACKNOWLEDGED, "stolen-1"))
        first_id, first = a_passage()
        thief.say(topic(Kind.PASSAGE, "stolen-1"), first)
        wait_until("still believed", lambda: any(first_id.encode() in p for _, p in thief.heard), 10)
        with world.database.session(None) as session:
            session.get_one(Device, "stolen-1").revoked_at = datetime.now(UTC)
        second_id, second = a_passage()
        thief.say(topic(Kind.PASSAGE, "stolen-1"), second)
        wait_until("the hub heard it", lambda: second in [payload for _, payload in hub_ear.heard], 10)
        wait_until("the hub dropped it", lambda: "stolen-1" in world.tail("worker"), 10)
        assert not any(second_id.encode() in payload for _, payload in thief.heard)
    assert visits_of(world, "stolen-1") == 1


@pytest.mark.requirement("H-14")
def test_a_gate_that_loses_power_without_network_forgets_nothing(
    world: World, stranger: Path, hub_ear: Guest
) -> None:
    """TLS and rights by certificate, birth and will, acknowledgement, and an outbox that outlives SIGKILL."""
    assert is_turned_away(Guest(world.ports.mqtt, "gate-1", world.config.secrets / "ca.crt", None, None))
    with certified(world, stranger, "stranger-1") as guest:
        _, forged = a_passage()
        guest.say(topic(Kind.PASSAGE, "gate-1"), forged)

    before = visits_of(world, "gate-1")
    world.join("gate-1", joined=False)
    wait_until("the will says it is gone", lambda: not world.device("gate-1").online, 30)
    cards = world.cards()
    for place in (6, 7):
        opened = world.gate()["openings"]
        assert world.tap(cards[place]["value"]) == 204
        wait_until("the gate opens", lambda opened=opened: world.gate()["openings"] > opened, 5)
    world.kill("gate-1")
    assert world.outbox_length("gate-1") == 2
    assert visits_of(world, "gate-1") == before

    world.start("gate-1")
    wait_until("its birth tells that it is back", lambda: world.is_ready("gate-1"))
    wait_until("the hub acknowledged both", lambda: world.outbox_length("gate-1") == 0, 20)
    assert visits_of(world, "gate-1") == before + 2
    sent = {payload for said, payload in hub_ear.heard if said == topic(Kind.PASSAGE, "gate-1")}
    assert len(sent) >= 2
    assert forged not in sent
    assert topic(Kind.ACKNOWLEDGED, "gate-1") in hub_ear.topics()
