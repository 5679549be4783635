"""What is worked out each night for loans that are out: automatic renewals, and fines that run on.

In parts, each a short transaction; a loan that somebody works on at this moment is left for the next night.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, func, insert, or_, select, update
from sqlalchemy.orm import Session, contains_eager, defer, joinedload

from samut_hub.catalogue.models import Item, Title
from samut_hub.charges.models import Charge
from samut_hub.circulation.booking.booked import booked, booked_titles
from samut_hub.circulation.fines import OVERDUE
from samut_hub.circulation.member_loans import had_before, held_by_kind
from samut_hub.circulation.models import Hold, HoldState, Loan
from samut_hub.circulation.service import member_facts, renewal_facts
from samut_hub.circulation.setting_aside import is_waited_for
from samut_hub.circulation.terms import rule_rows, terms_of
from samut_hub.db import Database
from samut_hub.libraries.models import Library
from samut_hub.libraries.service import calendar_of
from samut_hub.members.models import Member
from samut_rules.calendar import Calendar, later
from samut_rules.fines import Ceilings, change_of_fine, fine_for
from samut_rules.loan import LoanFacts, Renewing
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

    def terms_of(self, late: "Out") -> LoanTerms | None:
        key = late[_TERMS_FROM:]
        if key not in self.terms:
            member, item = self.session.get_one(Member, late.member_id), self.session.get_one(Item, late.item_id)
            self.terms[key] = terms_of(self.session, member, item, self.now)
        return self.terms[key]


class Out(NamedTuple):
    """What of a loan that is out decides on its terms and its fine."""

    id: int
    member_id: int
    item_id: int
    due_at: datetime
    claimed_at: datetime | None
    price: int | None
    loan_days: int | None
    fine_per_day: int | None
    category_id: int | None
    place_id: int | None
    material: str
    type_id: int

    @classmethod
    def of(cls, loan: Loan) -> "Out":
        item, member = loan.item, loan.member
        own = (item.price, item.loan_days, item.fine_per_day, item.category_id, item.place_id)
        kind = (item.title.material, member.type_id)
        return cls(loan.id, loan.member_id, loan.item_id, loan.due_at, loan.claimed_at, *own, *kind)


_TERMS_FROM = Out._fields.index("loan_days")
"""From here on all that the terms of a loan depend on."""


class Owed(NamedTuple):
    """An overdue charge as it stands, in satang."""

    id: int
    amount: int
    paid: int


_OUT = (
    *(Loan.id, Loan.member_id, Loan.item_id, Loan.due_at, Loan.claimed_at),
    *(Item.price, Item.loan_days, Item.fine_per_day, Item.category_id, Item.place_id),
    *(Title.material, Member.type_id),
)
_ITEM = (
    *(Item.title_id, Item.library_id, Item.barcode, Item.status, Item.price, Item.loan_days, Item.fine_per_day),
    *(Item.category_id, Item.place_id),
)
_MEMBER = (
    *(Member.number, Member.library_id, Member.type_id, Member.group_id, Member.expires_on, Member.blocked),
    *(Member.open_loans, Member.on_site_loans, Member.suspended_until, Member.debt, Member.card_lost),
    *(Member.born, Member.level),
)
Place = tuple[int, int]
"""The member and the loan behind which a part begins: a member's loans come together, and are written once."""


def run(database: Database, library_id: int, now: datetime) -> tuple[int, int]:
    """Renew, then let fines run on; how many loans were renewed, and how many fines changed."""
    return renew_all(database, library_id, now), run_fines(database, library_id, now)


def renew_all(database: Database, library_id: int, now: datetime) -> int:
    """Renew what is due today where the rules renew by themselves; what comes out of it is due later."""
    done, last = 0, (0, 0)
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
            last = (loans[-1].member_id, loans[-1].id)
            done += _renew_part(night, loans)


def run_fines(database: Database, library_id: int, now: datetime) -> int:
    """Bring the overdue charges of all that is late up to date."""
    done, last = 0, (0, 0)
    while True:
        with database.session(library_id) as session:
            late = _late_part(session, last, now)
            if not late:
                return done
            last = (late[-1].member_id, late[-1].id)
            done += _charge_part(_night(session, library_id, now), late)


def _night(session: Session, library_id: int, now: datetime) -> Night:
    library = session.get_one(Library, library_id)
    return Night(session, library, now, calendar_of(session, library))


def _part(session: Session, after: Place, *which: ColumnElement[bool]) -> Sequence[Loan]:
    wanted = select(Loan).join(Loan.member).where(Loan.returned_at.is_(None), _behind(after), *which)
    locked = wanted.with_for_update(of=[Member, Loan], skip_locked=True)
    of_item = joinedload(Loan.item).load_only(*_ITEM).joinedload(Item.title).load_only(Title.material)
    read = locked.options(defer(Loan.trace), contains_eager(Loan.member).load_only(*_MEMBER), of_item)
    return session.scalars(read.order_by(Loan.member_id, Loan.id).limit(PART)).all()


def _late_part(session: Session, after: Place, now: datetime) -> list[Out]:
    """Whoever ends a loan locks its member first, and so is waited for or waits."""
    read = select(*_OUT).select_from(Loan).join(Loan.member).join(Loan.item).join(Item.title)
    late = read.where(Loan.returned_at.is_(None), Loan.due_at < now, _behind(after))
    locked = late.with_for_update(of=Member, skip_locked=True)
    return [Out._make(row) for row in session.execute(locked.order_by(Loan.member_id, Loan.id).limit(PART))]


