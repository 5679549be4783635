"""What devices decided alone and does not fit the books: a librarian looks, puts it right, and settles it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from samut_hub.catalogue.models import Item
from samut_hub.circulation.models import Conflict, ConflictKind, Loan
from samut_hub.fleet.models import Device, DeviceAlert
from samut_hub.members.models import Member

SHOWN = 100
OF_DUE_DATES = (ConflictKind.DUE_TOO_LATE, ConflictKind.DUE_IMPOSSIBLE)


@dataclass(frozen=True)
class ConflictSeen:
    """A conflict with the records it names, where they are known; `loan`: who has the item in the books now."""

    conflict: Conflict
    member: Member | None
    item: Item | None
    device: Device | None
    loan: Loan | None = None

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
    """The newest first; five queries however many there are."""
    newest = Conflict.happened_at.desc()
    wanted = select(Conflict).where(Conflict.settled_at.is_(None)).order_by(newest, Conflict.id).limit(SHOWN)
    rows = session.scalars(wanted).all()
    members = _members(session, [row.member for row in rows if row.member])
    items = _items(session, [row.barcode for row in rows])
    named = select(Device).where(Device.id.in_({row.device for row in rows}))
    devices = {device.id: device for device in session.scalars(named)}
    loans = _open_loans(session, [items[row.barcode].id for row in rows if row.barcode in items])
    return [_seen(row, members, items, devices, loans) for row in rows]


def _seen(
    row: Conflict,
    members: dict[str, Member],
    items: dict[str, Item],
    devices: dict[str, Device],
    loans: dict[int, Loan],
) -> ConflictSeen:
    item = items.get(row.barcode)
    loan = None if item is None else loans.get(item.id)
    return ConflictSeen(row, members.get(row.member), item, devices.get(row.device), loan)


def _open_loans(session: Session, items: Sequence[int]) -> dict[int, Loan]:
    wanted = select(Loan).where(Loan.item_id.in_(items), Loan.returned_at.is_(None)).options(joinedload(Loan.member))
    return {loan.item_id: loan for loan in session.scalars(wanted)}


def _members(session: Session, numbers: Sequence[str]) -> dict[str, Member]:
    return {member.number: member for member in session.scalars(select(Member).where(Member.number.in_(numbers)))}


def _items(session: Session, barcodes: Sequence[str]) -> dict[str, Item]:
    wanted = select(Item).where(Item.barcode.in_(barcodes)).options(joinedload(Item.title))
    return {item.barcode: item for item in session.scalars(wanted)}
