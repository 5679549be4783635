"""What devices are set to do, as staff write it: versions that are only ever added, for one device or for a group.

A device works by its own configuration; without one by that of its group for its role; without that by its settings
file. Which one that is stands in the device's row whenever one of them changes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Select, and_, func, not_, or_, select
from sqlalchemy.orm import Session

from samut_hub.errors import NotFoundError
from samut_hub.fleet.models import Device, DeviceConfiguration, DeviceGroup
from samut_wire import messages as m
from samut_wire.configuration import Configuration, read_configuration

SHOWN = 50
_GAVE_UP = and_(
    Device.configuration_wanted == Device.configuration_refused,
    or_(Device.configuration_wanted != 0, Device.configuration_fault != ""),
)
"""`Device.gave_up_configuration`, of those that work by another anyway."""


@dataclass(frozen=True, slots=True)
class Place:
    """For whom a configuration is: one device, or the devices of a role in a group."""

    role: str
    device_id: str | None = None
    group_id: int | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """By whom, when and why."""

    by: str
    at: datetime
    reason: str


def of_device(device: Device) -> Place:
    return Place(device.role, device_id=device.id)


def of_group(group: DeviceGroup, role: str) -> Place:
    return Place(role, group_id=group.id)


def newest(session: Session, place: Place) -> DeviceConfiguration | None:
    """The last that was written there; it may say that there is none any more."""
    return session.scalar(_versions(place).limit(1))


def versions(session: Session, place: Place) -> Sequence[DeviceConfiguration]:
    return session.scalars(_versions(place).limit(SHOWN)).all()


def version_of(session: Session, place: Place, number: int) -> DeviceConfiguration:
    """Raises NotFoundError, also for one of another device."""
    found = session.scalar(_versions(place).where(DeviceConfiguration.id == number))
    if found is None:
        raise NotFoundError(f"There is no configuration {number} here.")
    return found


def version_before(session: Session, place: Place, number: int) -> DeviceConfiguration | None:
    return session.scalar(_versions(place).where(DeviceConfiguration.id < number).limit(1))


def write(session: Session, place: Place, content: dict[str, Any] | None, written: Written) -> DeviceConfiguration:
    """Add a version and let the devices have it. Raises ValueError that names the key that is wrong."""
    kept = None if content is None else normal(read_configuration(content, place.role), place.role)
    row = DeviceConfiguration(
        device_id=place.device_id,
        group_id=place.group_id,
        role=place.role,
        content=kept,
        made_by=written.by,
        made_at=written.at,
        reason=written.reason,
    )
    session.add(row)
    session.flush()
    choose(session, _devices(session, place), written.at)
    return row


def normal(configuration: Configuration, role: str) -> dict[str, Any]:
    """With every key of the role's table, also those that were left as they usually are: a later program may mean
    something else by leaving them out. Tables of other roles are dropped."""
    told: dict[str, Any] = msgspec.to_builtins(configuration)
    return {name: table for name, table in told.items() if name in ("parts", "sip2", role) and table is not None}


def choose(session: Session, devices: Iterable[Device], now: datetime) -> None:
    """Write down by which configuration each is to work, whatever changed. A few queries for however many."""
    found = list(devices)
    own = _newest_by(session, DeviceConfiguration.device_id, {device.id for device in found})
    shared = _newest_of_groups(session, {device.group_id for device in found if device.group_id is not None})
    for device in found:
        wanted = own.get(device.id, 0) or shared.get((device.group_id, device.role), 0)
        if device.configuration_wanted != wanted:
            device.configuration_wanted, device.changed_at = wanted, now


def configurations_to_send(session: Session) -> dict[str, m.DeviceConfigured]:
    """For devices that are there, work by another, and have not given up the one that they are to have."""
    waiting = select(Device).where(
        Device.online,
        Device.revoked_at.is_(None),
        Device.configuration_wanted != Device.configuration,
        not_(_GAVE_UP),
    )
    devices = session.scalars(waiting).all()
    if not devices:
        return {}
    numbers = {device.configuration_wanted for device in devices}
    wanted = select(DeviceConfiguration).where(DeviceConfiguration.id.in_(numbers))
    rows = {row.id: row for row in session.scalars(wanted)}
    return {device.id: _told(rows.get(device.configuration_wanted)) for device in devices}


def _told(row: DeviceConfiguration | None) -> m.DeviceConfigured:
    if row is None:
        return m.DeviceConfigured(by="", version=0, content=None)
    return m.DeviceConfigured(by=row.made_by, version=row.id, content=row.content)


def _versions(place: Place) -> Select[DeviceConfiguration]:
    of_role = DeviceConfiguration.role == place.role
    if place.device_id is not None:
        here = DeviceConfiguration.device_id == place.device_id
    else:
        here = DeviceConfiguration.group_id == place.group_id
    return select(DeviceConfiguration).where(here, of_role).order_by(DeviceConfiguration.id.desc())


def _devices(session: Session, place: Place) -> Sequence[Device]:
    wanted = select(Device).where(Device.revoked_at.is_(None), Device.role == place.role)
    if place.device_id is not None:
        return session.scalars(wanted.where(Device.id == place.device_id)).all()
    return session.scalars(wanted.where(Device.group_id == place.group_id)).all()


def _newest_by(session: Session, column: Any, keys: set[str]) -> dict[str, int]:
    """The newest version of each device, where that has a content."""
    last = select(func.max(DeviceConfiguration.id)).where(column.in_(keys)).group_by(column)
    rows = session.scalars(select(DeviceConfiguration).where(DeviceConfiguration.id.in_(last)))
    return {row.device_id or "": row.id for row in rows if row.content is not None}


def _newest_of_groups(session: Session, groups: set[int]) -> dict[tuple[int | None, str], int]:
    of_each = (DeviceConfiguration.group_id, DeviceConfiguration.role)
    last = select(func.max(DeviceConfiguration.id)).where(DeviceConfiguration.group_id.in_(groups)).group_by(*of_each)
    rows = session.scalars(select(DeviceConfiguration).where(DeviceConfiguration.id.in_(last)))
    return {(row.group_id, row.role): row.id for row in rows if row.content is not None}
