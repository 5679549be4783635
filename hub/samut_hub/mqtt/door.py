"""The hub's door to the edge: each letter in its own transaction, answered after the commit; events of a library that
wait together share one."""

import logging
import queue
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session

from samut_hub.commands import look_for
from samut_hub.db import Database
from samut_hub.errors import NotFoundError
from samut_hub.fleet.models import Device
from samut_hub.fleet.service import device_of
from samut_hub.libraries.service import library_of
from samut_hub.mqtt.apart import set_apart
from samut_hub.mqtt.handlers import HANDLERS, handle
from samut_hub.mqtt.inbox import Came, Inbox
from samut_hub.mqtt.received import Received, Reply, outbox_of_device
from samut_hub.mqtt.turns import Turns
from samut_wire.codec import Letter, decode
from samut_wire.errors import WireError
from samut_wire.ids import command_id
from samut_wire.messages import DeviceHealth, DeviceState, EventsAcknowledged, Message, ReplicaAsked
from samut_wire.topics import EVENTS, TOPICS, Kind, read_topic

log = logging.getLogger(__name__)

TRIES = 3
TOGETHER = 40
"""Events that share a transaction: a write to the disk for each of them would take longer than the events do."""
BREATH = 0.01
"""Seconds between two such transactions, in which the desk gets its turn at the database."""

Send = Callable[[Kind, str, Letter], None]


@dataclass(frozen=True, slots=True)
class _Arrived:
    """A letter and when it came in at the door, by the hub's clock."""

    letter: Letter
    at: datetime


