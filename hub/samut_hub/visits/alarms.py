"""Alarms of gates as staff see them: with the item that set one off, until somebody says “seen”. Nothing commits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, joinedload

from samut_hub.catalogue.models import Item
from samut_hub.catalogue.policy import match_key
from samut_hub.circulation.models import Loan
from samut_hub.errors import NotFoundError
from samut_hub.visits.models import GateAlarm

SECURED = "secured_item"
ON_SCREEN = timedelta(hours=12)
"""After so long an alarm leaves the desks' screens by itself; in the list it stays."""
MOST_ON_SCREEN = 5
LISTED = timedelta(days=30)
PAGE = 50


@dataclass(frozen=True, slots=True)
class Alarmed:
    """`item` is the one that was carried out, where the library has it; `lent_at` when its present loan began."""

    alarm: GateAlarm
    item: Item | None = None
    lent_at: datetime | None = None

    @property
    def was_lent(self) -> bool:
        """It stood in the books as lent when it went out."""
        return self.lent_at is not None and self.lent_at <= self.alarm.at


@dataclass(frozen=True, slots=True)
class AlarmPage:
    alarms: Sequence[Alarmed]
    total: int
    page: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE))


def on_screen(session: Session, library_id: int, now: datetime) -> list[Alarmed]:
    """What desks show, the newest first."""
    return _with_items(session, session.scalars(_newest(_unseen(library_id, now)).limit(MOST_ON_SCREEN)).all())


def numbers_on_screen(session: Session, library_id: int, now: datetime) -> tuple[int, ...]:
    """The same, cheap to ask twice a second."""
    newest = _newest(_unseen(library_id, now)).with_only_columns(GateAlarm.id)
    return tuple(session.scalars(newest.limit(MOST_ON_SCREEN)))


def alarms_since(session: Session, library_id: int, start: datetime, page: int = 1) -> AlarmPage:
    """Also those that were only noted."""
    wanted = select(GateAlarm).where(GateAlarm.library_id == library_id, GateAlarm.at >= start)
    total = session.scalar(wanted.with_only_columns(func.count())) or 0
    page = min(max(1, page), max(1, -(-total // PAGE)))
    rows = session.scalars(_newest(wanted).limit(PAGE).offset((page - 1) * PAGE)).all()
    return AlarmPage(_with_items(session, rows), total, page)


def note_seen(session: Session, alarm_id: int, by: str, now: datetime) -> GateAlarm:
    """Who was first stays."""
    alarm = session.scalar(select(GateAlarm).where(GateAlarm.id == alarm_id))
    if alarm is None:
        raise NotFoundError(f"There is no alarm {alarm_id}.")
    if alarm.seen_at is None:
        alarm.seen_at, alarm.seen_by = now, by
    return alarm


def _unseen(library_id: int, now: datetime) -> Select[GateAlarm]:
    of_library = (GateAlarm.library_id == library_id, ~GateAlarm.quiet, GateAlarm.at >= now - ON_SCREEN)
    return select(GateAlarm).where(*of_library, GateAlarm.seen_at.is_(None))


def _newest(wanted: Select[GateAlarm]) -> Select[GateAlarm]:
    return wanted.order_by(GateAlarm.at.desc(), GateAlarm.id.desc())


def _with_items(session: Session, alarms: Sequence[GateAlarm]) -> list[Alarmed]:
    """Two questions, however many alarms."""
    items = _items(session, alarms)
    lent = _lent(session, {item.id for item in items.values()})
    found = [(alarm, items.get(_name(alarm))) for alarm in alarms]
    return [Alarmed(alarm, item, lent.get(item.id) if item else None) for alarm, item in found]


def _name(alarm: GateAlarm) -> str:
    return match_key(alarm.barcode) if alarm.barcode else alarm.tag


def _items(session: Session, alarms: Sequence[GateAlarm]) -> dict[str, Item]:
    """By bar code, or by the tag's own number where its content could not be read."""
    keys = {match_key(alarm.barcode) for alarm in alarms if alarm.barcode}
    tags = {alarm.tag for alarm in alarms if alarm.tag and not alarm.barcode}
    if not keys | tags:
        return {}
    named = or_(Item.barcode_key.in_(keys), Item.rfid.in_(tags))
    rows = session.scalars(select(Item).where(named).options(joinedload(Item.title))).all()
    by_tag = {row.rfid: row for row in rows if row.rfid in tags}
    return {**by_tag, **{row.barcode_key: row for row in rows if row.barcode_key in keys}}


def _lent(session: Session, item_ids: set[int]) -> dict[int, datetime]:
    out = select(Loan.item_id, Loan.lent_at).where(Loan.item_id.in_(item_ids), Loan.returned_at.is_(None))
    return dict(session.execute(out).all()) if item_ids else {}
