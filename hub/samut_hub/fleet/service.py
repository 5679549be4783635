"""Devices: joined, heard from, told what to do."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import msgspec
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from samut_hub.errors import NotFoundError, RefusedError
from samut_hub.fleet.models import Device, DeviceCommand
from samut_wire import messages as m
from samut_wire.ids import command_id

SECONDS = {"open": 3.0, "class": 120.0}
"""For how long an order lets people through, by its kind."""


class CommandKind(StrEnum):
    """What staff can tell a device, and how long the order stays good."""

    OPEN = "open"
    IDENTIFY = "identify"
    RESTART = "restart"
    SLIP = "slip"
    READ_IDENTITY = "read_identity"
    LOCK = "lock"
    UNLOCK = "unlock"
    EMERGENCY = "emergency"
    EMERGENCY_OVER = "emergency_over"
    OCCUPANCY = "occupancy"
    CLASS = "class"
    LOGS = "logs"
    UPDATE = "update"


OF_A_GATE = frozenset(
    {
        CommandKind.OPEN,
        CommandKind.LOCK,
        CommandKind.UNLOCK,
        CommandKind.EMERGENCY,
        CommandKind.EMERGENCY_OVER,
        CommandKind.OCCUPANCY,
        CommandKind.CLASS,
    }
)
BY_HAND = (
    CommandKind.OPEN,
    CommandKind.CLASS,
    CommandKind.IDENTIFY,
    CommandKind.LOCK,
    CommandKind.UNLOCK,
    CommandKind.EMERGENCY,
    CommandKind.EMERGENCY_OVER,
    CommandKind.OCCUPANCY,
    CommandKind.LOGS,
    CommandKind.RESTART,
    CommandKind.UPDATE,
)
"""What staff order on the page of a device; the others are ordered by what they do at a desk."""
FOR_MANY = (
    CommandKind.IDENTIFY,
    CommandKind.LOCK,
    CommandKind.UNLOCK,
    CommandKind.EMERGENCY,
    CommandKind.EMERGENCY_OVER,
    CommandKind.RESTART,
)
"""What a whole group can be told."""
WITH_REASON = frozenset(BY_HAND) - {CommandKind.IDENTIFY, CommandKind.LOGS}
"""What nobody orders without saying why."""

GOOD_FOR: dict[CommandKind, timedelta] = {
    CommandKind.OPEN: timedelta(seconds=5),
    CommandKind.IDENTIFY: timedelta(seconds=30),
    CommandKind.RESTART: timedelta(minutes=5),
    CommandKind.SLIP: timedelta(seconds=30),
    CommandKind.READ_IDENTITY: timedelta(minutes=2),
    CommandKind.LOCK: timedelta(minutes=1),
    CommandKind.UNLOCK: timedelta(minutes=1),
    CommandKind.EMERGENCY: timedelta(minutes=1),
    CommandKind.EMERGENCY_OVER: timedelta(minutes=1),
    CommandKind.OCCUPANCY: timedelta(seconds=30),
    CommandKind.CLASS: timedelta(seconds=30),
    CommandKind.LOGS: timedelta(seconds=30),
    CommandKind.UPDATE: timedelta(hours=1),
}
"""After so long an order is void: nobody expects any more that it is carried out."""
LARGEST_SETTINGS = 100_000
"""Bytes of what a device says of its settings: pages show them, and larger ones are no device's."""


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody wants a device to do, and why. `content` is what the order says beside its kind."""

    kind: CommandKind
    by: str
    reason: str = ""
    content: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """A message's place in time: when the hub got it and when the device says it sent it."""

    now: datetime
    said_at: datetime


def join_device(session: Session, *, device_id: str, role: str, name: str, now: datetime) -> Device:
    """Enter a device into the fleet of the session's library. Raises RefusedError when the id is
    taken, be it in another library or by a device that was revoked."""
    device = Device(id=device_id, role=role, name=name, added_at=now, changed_at=now)
    session.add(device)
    try:
        session.flush()
    except IntegrityError:
        raise RefusedError(
            f"There is already a device “{device_id}” on this hub, or there was one. Choose another id."
        ) from None
    return device


