"""Orders leave once and in time; devices that fall behind are brought up to date."""

import queue
from pathlib import Path

import pytest

from samut_hub.config import Config
from samut_hub.db import Database
from samut_hub.fleet.models import Device, DeviceCommand
from samut_hub.fleet.service import CommandKind, Heard, device_of, give_command, join_device, note_state
from samut_hub.fleet.snapshots import snapshot_file
from samut_hub.libraries.service import library_of
from samut_hub.mqtt.outgoing import Outgoing
from samut_hub.setup import set_up
from samut_wire import messages as m
from samut_wire.codec import Letter
from samut_wire.topics import Kind
from tests.hub.conftest import Clock, Libraries
from tests.hub.shelf import Shelf, member, put_on_shelf

GATE = "gate-1"


class Out:
    """The hub's outgoing side, looked at once whenever a test says so."""

    def __init__(self, config: Config, database: Database, clock: Clock) -> None:
        self.sent: list[tuple[Kind, str, Letter]] = []
        self.wanted: queue.SimpleQueue[tuple[str, int]] = queue.SimpleQueue()
        self._outgoing = Outgoing(
            config, database, clock, send=lambda *letter: self.sent.append(letter), wanted=self.wanted
        )

    def look(self) -> list[tuple[Kind, m.Message]]:
        """What leaves now."""
        self.sent.clear()
        self._outgoing.look_once()
        return [(kind, letter.body) for kind, _, letter in self.sent]


@pytest.fixture
def shelf(database: Database, libraries: Libraries, clock: Clock) -> Shelf:
    with database.session(libraries.north) as session:
        device = join_device(session, device_id=GATE, role="gate", name="Gate", now=clock())
        note_state(device, m.DeviceState(online=True), Heard(clock(), clock()))
    return put_on_shelf(database, libraries.north, clock())


@pytest.fixture
def config(tmp_path: Path, clock: Clock) -> Config:
    config = Config(home=tmp_path / "home")
    set_up(config, clock())
    return config


@pytest.fixture
def out(config: Config, database: Database, clock: Clock, shelf: Shelf) -> Out:
    out = Out(config, database, clock)
    out.look()
    return out


def test_an_order_leaves_once_and_can_end(out: Out, shelf: Shelf, database: Database, clock: Clock) -> None:
    with database.session(shelf.library) as session:
        command = give_command(session, device_of(session, GATE), CommandKind.OPEN, "north.librarian", clock())
        order_id = command.id
    assert out.look() == [(Kind.OPEN_GATE, m.GateOpened(by="north.librarian", seconds=3.0))]
    letter = out.sent[0][2]
    assert letter.id == order_id
    assert letter.exp is not None
    assert (letter.exp - clock()).total_seconds() == 5
    assert out.look() == []


def test_an_order_that_waited_too_long_is_not_sent(out: Out, shelf: Shelf, database: Database, clock: Clock) -> None:
    with database.session(shelf.library) as session:
        order_id = give_command(session, device_of(session, GATE), CommandKind.OPEN, "x", clock()).id
    clock.pass_by(seconds=6)
    assert out.look() == []
    with database.session(None) as session:
        assert session.get_one(DeviceCommand, order_id).outcome == "too late"


def test_a_new_device_is_offered_a_signed_snapshot_that_can_be_fetched(out: Out, config: Config) -> None:
    out.wanted.put((GATE, 0))
    [(kind, offer)] = out.look()
    assert kind is Kind.SNAPSHOT
    assert isinstance(offer, m.SnapshotOffered)
    assert snapshot_file(config, offer.path.rpartition("/")[2]).stat().st_size > 0


def test_a_device_that_is_up_to_date_hears_only_of_changes(out: Out, shelf: Shelf, database: Database) -> None:
    with database.session(shelf.library, writes=False) as session:
        current = library_of(session, shelf.library).replica_version
    out.wanted.put((GATE, current))
    assert out.look() == []
    with database.session(shelf.library) as session:
        member(session, shelf.pupil).debt = 500
    [(kind, delta)] = out.look()
    assert kind is Kind.DELTA
    assert isinstance(delta, m.ReplicaDelta)
    assert (delta.after, delta.version) == (current, current + 1)
    assert [row.debt for row in delta.rows if isinstance(row, m.MemberRow)] == [500]
    assert out.look() == []


def test_a_device_that_is_away_is_not_written_to(out: Out, shelf: Shelf, database: Database) -> None:
    with database.session(shelf.library, writes=False) as session:
        out.wanted.put((GATE, library_of(session, shelf.library).replica_version))
    out.look()
    with database.session(shelf.library) as session:
        session.get_one(Device, GATE).online = False
        member(session, shelf.pupil).debt = 500
    assert out.look() == []


def test_a_strange_device_stops_nothing(out: Out) -> None:
    out.wanted.put(("nobody", 0))
    out.wanted.put((GATE, 0))
    assert [kind for kind, _ in out.look()] == [Kind.SNAPSHOT]
