"""What staff should look at: raised once when it begins, cleared when it is over. Looked for every minute.

An alert is a row, so that those who tell people of it find it there.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import islice
from typing import NamedTuple

from sqlalchemy import delete, func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from samut_hub.db import Database
from samut_hub.fleet.joining.models import DeviceCertificate
from samut_hub.fleet.models import Device, DeviceAlert
from samut_hub.libraries.models import Library
from samut_hub.libraries.service import calendar_of

log = logging.getLogger(__name__)

OFFLINE_AFTER = timedelta(minutes=5)
LONG_QUEUE = 50
CLOCK_WRONG_BY = 60_000
"""Milliseconds; the page shows less already."""
CERTIFICATE_ENDS = timedelta(days=20)
"""A device renews it long before: when it did not, somebody must look."""
KEPT = timedelta(days=90)
SHOWN = 100
MOST_OF_ONE = 20
"""Alerts of one device: one that talks nonsense must not hide the others."""
LONGEST_SUBJECT = 100
ALARMS = frozenset(
    {
        "secured_item",
        "tailgating",
        "tamper",
        "door_forced",
        "door_held",
        "fire",
        "emergency",
        "locked",
        "clock_unknown",
        "queue_long",
        "queue_full",
    }
)
"""What goes on at a device, in its own words; others it may say are passed over."""


class Alert(StrEnum):
    OFFLINE = "offline"
    PART = "part"  # it is there, but one of its parts is not
    PAPER_OUT = "paper_out"
    PAPER_LOW = "paper_low"
    QUEUE = "queue"
    ALARM = "alarm"  # fire, tamper, a forced door and the like; the subject says which
    CLOCK = "clock"
    CERTIFICATE = "certificate"
    CONFIGURATION = "configuration"  # the device gave up the one that it is to have


OF_PARTS = {
    "offline": Alert.PART,
    "unknown": Alert.PART,
    "paper_out": Alert.PAPER_OUT,
    "paper_low": Alert.PAPER_LOW,
}

_Found = tuple[str, str, str]
"""Device, kind, subject."""


class News(NamedTuple):
    """What began and what is over."""

    begun: set[_Found]
    over: set[_Found]


def watch(database: Database, clock: Callable[[], datetime]) -> None:
    """Each library by itself, so that a fault in the rows of one leaves the others theirs."""
    now = clock()
    with database.session(None, writes=False) as session:
        libraries = session.scalars(select(Device.library_id).distinct().order_by(Device.library_id)).all()
    for library_id in libraries:
        try:
            _watch(database, library_id, now)
        except SQLAlchemyError:
            log.exception("the devices of library %d could not be watched", library_id)


def _watch(database: Database, library_id: int, now: datetime) -> None:
    """Written, and so locked, only where something changed."""
    with database.session(library_id, writes=False) as session:
        news = look(session, session.get_one(Library, library_id), now)
    if news.begun or news.over:
        with database.session(library_id) as session:
            note(session, news, now)


def look(session: Session, library: Library, now: datetime) -> News:
    """A few questions, however many devices."""
    is_open = calendar_of(session, library).is_open_at(now)
    known = {_key(row) for row in open_alerts(session, limit=None)}
    wanted = session.scalars(select(Device).where(Device.library_id == library.id, Device.revoked_at.is_(None)))
    devices = wanted.all()
    found = {key for device in devices for key in islice(_of_device(device, now), MOST_OF_ONE)}
    found |= set(_certificates(session, {device.id for device in devices}, now))
    begun = {key for key in found - known if is_open or key[1] != Alert.OFFLINE}
    return News(begun, known - found)


def note(session: Session, news: News, now: datetime) -> None:
    """One that somebody else raised meanwhile stays as it is."""
    known = {_key(row): row for row in open_alerts(session, limit=None)}
    for device_id, kind, subject in news.begun - known.keys():
        session.add(DeviceAlert(device_id=device_id, kind=kind, subject=subject, raised_at=now))
    for key in news.over & known.keys():
        known[key].cleared_at = now


def open_alerts(session: Session, limit: int | None = SHOWN) -> Sequence[DeviceAlert]:
    """The newest first."""
    wanted = select(DeviceAlert).where(DeviceAlert.cleared_at.is_(None))
    return session.scalars(wanted.order_by(DeviceAlert.raised_at.desc(), DeviceAlert.id.desc()).limit(limit)).all()


def past_alerts(session: Session) -> Sequence[DeviceAlert]:
    """Those that were over last."""
    wanted = select(DeviceAlert).where(DeviceAlert.cleared_at.is_not(None))
    return session.scalars(wanted.order_by(DeviceAlert.raised_at.desc()).limit(SHOWN)).all()


def alerts_of(session: Session, device: Device) -> Sequence[DeviceAlert]:
    wanted = select(DeviceAlert).where(DeviceAlert.device_id == device.id, DeviceAlert.cleared_at.is_(None))
    return session.scalars(wanted.order_by(DeviceAlert.raised_at.desc())).all()


def count_open(session: Session) -> int:
    return session.scalar(select(func.count()).where(DeviceAlert.cleared_at.is_(None))) or 0


def forget_alerts(session: Session, now: datetime) -> None:
    session.execute(delete(DeviceAlert).where(DeviceAlert.cleared_at < now - KEPT))


def _key(row: DeviceAlert) -> _Found:
    return row.device_id, row.kind, row.subject


def _of_device(device: Device, now: datetime) -> Iterator[_Found]:
    if not device.online:
        if device.seen_at is not None and now - device.seen_at >= OFFLINE_AFTER:
            yield device.id, Alert.OFFLINE, ""
        return
    for alarm in device.alarms:
        if alarm in ALARMS:
            yield device.id, Alert.ALARM, alarm
    if device.outbox_length >= LONG_QUEUE:
        yield device.id, Alert.QUEUE, ""
    if abs(device.clock_skew_ms) >= CLOCK_WRONG_BY:
        yield device.id, Alert.CLOCK, ""
    if device.gave_up_configuration:
        yield device.id, Alert.CONFIGURATION, ""
    for part in device.parts:
        if part["state"] in OF_PARTS:
            yield device.id, OF_PARTS[part["state"]], part["name"][:LONGEST_SUBJECT]


def _certificates(session: Session, devices: set[str], now: datetime) -> Iterator[_Found]:
    """Devices whose newest certificate ends soon; of old ones that is not known."""
    of_each = DeviceCertificate.device_id
    good = select(of_each, func.max(DeviceCertificate.ends_at)).where(DeviceCertificate.revoked_at.is_(None))
    for device_id, ends_at in session.execute(good.group_by(of_each)):
        if device_id in devices and ends_at is not None and ends_at - now < CERTIFICATE_ENDS:
            yield device_id, Alert.CERTIFICATE, ""
