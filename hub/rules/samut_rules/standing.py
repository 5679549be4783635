"""What stands against a member, whatever is asked for: rules, each giving its reason."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from samut_rules.calendar import Calendar
from samut_rules.loan import AboutMember, MemberFacts, baht
from samut_rules.reasons import Code, Reason


@dataclass(frozen=True, slots=True)
class Standing:
    """A member by himself; `debt_limit` is satang."""

    member: MemberFacts
    calendar: Calendar
    debt_limit: int


class AboutDebt(AboutMember, Protocol):
    """Facts that tell how much a member may owe, too."""

    @property
    def debt_limit(self) -> int: ...


def membership_is_current(facts: AboutMember, now: datetime) -> Reason | None:
    ends = facts.member.expires_on
    if ends is not None and facts.calendar.local_day(now) > ends:
        return Reason(Code.MEMBER_EXPIRED, {"ends": ends.isoformat()})
    return None


def member_is_not_blocked(facts: AboutMember, now: datetime) -> Reason | None:
    return Reason(Code.MEMBER_BLOCKED, {"note": facts.member.blocked}) if facts.member.blocked else None


def card_is_not_lost(facts: AboutMember, now: datetime) -> Reason | None:
    return Reason(Code.CARD_LOST) if facts.member.card_lost else None


def member_is_not_suspended(facts: AboutMember, now: datetime) -> Reason | None:
    """The last day of a suspension belongs to it."""
    until = facts.member.suspended_until
    if until is None or facts.calendar.local_day(now) > until:
        return None
    return Reason(Code.SUSPENDED, {"until": until.isoformat()})


def nothing_is_overdue(facts: AboutMember, now: datetime) -> Reason | None:
    count = facts.member.overdue_loans
    return Reason(Code.HAS_OVERDUE, {"count": count}) if count else None


def debt_is_bearable(facts: AboutDebt, now: datetime) -> Reason | None:
    if facts.member.debt <= facts.debt_limit:
        return None
    return Reason(Code.OWES_TOO_MUCH, {"owed": baht(facts.member.debt)})


MEMBER_RULES: tuple[Callable[[Standing, datetime], Reason | None], ...] = (
    membership_is_current,
    member_is_not_blocked,
    card_is_not_lost,
    member_is_not_suspended,
    nothing_is_overdue,
    debt_is_bearable,
)


def member_reasons(member: MemberFacts, calendar: Calendar, debt_limit: int, now: datetime) -> tuple[Reason, ...]:
    """What stands against the member whatever the item is; empty when nothing does."""
    facts = Standing(member, calendar, debt_limit)
    found = (rule(facts, now) for rule in MEMBER_RULES)
    return tuple(reason for reason in found if reason is not None)
