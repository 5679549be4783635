"""What is worked out each night for loans that are out: automatic renewals, and fines that run on.

In parts, each a short transaction; a loan that somebody works on at this moment is left for the next night.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session, load_only

from samut_hub.catalogue.models import Item
from samut_hub.circulation.booking.booked import Booked, booked, booked_titles, lock_all_units
from samut_hub.circulation.facts import member_facts
from samut_hub.circulation.member_loans import LOOKED_AT
from samut_hub.circulation.models import Hold, HoldState, Loan
from samut_hub.circulation.nights import OUT, PART, Night, Out, Place, behind, night_of, tried_again
from samut_hub.circulation.running_fines import run_fines
from samut_hub.circulation.setting_aside import is_waited_for
from samut_hub.circulation.telling import Changed, tell
from samut_hub.circulation.terms import rule_rows
from samut_hub.db import Database
from samut_hub.members.models import Member
from samut_rules.calendar import later
from samut_rules.loan import ItemFacts, ItemStatus, LoanFacts, MemberFacts, Renewing
from samut_rules.matrix import LoanTerms
from samut_rules.renewal import decide_renewal
from samut_rules.same_title import Spell

SOURCE = "night"
_MEMBER = (
    *(Member.number, Member.library_id, Member.type_id, Member.group_id, Member.expires_on, Member.blocked),
    *(Member.open_loans, Member.on_site_loans, Member.suspended_until, Member.debt, Member.card_lost),
    *(Member.born, Member.level),
)


class Lent(NamedTuple):
    """A loan that may be renewed, with what the rules look at in its item."""

    out: Out
    title_id: int
    status: str
    renewals: int
    unseen_renewals: int
    recalled_at: datetime | None
    on_site: bool

    @property
    def facts(self) -> ItemFacts:
        """As `renewal_facts` of the loan has them, without names; what is said to be back is not among these."""
        return ItemFacts(
            "",
            ItemStatus(self.status),
            due_at=self.out.due_at,
            renewals=self.renewals,
            unseen_renewals=self.unseen_renewals,
            is_recalled=self.recalled_at is not None,
        )


_LENT = (Item.title_id, Item.status, Loan.renewals, Loan.unseen_renewals, Loan.recalled_at, Loan.on_site)


class Alike(NamedTuple):
    """All that a renewal depends on, without the names of member and item: the same for very many loans. `kind` is
    that of `Out`."""

    member: MemberFacts
    item: ItemFacts
    kind: tuple[object, ...]
    on_site: bool


Dues = dict[Alike, datetime | None]
"""Until when loans are renewed; None where they are not."""


def run(database: Database, library_id: int, now: datetime) -> tuple[int, int]:
    """Renew, then let fines run on; how many loans were renewed, and how many fines changed."""
    return renew_all(database, library_id, now), run_fines(database, library_id, now)


def renew_all(database: Database, library_id: int, now: datetime) -> int:
    """Renew what is due today where the rules renew by themselves; what comes out of it is due later."""
    done, last = 0, (0, 0)
    night: Night | None = None
    dues: Dues = {}
    with database.session(library_id, writes=False) as session:
        if not any(row.auto_renew for row in rule_rows(session)):
            return 0

    def part() -> tuple[Night, Sequence[Lent], int]:
        with database.session(library_id) as session:
            own = night_of(session, library_id, now, night)
            ends = own.calendar.moment(later(own.calendar.local_day(now), 1), time())
            loans = _part(session, last, Loan.due_at >= now, Loan.due_at < ends, Loan.claimed_at.is_(None))
            return own, loans, _renew_part(own, loans, dues) if loans else 0

    while True:
        night, loans, renewed = tried_again(part)
        if not loans:
            return done
        last = (loans[-1].out.member_id, loans[-1].out.id)
        done += renewed


def _part(session: Session, after: Place, *which: ColumnElement[bool]) -> list[Lent]:
    """Columns, no objects: making these would take longer than all the rest."""
    read = select(*_LENT, *OUT).select_from(Loan).join(Loan.member).join(Loan.item).join(Item.title)
    wanted = read.where(Loan.returned_at.is_(None), behind(after), *which).order_by(Loan.member_id, Loan.id)
    locked = wanted.with_for_update(of=[Member, Loan], skip_locked=True).limit(PART)
    return [Lent._make((Out._make(row[len(_LENT) :]), *row[: len(_LENT)])) for row in session.execute(locked)]


def _renew_part(night: Night, loans: Sequence[Lent], dues: Dues) -> int:
    """Loans that are alike to the rules are decided on once, and those that get the same day are written together."""
    asked = [loan for loan in loans if _renews_by_itself(night.terms_of(loan.out))]
    people, wanted, had = _people(night, asked), _waited_for(night, asked), _had(night, asked)
    titles = {loan.title_id for loan in asked}
    lock_all_units(night.session, titles)  # who books the first unit at this moment is waited for
    kept_free = booked_titles(night.session, titles)
    renewed: dict[datetime, list[Out]] = {}
    for loan in asked:
        earlier = had.get((loan.out.member_id, loan.title_id), ())
        item = loan.facts
        if earlier or loan.out.item_id in wanted:
            item = replace(item, earlier=earlier, is_waited_for=loan.out.item_id in wanted)
        if loan.title_id in kept_free:
            item = _booked(night, loan.out).told(item)
        alike = Alike(people[loan.out.member_id], item, loan.out.kind, loan.on_site)
        if alike not in dues:
            dues[alike] = _due(night, alike)
        due = dues[alike]
        if due is not None:
            renewed.setdefault(due, []).append(loan.out)
    for due, same_day in renewed.items():
        _write(night, same_day, due)
    return sum(map(len, renewed.values()))


def _booked(night: Night, loan: Out) -> Booked:
    item, member = night.session.get_one(Item, loan.item_id), night.session.get_one(Member, loan.member_id)
    return booked(night.session, item, member, night.now, is_to_fetch=False)


def _due(night: Night, loan: Alike) -> datetime | None:
    facts = LoanFacts(
        member=loan.member,
        item=loan.item,
        terms=night.terms[loan.kind],
        calendar=night.calendar,
        debt_limit=night.library.debt_limit,
        on_site=loan.on_site,
        renewing=Renewing.AUTOMATIC,
    )
    decision = decide_renewal(facts, night.now)
    return decision.due if decision.allowed else None


def _renews_by_itself(terms: LoanTerms | None) -> bool:
    return terms is not None and terms.auto_renew


def _people(night: Night, loans: Sequence[Lent]) -> dict[int, MemberFacts]:
    """What the rules look at in the members, who have no name in them. No limits are asked for at a renewal."""
    late = _late_by_member(night, loans)
    wanted = select(Member).where(Member.id.in_({loan.out.member_id for loan in loans}))
    return {
        member.id: replace(
            member_facts(night.session, member, night.now, late=late.get(member.id, 0)), number="", held=None
        )
        for member in night.session.scalars(wanted.options(load_only(*_MEMBER)))
    }


def _write(night: Night, loans: Sequence[Out], due: datetime) -> None:
    """The loans are locked, and of the whole library's rows no others have these ids."""
    change = update(Loan).where(Loan.id.in_([loan.id for loan in loans]))
    more = {"renewals": Loan.renewals + 1, "unseen_renewals": Loan.unseen_renewals + 1}
    night.session.execute(
        change.values(due_at=due, source=SOURCE, **more), execution_options={"synchronize_session": False}
    )
    tell(night.session, Changed.ITEM, [loan.item_id for loan in loans])
    tell(night.session, Changed.MEMBER, {loan.member_id for loan in loans if _looks_back(night.terms_of(loan))})


