"""The fleet as staff see it: each device with what it last said, how far behind it is, and what it was told to do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, joinedload

from samut_hub.fleet.models import Device, DeviceAlert, DeviceCommand
from samut_hub.libraries.models import Library

PER_PAGE = 50
ORDERS_SHOWN = 50
CLOCK_OFF_BY = 2_000
"""Milliseconds from which a device's clock is worth a warning: due dates and visits carry its time."""
BEYOND = "more"


class State(StrEnum):
    """By what staff look for devices."""

    ONLINE = "online"
    AWAY = "away"
    TROUBLED = "troubled"


@dataclass(frozen=True, slots=True)
class Filter:
    """What is looked for; empty is everything. `ids` are those on the page."""

    text: str = ""
    state: State | None = None
    role: str = ""
    group_id: int | None = None


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
    alerts: int = 0

    @property
    def bars(self) -> tuple[Bar, ...]:
        return bars(self.device.tap_ms)

    @property
    def taps(self) -> int:
        return sum(self.device.tap_ms.values())

    def tap_within(self, percent: int) -> str:
        """In how many milliseconds so many of a hundred taps opened; `BEYOND` where that is past the last bound."""
        return percentile(self.device.tap_ms, percent)

    @property
    def clock_is_off(self) -> bool:
        return abs(self.device.clock_skew_ms) >= CLOCK_OFF_BY

    @property
    def troubled_parts(self) -> list[dict[str, str]]:
        return [part for part in self.device.parts if part["state"] != "ready"]

    @property
    def waits_for_configuration(self) -> bool:
        device = self.device
        return device.configuration_wanted != device.configuration and not device.gave_up_configuration


@dataclass(frozen=True)
class FleetPage:
    """One page of the list; `total` counts all that match."""

    devices: list[DeviceSeen]
    total: int


def fleet_page(session: Session, library: Library, wanted: Filter, page: int) -> FleetPage:
    """By name; three queries however many there are."""
    matching = _matching(library.id, wanted)
    total = session.scalar(matching.with_only_columns(func.count())) or 0
    rows = session.scalars(_with_group(_page(matching, page))).all()
    return FleetPage(_seen(session, library, rows), total)


def devices_seen(session: Session, library: Library, ids: Sequence[str]) -> list[DeviceSeen]:
    """These devices of the library, by name."""
    wanted = _matching(library.id, Filter()).where(Device.id.in_(ids)).order_by(Device.name, Device.id)
    return _seen(session, library, session.scalars(_with_group(wanted)).all())


def last_changes(session: Session, library_id: int, wanted: Filter, page: int) -> dict[str, datetime]:
    """When what is shown of each device of that page changed last: cheap to ask every second."""
    rows = _page(_matching(library_id, wanted), page).with_only_columns(Device.id, Device.changed_at)
    return dict(session.execute(rows).all())


def last_changes_of(session: Session, library_id: int, device_id: str) -> datetime | None:
    of_device = (Device.library_id == library_id, Device.id == device_id, Device.revoked_at.is_(None))
    return session.scalar(select(Device.changed_at).where(*of_device))


def orders_of(session: Session, device: Device) -> Sequence[DeviceCommand]:
    """The last orders, the newest first."""
    wanted = select(DeviceCommand).where(
        DeviceCommand.library_id == device.library_id, DeviceCommand.device_id == device.id
    )
    newest = wanted.order_by(DeviceCommand.given_at.desc(), DeviceCommand.id.desc())
    return session.scalars(newest.limit(ORDERS_SHOWN)).all()


def bars(tap_ms: Mapping[str, int]) -> tuple[Bar, ...]:
    """The histogram of a device's taps, the quickest first. Bounds are milliseconds, or a word for the rest."""
    highest = max(tap_ms.values(), default=0)
    return tuple(Bar(up_to, taps, taps / highest if highest else 0) for up_to, taps in _ordered(tap_ms))


def percentile(tap_ms: Mapping[str, int], percent: int) -> str:
    """The upper bound under which so many of a hundred taps stay; empty where there was none."""
    needed, counted = sum(tap_ms.values()) * percent / 100, 0
    for up_to, taps in _ordered(tap_ms):
        counted += taps
        if taps and counted >= needed:
            return up_to if up_to.isdecimal() else BEYOND
    return ""


def _ordered(tap_ms: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(tap_ms.items(), key=lambda pair: (not pair[0].isdecimal(), pair[0].zfill(9)))


def _page(rows: Select[Device], page: int) -> Select[Device]:
    return rows.order_by(Device.name, Device.id).limit(PER_PAGE).offset((page - 1) * PER_PAGE)


def _with_group(rows: Select[Device]) -> Select[Device]:
    return rows.options(joinedload(Device.group))


def _matching(library_id: int, wanted: Filter) -> Select[Device]:
    rows = select(Device).where(Device.library_id == library_id, Device.revoked_at.is_(None))
    if wanted.role:
        rows = rows.where(Device.role == wanted.role)
    if wanted.group_id is not None:
        rows = rows.where(Device.group_id == wanted.group_id)
    if wanted.text:
        like = f"%{wanted.text.lower().replace('%', '').replace('_', '')}%"
        rows = rows.where(or_(func.lower(Device.name).like(like), Device.id.like(like)))
    match wanted.state:
        case State.ONLINE:
            rows = rows.where(Device.online)
        case State.AWAY:
            rows = rows.where(~Device.online)
        case State.TROUBLED:
            rows = rows.where(Device.id.in_(_with_alerts(library_id)))
    return rows


def _with_alerts(library_id: int) -> Select[str]:
    return select(DeviceAlert.device_id).where(DeviceAlert.library_id == library_id, DeviceAlert.cleared_at.is_(None))


def _seen(session: Session, library: Library, rows: Sequence[Device]) -> list[DeviceSeen]:
    raised = _alerts(session, library.id, [row.id for row in rows])
    return [
        DeviceSeen(row, max(0, library.replica_version - row.replica_version), raised.get(row.id, 0)) for row in rows
    ]


def _alerts(session: Session, library_id: int, ids: Sequence[str]) -> dict[str, int]:
    of_these = _with_alerts(library_id).where(DeviceAlert.device_id.in_(ids)).add_columns(func.count())
    return dict(session.execute(of_these.group_by(DeviceAlert.device_id)).all())
