"""Desk stations: who hears their readers, what they are told to do, and who works there while the hub is away."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import Session

from samut_hub.errors import NotFoundError
from samut_hub.fleet.desks.models import DeskListener, DeskPin, DeskRead
from samut_hub.fleet.models import Device, DeviceCommand
from samut_hub.fleet.service import CommandKind, give_command
from samut_hub.members.models import CardKind
from samut_hub.members.service import member_by_card
from samut_hub.staff.models import StaffAccount
from samut_hub.staff.policy import Permission
from samut_wire import messages as m
from samut_wire.pins import pin_hash
from samut_wire.topics import DeviceRole

STRANGE = "card:"
"""Before the kind and the hash of a card that is nobody's yet, so that it can be given to somebody."""
KEPT = timedelta(minutes=1)
"""How long a page that lost its line still finds what was read."""
CANNOT_PRINT = ("offline", "paper_out", "cover_open", "fault")


@dataclass(frozen=True, slots=True)
class StrangeCard:
    """A card that is nobody's yet; `digest` is its keyed hash."""

    kind: CardKind
    digest: str


@dataclass(frozen=True, slots=True)
class Station:
    """A desk's device, and what its parts can do."""

    device: Device

    @property
    def printer(self) -> str:
        """The state of the slip printer; empty when there is none."""
        return next((part["state"] for part in self.device.parts if part["kind"] == "printer"), "")

    @property
    def prints(self) -> bool:
        return self.device.online and self.printer not in ("", *CANNOT_PRINT)

    @property
    def reads_id_cards(self) -> bool:
        return any(part["driver"] == "thai_id" for part in self.device.parts)

    @property
    def reads_id_cards_now(self) -> bool:
        """Whether that reader is plugged in as well."""
        readers = (part for part in self.device.parts if part["driver"] == "thai_id")
        return self.device.online and any(part["state"] != "offline" for part in readers)

    @property
    def reads(self) -> bool:
        """Whether a reader of any kind is there and works."""
        readers = [part for part in self.device.parts if part["kind"] not in ("printer", "gate_io")]
        return self.device.online and any(part["state"] != "offline" for part in readers)


def stations(session: Session) -> list[Station]:
    """The library's desks, by name."""
    at_desks = (Device.role == DeviceRole.DESK, Device.revoked_at.is_(None))
    return [Station(device) for device in session.scalars(select(Device).where(*at_desks).order_by(Device.name))]


def station(session: Session, device_id: str) -> Station | None:
    """None when the library has no such desk, or no longer."""
    device = session.get(Device, device_id) if device_id else None
    if device is None or device.role != DeviceRole.DESK or device.revoked_at is not None:
        return None
    return Station(device)


def note_read(session: Session, device: Device, read: m.PartRead, now: datetime) -> None:
    """Keep it for the page that listens. Of a card the page learns whose it is, not what it says."""
    session.add(DeskRead(device_id=device.id, text=_as_typed(session, read), at=now))


def forget_reads(session: Session, now: datetime) -> None:
    """Which pages heard, or nobody did."""
    session.execute(delete(DeskRead).where(DeskRead.at < now - KEPT))


def last_read(session: Session, device_id: str) -> int:
    """The id of what was read last; 0 when nothing is kept."""
    return session.scalar(select(func.max(DeskRead.id)).where(DeskRead.device_id == device_id)) or 0


def reads_after(session: Session, device_id: str, read_id: int) -> Sequence[DeskRead]:
    wanted = select(DeskRead).where(DeskRead.device_id == device_id, DeskRead.id > read_id)
    return session.scalars(wanted.order_by(DeskRead.id)).all()


def strange_card(session: Session, device_id: str, read_id: int) -> StrangeCard:
    """A card that was read at this desk a moment ago. Raises NotFoundError when it was forgotten meanwhile."""
    read = session.get(DeskRead, read_id)
    if read is None or read.device_id != device_id or not read.text.startswith(STRANGE):
        raise NotFoundError(f"No card {read_id} was read at {device_id}.")
    kind, _, digest = read.text.removeprefix(STRANGE).partition(":")
    return StrangeCard(CardKind(kind) if kind in set(CardKind) else CardKind.UID, digest)