def _looks_back(terms: LoanTerms | None) -> bool:
    return terms is not None and (terms.same_title_times is not None or terms.same_title_wait is not None)


def _had(night: Night, loans: Sequence[Lent]) -> dict[tuple[int, int], tuple[Spell, ...]]:
    """When these members had these titles, the latest first, by member and title; one query for all for whom a rule
    looks back."""
    asked = [loan for loan in loans if _looks_back(night.terms_of(loan.out))]
    if not asked:
        return {}
    wanted = select(Loan.member_id, Item.title_id, Loan.lent_at, Loan.returned_at, Loan.renewals).join(Loan.item)
    of = (
        Loan.member_id.in_({loan.out.member_id for loan in asked}),
        Item.title_id.in_({loan.title_id for loan in asked}),
    )
    found: dict[tuple[int, int], tuple[Spell, ...]] = {}
    for row in night.session.execute(wanted.where(*of).order_by(Loan.lent_at.desc())):
        before = found.get((row.member_id, row.title_id), ())
        if len(before) < LOOKED_AT:
            found[row.member_id, row.title_id] = (*before, Spell(row.lent_at, row.returned_at, row.renewals))
    return found


def _late_by_member(night: Night, loans: Sequence[Lent]) -> dict[int, int]:
    members = {loan.out.member_id for loan in loans}
    late = (Loan.due_at < night.now, Loan.claimed_at.is_(None))
    of_them = select(Loan.member_id, func.count()).where(Loan.member_id.in_(members), Loan.returned_at.is_(None))
    counted = of_them.where(*late).group_by(Loan.member_id)
    return {member_id: count for member_id, count in night.session.execute(counted) if member_id is not None}


def _waited_for(night: Night, loans: Sequence[Lent]) -> set[int]:
    """Items for which anybody waits who may borrow, with no copy on the shelf; only those of titles with holds are
    asked closely: somebody may wait for one copy alone."""
    titles = {loan.title_id for loan in loans}
    waiting = select(Hold.title_id).where(Hold.title_id.in_(titles), Hold.state == HoldState.WAITING.value)
    held = set(night.session.scalars(waiting.distinct()))
    ids = [loan.out.item_id for loan in loans if loan.title_id in held]
    items = night.session.scalars(select(Item).where(Item.id.in_(ids)))
    return {item.id for item in items if is_waited_for(night.session, item, night.now)}
