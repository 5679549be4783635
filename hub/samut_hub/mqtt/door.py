"""The hub's door to the edge: one letter after the other, each in its own transaction, answered after the commit."""

import logging
import queue
import time
from collections.abc import Callable
from datetime import datetime

from sqlalchemy.exc import IntegrityError, OperationalError

from samut_hub.db import Database
from samut_hub.errors import NotFoundError
from samut_hub.fleet.service import device_of
from samut_hub.mqtt.handlers import HANDLERS, Received, Reply, handle
from samut_wire.codec import Letter, decode
from samut_wire.errors import WireError
from samut_wire.ids import command_id
from samut_wire.messages import DeviceState, Message, ReplicaAsked
from samut_wire.topics import Kind, read_topic

log = logging.getLogger(__name__)

TRIES = 3

Send = Callable[[Kind, str, Letter], None]


class Door:
    """Takes what `receive` is given and works it off in `run`. A bad message is logged and dropped, never fatal.

    A message with an effect that cannot be carried out now (database away) is not answered: the device sends it
    again.
    """

    def __init__(self, database: Database, clock: Callable[[], datetime], send: Send) -> None:
        self._database = database
        self._clock = clock
        self._send = send
        self._letters: queue.SimpleQueue[tuple[str, bytes] | None] = queue.SimpleQueue()
        self._libraries: dict[str, int] = {}
        self.replicas_wanted: queue.SimpleQueue[tuple[str, int]] = queue.SimpleQueue()

    def receive(self, topic: str, payload: bytes) -> None:
        """Called on the connection's thread."""
        self._letters.put((topic, payload))

    def stop(self) -> None:
        self._letters.put(None)

    def run(self) -> None:
        """Work until `stop`."""
        while (letter := self._letters.get()) is not None:
            self.take(*letter)

    def take(self, topic: str, payload: bytes) -> None:
        """One message, whole."""
        try:
            device, row = read_topic(topic)
            letter = decode(row, payload)
            if not letter.is_void(self._clock()):
                self._carry_out(device, row.kind, letter)
        except (WireError, NotFoundError) as error:
            log.warning("message dropped from %s: %s", topic, error)
        except OperationalError:
            log.exception("message not handled, the device will send it again: %s", topic)

    def _carry_out(self, device: str, kind: Kind, letter: Letter) -> None:
        if kind in HANDLERS:
            reply = self._try(device, kind, letter)
            if reply is not None:
                self.send(reply.kind, device, reply.body, re=letter.id)
        self._note_replica(device, letter.body)

    def _try(self, device: str, kind: Kind, letter: Letter) -> Reply | None:
        """Two commands at one moment may collide; the loser finds the winner's rows when it tries again."""
        for attempt in range(TRIES):
            try:
                return self._once(device, kind, letter)
            except (IntegrityError, OperationalError):
                if attempt == TRIES - 1:
                    raise
                time.sleep(0.02 * (attempt + 1))
        return None

    def _once(self, device: str, kind: Kind, letter: Letter) -> Reply | None:
        with self._database.session(self._library_of(device)) as session:
            received = Received(session, device_of(session, device), kind, letter, self._clock())
            return handle(received)

    def _library_of(self, device: str) -> int:
        if device not in self._libraries:
            with self._database.session(None, writes=False) as session:
                self._libraries[device] = device_of(session, device).library_id
        return self._libraries[device]

    def _note_replica(self, device: str, body: Message) -> None:
        """A device that came, or that asks for a snapshot, wants its replica brought up to date."""
        match body:
            case DeviceState(online=True, replica_version=version):
                self.replicas_wanted.put((device, version))
            case ReplicaAsked():
                self.replicas_wanted.put((device, 0))
            case _:
                pass

    def send(self, kind: Kind, device: str, body: Message, *, re: str = "") -> None:
        """Send a letter of the hub's own."""
        now = self._clock()
        self._send(kind, device, Letter(id=command_id(int(now.timestamp() * 1000)), at=now, body=body, re=re))
