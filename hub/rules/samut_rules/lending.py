"""May this member borrow this item, until when, and why: a list of named rules, each giving its reason."""

from collections.abc import Collection
from datetime import datetime

from samut_rules.calendar import later
from samut_rules.due import Bound, Due, due_after_days, due_after_hours, due_on_site
from samut_rules.loan import Decision, ItemStatus, LoanFacts, Rule
from samut_rules.matrix import LoanTerms
from samut_rules.reasons import Code, Reason
from samut_rules.same_title import may_borrow_again_on, times_in_a_row
from samut_rules.standing import (
    card_is_not_lost,
    debt_is_bearable,
    member_is_not_blocked,
    member_is_not_suspended,
    membership_is_current,
    nothing_is_overdue,
)
from samut_rules.weighing import weigh


def item_is_for_loan(facts: LoanFacts, now: datetime) -> Reason | None:
    """What is only for reading in the library may be lent for that."""
    for_loan = (ItemStatus.AVAILABLE, ItemStatus.RESERVED, *((ItemStatus.REFERENCE,) if facts.on_site else ()))
    if facts.item.status in for_loan:
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


def the_rule_can_be(facts: LoanFacts, now: datetime) -> Reason | None:
    value = facts.terms.impossible() if facts.terms else None
    return None if value is None else Reason(Code.RULE_WRONG, {"value": value})


def old_enough(facts: LoanFacts, now: datetime) -> Reason | None:
    """A member of whom no birth date is known is not; a librarian may see the person."""
    least = facts.terms.minimum_age if facts.terms else None
    if least is None or (facts.member.age is not None and facts.member.age >= least):
        return None
    return Reason(Code.TOO_YOUNG, {"age": least})


def level_is_reached(facts: LoanFacts, now: datetime) -> Reason | None:
    least = facts.terms.minimum_level if facts.terms else None
    if least is None or (facts.member.level is not None and facts.member.level >= least):
        return None
    return Reason(Code.LEVEL_TOO_LOW, {"level": least})


def title_was_not_had_too_often(facts: LoanFacts, now: datetime) -> Reason | None:
    """Loans and renewals in a row, until the title has been back long enough."""
    limit = facts.terms.same_title_times if facts.terms else None
    if facts.terms is None or limit is None:
        return None
    today = facts.calendar.local_day(now)
    if times_in_a_row(facts.item.earlier, facts.calendar, today, facts.terms.same_title_wait) < limit:
        return None
    return Reason(Code.SAME_TITLE_LIMIT, {"limit": limit})


def title_was_back_long_enough(facts: LoanFacts, now: datetime) -> Reason | None:
    """Where no number of times is said the waiting time holds after each return."""
    if facts.terms is None or facts.terms.same_title_wait is None or facts.terms.same_title_times is not None:
        return None
    again = may_borrow_again_on(facts.item.earlier, facts.calendar, facts.terms.same_title_wait)
    if again is None or facts.calendar.local_day(now) >= again:
        return None
    return Reason(Code.SAME_TITLE_WAIT, {"from": again.isoformat()})


def below_the_limit(facts: LoanFacts, now: datetime) -> Reason | None:
    """Of this kind of item, then of the larger kinds it belongs to. Where nobody counted by kind, all loans count."""
    if facts.terms is None or facts.on_site:
        return None
    held, everything = facts.member.held, facts.member.open_loans
    for limit in facts.terms.limits:
        count = everything if held is None or limit.is_of_all else limit.count(held)
        if count >= limit.most:
            return Reason(Code.LIMIT_REACHED, {"limit": limit.most, "count": count})
    most = None if facts.terms.limits else facts.terms.max_items
    if most is None or everything < most:
        return None
    return Reason(Code.LIMIT_REACHED, {"limit": most, "count": everything})


def below_the_limit_of_all(facts: LoanFacts, now: datetime) -> Reason | None:
    most = facts.terms.max_total if facts.terms and not facts.on_site else None
    if most is None or facts.member.open_loans < most:
        return None
    return Reason(Code.TOTAL_REACHED, {"limit": most, "count": facts.member.open_loans})


def below_the_limit_on_site(facts: LoanFacts, now: datetime) -> Reason | None:
    most = facts.terms.max_on_site if facts.terms and facts.on_site else None
    if most is None or facts.member.on_site_loans < most:
        return None
    return Reason(Code.ON_SITE_LIMIT, {"limit": most, "count": facts.member.on_site_loans})


def item_is_not_booked(facts: LoanFacts, now: datetime) -> Reason | None:
    """A loan ends before the booking begins; on the day itself, and later, the item is for whom it is booked."""
    booked, until = facts.item.booked_from, facts.item.free_until
    if until is not None and until <= now:
        booked = facts.calendar.local_day(until)
    if booked is None or booked > facts.calendar.local_day(now):
        return None
    return Reason(Code.BOOKED, {"from": booked.isoformat()})


LOAN_RULES: tuple[Rule, ...] = (
    membership_is_current,
    member_is_not_blocked,
    card_is_not_lost,
    member_is_not_suspended,
    item_is_for_loan,
    item_is_not_for_another,
    item_is_in,
    item_is_not_booked,
    a_rule_covers_it,
    the_rule_can_be,
    old_enough,
    level_is_reached,
    title_was_not_had_too_often,
    title_was_back_long_enough,
    below_the_limit,
    below_the_limit_of_all,
    below_the_limit_on_site,
    nothing_is_overdue,
    debt_is_bearable,
)


def decide_loan(facts: LoanFacts, now: datetime, *, overridden: Collection[Code] = ()) -> Decision:
    """May the member take the item away now, and when is it due. `overridden`: what a librarian lets pass."""
    return weigh(LOAN_RULES, facts, now, count=count_loan, overridden=overridden)[0]


def count_loan(terms: LoanTerms, facts: LoanFacts, now: datetime) -> Due:
    """The due date of a loan that begins now; of what the member has booked the end of the booking."""
    booked = facts.item.booked_until
    if booked is not None:
        return Due(booked, (f"booked by the member until {booked.isoformat()}",))
    if facts.on_site:
        return before_bookings(due_on_site(facts.calendar, now), facts)
    if terms.loan_hours is not None:
        return before_bookings(due_after_hours(terms, facts.calendar, now, bounds_of(facts)), facts)
    start = facts.calendar.local_day(now)
    counted = due_after_days(terms, facts.calendar, start, days=terms.loan_days, bounds=bounds_of(facts))
    return before_bookings(counted, facts)


def before_bookings(due: Due, facts: LoanFacts) -> Due:
    """Not beyond the moment from which others have booked hours."""
    until = facts.item.free_until
    if until is None or due.at <= until:
        return due
    bound = Bound(facts.calendar.local_day(until), "it is booked")
    return Due(until, (*due.steps, f"not beyond {until.isoformat()}: it is booked"), bound)


def bounds_of(facts: LoanFacts) -> list[Bound]:
    """Days after which the item cannot be with the member."""
    ends, booked = facts.member.expires_on, facts.item.booked_from
    bounds = [] if ends is None else [Bound(ends, "the membership ends")]
    if booked is not None:
        bounds.append(Bound(later(booked, -1), "it is booked"))
    return bounds
