"""Who is to be told each night: of what is due soon, overdue or renewed, and of memberships that end.

In parts by member, each a short transaction; all that one member is told over one channel is one message. The
library's settings are locked meanwhile: two who gather come one after the other, and the second finds nothing new.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import and_, or_, select

from samut_hub.circulation import nightly
from samut_hub.circulation.models import Loan
from samut_hub.db import Database
from samut_hub.libraries.models import Library
from samut_hub.libraries.service import calendar_of
from samut_hub.members.models import Member
from samut_hub.notices.making import Making, Occasion, make
from samut_hub.notices.models import NoticeSettings
from samut_hub.notices.policy import OVERDUE, Kind
from samut_hub.notices.settings import ready_channels, settings_of
from samut_rules.calendar import Calendar

PART = 2_000
"""Loans, or members, in one transaction."""
TOO_LATE = timedelta(days=180)
"""Beyond that nobody is written to by itself: a library that begins with notices has old sins in its books."""


@dataclass(frozen=True, slots=True)
class Window:
    """Loans that are due after `after` and at `until` at the latest."""

    kind: Kind
    after: datetime
    until: datetime


def gather(database: Database, library_id: int, now: datetime, secret: bytes) -> int:
    """All of a night; how many notices were made. What was told before is not told again."""
    made = 0
    for part_of in (_loans_part, _members_part):
        place: object = None
        while True:
            with making_in(database, library_id, now, secret) as making:
                if making is None:
                    return made
                occasions, place = part_of(making, place)
                made += make(making, occasions)
            if place is None:
                break
    return made


@contextmanager
def making_in(database: Database, library_id: int, now: datetime, secret: bytes) -> Iterator[Making | None]:
    """A transaction in which notices are made; None where nothing is told."""
    with database.session(library_id) as session:
        own = settings_of(session, library_id, locked=True)
        if own is None or own.paused:
            yield None
            return
        yield Making(session, session.get_one(Library, library_id), own, ready_channels(own, secret), now)


def _loans_part(making: Making, after: object) -> tuple[list[Occasion], object]:
    """The loans of the next members, and where to go on; None at the end."""
    calendar = calendar_of(making.session, making.library)
    windows = _windows(making.settings, calendar, making.now)
    member_id, loan_id = after if isinstance(after, tuple) else (0, 0)
    is_due = or_(*(and_(Loan.due_at > window.after, Loan.due_at <= window.until) for window in windows))
    renewed = and_(Loan.source == nightly.SOURCE, Loan.due_at > making.now)
    behind = and_(Loan.member_id >= member_id, or_(Loan.member_id > member_id, Loan.id > loan_id))
    wanted = select(Loan.id, Loan.member_id, Loan.due_at).where(
        Loan.returned_at.is_(None), Loan.claimed_at.is_(None), or_(is_due, renewed), behind
    )
    rows = making.session.execute(wanted.order_by(Loan.member_id, Loan.id).limit(PART)).all()
    is_full = len(rows) == PART
    if is_full and rows[0].member_id != rows[-1].member_id:
        rows = [row for row in rows if row.member_id != rows[-1].member_id]
    found = []
    for row in rows:
        kind = next((one.kind for one in windows if one.after < row.due_at <= one.until), Kind.RENEWED)
        found.append(Occasion(row.member_id, kind, row.id, due_mark(calendar, row.due_at)))
    return found, (rows[-1].member_id, rows[-1].id) if is_full else None


def _windows(own: NoticeSettings, calendar: Calendar, now: datetime) -> list[Window]:
    """A loan that is late gets the reminder that it is late enough for, and none of those before."""
    today = calendar.local_day(now)
    ends = [calendar.end_of(today - timedelta(days=days)) for days in own.overdue_days]
    ends.append(now - TOO_LATE)
    windows = [Window(kind, ends[step + 1], ends[step]) for step, kind in enumerate(OVERDUE)]
    soon = calendar.end_of(today + timedelta(days=own.due_soon_days))
    return [*windows, Window(Kind.DUE_SOON, now, soon)]


def due_mark(calendar: Calendar, due_at: datetime) -> str:
    """The occasion of a loan: renewed, it has another."""
    return calendar.local_day(due_at).isoformat()


def _members_part(making: Making, after: object) -> tuple[list[Occasion], object]:
    today = calendar_of(making.session, making.library).local_day(making.now)
    last = today + timedelta(days=making.settings.expiry_days)
    wanted = select(Member.id, Member.expires_on).where(Member.expires_on.between(today, last))
    behind = wanted.where(Member.blocked == "", Member.id > (after if isinstance(after, int) else 0))
    rows = making.session.execute(behind.order_by(Member.id).limit(PART)).all()
    found = [Occasion(row.id, Kind.EXPIRY, row.id, expiry_mark(row.expires_on)) for row in rows]
    return found, rows[-1].id if len(rows) == PART else None


def expiry_mark(on: date | None) -> str:
    return "" if on is None else on.isoformat()


def moment_mark(at: datetime | None) -> str:
    return "" if at is None else at.isoformat()
