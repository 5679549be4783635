"""May this member keep this item longer, and when must it come back when it is recalled."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from samut_rules.calendar import Calendar, later
from samut_rules.choices import CalendarMode, RenewFrom
from samut_rules.due import Due, due_after_days, due_after_hours
from samut_rules.lending import (
    a_rule_covers_it,
    before_bookings,
    bounds_of,
    item_is_not_booked,
    the_rule_can_be,
    title_was_not_had_too_often,
)
from samut_rules.loan import Decision, ItemStatus, LoanFacts, Renewing, Rule
from samut_rules.matrix import LoanTerms
from samut_rules.reasons import Code, Reason
from samut_rules.standing import (
    card_is_not_lost,
    debt_is_bearable,
    member_is_not_blocked,
    member_is_not_suspended,
    membership_is_current,
)
from samut_rules.weighing import weigh

GONE = (ItemStatus.MISSING, ItemStatus.LOST, ItemStatus.WITHDRAWN)


def item_is_lent_to_the_member(facts: LoanFacts, now: datetime) -> Reason | None:
    if facts.item.lent_to == facts.member.number:
        return None
    return Reason(Code.NOT_YOURS if facts.item.lent_to else Code.NOT_ON_LOAN)


def item_may_be_renewed(facts: LoanFacts, now: datetime) -> Reason | None:
    """What is missing or lost is asked for, not renewed; what is used in the library goes back the same day."""
    return Reason(Code.ITEM_NOT_RENEWABLE) if facts.on_site or facts.item.status in GONE else None


def automatic_renewal_is_on(facts: LoanFacts, now: datetime) -> Reason | None:
    if facts.renewing != Renewing.AUTOMATIC or facts.terms is None or facts.terms.auto_renew:
        return None
    return Reason(Code.NOT_AUTOMATIC)


def near_enough_to_the_due_date(facts: LoanFacts, now: datetime) -> Reason | None:
    within = facts.terms.renew_within_days if facts.terms else None
    if within is None or facts.item.due_at is None:
        return None
    first = later(facts.calendar.local_day(facts.item.due_at), -within)
    if facts.calendar.local_day(now) >= first:
        return None
    return Reason(Code.RENEW_TOO_EARLY, {"from": first.isoformat()})


def renewals_are_left(facts: LoanFacts, now: datetime) -> Reason | None:
    if facts.terms is None or facts.item.renewals < facts.terms.max_renewals:
        return None
    return Reason(Code.RENEWALS_USED, {"limit": facts.terms.max_renewals})


def unseen_renewals_are_left(facts: LoanFacts, now: datetime) -> Reason | None:
    """A renewal with the item at hand is none of these."""
    most = facts.terms.max_unseen_renewals if facts.terms else None
    if most is None or facts.renewing == Renewing.SEEN or facts.item.unseen_renewals < most:
        return None
    return Reason(Code.UNSEEN_RENEWALS_USED, {"limit": most})


def loan_is_not_overdue(facts: LoanFacts, now: datetime) -> Reason | None:
    return Reason(Code.OVERDUE_LOAN) if facts.item.due_at is not None and now > facts.item.due_at else None


def item_is_not_recalled(facts: LoanFacts, now: datetime) -> Reason | None:
    return Reason(Code.RECALLED) if facts.item.is_recalled else None


def nobody_else_waits(facts: LoanFacts, now: datetime) -> Reason | None:
    return Reason(Code.OTHERS_WAIT) if facts.item.is_waited_for else None


RENEWAL_RULES: tuple[Rule, ...] = (
    item_is_lent_to_the_member,
    a_rule_covers_it,
    the_rule_can_be,
    item_may_be_renewed,
    automatic_renewal_is_on,
    near_enough_to_the_due_date,
    renewals_are_left,
    unseen_renewals_are_left,
    title_was_not_had_too_often,
    membership_is_current,
    member_is_not_blocked,
    card_is_not_lost,
    member_is_not_suspended,
    loan_is_not_overdue,
    debt_is_bearable,
    item_is_not_recalled,
    nobody_else_waits,
    item_is_not_booked,
)


LASTING_RULES: tuple[Rule, ...] = (a_rule_covers_it, item_may_be_renewed, renewals_are_left, item_is_not_recalled)
"""What these refuse is refused until the item is back."""


def never_renewed(facts: LoanFacts, now: datetime) -> Reason | None:
    """Why no renewal of this loan can be allowed, whatever changes about the member."""
    return next((reason for rule in LASTING_RULES if (reason := rule(facts, now)) is not None), None)


def decide_renewal(facts: LoanFacts, now: datetime, *, overridden: Collection[Code] = ()) -> Decision:
    """May the member keep the item for another loan length. It must give more time, and some from now on: the days
    until now of what is late are charged when it is renewed, and are not late again.
    """
    decision, due = weigh(RENEWAL_RULES, facts, now, count=count_renewal, overridden=overridden)
    if due is None or facts.item.due_at is None or due.at > max(now, facts.item.due_at):
        return decision
    reason = Reason(Code.TOO_SOON)
    if due.bound is not None:
        reason = Reason(Code.NO_LONGER, {"until": due.bound.day.isoformat()})
    return Decision(False, (reason,), None, (*decision.trace, f"the renewal gives more time: no ({reason.code})"))


def count_renewal(terms: LoanTerms, facts: LoanFacts, now: datetime) -> Due:
    """The due date of a loan that is renewed now, from today or from the due date, whichever the rules say."""
    start = now
    if terms.renew_from == RenewFrom.DUE and facts.item.due_at is not None:
        start = max(now, facts.item.due_at)
    if terms.loan_hours is not None:
        return before_bookings(due_after_hours(terms, facts.calendar, start, bounds_of(facts)), facts)
    days = terms.loan_days if terms.renewal_days is None else terms.renewal_days
    counted = due_after_days(
        terms, facts.calendar, facts.calendar.local_day(start), days=days, bounds=bounds_of(facts)
    )
    told = [terms.told(name) for name in ("renewal_days", "renew_from") if name in terms.won]
    return before_bookings(replace(counted, steps=(*told, *counted.steps)), facts)


def recalled_due(
    terms: LoanTerms, calendar: Calendar, now: datetime, *, lent_at: datetime, due_at: datetime
) -> datetime:
    """When an item that others need must come back: after the days that are guaranteed from the day of lending, and
    some days from now; never later than it was due. Raises NeverOpenError, OutOfRangeError.
    """
    guaranteed = later(calendar.local_day(lent_at), terms.guaranteed_days)
    day = max(guaranteed, later(calendar.local_day(now), terms.recall_days))
    if terms.calendar_mode != CalendarMode.IGNORE:
        day = calendar.first_open(day)
    return min(due_at, calendar.end_of(day))
