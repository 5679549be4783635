"""May this member reserve this title, who comes first, and how long it is kept."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from samut_rules.calendar import Calendar, NeverOpenError
from samut_rules.loan import MemberFacts
from samut_rules.matrix import LoanTerms
from samut_rules.reasons import Code, Reason
from samut_rules.standing import (
    card_is_not_lost,
    member_is_not_blocked,
    member_is_not_suspended,
    membership_is_current,
)

USUAL = LoanTerms()
MOST_HOLDS = USUAL.max_holds
"""Titles that a member may wait for, or have set aside, at the same time, where the rules do not say."""
KEPT_DAYS = USUAL.shelf_days
"""Open days that an item stays set aside, where the rules do not say."""


@dataclass(frozen=True, slots=True)
class Copies:
    """Of a title in the library: how many can be lent, how many of these are on the shelf, how many members wait.

    `on_order`: copies that are still to come.
    """

    to_lend: int
    on_shelf: int
    waiting: int
    on_order: int = 0


@dataclass(frozen=True, slots=True)
class HoldFacts:
    """All that a decision may look at. `has_title`: the member has a copy on loan.

    `open_holds` are those that the limit in `terms` counts: of all, or of this kind.
    """

    member: MemberFacts
    calendar: Calendar
    copies: Copies
    has_title: bool
    has_reserved: bool
    open_holds: int
    terms: LoanTerms = USUAL


HoldRule = Callable[[HoldFacts, datetime], Reason | None]


def this_kind_can_be_reserved(facts: HoldFacts, now: datetime) -> Reason | None:
    return Reason(Code.NO_HOLDS) if facts.terms.max_holds == 0 else None


def title_can_be_lent(facts: HoldFacts, now: datetime) -> Reason | None:
    """Now, or when what is on order has come."""
    return None if facts.copies.to_lend or facts.copies.on_order else Reason(Code.NOTHING_TO_LEND)


def title_is_not_with_the_member(facts: HoldFacts, now: datetime) -> Reason | None:
    return Reason(Code.TITLE_ALREADY_YOURS) if facts.has_title else None


def not_reserved_before(facts: HoldFacts, now: datetime) -> Reason | None:
    return Reason(Code.ALREADY_RESERVED) if facts.has_reserved else None


def no_copy_is_on_the_shelf(facts: HoldFacts, now: datetime) -> Reason | None:
    """Copies that were put on the shelf while members waited are for those."""
    if facts.terms.hold_on_shelf or facts.copies.on_shelf <= facts.copies.waiting:
        return None
    return Reason(Code.COPY_ON_SHELF)


def below_the_limit_of_holds(facts: HoldFacts, now: datetime) -> Reason | None:
    most = facts.terms.max_holds
    return Reason(Code.HOLD_LIMIT_REACHED, {"limit": most}) if 0 < most <= facts.open_holds else None


HOLD_RULES: tuple[HoldRule, ...] = (
    membership_is_current,
    member_is_not_blocked,
    card_is_not_lost,
    member_is_not_suspended,
    this_kind_can_be_reserved,
    title_can_be_lent,
    title_is_not_with_the_member,
    not_reserved_before,
    no_copy_is_on_the_shelf,
    below_the_limit_of_holds,
)


def hold_reasons(facts: HoldFacts, now: datetime) -> tuple[Reason, ...]:
    """What stands against reserving; empty when nothing does."""
    found = (rule(facts, now) for rule in HOLD_RULES)
    return tuple(reason for reason in found if reason is not None)


@dataclass(frozen=True, slots=True)
class Waiting:
    """One who waits. A smaller `priority` comes first; `not_before`: suspended until that day."""

    name: str
    placed_at: datetime
    priority: int = 0
    not_before: date | None = None


def in_turn(waiting: Iterable[Waiting], today: date) -> list[Waiting]:
    """Who gets the next copies, in this order; those that are suspended keep their place but are passed over."""
    ready = (one for one in waiting if one.not_before is None or one.not_before <= today)
    return sorted(ready, key=lambda one: (one.priority, one.placed_at, one.name))


def keep_until(calendar: Calendar, now: datetime, *, days: int = KEPT_DAYS, wish: date | None = None) -> datetime:
    """Until when an item that is set aside now waits: some open days, or less where the member wishes it until then.

    A library that is never open keeps it no longer than today.
    """
    today = calendar.local_day(now)
    try:
        last = calendar.after_open_days(today, days)
    except NeverOpenError:
        last = today
    return calendar.end_of(last if wish is None else min(last, max(wish, today)))
