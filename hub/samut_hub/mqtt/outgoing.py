"""What goes out to the edge without being asked: orders, changes of the replica, offers of snapshots.

All of it is read from the database, so nothing is lost when this process dies: orders stay unsent, changes stay
unnumbered, and a device says at its next birth which version it has.
"""

import logging
import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import or_, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from samut_hub.config import Config
from samut_hub.db import Database
from samut_hub.fleet.block_list import block_list
from samut_hub.fleet.configurations import configurations_to_send
from samut_hub.fleet.desks.service import staff_of_desks
from samut_hub.fleet.models import Device, DeviceCommand
from samut_hub.fleet.replica import Step, delta_after, delta_of, number_changes, what_waits
from samut_hub.fleet.service import CommandKind, commands_to_send
from samut_hub.fleet.snapshots import offer_snapshot
from samut_hub.libraries.service import library_of
from samut_hub.mqtt.door import Send
from samut_wire import messages as m
from samut_wire.codec import Letter
from samut_wire.ids import command_id
from samut_wire.topics import Kind

log = logging.getLogger(__name__)

STAFF_PAUSE = timedelta(seconds=5)
SET_UP_PAUSE = timedelta(seconds=5)
PAUSE = 0.1
"""Seconds between two looks into the database: how late an order or a change may leave."""
QUICK, RESTS = 0.25, 9
"""When telling all devices takes more seconds than these, the next time is after so many times as long. Thousands of
devices are else told of every loan that one of them tells, and the worker does nothing but that."""


@dataclass(frozen=True, slots=True)
class _Told:
    """What a device is told, and the version that it has then; no body where it has that. `before` goes first."""

    kind: Kind
    body: m.ReplicaDelta | m.SnapshotOffered | None
    version: int
    before: m.ReplicaDelta | None = None


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
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self._config = config
        self._database = database
        self._clock = clock
        self._send = send
        self._wanted = wanted
        self._known: dict[str, int] = {}
        self._behind: dict[str, int] = {}
        self._steps: dict[int, Step] = {}
        self._staff: dict[str, m.StaffTold] = {}
        self._staff_due = self._set_up_due = self._clock()
        self._steady = steady
        self._rests_until = steady()
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
        with self._looking(None) as session:
            waiting = what_waits(session)
        if waiting.orders:
            self._send_commands()
        self._note_wanted()
        if waiting.changes:
            self._number_changes()
        self._tell_staff()
        self._set_up()
        if (self._behind or self._steps) and self._steady() >= self._rests_until:
            self._bring_up_to_date_and_rest()

    @contextmanager
    def _looking(self, library_id: int | None) -> Iterator[Session]:
        """A session for questions of which each stands alone."""
        with self._database.open(library_id, writes=False) as session, self._database.looking(session):
            yield session

    def _send_commands(self) -> None:
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
            self._staff_due = self._set_up_due = self._clock()

    def _number_changes(self) -> None:
        """Of a library that goes on by a second step before its devices were told of the first, the last is kept: a
        device that knows neither is told what changed since the version that it has."""
        with self._database.session(None) as session:
            steps = number_changes(session)
        self._steps |= {step.library_id: step for step in steps}

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

    def _set_up(self) -> None:
        """Devices that work by another configuration than they are to: told at their birth, and until they say that
        they took it or gave it up, as an order may be lost."""
        if self._clock() < self._set_up_due:
            return
        self._set_up_due = self._clock() + SET_UP_PAUSE
        with self._looking(None) as session:
            told = configurations_to_send(session)
        for device, configuration in told.items():
            self._letter(Kind.CONFIGURE, device, configuration)

    def _bring_up_to_date_and_rest(self) -> None:
        began = self._steady()
        self._bring_up_to_date()
        took = self._steady() - began
        self._rests_until = began + took + RESTS * took if took > QUICK else began

    def _bring_up_to_date(self) -> None:
        """Devices of one library that know the same are told the same: it is read for the first of them."""
        homes = self._homes()
        letters: dict[tuple[int, int], _Told] = {}
        for device, version in list(self._behind.items()):
            if (library_id := homes.get(device)) is None:
                log.warning("no such device: %s", device)
            else:
                if (library_id, version) not in letters:
                    letters[library_id, version] = self._news(library_id, version)
                self._tell(device, letters[library_id, version])
            del self._behind[device]
        self._steps.clear()

    def _homes(self) -> dict[str, int]:
        """The libraries of the devices that are to be told; those of libraries that went forward are from now on."""
        wanted = or_(Device.id.in_(list(self._behind)), Device.online & Device.library_id.in_(list(self._steps)))
        with self._looking(None) as session:
            found = session.execute(select(Device.id, Device.library_id).where(wanted, Device.revoked_at.is_(None)))
            homes = dict(found.all())
        for device in homes.keys() & self._known.keys():
            self._behind.setdefault(device, self._known[device])
        return homes

    def _news(self, library_id: int, version: int) -> _Told:
        """What a device of that version is told."""
        with self._looking(library_id) as session:
            delta = self._delta(session, library_id, version)
        if delta is not None:
            return _Told(Kind.DELTA, None if delta.version == version else delta, delta.version)
        with self._database.session(library_id, writes=False) as session:
            library = library_of(session, library_id)
            first = block_list(session, library, version, self._clock())
            offer = offer_snapshot(session, self._config, library, self._clock())
            return _Told(Kind.SNAPSHOT, offer, library.replica_version, before=first)

    def _delta(self, session: Session, library_id: int, version: int) -> m.ReplicaDelta | None:
        step = self._steps.get(library_id)
        if step is not None and step.version == version + 1:
            return delta_of(session, step)
        return delta_after(session, library_of(session, library_id), version)

    def _tell(self, device: str, told: _Told) -> None:
        if told.before is not None:
            self._letter(Kind.DELTA, device, told.before)
        if told.body is not None:
            self._letter(told.kind, device, told.body)
        self._known[device] = told.version

    def _letter(self, kind: Kind, device: str, body: m.Message) -> None:
        now = self._clock()
        self._send(kind, device, Letter(id=command_id(int(now.timestamp() * 1000)), at=now, body=body))


