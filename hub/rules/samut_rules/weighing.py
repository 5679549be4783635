"""All rules of a list are asked, then the due date is counted: the decision, and the trace of how it came about."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from samut_rules.calendar import NeverOpenError, OutOfRangeError
from samut_rules.due import Due
from samut_rules.loan import Decision, LoanFacts, Rule
from samut_rules.matrix import LoanTerms
from samut_rules.overrides import may_override
from samut_rules.reasons import Code, Reason

Count = Callable[[LoanTerms, LoanFacts, datetime], Due]
"""How a due date is found. Raises NeverOpenError, OutOfRangeError."""


VALUES_OF: Mapping[str, tuple[str, ...]] = {
    "old_enough": ("minimum_age",),
    "level_is_reached": ("minimum_level",),
    "title_was_not_had_too_often": ("same_title_times", "same_title_wait"),
    "title_was_back_long_enough": ("same_title_wait",),
    "below_the_limit_of_all": ("max_total",),
    "below_the_limit_on_site": ("max_on_site",),
    "automatic_renewal_is_on": ("auto_renew",),
    "near_enough_to_the_due_date": ("renew_within_days",),
    "renewals_are_left": ("max_renewals",),
    "unseen_renewals_are_left": ("max_unseen_renewals",),
}
"""What a rule reads in the terms; the trace names the row of each. Limits tell of their rows themselves."""


@dataclass(slots=True)
class _Weighing:
    """The answers of the rules, as they come."""

    overridden: Collection[Code]
    trace: list[str] = field(default_factory=list)
    reasons: list[Reason] = field(default_factory=list)

    def hear(self, rule: Rule, reason: Reason | None) -> None:
        name = rule.__name__.replace("_", " ")
        if reason is None:
            self.trace.append(f"{name}: yes")
        elif reason.code in self.overridden and may_override(reason.code):
            self.trace.append(f"{name}: no ({reason.code}), let pass")
        else:
            self.trace.append(f"{name}: no ({reason.code})")
            self.reasons.append(reason)

    def refuse(self) -> Decision:
        return Decision(False, tuple(self.reasons), None, tuple(self.trace))

    def break_off(self, code: Code, told: str) -> Decision:
        return Decision(False, (*self.reasons, Reason(code)), None, (*self.trace, told))


def weigh(
    rules: Sequence[Rule], facts: LoanFacts, now: datetime, *, count: Count, overridden: Collection[Code] = ()
) -> tuple[Decision, Due | None]:
    """All rules are asked, so that all reasons are told at once; then the due date is counted."""
    weighing = _Weighing(overridden)
    try:
        facts.calendar.local_day(now)
        for rule in rules:
            weighing.hear(rule, rule(facts, now))
            weighing.trace.extend(_values_told(rule, facts))
        if weighing.reasons or facts.terms is None:
            return weighing.refuse(), None
        due = count(facts.terms, facts, now)
    except NeverOpenError:
        return weighing.break_off(Code.NEVER_OPEN, "the calendar has no open day"), None
    except OutOfRangeError:
        return weighing.break_off(Code.DATE_OUT_OF_RANGE, "the date is beyond all calendars"), None
    return Decision(True, (), due.at, (*weighing.trace, *length_told(facts), *due.steps)), due


def length_told(facts: LoanFacts) -> list[str]:
    """The loan length and how it is counted, each with its row."""
    terms = facts.terms
    if terms is None or facts.on_site:
        return []
    if terms.loan_hours is not None:
        told = [f"loan length {terms.loan_hours} hours, {terms.source('loan_hours')}"]
    else:
        unit = "open days" if terms.calendar_mode == "skip" else "days"
        told = [f"loan length {terms.loan_days} {unit}, {terms.source('loan_days')}"]
    return [*told, terms.told("calendar_mode")] if "calendar_mode" in terms.won else told


def _values_told(rule: Rule, facts: LoanFacts) -> list[str]:
    terms = facts.terms
    if terms is None:
        return []
    if rule.__name__ == "below_the_limit" and not facts.on_site:
        return [f"value max_items = {limit.most}, from rule {limit.row.key}" for limit in terms.limits]
    return [terms.told(name) for name in VALUES_OF.get(rule.__name__, ()) if name in terms.won]