@dataclass(frozen=True, slots=True)
class _Letter:
    """A letter of a known device, and how it came."""

    device: str
    kind: Kind
    arrived: _Arrived
    came: Came


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
        authority: Path | None = None,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._clock = clock
        self._steady = steady
        self._send = send
        self._secret = secret
        self._authority = authority
        self._inbox = Inbox()
        self._libraries: dict[str, int] = {}
        self._turns = Turns()
        self.replicas_wanted: queue.SimpleQueue[tuple[str, int]] = queue.SimpleQueue()

    def receive(self, topic: str, payload: bytes, taken: Callable[[], object] = lambda: None) -> None:
        """Called on the connection's thread; `taken` when the message needs its sender's broker no more."""
        self._inbox.put(Came(topic, payload, self._clock(), taken))

    def stop(self) -> None:
        self._inbox.close()

    def run(self) -> None:
        """Work until `stop`."""
        while came := self._inbox.next(TOGETHER):
            if came[0].is_event:
                self.take_events(came)
            elif came[0].is_news:
                self.take_news(came)
            else:
                self.take(came[0].topic, came[0].payload, came[0].at)
            for one in came:
                one.taken()
            if self._inbox.is_busy:
                time.sleep(BREATH)

    def take_events(self, came: Sequence[Came]) -> None:
        """Events that wait together: those of one library in one transaction; if that fails, each alone."""
        of_library: dict[int, list[_Letter]] = defaultdict(list)
        alone: list[Came] = []
        for one in came:
            event = None if one.sender in {before.sender for before in alone} else self._event_of(one)
            if event is None:
                alone.append(one)
            else:
                of_library[self._libraries[event.device]].append(event)
        for library_id, events in of_library.items():
            if not self._settle_together(library_id, events):
                alone += [event.came for event in events]
        for one in alone:
            self.take(one.topic, one.payload, one.at)

    def take_news(self, came: Sequence[Came]) -> None:
        """What devices say of themselves, those of one library in one transaction; if that fails, each alone."""
        of_library: dict[int, list[_Letter]] = defaultdict(list)
        alone: list[Came] = []
        for one in came:
            news = self._letter_of(one)
            if news is None:
                alone.append(one)
            else:
                self._note_connection(news.device, news.arrived.letter)
                of_library[self._libraries[news.device]].append(news)
        for library_id, letters in of_library.items():
            if not self._note_together(library_id, letters):
                alone += [letter.came for letter in letters]
        for one in alone:
            self.take(one.topic, one.payload, one.at)

    def _event_of(self, came: Came) -> _Letter | None:
        """None for what is better looked at alone: it is garbled, or not in its turn, or nobody knows the device."""
        event = self._letter_of(came)
        if event is None or self._turns.must_wait(event.device, event.arrived.letter.id, self._steady()):
            return None
        return event

    def _letter_of(self, came: Came) -> _Letter | None:
        try:
            device, row = read_topic(came.topic)
            letter = decode(row, came.payload)
            self._library_of(device)
        except (WireError, NotFoundError, SQLAlchemyError):
            return None
        return _Letter(device, row.kind, _Arrived(letter, came.at), came)

    def _settle_together(self, library_id: int, events: Sequence[_Letter]) -> bool:
        """Whether all of them are in the books; else none is."""
        if not self._write_together(library_id, events):
            return False
        self._acknowledge(events)
        return True

    def _note_together(self, library_id: int, news: Sequence[_Letter]) -> bool:
        if not self._write_together(library_id, news):
            return False
        version = self._version_of(library_id)
        for one in news:
            self._note_replica(one.device, one.arrived.letter.body, version)
        return True

    def _write_together(self, library_id: int, letters: Sequence[_Letter]) -> bool:
        if len(letters) == 1:
            return False
        try:
            with self._database.session(library_id) as session:
                kept = self._read_ahead(session, library_id, letters)
                for letter in letters:
                    self._handle(session, letter.device, letter.kind, letter.arrived)
                del kept
        except Exception:  # whichever it was: alone, each fault is told from the others
            log.exception("%d letters not written together, now one by one", len(letters))
            return False
        self._turns.note_success(self._steady())
        return True

    def _read_ahead(self, session: Session, library_id: int, events: Iterable[_Letter]) -> list[object]:
        """What each event asks for, at once. Of what is returned the session asks no more while it is kept."""
        named = [(event.device, event.arrived.letter.id) for event in events]
        look_for(session, {(source, one) for device, one in named for source in (device, outbox_of_device(device))})
        devices = session.scalars(select(Device).where(Device.id.in_({device for device, _ in named})))
        return [library_of(session, library_id), *devices]

    def _acknowledge(self, events: Iterable[_Letter]) -> None:
        """One letter for each device."""
        told: dict[str, list[str]] = defaultdict(list)
        for event in events:
            told[event.device].append(event.arrived.letter.id)
        for device, ids in told.items():
            self._turns.note_end(device)
            self.send(Kind.ACKNOWLEDGED, device, EventsAcknowledged(ids=tuple(ids)), re=ids[-1])

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
        if kind in HANDLERS:
            reply = self._try(device, kind, arrived)
            self._turns.note_success(self._steady())
            if reply is not None:
                self.send(reply.kind, device, reply.body, re=arrived.letter.id)
        if isinstance(arrived.letter.body, DeviceState | DeviceHealth | ReplicaAsked):
            self._note_replica(device, arrived.letter.body, self._version_of(self._library_of(device)))

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
            return self._handle(session, device_id, kind, arrived)

    def _handle(self, session: Session, device_id: str, kind: Kind, arrived: "_Arrived") -> Reply | None:
        device = device_of(session, device_id)
        if not TOPICS[kind].is_for(device.role):
            raise WireError(f"{kind} is not for a {device.role} to say.")
        now = self._clock()
        if arrived.letter.is_void_after(now - arrived.at):  # the transaction itself may have had to wait
            return None
        return handle(Received(session, device, kind, arrived.letter, now, self._secret, self._authority))

    def _set_apart(self, device_id: str, kind: Kind, letter: Letter, payload: bytes) -> bool:
        """Keep what cannot be carried out, and let the device's outbox go on. Whether it could be kept."""
        fault = _fault()
        try:
            with self._database.session(self._library_of(device_id)) as session:
                device = device_of(session, device_id)
                received = Received(session, device, kind, letter, self._clock(), self._secret, self._authority)
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

    def _version_of(self, library_id: int) -> int:
        with self._database.session(None, writes=False) as session:
            return library_of(session, library_id).replica_version

    def _note_replica(self, device: str, body: Message, version: int) -> None:
        """A device that came, that asks for a snapshot, or that knows more than the hub (whose database was put back
        from a backup) wants its replica brought up to date: once what it said of itself is written. `version` is its
        library's."""
        match body:
            case DeviceState(online=True, replica_version=known):
                self.replicas_wanted.put((device, known))
            case DeviceHealth(replica_version=known) if known > version:
                self.replicas_wanted.put((device, known))
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
