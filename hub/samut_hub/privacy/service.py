"""The retention clock: each night what is older than the library chose is parted from its people, or removed.

Of loans and visits the member goes; when, what, and the class, type and level of that time stay, so that counts are
the same. Who still owes for a loan, or has lost its item, is not yet parted from it. Notices and entries of who did
what are removed. Money stays as its books demand, without the loan when that has been settled.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Delete, ScalarSelect, Select, delete, exists, func, null, select, update
from sqlalchemy.orm import Session

from samut_hub.auditing import FORGETS, AuditEntry
from samut_hub.catalogue.models import Item
from samut_hub.charges.models import Charge
from samut_hub.circulation.models import Loan
from samut_hub.db import Database
from samut_hub.members.models import Group, Member, MemberType
from samut_hub.notices.models import Notice
from samut_hub.notices.policy import ENDED
from samut_hub.privacy import traces
from samut_hub.privacy.models import RetentionSettings
from samut_hub.visits.models import Visit
from samut_rules.loan import ItemStatus

PART = 1_000
MONTH = timedelta(days=30.4375)
LATE_NEWS = timedelta(days=200)
"""How far back of where it has come the clock looks again: devices tell late, and charges are settled late."""
LOANS, VISITS, NOTICES, AUDIT = 24, 12, 6, 24
"""Months that are kept where the library chose nothing."""


def settings_of(session: Session, library_id: int) -> RetentionSettings:
    """Those that were chosen, or the usual ones, which are then not in the database yet."""
    return session.get(RetentionSettings, library_id) or RetentionSettings(
        library_id=library_id,
        loans_months=LOANS,
        visits_months=VISITS,
        notices_months=NOTICES,
        audit_months=AUDIT,
        loans_until=None,
        visits_until=None,
    )


def choose(session: Session, library_id: int, **months: int) -> None:
    settings = settings_of(session, library_id)
    for name, value in months.items():
        setattr(settings, name, value)
    session.add(settings)
    session.flush()


def run(database: Database, library_id: int, now: datetime) -> tuple[int, int]:
    """One night; how many loans and visits were parted from their members. In parts, each a short transaction."""
    with database.session(library_id, writes=False) as session:
        settings = settings_of(session, library_id)
    loans = _forget_loans(database, settings, now) if settings.loans_months else 0
    visits = _forget_visits(database, settings, now) if settings.visits_months else 0
    months = [some for some in (settings.notices_months, settings.loans_months) if some]
    if months:  # a notice names its loan, so it stays no longer than that is a member's
        ended = (Notice.made_at < now - min(months) * MONTH, Notice.state.in_(ENDED))
        _remove(database, library_id, delete(Notice).where(*ended))
    if settings.audit_months:
        old = delete(AuditEntry).where(AuditEntry.at < now - settings.audit_months * MONTH)
        _remove(database, library_id, old.execution_options(**{FORGETS: True}))
    traces.forget(database, library_id, now, now - settings.loans_months * MONTH if settings.loans_months else None)
    return loans, visits


def _forget_loans(database: Database, settings: RetentionSettings, now: datetime) -> int:
    limit, done = now - settings.loans_months * MONTH, 0
    since = settings.loans_until and settings.loans_until - LATE_NEWS
    while True:
        with database.session(settings.library_id) as session:
            part = session.scalars(_old_loans(limit, since)).all()
            if not part:
                _come_to(session, settings.library_id, loans_until=limit)
                return done
            _part_loans(session, part)
            done += len(part)


def _old_loans(limit: datetime, since: datetime | None) -> Select[int]:
    owes = exists().where(Charge.loan_id == Loan.id, Charge.paid < Charge.amount)
    still_lost = Loan.lost_at.is_not(None) & (Item.status == ItemStatus.LOST)
    wanted = select(Loan.id).join(Loan.item).where(Loan.returned_at < limit, Loan.member_id.is_not(None))
    if since is not None:
        wanted = wanted.where(Loan.returned_at >= since)
    return wanted.where(~owes, ~still_lost).order_by(Loan.returned_at, Loan.id).limit(PART)


def _part_loans(session: Session, ids: Sequence[int]) -> None:
    gone = update(Loan).where(Loan.id.in_(ids)).values(**_of_then(Loan), member_id=null(), trace=[])
    session.execute(gone.execution_options(synchronize_session=False))
    settled = update(Charge).where(Charge.loan_id.in_(ids)).values(loan_id=null())
    session.execute(settled.execution_options(synchronize_session=False))


def _forget_visits(database: Database, settings: RetentionSettings, now: datetime) -> int:
    limit, done = now - settings.visits_months * MONTH, 0
    since = settings.visits_until and settings.visits_until - LATE_NEWS
    known = [Visit.at < limit, Visit.member_id.is_not(None), *([] if since is None else [Visit.at >= since])]
    while True:
        with database.session(settings.library_id) as session:
            part = session.scalars(select(Visit.id).where(*known).order_by(Visit.at).limit(PART)).all()
            if not part:
                _come_to(session, settings.library_id, visits_until=limit)
                return done
            gone = update(Visit).where(Visit.id.in_(part)).values(**_of_then(Visit), member_id=null())
            session.execute(gone.execution_options(synchronize_session=False))
            done += len(part)


def _come_to(session: Session, library_id: int, **marks: datetime) -> None:
    settings = settings_of(session, library_id)
    for name, moment in marks.items():
        setattr(settings, name, moment)
    session.add(settings)


def _remove(database: Database, library_id: int, statement: Delete) -> None:
    with database.session(library_id) as session:
        session.execute(statement.execution_options(synchronize_session=False))


def _of_then(table: type[Loan] | type[Visit]) -> dict[str, Any]:
    """Class, type and level as they were written down at the time; of older rows what is known of the member now."""
    values = {
        "member_type": MemberType.code,
        "member_group": Group.name,
        "member_level": func.coalesce(Member.level, Group.level),
    }
    return {name: func.coalesce(getattr(table, name), _known(table, value)) for name, value in values.items()}


def _known(table: type[Loan] | type[Visit], value: Any) -> ScalarSelect[Any]:
    of_member = select(value).select_from(Member).join(Member.type).outerjoin(Member.group)
    return of_member.where(Member.id == table.member_id).scalar_subquery()
