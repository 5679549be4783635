"""May somebody come in: the member's standing and what holds at the gate, not the loans."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

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


class Weight(StrEnum):
    """How much a rule of a gate counts."""

    OFF = "off"
    WARN = "warn"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class EntryPolicy:
    """What a library's gate looks at beside the person's standing."""

    hours: Weight = Weight.OFF
    passback: Weight = Weight.OFF
    full: Weight = Weight.WARN


@dataclass(frozen=True, slots=True)
class Entry:
    """A person before the gate, as the gate knows it. `is_exempt`: comes in at any hour and however full it is."""

    now: datetime
    calendar: Calendar
    is_exempt: bool = False
    is_inside: bool = False
    inside: int = 0
    capacity: int | None = None


@dataclass(frozen=True, slots=True)
class Weighed:
    """`against`: nobody comes in over it. `noted` is shown to the person, who comes in all the same."""

    against: tuple[Reason, ...] = ()
    noted: tuple[Reason, ...] = ()


def library_is_open(entry: Entry) -> Reason | None:
    is_open = entry.is_exempt or entry.calendar.is_open_at(entry.now)
    return None if is_open else Reason(Code.LIBRARY_CLOSED)


def card_has_gone_out(entry: Entry) -> Reason | None:
    return Reason(Code.ALREADY_INSIDE) if entry.is_inside else None


def there_is_room(entry: Entry) -> Reason | None:
    if entry.is_exempt or entry.capacity is None or entry.inside < entry.capacity:
        return None
    return Reason(Code.LIBRARY_FULL, {"capacity": entry.capacity})


def weigh_entry(entry: Entry, policy: EntryPolicy) -> Weighed:
    """What the rules of the gate say, each as heavy as the library wants it."""
    weights: tuple[tuple[Weight, Callable[[Entry], Reason | None]], ...] = (
        (policy.hours, library_is_open),
        (policy.passback, card_has_gone_out),
        (policy.full, there_is_room),
    )
    found = [(weight, rule(entry)) for weight, rule in weights if weight is not Weight.OFF]
    return Weighed(
        tuple(reason for weight, reason in found if reason and weight is Weight.REFUSE),
        tuple(reason for weight, reason in found if reason and weight is Weight.WARN),
    )
