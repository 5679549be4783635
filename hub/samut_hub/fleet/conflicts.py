"""What devices decided alone and does not fit the books: a librarian looks, puts it right, and settles it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from samut_hub.catalogue.models import Item
from samut_hub.circulation.models import Conflict, ConflictKind
from samut_hub.circulation.security import tell_of_settled
from samut_hub.errors import NotFoundError
from samut_hub.fleet.models import Device, DeviceAlert
from samut_hub.members.models import Member

SHOWN = 100
OF_DUE_DATES = (ConflictKind.DUE_TOO_LATE, ConflictKind.DUE_IMPOSSIBLE)


@dataclass(frozen=True)
class ConflictSeen:
    """A conflict with the records it names, where they are known."""

    conflict: Conflict
    member: Member | None
    item: Item | None
    device: Device | None

    @property
    def dates(self) -> dict[str, datetime]:
        """Of a due date in doubt: by the rules, and as it was told where that can be shown."""
        if self.conflict.kind not in OF_DUE_DATES:
            return {}
        told, given = map(datetime.fromisoformat, self.conflict.detail.split())
        return {"told": told, "given": given} if self.conflict.kind == ConflictKind.DUE_TOO_LATE else {"given": given}


class Waiting(NamedTuple):
    """How much there is to do for who looks after devices."""

    alerts: int
    conflicts: int


def what_waits_for_staff(session: Session, library_id: int) -> Waiting:
    """One question, as every page asks it."""
    alerts = select(func.count()).where(DeviceAlert.library_id == library_id, DeviceAlert.cleared_at.is_(None))
    conflicts = select(func.count()).where(Conflict.library_id == library_id, Conflict.settled_at.is_(None))
    return Waiting(*session.execute(select(alerts.scalar_subquery(), conflicts.scalar_subquery())).one())


def open_conflicts(session: Session) -> list[ConflictSeen]:
    """The newest first; four queries however many there are."""
    newest = Conflict.happened_at.desc()
    wanted = select(Conflict).where(Conflict.settled_at.is_(None)).order_by(newest, Conflict.id).limit(SHOWN)
    rows = session.scalars(wanted).all()
    members = _members(session, [row.member for row in rows if row.member])
    items = _items(session, [row.barcode for row in rows])
    devices = {device.id: device for device in session.scalars(select(Device))}
    return [
        ConflictSeen(row, members.get(row.member), items.get(row.barcode), devices.get(row.device)) for row in rows
    ]


def settle(session: Session, conflict_id: int, *, by: str, now: datetime) -> Conflict:
    """A librarian has put it right. Once settled, the first name stays."""
    found = session.scalar(select(Conflict).where(Conflict.id == conflict_id))
    if found is None:
        raise NotFoundError(f"There is no conflict {conflict_id}.")
    if found.settled_at is None:
        found.settled_at, found.settled_by = now, by
        tell_of_settled(session, found)
    return found


def _members(session: Session, numbers: Sequence[str]) -> dict[str, Member]:
    return {member.number: member for member in session.scalars(select(Member).where(Member.number.in_(numbers)))}


def _items(session: Session, barcodes: Sequence[str]) -> dict[str, Item]:
    return {item.barcode: item for item in session.scalars(select(Item).where(Item.barcode.in_(barcodes)))}
