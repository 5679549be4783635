"""The fleet as staff see it: each device with what it last said, how far behind it is, and what it was told to do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from samut_hub.fleet.models import Device, DeviceCommand
from samut_hub.libraries.models import Library

COMMANDS_SHOWN = 3
CLOCK_OFF_BY = 2_000
"""Milliseconds from which a device's clock is worth a warning: due dates and visits carry its time."""


@dataclass(frozen=True)
class Bar:
    """Taps that took at most `up_to` milliseconds (and more than the bar before); `share` is of the highest bar."""

    up_to: str
    taps: int
    share: float


@dataclass(frozen=True)
class DeviceSeen:
    """`behind` counts changes that the device has not heard of yet."""

    device: Device
    behind: int
    commands: tuple[DeviceCommand, ...]
    bars: tuple[Bar, ...]

    @property
    def taps(self) -> int:
        return sum(bar.taps for bar in self.bars)

    @property
    def clock_is_off(self) -> bool:
        return abs(self.device.clock_skew_ms) >= CLOCK_OFF_BY

    @property
    def troubled_parts(self) -> int:
        return sum(part["state"] != "ready" for part in self.device.parts)


def devices_seen(session: Session, library: Library, ids: Sequence[str] | None = None) -> list[DeviceSeen]:
    """The devices of the library, or those of `ids`, by name; two queries however many there are."""
    wanted = select(Device).where(Device.library_id == library.id, Device.revoked_at.is_(None))
    if ids is not None:
        wanted = wanted.where(Device.id.in_(ids))
    orders = _last_commands(session, library.id)
    return [
        DeviceSeen(
            device=device,
            behind=max(0, library.replica_version - device.replica_version),
            commands=tuple(orders.get(device.id, ())),
            bars=bars(device.tap_ms),
        )
        for device in session.scalars(wanted.order_by(Device.name, Device.id))
    ]


def last_changes(session: Session, library_id: int) -> dict[str, datetime]:
    """When what is shown of each device changed last: cheap to ask every second."""
    wanted = select(Device.id, Device.changed_at).where(Device.library_id == library_id, Device.revoked_at.is_(None))
    return {row.id: row.changed_at for row in session.execute(wanted)}


def bars(tap_ms: Mapping[str, int]) -> tuple[Bar, ...]:
    """The histogram of a device's taps, the quickest first. Bounds are milliseconds, or a word for the rest."""
    highest = max(tap_ms.values(), default=0)
    ordered = sorted(tap_ms.items(), key=lambda pair: (not pair[0].isdecimal(), pair[0].zfill(9)))
    return tuple(Bar(up_to, taps, taps / highest if highest else 0) for up_to, taps in ordered)


def _last_commands(session: Session, library_id: int) -> dict[str, list[DeviceCommand]]:
    place = func.row_number().over(partition_by=DeviceCommand.device_id, order_by=DeviceCommand.given_at.desc())
    ranked = select(DeviceCommand.id, place.label("place")).where(DeviceCommand.library_id == library_id).subquery()
    wanted = (
        select(DeviceCommand)
        .join(ranked, ranked.c.id == DeviceCommand.id)
        .where(ranked.c.place <= COMMANDS_SHOWN)
        .order_by(DeviceCommand.given_at.desc())
    )
    found: dict[str, list[DeviceCommand]] = {}
    for command in session.scalars(wanted):
        found.setdefault(command.device_id, []).append(command)
    return found