def _order(command: DeviceCommand) -> tuple[Kind, m.Message]:
    by, told = command.given_by, command.content or {}
    match CommandKind(command.kind):
        case CommandKind.IDENTIFY:
            return Kind.IDENTIFY, m.DeviceIdentified(by=by)
        case CommandKind.RESTART:
            return Kind.RESTART, m.AgentRestarted(by=by)
        case CommandKind.LOGS:
            return Kind.LOGS, m.LogsWanted(by=by, lines=told["lines"])
        case CommandKind.UPDATE:
            return Kind.UPDATE, m.UpdateOrdered(by=by, version=told["version"], url=told["url"])
        case CommandKind.SLIP:
            return Kind.PRINT_SLIP, msgspec.convert(told, m.SlipOrdered)
        case CommandKind.READ_IDENTITY:
            return Kind.READ_IDENTITY, msgspec.convert(told, m.IdentityWanted)
        case kind:
            return _order_to_gate(command, kind)


def _order_to_gate(command: DeviceCommand, kind: CommandKind) -> tuple[Kind, m.Message]:
    by, why, told = command.given_by, command.reason, command.content or {}
    match kind:
        case CommandKind.LOCK | CommandKind.UNLOCK:
            return Kind.LOCK_GATE, m.GateLocked(by=by, why=why, locked=kind is CommandKind.LOCK)
        case CommandKind.EMERGENCY | CommandKind.EMERGENCY_OVER:
            return Kind.EMERGENCY, m.EmergencyDeclared(by=by, why=why, over=kind is CommandKind.EMERGENCY_OVER)
        case CommandKind.OCCUPANCY:
            return Kind.CORRECT_OCCUPANCY, m.OccupancyCorrected(by=by, people=told["people"])
        case CommandKind.CLASS:
            seconds = command.seconds or 0
            return Kind.LET_CLASS_IN, m.ClassLetIn(
                by=by, persons=told["persons"], seconds=seconds, member=told["member"]
            )
        case _:
            return Kind.OPEN_GATE, m.GateOpened(by=by, seconds=command.seconds or 0)
