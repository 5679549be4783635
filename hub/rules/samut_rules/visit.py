"""May somebody come in: the member's standing, not the loans."""

from datetime import datetime

from samut_rules.calendar import Calendar
from samut_rules.loan import MemberFacts
from samut_rules.reasons import Code, Reason
from samut_rules.standing import Standing, card_is_not_lost, member_is_not_blocked, membership_is_current

ENTRY_RULES = (membership_is_current, member_is_not_blocked, card_is_not_lost)


def entry_reasons(member: MemberFacts | None, calendar: Calendar, now: datetime) -> tuple[Reason, ...]:
    """What stands against letting this person in; empty when nothing does. None is an unknown card."""
    if member is None:
        return (Reason(Code.MEMBER_UNKNOWN),)
    facts = Standing(member, calendar, debt_limit=0)
    found = (rule(facts, now) for rule in ENTRY_RULES)
    return tuple(reason for reason in found if reason is not None)
