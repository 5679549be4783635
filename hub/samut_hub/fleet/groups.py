"""Groups of devices, such as “first floor”: to look at, to order about and to set up together."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from samut_hub.errors import NotFoundError
from samut_hub.fleet.configurations import choose
from samut_hub.fleet.models import Device, DeviceConfiguration, DeviceGroup


def groups(session: Session) -> Sequence[DeviceGroup]:
    return session.scalars(select(DeviceGroup).order_by(DeviceGroup.name, DeviceGroup.id)).all()


def sizes(session: Session) -> dict[int, int]:
    """How many devices are in each."""
    counted = select(Device.group_id, func.count()).where(Device.revoked_at.is_(None), Device.group_id.is_not(None))
    return {group_id: count for group_id, count in session.execute(counted.group_by(Device.group_id)) if group_id}


def group_of(session: Session, group_id: int) -> DeviceGroup:
    found = session.scalar(select(DeviceGroup).where(DeviceGroup.id == group_id))
    if found is None:
        raise NotFoundError(f"There is no group {group_id}.")
    return found


def add_group(session: Session, name: str) -> DeviceGroup | None:
    """None when one has this name."""
    if session.scalar(select(DeviceGroup.id).where(DeviceGroup.name == name)) is not None:
        return None
    group = DeviceGroup(name=name)
    session.add(group)
    session.flush()
    return group


def remove_group(session: Session, group: DeviceGroup, now: datetime) -> None:
    """Its devices stay, without a group. What the group was set to do goes with it."""
    devices = session.scalars(select(Device).where(Device.group_id == group.id)).all()
    for device in devices:
        device.group_id, device.changed_at = None, now
    session.flush()
    choose(session, devices, now)
    session.execute(delete(DeviceConfiguration).where(DeviceConfiguration.group_id == group.id))
    session.delete(group)


def put_into(session: Session, devices: Collection[Device], group_id: int | None, now: datetime) -> None:
    """Into this group, or out of all; each may then work by another configuration."""
    if group_id is not None:
        group_of(session, group_id)
    for device in devices:
        device.group_id, device.changed_at = group_id, now
    session.flush()
    choose(session, devices, now)


def members(session: Session, group: DeviceGroup) -> Sequence[Device]:
    """The devices of the group, by name."""
    wanted = select(Device).where(Device.group_id == group.id, Device.revoked_at.is_(None))
    return session.scalars(wanted.order_by(Device.name, Device.id)).all()
