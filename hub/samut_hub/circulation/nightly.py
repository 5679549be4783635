"""What is worked out each night for loans that are out: automatic renewals, and fines that run on.

In parts, each a short transaction; a loan that somebody works on at this moment is left for the next night.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time

from sqlalchemy import ColumnElement, func, insert, select, update
from sqlalchemy.orm import Session, contains_eager, joinedload

from samut_hub.charges.models import Charge
from samut_hub.circulation.fines import OVERDUE
from samut_hub.circulation.member_loans import had_before, held_by_kind
from samut_hub.circulation.models import Hold, HoldState, Loan
from samut_hub.circulation.service import renewal_facts
from samut_hub.circulation.setting_aside import is_waited_for
from samut_hub.circulation.terms import rule_rows, terms_of
from samut_hub.db import Database
from samut_hub.libraries.models import Library
from samut_hub.libraries.service import calendar_of
from samut_hub.members.models import Member
from samut_rules.calendar import Calendar, later
from samut_rules.fines import Ceilings, change_of_fine, fine_for
from samut_rules.loan import LoanFacts, MemberFacts, Renewing
from samut_rules.matrix import LoanTerms
from samut_rules.renewal import decide_renewal

PART = 500
SOURCE = "night"


@dataclass(slots=True)
class Night:
    """What all loans of a part are judged by. `terms` are kept by what they depend on."""

    session: Session
    library: Library
    now: datetime
    calendar: Calendar
    terms: dict[tuple[object, ...], LoanTerms | None] = field(default_factory=dict)

    def terms_of(self, loan: Loan) -> LoanTerms | None:
        item = loan.item
        key = (loan.member.type_id, item.title.material, item.loan_days, item.fine_per_day)
        if key not in self.terms:
            self.terms[key] = terms_of(self.session, loan.member, item, self.now)
        return self.terms[key]


def run(database: Database, library_id: int, now: datetime) -> tuple[int, int]:
    """Renew, then let fines run on; how many loans were renewed, and how many fines changed."""
    return renew_all(database, library_id, now), run_fines(database, library_id, now)


def renew_all(database: Database, library_id: int, now: datetime) -> int:
    """Renew what is due today where the rules renew by themselves; what comes out of it is due later."""
    done = last = 0
    with database.session(library_id, writes=False) as session:
        if not any(row.auto_renew for row in rule_rows(session)):
            return 0
    while True:
        with database.session(library_id) as session:
            night = _night(session, library_id, now)
            ends = night.calendar.moment(later(night.calendar.local_day(now), 1), time())
            loans = _part(session, last, Loan.due_at >= now, Loan.due_at < ends, Loan.claimed_at.is_(None))
            if not loans:
                return done
            last = loans[-1].id
            done += _renew_part(night, loans)


def run_fines(database: Database, library_id: int, now: datetime) -> int:
    """Bring the overdue charges of all that is late up to date."""
    done = last = 0
    while True:
        with database.session(library_id) as session:
            loans = _part(session, last, Loan.due_at < now)
            if not loans:
                return done
            last = loans[-1].id
            done += _charge_part(_night(session, library_id, now), loans)


def _night(session: Session, library_id: int, now: datetime) -> Night:
    library = session.get_one(Library, library_id)
    return Night(session, library, now, calendar_of(session, library))


def _part(session: Session, after: int, *which: ColumnElement[bool]) -> Sequence[Loan]:
    wanted = select(Loan).join(Loan.member).where(Loan.returned_at.is_(None), Loan.id > after, *which)
    locked = wanted.with_for_update(of=[Member, Loan], skip_locked=True)
    read = locked.options(contains_eager(Loan.member), joinedload(Loan.item))
    return session.scalars(read.order_by(Loan.id).limit(PART)).all()


def _renew_part(night: Night, loans: Sequence[Loan]) -> int:
    late, wanted = _late_by_member(night, loans), _waited_for(night, loans)
    done = 0
    for loan in loans:
        terms = night.terms_of(loan)
        if terms is None or not terms.auto_renew:
            continue
        is_wanted = loan.item.title_id in wanted and is_waited_for(night.session, loan.item, night.now)
        facts = _facts(night, loan, terms, late=late.get(loan.member_id, 0), is_wanted=is_wanted)
        decision = decide_renewal(facts, night.now)
        if decision.allowed and decision.due is not None:
            loan.due_at, loan.renewals, loan.source = decision.due, loan.renewals + 1, SOURCE
            loan.unseen_renewals += 1
            done += 1
    return done


def _facts(night: Night, loan: Loan, terms: LoanTerms, *, late: int, is_wanted: bool) -> LoanFacts:
    """The member's other loans are looked up only where a rule asks for them."""
    member = loan.member
    item = renewal_facts(loan, is_waited_for=is_wanted)
    return LoanFacts(
        member=MemberFacts(
            number=member.number,
            expires_on=member.expires_on,
            blocked=member.blocked,
            open_loans=member.open_loans,
            overdue_loans=late,
            debt=member.debt,
            held=held_by_kind(night.session, member, terms),
        ),
        item=replace(item, earlier=had_before(night.session, member, loan.item.title_id, terms)),
        terms=terms,
        calendar=night.calendar,
        debt_limit=night.library.debt_limit,
        renewing=Renewing.AUTOMATIC,
    )


