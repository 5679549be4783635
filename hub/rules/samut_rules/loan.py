"""May this member borrow or renew this item, until when, and why: a list of named rules, each giving its reason."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from samut_rules.calendar import Calendar, NeverOpenError
from samut_rules.matrix import ITEM, LoanTerms
from samut_rules.reasons import Code, Reason


class ItemStatus(StrEnum):
    """Where an item is in its life; only an available one can be lent, and a reserved one to whom it is set aside."""

    AVAILABLE = "available"
    RESERVED = "reserved"
    REFERENCE = "reference"
    IN_PROCESS = "in_process"
    IN_REPAIR = "in_repair"
    MISSING = "missing"
    LOST = "lost"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class MemberFacts:
    """`blocked` is the note shown to the member, empty when not blocked. Money is satang."""

    number: str
    expires_on: date | None
    blocked: str
    open_loans: int
    overdue_loans: int
    debt: int


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """`lent_to` is the number of the member who has it, `reserved_for` of whom it is set aside for, else empty.

    `is_waited_for`: other members wait for its title, and no copy is on the shelf for them.
    """

    barcode: str
    status: ItemStatus
    lent_to: str = ""
    due_at: datetime | None = None
    renewals: int = 0
    reserved_for: str = ""
    is_waited_for: bool = False


@dataclass(frozen=True, slots=True)
class LoanFacts:
    """All that a decision may look at. `terms` is None when no rule covers member and material."""

    member: MemberFacts
    item: ItemFacts
    terms: LoanTerms | None
    calendar: Calendar
    debt_limit: int


@dataclass(frozen=True, slots=True)
class Decision:
    """`reasons` is empty when allowed. `trace` tells step by step, in English, how it was reached."""

    allowed: bool
    reasons: tuple[Reason, ...]
    due: datetime | None
    trace: tuple[str, ...]


Rule = Callable[[LoanFacts, datetime], Reason | None]


class AboutMember(Protocol):
    """Facts, of a loan or of something else, that tell of a member and the library's calendar."""

    @property
    def member(self) -> MemberFacts: ...

    @property
    def calendar(self) -> Calendar: ...


def membership_is_current(facts: AboutMember, now: datetime) -> Reason | None:
    ends = facts.member.expires_on
    if ends is not None and facts.calendar.local_day(now) > ends:
        return Reason(Code.MEMBER_EXPIRED, {"ends": ends.isoformat()})
    return None


def member_is_not_blocked(facts: AboutMember, now: datetime) -> Reason | None:
    return Reason(Code.MEMBER_BLOCKED, {"note": facts.member.blocked}) if facts.member.blocked else None


def item_is_for_loan(facts: LoanFacts, now: datetime) -> Reason | None:
    if facts.item.status in (ItemStatus.AVAILABLE, ItemStatus.RESERVED):
        return None
    return Reason(Code.ITEM_NOT_FOR_LOAN, {"status": facts.item.status.value})


def item_is_not_for_another(facts: LoanFacts, now: datetime) -> Reason | None:
    if facts.item.status is not ItemStatus.RESERVED or facts.item.reserved_for == facts.member.number:
        return None
    return Reason(Code.ITEM_RESERVED)


def item_is_in(facts: LoanFacts, now: datetime) -> Reason | None:
    if not facts.item.lent_to:
        return None
    own = facts.item.lent_to == facts.member.number
    return Reason(Code.ITEM_ALREADY_YOURS if own else Code.ITEM_ON_LOAN)


def a_rule_covers_it(facts: LoanFacts, now: datetime) -> Reason | None:
    return Reason(Code.NO_RULE) if facts.terms is None else None


def below_the_limit(facts: LoanFacts, now: datetime) -> Reason | None:
    limit = facts.terms.max_items if facts.terms else None
    if limit is None or facts.member.open_loans < limit:
        return None
    return Reason(Code.LIMIT_REACHED, {"limit": limit, "count": facts.member.open_loans})


def nothing_is_overdue(facts: LoanFacts, now: datetime) -> Reason | None:
    count = facts.member.overdue_loans
    return Reason(Code.HAS_OVERDUE, {"count": count}) if count else None


def debt_is_bearable(facts: LoanFacts, now: datetime) -> Reason | None:
    if facts.member.debt <= facts.debt_limit:
        return None
    return Reason(Code.OWES_TOO_MUCH, {"owed": baht(facts.member.debt)})