def _behind(after: Place) -> ColumnElement[bool]:
    member_id, loan_id = after
    return and_(Loan.member_id >= member_id, or_(Loan.member_id > member_id, Loan.id > loan_id))


def _renew_part(night: Night, loans: Sequence[Loan]) -> int:
    late, wanted = _late_by_member(night, loans), _waited_for(night, loans)
    kept_free = booked_titles(night.session, {loan.item.title_id for loan in loans})
    done = 0
    for loan in loans:
        terms = night.terms_of(Out.of(loan))
        if terms is None or not terms.auto_renew:
            continue
        is_wanted = loan.item.title_id in wanted and is_waited_for(night.session, loan.item, night.now)
        facts = _facts(night, loan, terms, late=late.get(loan.member_id, 0), is_wanted=is_wanted)
        if loan.item.title_id in kept_free:
            books = booked(night.session, loan.item, loan.member, night.now, is_to_fetch=False)
            facts = replace(facts, item=books.told(facts.item))
        decision = decide_renewal(facts, night.now)
        if decision.allowed and decision.due is not None:
            loan.due_at, loan.renewals, loan.source = decision.due, loan.renewals + 1, SOURCE
            loan.unseen_renewals += 1
            done += 1
    return done


def _facts(night: Night, loan: Loan, terms: LoanTerms, *, late: int, is_wanted: bool) -> LoanFacts:
    """The member's other loans are looked up only where a rule asks for them."""
    member, item = loan.member, renewal_facts(loan, is_waited_for=is_wanted)
    facts = member_facts(night.session, member, night.now, late=late)
    return LoanFacts(
        member=replace(facts, held=held_by_kind(night.session, member, terms)),
        item=replace(item, earlier=had_before(night.session, member, loan.item.title_id, terms)),
        terms=terms,
        calendar=night.calendar,
        debt_limit=night.library.debt_limit,
        on_site=loan.on_site,
        renewing=Renewing.AUTOMATIC,
    )


def _late_by_member(night: Night, loans: Sequence[Loan]) -> dict[int, int]:
    members = {loan.member_id for loan in loans}
    late = (Loan.member_id.in_(members), Loan.returned_at.is_(None), Loan.due_at < night.now)
    counted = select(Loan.member_id, func.count()).where(*late).group_by(Loan.member_id)
    return dict(night.session.execute(counted).all())


def _waited_for(night: Night, loans: Sequence[Loan]) -> set[int]:
    """Titles for which anybody waits; only of these it is asked closely."""
    titles = {loan.item.title_id for loan in loans}
    waiting = select(Hold.title_id).where(Hold.title_id.in_(titles), Hold.state == HoldState.WAITING.value)
    return set(night.session.scalars(waiting.distinct()))


def _charge_part(night: Night, loans: Sequence[Out]) -> int:
    charges, others = _charges(night, loans), _owed_by_member(night, loans)
    new: list[dict[str, object]] = []
    changed: list[dict[str, int]] = []
    by_member: dict[int, int] = {}
    for loan in loans:
        charge = charges.get(loan.id, Owed(0, 0, 0))
        owed = others.get(loan.member_id, 0)
        amount = _fine(night, loan, others=owed - (charge.amount - charge.paid))
        change = change_of_fine(amount, charged=charge.amount, settled=charge.paid)
        if not change:
            continue
        if charge.id:
            changed.append({"id": charge.id, "amount": charge.amount + change})
        else:
            new.append(_new_charge(night, loan, change))
        others[loan.member_id] = owed + change
        by_member[loan.member_id] = by_member.get(loan.member_id, 0) + change
    if new:
        night.session.execute(insert(Charge), new)
    if changed:
        night.session.execute(update(Charge), changed)
    _move_debts(night, by_member)
    return len(new) + len(changed)


def _move_debts(night: Night, by_member: Mapping[int, int]) -> None:
    """By the session's unit of work, so that devices learn of it. The members are locked, so it is counted here."""
    found = select(Member).where(Member.id.in_(by_member)).execution_options(populate_existing=True)
    for member in night.session.scalars(found):
        member.debt, member.changed_at = member.debt + by_member[member.id], night.now


def _fine(night: Night, loan: Out, *, others: int) -> int:
    ceilings = Ceilings(price=loan.price, others=others, stopped_at=loan.claimed_at)
    return fine_for(night.terms_of(loan), night.calendar, loan.due_at, night.now, ceilings=ceilings).amount


def _new_charge(night: Night, loan: Out, amount: int) -> dict[str, object]:
    owed = {"member_id": loan.member_id, "library_id": night.library.id, "loan_id": loan.id, "made_at": night.now}
    return {**owed, "kind": OVERDUE, "amount": amount}


def _charges(night: Night, loans: Sequence[Out]) -> dict[int, Owed]:
    of = (Charge.loan_id.in_([loan.id for loan in loans]), Charge.kind == OVERDUE)
    found = night.session.execute(select(Charge.loan_id, Charge.id, Charge.amount, Charge.paid).where(*of))
    return {loan_id: Owed(*row) for loan_id, *row in found if loan_id is not None}


def _owed_by_member(night: Night, loans: Sequence[Out]) -> dict[int, int]:
    """All overdue fines that are not yet paid, by member."""
    of = (Charge.member_id.in_({loan.member_id for loan in loans}), Charge.kind == OVERDUE)
    owed = select(Charge.member_id, func.sum(Charge.amount - Charge.paid)).where(*of).group_by(Charge.member_id)
    return {member_id: int(left) for member_id, left in night.session.execute(owed)}
