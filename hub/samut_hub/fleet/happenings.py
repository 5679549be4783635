"""What happened at a device last: who passed, what was lent and returned there. Names only for who may see them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from samut_hub.catalogue.models import Item
from samut_hub.circulation.models import Loan
from samut_hub.fleet.models import Device
from samut_hub.members.models import Member
from samut_hub.visits.models import Visit

SHOWN = 20
LOOKED_BACK = timedelta(days=2)
"""What is older is found among visits and loans: nobody searches through all of them for a quiet device."""


@dataclass(frozen=True)
class Happening:
    """`kind` is `in`, `out`, `refused`, `lent` or `returned`; `title` is of what was lent or returned."""

    at: datetime
    kind: str
    member: Member | None
    title: str = ""
    reasons: tuple[str, ...] = ()


def happenings(session: Session, device: Device, now: datetime) -> list[Happening]:
    """The newest first; three queries."""
    since = now - LOOKED_BACK
    found = [*_passages(session, device, since), *_lent(session, device, since), *_returned(session, device, since)]
    return sorted(found, key=lambda one: one.at, reverse=True)[:SHOWN]


def _passages(session: Session, device: Device, since: datetime) -> list[Happening]:
    wanted = (
        select(Visit)
        .where(Visit.library_id == device.library_id, Visit.at >= since, Visit.device == device.id)
        .options(joinedload(Visit.member))
        .order_by(Visit.at.desc())
        .limit(SHOWN)
    )
    return [
        Happening(row.at, row.direction if row.allowed else "refused", row.member, reasons=tuple(row.reasons))
        for row in session.scalars(wanted)
    ]


def _lent(session: Session, device: Device, since: datetime) -> list[Happening]:
    wanted = (
        select(Loan)
        .where(Loan.library_id == device.library_id, Loan.lent_at >= since, Loan.source == device.id)
        .options(joinedload(Loan.member), joinedload(Loan.item).joinedload(Item.title))
        .order_by(Loan.lent_at.desc())
        .limit(SHOWN)
    )
    return [Happening(row.lent_at, "lent", row.member, row.item.title.title) for row in session.scalars(wanted)]


def _returned(session: Session, device: Device, since: datetime) -> list[Happening]:
    wanted = (
        select(Loan)
        .where(Loan.library_id == device.library_id, Loan.returned_at >= since, Loan.returned_through == device.id)
        .options(joinedload(Loan.member), joinedload(Loan.item).joinedload(Item.title))
        .order_by(Loan.returned_at.desc())
        .limit(SHOWN)
    )
    return [
        Happening(row.returned_at or row.due_at, "returned", row.member, row.item.title.title)
        for row in session.scalars(wanted)
    ]