def item_is_lent_to_the_member(facts: LoanFacts, now: datetime) -> Reason | None:
    return None if facts.item.lent_to == facts.member.number else Reason(Code.NOT_ON_LOAN)


def renewals_are_left(facts: LoanFacts, now: datetime) -> Reason | None:
    if facts.terms is None or facts.item.renewals < facts.terms.max_renewals:
        return None
    return Reason(Code.RENEWALS_USED, {"limit": facts.terms.max_renewals})


def nobody_else_waits(facts: LoanFacts, now: datetime) -> Reason | None:
    return Reason(Code.OTHERS_WAIT) if facts.item.is_waited_for else None


def loan_is_not_overdue(facts: LoanFacts, now: datetime) -> Reason | None:
    return Reason(Code.OVERDUE_LOAN) if facts.item.due_at is not None and now > facts.item.due_at else None


MEMBER_RULES: tuple[Rule, ...] = (
    membership_is_current,
    member_is_not_blocked,
    nothing_is_overdue,
    debt_is_bearable,
)
LOAN_RULES: tuple[Rule, ...] = (
    membership_is_current,
    member_is_not_blocked,
    item_is_for_loan,
    item_is_not_for_another,
    item_is_in,
    a_rule_covers_it,
    below_the_limit,
    nothing_is_overdue,
    debt_is_bearable,
)
RENEWAL_RULES: tuple[Rule, ...] = (
    item_is_lent_to_the_member,
    membership_is_current,
    member_is_not_blocked,
    a_rule_covers_it,
    loan_is_not_overdue,
    renewals_are_left,
    nobody_else_waits,
    debt_is_bearable,
)


def decide_loan(facts: LoanFacts, now: datetime) -> Decision:
    """May the member take the item away now, and when is it due."""
    return _decide(LOAN_RULES, facts, now)


def decide_renewal(facts: LoanFacts, now: datetime) -> Decision:
    """May the member keep the item for another loan length, counted from today. It must give more time."""
    decision = _decide(RENEWAL_RULES, facts, now)
    if decision.due is None or facts.item.due_at is None or decision.due > facts.item.due_at:
        return decision
    return Decision(
        False, (Reason(Code.TOO_SOON),), None, (*decision.trace, "the renewal gives more time: no (too_soon)")
    )


def member_reasons(member: MemberFacts, calendar: Calendar, debt_limit: int, now: datetime) -> tuple[Reason, ...]:
    """What stands against the member whatever the item is; empty when nothing does."""
    facts = LoanFacts(member, ItemFacts("", ItemStatus.AVAILABLE), None, calendar, debt_limit)
    found = (rule(facts, now) for rule in MEMBER_RULES)
    return tuple(reason for reason in found if reason is not None)


def baht(satang: int) -> str:
    """The amount as people write it: whole baht without decimals."""
    return f"{satang / 100:,.2f}".removesuffix(".00")


def _decide(rules: tuple[Rule, ...], facts: LoanFacts, now: datetime) -> Decision:
    trace: list[str] = []
    reasons: list[Reason] = []
    for rule in rules:
        reason = rule(facts, now)
        said = "yes" if reason is None else f"no ({reason.code})"
        trace.append(f"{rule.__name__.replace('_', ' ')}: {said}")
        if reason is not None:
            reasons.append(reason)
    if reasons or facts.terms is None:
        return Decision(False, tuple(reasons), None, tuple(trace))
    return _with_due_date(facts.terms, facts, now, trace)


def _with_due_date(terms: LoanTerms, facts: LoanFacts, now: datetime, trace: list[str]) -> Decision:
    start = facts.calendar.local_day(now)
    try:
        day = facts.calendar.after_open_days(start, terms.loan_days)
    except NeverOpenError:
        return Decision(False, (Reason(Code.NEVER_OPEN),), None, (*trace, "the calendar has no open day"))
    closed = facts.calendar.closed_days(start, day)
    said_by = terms.won["loan_days"]
    source = "as the item itself says" if said_by == ITEM else f"from rule {said_by}"
    trace.append(f"loan length {terms.loan_days} open days, {source}")
    trace.append(f"closed days left out: {', '.join(map(str, closed)) or 'none'}")
    trace.append(f"due {day}")
    return Decision(True, (), facts.calendar.end_of(day), tuple(trace))
