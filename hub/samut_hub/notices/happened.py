"""What just happened is told at once, as long as it still holds; of what nobody was told in time nobody is told.

While a library pauses, what happens waits here, and goes when its moment has passed: a reservation that was
collected, a receipt of last month.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, delete, exists, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from samut_hub.charges.models import Receipt
from samut_hub.circulation.models import Hold, HoldEnd, HoldState, Loan
from samut_hub.db import Database
from samut_hub.libraries.service import calendar_of
from samut_hub.notices.gathering import due_mark, making_in, moment_mark
from samut_hub.notices.making import Making, Occasion, make
from samut_hub.notices.models import NoticeEvent, NoticeSettings
from samut_hub.notices.policy import GOOD_FOR, Kind
from samut_rules.calendar import Calendar

PART = 1_000
"""Events in one transaction."""

Row = type[Hold] | type[Loan] | type[Receipt]


@dataclass(frozen=True, slots=True)
class Happened:
    """Where to look what became of an event, whether it still holds, and the mark of its occasion."""

    table: Row
    holds: Callable[[datetime], tuple[ColumnElement[bool], ...]]
    when: InstrumentedAttribute[Any]
    mark: Callable[[Calendar, Any], str]


def _by_moment(calendar: Calendar, at: datetime | None) -> str:
    return moment_mark(at)


def _ready(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return Hold.state == HoldState.READY, or_(Hold.keep_until.is_(None), Hold.keep_until > now)


def _ended(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Who cancelled a hold need not be told of it."""
    why = Hold.ended_why.in_((HoldEnd.STAFF, HoldEnd.LAPSED))
    return why, Hold.ended_at > now - GOOD_FOR[Kind.HOLD_CANCELLED]


def _recalled(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Once it is due the reminders begin."""
    return Loan.returned_at.is_(None), Loan.due_at > now


def _paid(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return Receipt.voided_at.is_(None), Receipt.paid_at > now - GOOD_FOR[Kind.RECEIPT]


HAPPENED: Mapping[Kind, Happened] = {
    Kind.HOLD_READY: Happened(Hold, _ready, Hold.ready_at, _by_moment),
    Kind.HOLD_CANCELLED: Happened(Hold, _ended, Hold.ended_at, _by_moment),
    Kind.RECALLED: Happened(Loan, _recalled, Loan.due_at, due_mark),
    Kind.RECEIPT: Happened(Receipt, _paid, Receipt.paid_at, lambda calendar, at: ""),
}


def tell_events(database: Database, now: datetime, secret: bytes) -> int:
    """In all libraries that do not pause; how many notices were made."""
    own = and_(NoticeSettings.library_id == NoticeEvent.library_id, ~NoticeSettings.paused)
    with database.session(None, writes=False) as session:
        libraries = session.scalars(select(NoticeEvent.library_id).join(NoticeSettings, own).distinct()).all()
    return sum(_tell_events_of(database, library_id, now, secret) for library_id in libraries)


def drop_past_events(database: Database, now: datetime) -> int:
    """Of all libraries, also of those that pause, or never tell anything; how many."""
    dropped = 0
    while True:
        with database.session(None) as session:
            past = session.scalars(_past(now)).all()
            session.execute(delete(NoticeEvent).where(NoticeEvent.id.in_(past)))
        dropped += len(past)
        if len(past) < PART:
            return dropped


def _past(now: datetime) -> Select[int]:
    """Events of which nobody is to be told any more."""
    ever = exists().where(NoticeSettings.library_id == NoticeEvent.library_id)
    over = (
        and_(NoticeEvent.kind == kind, ~exists().where(one.table.id == NoticeEvent.ref_id, *one.holds(now)))
        for kind, one in HAPPENED.items()
    )
    return select(NoticeEvent.id).where(or_(~ever, *over)).limit(PART)


def _tell_events_of(database: Database, library_id: int, now: datetime, secret: bytes) -> int:
    made = 0
    while True:
        with making_in(database, library_id, now, secret) as making:
            if making is None:
                return made
            wanted = select(NoticeEvent).order_by(NoticeEvent.id).limit(PART)
            events = making.session.scalars(wanted).all()
            for kind, one in HAPPENED.items():
                ids = [event.ref_id for event in events if event.kind == kind]
                made += make(making, _occasions(making, kind, one, ids)) if ids else 0
            making.session.execute(delete(NoticeEvent).where(NoticeEvent.id.in_([event.id for event in events])))
        if len(events) < PART:
            return made


def _occasions(making: Making, kind: Kind, one: Happened, ids: list[int]) -> list[Occasion]:
    calendar, table = calendar_of(making.session, making.library), one.table
    still = select(table.id, table.member_id, one.when.label("at")).where(table.id.in_(ids), *one.holds(making.now))
    return [
        Occasion(row.member_id, kind, row.id, one.mark(calendar, row.at)) for row in making.session.execute(still)
    ]
