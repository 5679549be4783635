"""What goes out to the edge without being asked: orders, changes of the replica, offers of snapshots.

All of it is read from the database, so nothing is lost when this process dies: orders stay unsent, changes stay
unnumbered, and a device says at its next birth which version it has.
"""

import logging
import queue
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from samut_hub.config import Config
from samut_hub.db import Database
from samut_hub.errors import NotFoundError
from samut_hub.fleet.desks.service import staff_of_desks
from samut_hub.fleet.models import Device, DeviceCommand
from samut_hub.fleet.replica import delta_after, has_unnumbered, number_changes
from samut_hub.fleet.service import CommandKind, commands_to_send, device_of
from samut_hub.fleet.snapshots import offer_snapshot
from samut_hub.libraries.service import library_of
from samut_hub.mqtt.door import Send
from samut_wire import messages as m
from samut_wire.codec import Letter
from samut_wire.ids import command_id
from samut_wire.topics import Kind

log = logging.getLogger(__name__)

STAFF_PAUSE = timedelta(seconds=5)
PAUSE = 0.1
"""Seconds between two looks into the database: how late an order or a change may leave."""


class Outgoing:
    """Runs on a thread of its own beside the door; `wanted` is the door's queue of devices that need a replica."""

    def __init__(
        self,
        config: Config,
        database: Database,
        clock: Callable[[], datetime],
        *,
        send: Send,
        wanted: "queue.SimpleQueue[tuple[str, int]]",
    ) -> None:
        self._config = config
        self._database = database
        self._clock = clock
        self._send = send
        self._wanted = wanted
        self._known: dict[str, int] = {}
        self._behind: dict[str, int] = {}
        self._staff: dict[str, m.StaffTold] = {}
        self._staff_due = self._clock()
        self._stopped = threading.Event()

    def stop(self) -> None:
        self._stopped.set()

    def run(self) -> None:
        """Look and send until `stop`."""
        while not self._stopped.wait(PAUSE):
            try:
                self.look_once()
            except (OperationalError, OSError):
                log.exception("the database did not answer or the disk is full; tried again")

    def look_once(self) -> None:
        """What the database interrupts is done at the next look: a device stays behind until its letter is out."""
        self._send_commands()
        self._note_wanted()
        self._note_changes()
        self._tell_staff()
        while self._behind:
            device, version = next(iter(self._behind.items()))
            try:
                self._bring_up_to_date(device, version)
            except NotFoundError:
                log.warning("no such device: %s", device)
            del self._behind[device]

    def _send_commands(self) -> None:
        with self._database.session(None, writes=False) as session:
            waiting = bool(commands_to_send(session))
        if not waiting:
            return
        with self._database.session(None) as session:
            for command in commands_to_send(session):
                self._send_command(command)

    def _send_command(self, command: DeviceCommand) -> None:
        now = self._clock()
        command.sent_at = now
        if now > command.expires_at:
            command.done_at, command.outcome, command.content = now, "too late", None
            return
        kind, body = _order(command)
        command.content = None
        letter = Letter(id=command.id, at=now, exp=command.expires_at, body=body)
        self._send(kind, command.device_id, letter)

    def _note_wanted(self) -> None:
        """Each device once, with the last version it named."""
        while not self._wanted.empty():
            device, version = self._wanted.get()
            self._behind[device] = version
            self._staff.pop(device, None)
            self._staff_due = self._clock()

    def _note_changes(self) -> None:
        with self._database.session(None, writes=False) as session:
            if not has_unnumbered(session):
                return
        with self._database.session(None) as session:
            changed = number_changes(session)
            online = select(Device.id).where(
                Device.library_id.in_(changed), Device.online, Device.revoked_at.is_(None)
            )
            for device in session.scalars(online):
                if device in self._known:
                    self._behind.setdefault(device, self._known[device])

    def _tell_staff(self) -> None:
        """Desks learn who may sign in there without the hub: at their birth, and soon after it changed."""
        if self._clock() < self._staff_due:
            return
        self._staff_due = self._clock() + STAFF_PAUSE
        with self._database.session(None, writes=False) as session:
            told = staff_of_desks(session)
        for desk, people in told.items():
            if self._staff.get(desk) != people:
                self._letter(Kind.TELL_STAFF, desk, people)
        self._staff = told

    def _bring_up_to_date(self, device_id: str, version: int) -> None:
        with self._database.session(None, writes=False) as session:
            library_id = device_of(session, device_id).library_id
        with self._database.session(library_id, writes=False) as session:
            library = library_of(session, library_id)
            current = library.replica_version
            delta = delta_after(session, library, version)
            if delta is None:
                offer = offer_snapshot(session, self._config, library, self._clock())
                self._letter(Kind.SNAPSHOT, device_id, offer)
            elif delta.rows or version != current:
                self._letter(Kind.DELTA, device_id, delta)
        self._known[device_id] = current

    def _letter(self, kind: Kind, device: str, body: m.Message) -> None:
        now = self._clock()
        self._send(kind, device, Letter(id=command_id(int(now.timestamp() * 1000)), at=now, body=body))


def _order(command: DeviceCommand) -> tuple[Kind, m.Message]:
    match CommandKind(command.kind):
        case CommandKind.OPEN:
            return Kind.OPEN_GATE, m.GateOpened(by=command.given_by, seconds=command.seconds or 0)
        case CommandKind.IDENTIFY:
            return Kind.IDENTIFY, m.DeviceIdentified(by=command.given_by)
        case CommandKind.RESTART:
            return Kind.RESTART, m.AgentRestarted(by=command.given_by)
        case CommandKind.SLIP:
            return Kind.PRINT_SLIP, msgspec.convert(command.content, m.SlipOrdered)
        case CommandKind.READ_IDENTITY:
            return Kind.READ_IDENTITY, msgspec.convert(command.content, m.IdentityWanted)
