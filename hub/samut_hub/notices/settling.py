"""Notices that waited too long, or whose sender was interrupted: which of them still go out, and which do not."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, select, update
from sqlalchemy.orm import Session

from samut_hub.db import Database
from samut_hub.notices.models import Notice, NoticeSettings
from samut_hub.notices.policy import GOOD_FOR, KEY_KEPT, OVERDUE, SEEN_FOR, Channel, Fault, State

PART = 1_000
"""Notices in one transaction."""


def interrupted(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Conditions for notices whose sender has not been heard of."""
    return Notice.state == State.SENDING, Notice.claimed_at < now - SEEN_FOR


def settle_interrupted(database: Database, now: datetime) -> int:
    """LINE is asked again under the same key; an e-mail may have arrived, so people decide. How many these were."""
    with database.session(None) as session:
        of_line = (*interrupted(now), Notice.channel == Channel.LINE, Notice.first_tried_at > now - KEY_KEPT)
        again = session.execute(update(Notice).where(*of_line).values(state=State.WAITING.value, next_at=now))
        ended = session.execute(update(Notice).where(*interrupted(now)).values(_unsure(now)))
        return _count(again) + _count(ended)


def is_forgotten(notice: Notice, now: datetime) -> bool:
    """It may have arrived, and the server would no longer know it as the same: people decide."""
    return notice.first_tried_at is not None and notice.first_tried_at <= now - KEY_KEPT


def settle_waiting(database: Database, now: datetime) -> int:
    """What waited until it was old news, as while a channel was out of order, ends here. How many these were."""
    with database.session(None, writes=False) as session:
        gives_way = _gives_way(session)
    is_old = or_(*(and_(Notice.kind == kind, Notice.made_at < now - good) for kind, good in GOOD_FOR.items()))
    is_last = and_(Notice.kind.in_(OVERDUE), ~gives_way)
    past = {"state": State.CANCELLED.value, "fault": Fault.PAST.value, "ended_at": now}
    return _end(database, [Notice.first_tried_at <= now - KEY_KEPT], _unsure(now)) + _end(
        database, [is_old, ~is_last, Notice.first_tried_at.is_(None)], past
    )


def _gives_way(session: Session) -> ColumnElement[bool]:
    """Reminders of what is overdue after which the library sends another one. The last one is made once, and never
    again: until the item is back it is no old news."""
    libraries: dict[int, list[int]] = defaultdict(list)
    for library_id, kinds in session.execute(select(NoticeSettings.library_id, NoticeSettings.kinds)):
        libraries[max((place for place, kind in enumerate(OVERDUE) if kind in kinds), default=0)].append(library_id)
    earlier = (and_(Notice.kind.in_(OVERDUE[:last]), Notice.library_id.in_(of)) for last, of in libraries.items())
    return or_(false(), *earlier)


def _unsure(now: datetime) -> Mapping[str, Any]:
    return {"state": State.FAILED.value, "fault": Fault.UNSURE.value, "ended_at": now}


def _end(database: Database, which: list[ColumnElement[bool]], values: Mapping[str, Any]) -> int:
    ended = 0
    while True:
        with database.session(None) as session:
            wanted = select(Notice.id).where(Notice.state == State.WAITING, *which).limit(PART)
            ids = session.scalars(wanted.with_for_update(skip_locked=True)).all()
            session.execute(update(Notice).where(Notice.id.in_(ids)).values(values))
        ended += len(ids)
        if len(ids) < PART:
            return ended


def _count(result: Any) -> int:
    count: int = result.rowcount
    return count
