"""May this member reserve this title: a list of named rules, each giving its reason."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from samut_rules.calendar import Calendar, NeverOpenError
from samut_rules.loan import MemberFacts
from samut_rules.reasons import Code, Reason
from samut_rules.standing import member_is_not_blocked, membership_is_current

MOST_HOLDS = 5
"""Titles that a member may wait for, or have set aside, at the same time."""
KEPT_DAYS = 7
"""Open days that an item stays set aside."""


@dataclass(frozen=True, slots=True)
class Copies:
    """Of a title in the library: how many can be lent, how many of these are on the shelf, how many members wait."""

    to_lend: int
    on_shelf: int
    waiting: int


@dataclass(frozen=True, slots=True)
class HoldFacts:
    """All that a decision may look at. `has_title`: the member has a copy on loan."""

    member: MemberFacts
    calendar: Calendar
    copies: Copies
    has_title: bool
    has_reserved: bool
    open_holds: int


HoldRule = Callable[[HoldFacts, datetime], Reason | None]


def title_can_be_lent(facts: HoldFacts, now: datetime) -> Reason | None:
    return None if facts.copies.to_lend else Reason(Code.NOTHING_TO_LEND)


def title_is_not_with_the_member(facts: HoldFacts, now: datetime) -> Reason | None:
    return Reason(Code.TITLE_ALREADY_YOURS) if facts.has_title else None


def not_reserved_before(facts: HoldFacts, now: datetime) -> Reason | None:
    return Reason(Code.ALREADY_RESERVED) if facts.has_reserved else None


def no_copy_is_on_the_shelf(facts: HoldFacts, now: datetime) -> Reason | None:
    """Copies that were put on the shelf while members waited are for those."""
    return Reason(Code.COPY_ON_SHELF) if facts.copies.on_shelf > facts.copies.waiting else None


def below_the_limit_of_holds(facts: HoldFacts, now: datetime) -> Reason | None:
    return Reason(Code.HOLD_LIMIT_REACHED, {"limit": MOST_HOLDS}) if facts.open_holds >= MOST_HOLDS else None


HOLD_RULES: tuple[HoldRule, ...] = (
    membership_is_current,
    member_is_not_blocked,
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


def keep_until(calendar: Calendar, now: datetime) -> datetime:
    """Until when an item that is set aside now waits; a library that is never open keeps it no longer than today."""
    today = calendar.local_day(now)
    try:
        return calendar.end_of(calendar.after_open_days(today, KEPT_DAYS))
    except NeverOpenError:
        return calendar.end_of(today)