def device_of(session: Session, device_id: str) -> Device:
    """The device; raises NotFoundError, also for one that was revoked."""
    device = session.get(Device, device_id)
    if device is None or device.revoked_at is not None:
        raise NotFoundError(f"There is no device “{device_id}”.")
    return device


def revoke_device(device: Device, now: datetime) -> None:
    """From now on the hub neither believes the device nor tells it anything."""
    device.revoked_at = device.changed_at = now
    device.online = False


def note_state(device: Device, state: m.DeviceState, heard: Heard) -> None:
    """The device came or went."""
    device.online = state.online
    if state.online:
        device.software = state.software
        device.outbox_length = state.outbox_length
        device.replica_version = state.replica_version
        device.clock_skew_ms = _milliseconds(heard.said_at - heard.now)
        device.configuration = state.configuration
        device.configuration_refused, device.configuration_fault = state.refused, state.fault
    device.seen_at = device.changed_at = heard.now


def note_description(device: Device, description: m.DeviceDescription, heard: Heard) -> None:
    """What the device is made of and what it can."""
    note_parts(device, description.parts, heard)
    device.drivers, device.updates = list(description.drivers), description.updates
    is_too_large = len(msgspec.json.encode(description.settings)) > LARGEST_SETTINGS
    device.settings = {} if is_too_large else dict(description.settings)


def note_parts(device: Device, parts: Sequence[m.PartDescribed], heard: Heard) -> None:
    device.parts = [msgspec.to_builtins(part) for part in parts]
    device.seen_at = device.changed_at = heard.now


def note_health(device: Device, health: m.DeviceHealth, heard: Heard) -> None:
    """What the device says of itself every few seconds."""
    note_parts(device, health.parts, heard)
    device.online = True
    device.outbox_length = health.outbox_length
    device.replica_version = health.replica_version
    device.tap_ms = dict(health.tap_ms)
    device.occupancy, device.alarms = health.occupancy, [*health.alarms, *_of_itself(health)]
    device.clock_skew_ms = _milliseconds(heard.said_at - heard.now)


def give_command(session: Session, device: Device, kind: CommandKind, by: str, now: datetime) -> DeviceCommand:
    """Order something that needs no reason."""
    return give_order(session, device, Order(kind, by), now)


def give_order(session: Session, device: Device, order: Order, now: datetime) -> DeviceCommand:
    """The worker sends it within a fraction of a second, and drops it when it is too late."""
    kind = order.kind
    command = DeviceCommand(
        id=command_id(int(now.timestamp() * 1000)),
        library_id=device.library_id,
        device_id=device.id,
        kind=kind,
        seconds=SECONDS.get(kind),
        content=order.content,
        given_by=order.by,
        reason=order.reason,
        given_at=now,
        expires_at=now + GOOD_FOR[kind],
    )
    session.add(command)
    device.changed_at = now
    return command


def commands_to_send(session: Session) -> Sequence[DeviceCommand]:
    return session.scalars(
        select(DeviceCommand).where(DeviceCommand.sent_at.is_(None)).order_by(DeviceCommand.id).limit(100)
    ).all()


def note_done(session: Session, device: Device, done: m.CommandDone, now: datetime) -> None:
    """The device answers an order; answers to orders of other devices are passed over."""
    command = session.get(DeviceCommand, done.id)
    if command is not None and command.device_id == device.id and command.done_at is None:
        command.done_at, command.outcome = now, "done" if done.done else done.detail or "refused"
        device.changed_at = now


def _of_itself(health: m.DeviceHealth) -> Iterator[str]:
    """What a device of any role cannot put right alone."""
    if not health.clock_known:
        yield "clock_unknown"
    if health.queue:
        yield f"queue_{health.queue}"


def _milliseconds(span: timedelta) -> int:
    return int(span.total_seconds() * 1000)
