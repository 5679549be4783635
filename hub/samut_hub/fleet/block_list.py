"""The block list: before a whole snapshot is fetched, which takes its time, a device learns of whom to stop."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Integer, cast, or_, select
from sqlalchemy.orm import Session

from samut_hub.fleet.models import ReplicaChange
from samut_hub.fleet.replica_rows import member_rows
from samut_hub.libraries.models import Library
from samut_hub.members.models import Card, CardState, Member
from samut_rules.calendar import Calendar
from samut_wire import messages as m

MOST = 1_000
"""Members; of more those go first who changed since the device's version. The rest comes with the snapshot."""


def block_list(session: Session, library: Library, version: int, now: datetime) -> m.ReplicaDelta | None:
    """Rows of those who are blocked or suspended or have lost a card; that a membership ends, devices know by
    themselves. The version stays: the rest is still to come. None for a device that has no replica."""
    if not 0 < version <= library.replica_version:
        return None
    rows = tuple(member_rows(session, _of_whom(session, library, version, now)))
    return m.ReplicaDelta(after=version, version=version, rows=rows) if rows else None


def _of_whom(session: Session, library: Library, version: int, now: datetime) -> Sequence[int]:
    lost = select(Card.member_id).where(Card.library_id == library.id, Card.state == CardState.LOST.value)
    suspended = Member.suspended_until >= Calendar(library.zone).local_day(now)
    changed = select(cast(ReplicaChange.key, Integer)).where(
        ReplicaChange.library_id == library.id, ReplicaChange.kind == "member", ReplicaChange.version > version
    )
    wanted = select(Member.id).where(
        Member.library_id == library.id, or_(Member.blocked != "", Member.card_lost, suspended, Member.id.in_(lost))
    )
    return session.scalars(wanted.order_by(Member.id.in_(changed).desc(), Member.id).limit(MOST)).all()