def _late_by_member(night: Night, loans: Sequence[Loan]) -> dict[int, int]:
    members = {loan.member_id for loan in loans}
    late = (Loan.member_id.in_(members), Loan.returned_at.is_(None), Loan.due_at < night.now)
    counted = select(Loan.member_id, func.count()).where(*late).group_by(Loan.member_id)
    return dict(night.session.execute(counted).tuples().all())


def _waited_for(night: Night, loans: Sequence[Loan]) -> set[int]:
    """Titles for which anybody waits; only of these it is asked closely."""
    titles = {loan.item.title_id for loan in loans}
    waiting = select(Hold.title_id).where(Hold.title_id.in_(titles), Hold.state == HoldState.WAITING.value)
    return set(night.session.scalars(waiting.distinct()))


def _charge_part(night: Night, loans: Sequence[Loan]) -> int:
    """The members are locked as they were read, so what they owe is counted here."""
    charges, others = _charges(night, loans), _owed_by_member(night, loans)
    new: list[dict[str, object]] = []
    changed: list[dict[str, int]] = []
    by_member: dict[Member, int] = {}
    done = 0
    for loan in loans:
        charge = charges.get(loan.id)
        left = charge.left if charge else 0
        amount = _fine(night, loan, others=others.get(loan.member_id, 0) - left)
        change = change_of_fine(amount, charged=charge.amount if charge else 0, settled=charge.paid if charge else 0)
        if not change:
            continue
        if charge is None:
            new.append(_new_charge(loan, change, night.now))
        else:
            changed.append({"id": charge.id, "amount": charge.amount + change})
        others[loan.member_id] = others.get(loan.member_id, 0) + change
        by_member[loan.member] = by_member.get(loan.member, 0) + change
        done += 1
    if new:
        night.session.execute(insert(Charge), new)
    if changed:
        night.session.execute(update(Charge), changed)
    for member, change in by_member.items():
        member.debt, member.changed_at = member.debt + change, night.now
    return done


def _fine(night: Night, loan: Loan, *, others: int) -> int:
    ceilings = Ceilings(price=loan.item.price, others=others, stopped_at=loan.claimed_at)
    return fine_for(night.terms_of(loan), night.calendar, loan.due_at, night.now, ceilings=ceilings).amount


def _new_charge(loan: Loan, amount: int, now: datetime) -> dict[str, object]:
    owed = {"member_id": loan.member_id, "library_id": loan.library_id, "loan_id": loan.id, "made_at": now}
    return {**owed, "kind": OVERDUE, "amount": amount}


def _charges(night: Night, loans: Sequence[Loan]) -> dict[int, Charge]:
    of = (Charge.loan_id.in_([loan.id for loan in loans]), Charge.kind == OVERDUE)
    return {charge.loan_id: charge for charge in night.session.scalars(select(Charge).where(*of)) if charge.loan_id}


def _owed_by_member(night: Night, loans: Sequence[Loan]) -> dict[int, int]:
    """All overdue fines that are not yet paid, by member."""
    of = (Charge.member_id.in_({loan.member_id for loan in loans}), Charge.kind == OVERDUE)
    owed = select(Charge.member_id, func.sum(Charge.amount - Charge.paid)).where(*of).group_by(Charge.member_id)
    return {member_id: int(left) for member_id, left in night.session.execute(owed)}