def listen(session: Session, device_id: str, page: str, now: datetime) -> None:
    """From now on this page hears the desk's readers, and no other."""
    listener = session.get(DeskListener, device_id)
    if listener is None:
        session.add(DeskListener(device_id=device_id, page=page, since=now))
    else:
        listener.page, listener.since = page, now


def is_listening(session: Session, device_id: str, page: str) -> bool:
    return session.scalar(select(DeskListener.page).where(DeskListener.device_id == device_id)) == page


def print_slip(session: Session, at: Station, slip: m.SlipOrdered, now: datetime) -> DeviceCommand:
    """Have it printed at the desk. Its text is forgotten as soon as it was sent."""
    order = give_command(session, at.device, CommandKind.SLIP, slip.by, now)
    order.content = msgspec.to_builtins(slip)
    return order


def slips_failed(session: Session, device_id: str, since: datetime) -> Sequence[str]:
    """Orders to print given after `since` that the desk could not carry out."""
    orders = (DeviceCommand.device_id == device_id, DeviceCommand.kind == CommandKind.SLIP)
    failed = (DeviceCommand.given_at >= since, DeviceCommand.done_at.is_not(None), DeviceCommand.outcome != "done")
    return session.scalars(select(DeviceCommand.id).where(*orders, *failed)).all()


def read_identity(session: Session, at: Station, wanted: m.IdentityWanted, now: datetime) -> DeviceCommand:
    """Have the next national ID card read at the desk."""
    order = give_command(session, at.device, CommandKind.READ_IDENTITY, wanted.by, now)
    order.content = msgspec.to_builtins(wanted)
    return order


def has_pin(session: Session, staff_id: int) -> bool:
    return session.get(DeskPin, staff_id) is not None


def set_pin(session: Session, staff_id: int, pin: str, now: datetime) -> None:
    """`pin` is one that `samut_wire.pins.is_pin` lets pass."""
    kept = session.get(DeskPin, staff_id) or DeskPin(staff_id=staff_id)
    kept.pin, kept.set_at = pin_hash(pin), now
    session.add(kept)


def remove_pin(session: Session, staff_id: int) -> None:
    session.execute(delete(DeskPin).where(DeskPin.staff_id == staff_id))


def staff_of_desks(session: Session) -> dict[str, m.StaffTold]:
    """By desk that is connected: who may sign in there while the hub is away.

    They have a PIN, their account is active, and they may lend.
    """
    online = (Device.role == DeviceRole.DESK, Device.online, Device.revoked_at.is_(None))
    desks = session.execute(select(Device.id, Device.library_id).where(*online)).all()
    people: dict[int, list[m.StaffAtDesk]] = {library_id: [] for _, library_id in desks}
    for account, pin in session.execute(_with_pin(list(people))) if people else ():
        if Permission.CIRCULATE in account.rights:
            told = m.StaffAtDesk(username=account.username, name=account.name, pin=pin)
            people[account.library_id].append(told)
    return {desk: m.StaffTold(people=tuple(people[library_id])) for desk, library_id in desks}


def _with_pin(library_ids: Sequence[int]) -> Select[StaffAccount, str]:
    return (
        select(StaffAccount, DeskPin.pin)
        .join(DeskPin, DeskPin.staff_id == StaffAccount.id)
        .where(StaffAccount.library_id.in_(library_ids), StaffAccount.active)
        .order_by(StaffAccount.username)
    )


def _as_typed(session: Session, read: m.PartRead) -> str:
    if not read.card:
        return read.text
    holder = member_by_card(session, read.card)
    return holder.number if holder is not None else f"{STRANGE}{read.kind}:{read.card}"
