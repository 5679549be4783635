"""What the hub tells its devices, also when the database was away at the wrong moment."""

import queue
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from samut_hub.config import Config
from samut_hub.db import Database
from samut_hub.fleet.certificates import make_authority
from samut_hub.fleet.models import Device
from samut_hub.fleet.service import CommandKind, give_command, join_device
from samut_hub.members.service import block
from samut_hub.mqtt import outgoing
from samut_hub.mqtt.outgoing import Outgoing
from samut_hub.secrets import make_secrets
from samut_wire.codec import Letter
from samut_wire.messages import MemberRow, Message, ReplicaDelta
from samut_wire.topics import Kind
from tests.hub.conftest import Clock, Libraries
from tests.hub.shelf import Shelf, member, put_on_shelf


class Post:
    """What left for which device; `wanted` is the door's queue."""

    def __init__(self, database: Database, clock: Clock, home: Path) -> None:
        self.sent: list[tuple[Kind, str]] = []
        self.told: dict[str, Message] = {}
        self.wanted: queue.SimpleQueue[tuple[str, int]] = queue.SimpleQueue()
        config = Config(home=home)
        make_secrets(config)
        make_authority(config.secrets, clock(), ("127.0.0.1",))
        self.seconds = 0.0
        self.seconds_for_a_letter = 0.0
        self.outgoing = Outgoing(
            config, database, clock, send=self._send, wanted=self.wanted, steady=lambda: self.seconds
        )

    def look(self) -> list[tuple[Kind, str]]:
        """What leaves at one look; nothing when the database does not answer."""
        self.sent.clear()
        self.outgoing.look_once()
        return list(self.sent)

    def _send(self, kind: Kind, device: str, letter: Letter) -> None:
        self.seconds += self.seconds_for_a_letter
        self.sent.append((kind, device))
        self.told[device] = letter.body


@pytest.fixture
def shelf(database: Database, libraries: Libraries, clock: Clock) -> Shelf:
    with database.session(libraries.north) as session:
        for name in ("gate-1", "kiosk-1"):
            join_device(session, device_id=name, role="gate", name=name, now=clock()).online = True
    return put_on_shelf(database, libraries.north, clock())


@pytest.fixture
def post(database: Database, shelf: Shelf, clock: Clock, tmp_path: Path) -> Post:
    return Post(database, clock, tmp_path)


def fail_once(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """The database goes away in the middle of that step, once."""
    real = getattr(outgoing, name)

    def away(*given: object) -> object:
        monkeypatch.setattr(outgoing, name, real)
        raise OperationalError("SELECT", {}, Exception("the database is away"))

    monkeypatch.setattr(outgoing, name, away)


def test_a_device_that_came_is_offered_a_snapshot_and_then_told_of_changes(
    post: Post, database: Database, shelf: Shelf, clock: Clock
) -> None:
    post.look()
    post.wanted.put(("gate-1", 0))
    assert post.look() == [(Kind.SNAPSHOT, "gate-1")]
    assert post.look() == []
    with database.session(shelf.library) as session:
        block(session, member(session, shelf.pupil), "บัตรหาย", now=clock())
    assert post.look() == [(Kind.DELTA, "gate-1")]


def test_a_device_that_came_while_the_database_was_away_is_not_forgotten(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    for device in ("gate-1", "kiosk-1"):
        post.wanted.put((device, 0))
    fail_once(monkeypatch, "delta_after")
    with pytest.raises(OperationalError):
        post.look()
    assert sorted(post.look()) == [(Kind.SNAPSHOT, "gate-1"), (Kind.SNAPSHOT, "kiosk-1")]


def test_a_change_that_the_database_interrupted_is_told_at_the_next_look(
    post: Post, database: Database, shelf: Shelf, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    post.wanted.put(("gate-1", 0))
    post.look()
    with database.session(shelf.library) as session:
        block(session, member(session, shelf.pupil), "บัตรหาย", now=clock())
    fail_once(monkeypatch, "delta_of")
    with pytest.raises(OperationalError):
        post.look()
    assert post.look() == [(Kind.DELTA, "gate-1")]


def test_a_second_change_that_came_while_the_first_was_not_told_leaves_with_it(
    post: Post, database: Database, shelf: Shelf, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    post.wanted.put(("gate-1", 0))
    post.look()
    with database.session(shelf.library) as session:
        block(session, member(session, shelf.pupil), "บัตรหาย", now=clock())
    fail_once(monkeypatch, "delta_of")
    with pytest.raises(OperationalError):
        post.look()
    with database.session(shelf.library) as session:
        block(session, member(session, shelf.other), "บัตรหาย", now=clock())
    assert post.look() == [(Kind.DELTA, "gate-1")]
    told = post.told["gate-1"]
    assert isinstance(told, ReplicaDelta)
    assert [getattr(row, "number", "") for row in told.rows] == [shelf.pupil, shelf.other]


def test_a_device_that_was_revoked_meanwhile_holds_up_nobody(
    post: Post, database: Database, shelf: Shelf, clock: Clock
) -> None:
    with database.session(shelf.library) as session:
        session.get_one(Device, "gate-1").revoked_at = clock()
    for device in ("gate-1", "kiosk-1"):
        post.wanted.put((device, 0))
    assert post.look() == [(Kind.SNAPSHOT, "kiosk-1")]


def test_a_fleet_that_takes_long_to_tell_is_told_less_often_and_of_everything(
    post: Post, database: Database, shelf: Shelf, clock: Clock
) -> None:
    """Two devices at half a second each stand for thousands. Orders do not wait for them."""
    for device in ("gate-1", "kiosk-1"):
        post.wanted.put((device, 0))
    post.seconds_for_a_letter = 0.5
    assert len(post.look()) == 2
    for number in (shelf.pupil, shelf.other):
        with database.session(shelf.library) as session:
            block(session, member(session, number), "บัตรหาย", now=clock())
        assert post.look() == []
    with database.session(shelf.library) as session:
        give_command(session, session.get_one(Device, "gate-1"), CommandKind.IDENTIFY, "wanna", clock())
    assert post.look() == [(Kind.IDENTIFY, "gate-1")]
    post.seconds += outgoing.RESTS
    assert sorted(post.look()) == [(Kind.DELTA, "gate-1"), (Kind.DELTA, "kiosk-1")]
    told = post.told["gate-1"]
    assert isinstance(told, ReplicaDelta)
    assert {row.number for row in told.rows if isinstance(row, MemberRow)} == {shelf.pupil, shelf.other}
