"""The retention clock: each night what is older than the library chose is parted from its people, or removed.

Of loans and visits the member goes; when, what, and the class, type and level of that time stay, so that counts are
the same. Who still owes for a loan, or has lost its item, is not yet parted from it. Notices and entries of who did
what are removed. Money stays as its books demand, without the loan when that has been settled.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Delete, ScalarSelect, Select, Update, delete, exists, func, null, select, update
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
from samut_hub.privacy.parts import in_parts
from samut_hub.visits.models import Visit
from samut_rules.loan import ItemStatus

MONTH = timedelta(days=30.4375)
LOANS, VISITS, NOTICES, AUDIT = 24, 12, 6, 24
"""Months that are kept where the library chose nothing."""
GUESTS = 90
"""Days, of the names of guests after their pass has ended."""


def settings_of(session: Session, library_id: int) -> RetentionSettings:
    """Those that were chosen, or the usual ones, which are then not in the database yet."""
    return session.get(RetentionSettings, library_id) or RetentionSettings(
        library_id=library_id,
        loans_months=LOANS,
        visits_months=VISITS,
        notices_months=NOTICES,
        audit_months=AUDIT,
        guests_days=GUESTS,
        loans_until=None,
        visits_until=None,
    )


def choose(session: Session, library_id: int, **spans: int) -> None:
    settings = settings_of(session, library_id)
    for name, value in spans.items():
        setattr(settings, name, value)
    session.add(settings)
    session.flush()


def run(database: Database, library_id: int, now: datetime) -> tuple[int, int]:
    """One night; how many loans and visits were parted from their members. In parts, each a short transaction."""
    with database.session(library_id, writes=False) as session:
        settings = settings_of(session, library_id)
    limits = _limits(settings, now)
    loans = visits = 0
    if loans_until := limits.get("loans_until"):
        loans = in_parts(database, library_id, _old_loans(loans_until), _part_loans)
    if visits_until := limits.get("visits_until"):
        visits = in_parts(database, library_id, _old_visits(visits_until), _part_visits)
    _come_to(database, library_id, limits)
    months = [some for some in (settings.notices_months, settings.loans_months) if some]
    if months:  # a notice names its loan, so it stays no longer than that is a member's
        ended = select(Notice.id).where(Notice.made_at < now - min(months) * MONTH, Notice.state.in_(ENDED))
        in_parts(database, library_id, ended, lambda ids: [delete(Notice).where(Notice.id.in_(ids))])
    if settings.audit_months:
        old = select(AuditEntry.id).where(AuditEntry.at < now - settings.audit_months * MONTH)
        in_parts(database, library_id, old, _remove_entries)
    traces.forget(database, library_id, now, loans_until)
    traces.forget_guests(database, library_id, now - timedelta(days=settings.guests_days))
    return loans, visits


def _limits(settings: RetentionSettings, now: datetime) -> dict[str, datetime]:
    """Before when loans and visits are nobody's; without those that the library keeps for ever."""
    months = {"loans_until": settings.loans_months, "visits_until": settings.visits_months}
    return {name: now - some * MONTH for name, some in months.items() if some}


def _remove_entries(ids: Sequence[int]) -> list[Delete]:
    gone = delete(AuditEntry).where(AuditEntry.id.in_(ids))
    return [gone.execution_options(**{FORGETS: True})]


def _old_loans(limit: datetime) -> Select[int]:
    """However old: some come late from devices, are settled after years, or were brought in from another program."""
    owes = exists().where(Charge.loan_id == Loan.id, Charge.paid < Charge.amount)
    still_lost = Loan.lost_at.is_not(None) & (Item.status == ItemStatus.LOST)
    old = select(Loan.id).join(Loan.item).where(Loan.returned_at < limit, Loan.member_id.is_not(None))
    return old.where(~owes, ~still_lost).order_by(Loan.returned_at)


def _part_loans(ids: Sequence[int]) -> list[Update]:
    gone = update(Loan).where(Loan.id.in_(ids)).values(**_of_then(Loan), member_id=null(), trace=[])
    return [gone, update(Charge).where(Charge.loan_id.in_(ids)).values(loan_id=null())]


def _old_visits(limit: datetime) -> Select[int]:
    return select(Visit.id).where(Visit.at < limit, Visit.member_id.is_not(None)).order_by(Visit.at)


def _part_visits(ids: Sequence[int]) -> list[Update]:
    return [update(Visit).where(Visit.id.in_(ids)).values(**_of_then(Visit), member_id=null())]


def _come_to(database: Database, library_id: int, marks: Mapping[str, datetime]) -> None:
    with database.session(library_id) as session:
        settings = settings_of(session, library_id)
        for name, moment in marks.items():
            setattr(settings, name, moment)
        session.add(settings)


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
