"""A desk of the library in the north, with readers and a printer, and what is sent to it."""

import queue
from pathlib import Path

import pytest

from samut_hub.config import Config
from samut_hub.db import Database
from samut_hub.fleet.certificates import make_authority
from samut_hub.fleet.models import Device
from samut_hub.fleet.service import join_device
from samut_hub.libraries.models import Library
from samut_hub.libraries.service import card_key
from samut_hub.mqtt.door import Door
from samut_hub.mqtt.outgoing import Outgoing
from samut_hub.secrets import make_secrets, read_secret
from samut_wire import messages as m
from samut_wire.cards import card_hash
from samut_wire.codec import Letter, encode
from samut_wire.ids import command_id
from samut_wire.topics import TOPICS, Kind
from tests.hub.conftest import Clock, Libraries
from tests.hub.shelf import Shelf, put_on_shelf

DESK = "desk-1"
PARTS = [
    {"name": "nfc", "kind": "card_reader", "driver": "pcsc", "state": "ready", "detail": ""},
    {"name": "id_card", "kind": "card_reader", "driver": "thai_id", "state": "ready", "detail": ""},
    {"name": "printer", "kind": "printer", "driver": "escpos_printer", "state": "ready", "detail": ""},
]


class DeskSide:
    """The desk at the other end of the line: says things, and keeps what it is told."""

    def __init__(self, database: Database, clock: Clock, home: Path) -> None:
        config = Config(home=home)
        make_secrets(config)
        make_authority(config.secrets, clock(), ("127.0.0.1",))
        self.clock = clock
        self.told: list[tuple[Kind, Letter]] = []
        self._key = card_key(read_secret(config, "card.key"), "north")
        self._door = Door(database, clock, self._hear)
        self._outgoing = Outgoing(config, database, clock, send=self._hear, wanted=queue.SimpleQueue())

    def hash_of(self, kind: str, value: str) -> str:
        return card_hash(self._key, kind, value)

    def say(self, kind: Kind, body: m.Message, *, re: str = "") -> None:
        now = self.clock()
        letter = Letter(id=command_id(int(now.timestamp() * 1000)), at=now, body=body, re=re)
        self._door.take(TOPICS[kind].of(DESK), encode(letter), now)

    def scans(self, text: str) -> None:
        self.say(Kind.READ, m.PartRead(part="scanner", text=text))

    def taps(self, uid: str) -> None:
        self.say(Kind.READ, m.PartRead(part="nfc", card=self.hash_of("uid", uid), kind="uid"))

    def hears(self, kind: Kind) -> list[Letter]:
        """What of this kind the hub tells the desk now."""
        self.told.clear()
        self._outgoing.look_once()
        return [letter for told, letter in self.told if told is kind]

    def _hear(self, kind: Kind, device: str, letter: Letter) -> None:
        assert device == DESK
        self.told.append((kind, letter))


@pytest.fixture
def shelf(database: Database, libraries: Libraries, clock: Clock) -> Shelf:
    shelf = put_on_shelf(database, libraries.north, clock())
    with database.session(libraries.north) as session:
        device = join_device(session, device_id=DESK, role="desk", name="เคาน์เตอร์ 1", now=clock())
        device.online, device.parts = True, PARTS
    with database.session(None) as session:
        session.add(
            Device(
                id="desk-s",
                role="desk",
                name="South",
                library_id=libraries.south,
                added_at=clock(),
                changed_at=clock(),
            )
        )
        assert session.get(Library, libraries.south) is not None
    return shelf


@pytest.fixture
def desk(database: Database, clock: Clock, shelf: Shelf, tmp_path: Path) -> DeskSide:
    return DeskSide(database, clock, tmp_path)


def set_parts(database: Database, **states: str) -> None:
    with database.session(None) as session:
        device = session.get_one(Device, DESK)
        device.parts = [{**part, "state": states.get(str(part["name"]), part["state"])} for part in device.parts]
