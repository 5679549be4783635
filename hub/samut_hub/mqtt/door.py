"""The hub's door to the edge: one letter after the other, each in its own transaction, answered after the commit."""

import logging
import queue
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import IntegrityError, OperationalError, SQLAlchemyError

from samut_hub.db import Database
from samut_hub.errors import NotFoundError
from samut_hub.fleet.service import device_of
from samut_hub.libraries.service import library_of
from samut_hub.mqtt.apart import set_apart
from samut_hub.mqtt.handlers import HANDLERS, handle
from samut_hub.mqtt.received import Received, Reply
from samut_hub.mqtt.turns import Turns
from samut_wire.codec import Letter, decode
from samut_wire.errors import WireError
from samut_wire.ids import command_id
from samut_wire.messages import DeviceHealth, DeviceState, Message, ReplicaAsked
from samut_wire.topics import EVENTS, TOPICS, Kind, read_topic

log = logging.getLogger(__name__)

TRIES = 3

Send = Callable[[Kind, str, Letter], None]


@dataclass(frozen=True, slots=True)
class _Arrived:
    """A letter and when it came in at the door, by the hub's clock."""

    letter: Letter
    at: datetime


class Door:
    """Takes what `receive` is given and works it off in `run`. A bad message is logged and dropped, never fatal.

    A message with an effect that cannot be carried out now (database away) is not answered: the device sends it
    again, and its later events wait until then.
    """

    def __init__(
        self,
        database: Database,
        clock: Callable[[], datetime],
        send: Send,
        *,
        secret: bytes = b"",
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._clock = clock
        self._steady = steady
        self._send = send
        self._secret = secret
        self._letters: queue.SimpleQueue[tuple[str, bytes, datetime] | None] = queue.SimpleQueue()
        self._libraries: dict[str, int] = {}
        self._turns = Turns()
        self.replicas_wanted: queue.SimpleQueue[tuple[str, int]] = queue.SimpleQueue()

    def receive(self, topic: str, payload: bytes) -> None:
        """Called on the connection's thread."""
        self._letters.put((topic, payload, self._clock()))

    def stop(self) -> None:
        self._letters.put(None)

    def run(self) -> None:
        """Work until `stop`."""
        while (letter := self._letters.get()) is not None:
            self.take(*letter)

    def take(self, topic: str, payload: bytes, arrived: datetime) -> None:
        """One message, whole. A question that has waited here longer than it is good for is passed over."""
        try:
            device, row = read_topic(topic)
            letter = decode(row, payload)
        except WireError as error:
            log.warning("message dropped from %s: %s", topic, error)
            return
        if row.kind not in EVENTS:
            self._note_connection(device, letter)
            self._settle(device, row.kind, _Arrived(letter, arrived), payload)
        elif self._turns.must_wait(device, letter.id, self._steady()):
            log.info("event waits for an older one of its device: %s %s", topic, letter.id)
        elif self._settle(device, row.kind, _Arrived(letter, arrived), payload):
            self._turns.note_end(device)
        else:
            self._turns.note_failure(device, letter.id, self._steady())

    def _note_connection(self, device: str, letter: Letter) -> None:
        if isinstance(letter.body, DeviceState) and letter.body.online:
            self._turns.note_connection(device, letter.id)

    def _settle(self, device: str, kind: Kind, arrived: "_Arrived", payload: bytes) -> bool:
        """Whether the message needs nothing more; otherwise the device sends it again, if it is an event."""
        letter_id = arrived.letter.id
        try:
            self._carry_out(device, kind, arrived)
        except (WireError, NotFoundError) as error:
            log.warning("message dropped from %s, %s: %s", device, kind, error)
        except Exception as error:  # the hub never dies of an edge's message: it is kept for a technician instead
            is_hopeless = self._turns.is_hopeless(device, letter_id, self._steady())
            if isinstance(error, OperationalError) and not is_hopeless:
                log.exception("message not handled, the device will send it again: %s %s", device, kind)
                return False
            log.exception("message set apart: %s %s %s", device, kind, letter_id)
            return self._set_apart(device, kind, arrived.letter, payload)
        return True

    def _carry_out(self, device: str, kind: Kind, arrived: "_Arrived") -> None:
        self._note_replica(device, arrived.letter.body)
        if kind in HANDLERS:
            reply = self._try(device, kind, arrived)
            self._turns.note_success(self._steady())
            if reply is not None:
                self.send(reply.kind, device, reply.body, re=arrived.letter.id)

    def _try(self, device: str, kind: Kind, arrived: "_Arrived") -> Reply | None:
        """Two commands at one moment may collide; the loser finds the winner's rows when it tries again."""
        for attempt in range(TRIES):
            try:
                return self._once(device, kind, arrived)
            except (IntegrityError, OperationalError):
                if attempt == TRIES - 1:
                    raise
                time.sleep(0.02 * (attempt + 1))
        return None

    def _once(self, device_id: str, kind: Kind, arrived: "_Arrived") -> Reply | None:
        with self._database.session(self._library_of(device_id)) as session:
            device = device_of(session, device_id)
            if not TOPICS[kind].is_for(device.role):
                raise WireError(f"{kind} is not for a {device.role} to say.")
            now = self._clock()
            if arrived.letter.is_void_after(now - arrived.at):  # the transaction itself may have had to wait
                return None
            return handle(Received(session, device, kind, arrived.letter, now, self._secret))

    def _set_apart(self, device_id: str, kind: Kind, letter: Letter, payload: bytes) -> bool:
        """Keep what cannot be carried out, and let the device's outbox go on. Whether it could be kept."""
        fault = _fault()
        try:
            with self._database.session(self._library_of(device_id)) as session:
                device = device_of(session, device_id)
                received = Received(session, device, kind, letter, self._clock(), self._secret)
                reply = set_apart(received, payload, fault)
        except (SQLAlchemyError, NotFoundError):
            log.exception("message not kept either; the device will send it again: %s", letter.id)
            return False
        if reply is not None:
            self.send(reply.kind, device_id, reply.body, re=letter.id)
        return True

    def _library_of(self, device: str) -> int:
        if device not in self._libraries:
            with self._database.session(None, writes=False) as session:
                self._libraries[device] = device_of(session, device).library_id
        return self._libraries[device]

    def _version_of(self, device: str) -> int:
        with self._database.session(None, writes=False) as session:
            return library_of(session, self._library_of(device)).replica_version

    def _note_replica(self, device: str, body: Message) -> None:
        """A device that came, that asks for a snapshot, or that knows more than the hub (whose database was put back
        from a backup) wants its replica brought up to date."""
        match body:
            case DeviceState(online=True, replica_version=version):
                self.replicas_wanted.put((device, version))
            case DeviceHealth(replica_version=version) if version > self._version_of(device):
                self.replicas_wanted.put((device, version))
            case ReplicaAsked():
                self.replicas_wanted.put((device, 0))
            case _:
                pass

    def send(self, kind: Kind, device: str, body: Message, *, re: str = "") -> None:
        """Send a letter of the hub's own."""
        now = self._clock()
        self._send(kind, device, Letter(id=command_id(int(now.timestamp() * 1000)), at=now, body=body, re=re))


def _fault() -> str:
    """The kind of the exception at hand; its text may hold what members wrote."""
    return type(sys.exception()).__name__
