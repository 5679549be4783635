"""The last lines of a device's log, as staff asked for them; kept for a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from samut_hub.fleet.models import Device, DeviceCommand, DeviceLog
from samut_hub.fleet.service import CommandKind
from samut_wire import messages as m

LINES = 300
KEPT = timedelta(days=1)
MOST_PARTS = 20


@dataclass(frozen=True, slots=True)
class LogSeen:
    told_at: datetime
    text: str


def note_log(session: Session, device: Device, order_id: str, told: m.LogTold, now: datetime) -> None:
    """Keep one part; what was not asked for, or came before, is passed over."""
    order = session.get(DeviceCommand, order_id)
    if order is None or order.device_id != device.id or order.kind != CommandKind.LOGS or told.part > MOST_PARTS:
        return
    known = select(DeviceLog.id).where(DeviceLog.command_id == order_id, DeviceLog.part == told.part)
    if session.scalar(known) is None:
        row = DeviceLog(device_id=device.id, command_id=order_id, part=told.part, text=told.text, told_at=now)
        session.add(row)
        device.changed_at = now


def last_log(session: Session, device: Device) -> LogSeen | None:
    """What was told last, put together."""
    newest = select(DeviceLog).where(DeviceLog.device_id == device.id).order_by(DeviceLog.told_at.desc()).limit(1)
    last = session.scalar(newest)
    return None if last is None else LogSeen(last.told_at, "".join(_parts(session, last.command_id)))


def forget_logs(session: Session, now: datetime) -> None:
    session.execute(delete(DeviceLog).where(DeviceLog.told_at < now - KEPT))


def _parts(session: Session, order_id: str) -> Sequence[str]:
    wanted = select(DeviceLog.text).where(DeviceLog.command_id == order_id).order_by(DeviceLog.part)
    return session.scalars(wanted).all()
