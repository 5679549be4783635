"""The matrix of loan rules: read, change, and ask what it says. No use case commits."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from samut_hub.catalogue.models import Item
from samut_hub.circulation.models import LoanRule
from samut_hub.circulation.service import loan_facts, whereabouts
from samut_hub.errors import NotFoundError
from samut_hub.members.models import Member
from samut_rules.lending import decide_loan
from samut_rules.loan import Decision
from samut_rules.matrix import LoanTerms

MAX_DAYS = 3_650
"""Ten years: more is a slip of the finger."""


class RuleTakenError(Exception):
    """There is a row for this type of member and this material already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleFields:
    """What a row says; None is any, or not said here. Money is satang."""

    member_type: str | None
    material: str | None
    loan_days: int | None
    max_items: int | None
    max_renewals: int | None
    fine_per_day: int | None
    fine_cap: int | None


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What would be decided, and what holds for this member and this item."""

    member: Member
    item: Item
    decision: Decision
    terms: LoanTerms | None


def rules(session: Session) -> Sequence[LoanRule]:
    """The library's rows, the most general first."""
    order = (
        LoanRule.member_type.is_not(None),
        LoanRule.member_type,
        LoanRule.material.is_not(None),
        LoanRule.material,
    )
    return session.scalars(select(LoanRule).order_by(*order)).all()


def rule(session: Session, rule_id: int) -> LoanRule:
    """The library's row; raises NotFoundError."""
    found = session.get(LoanRule, rule_id)
    if found is None:
        raise NotFoundError(f"There is no loan rule {rule_id} in this library.")
    return found


def add_rule(session: Session, fields: RuleFields) -> LoanRule:
    """Raises RuleTakenError."""
    return _write(session, LoanRule(), fields)


def edit_rule(session: Session, own: LoanRule, fields: RuleFields) -> None:
    """Raises RuleTakenError, and then nothing is changed."""
    _write(session, own, fields)


def remove_rule(session: Session, own: LoanRule) -> None:
    session.delete(own)
    session.flush()


def what_if(session: Session, member: Member, item: Item, now: datetime) -> WhatIf:
    """What the desk would decide now; nothing is lent."""
    facts = loan_facts(session, member, item, whereabouts(session, item, member).facts, now)
    return WhatIf(member, item, decide_loan(facts, now), facts.terms)


def _write(session: Session, own: LoanRule, fields: RuleFields) -> LoanRule:
    """NULLs are never equal to a database, so the pair is compared here."""
    pair = (fields.member_type, fields.material)
    if any((row.member_type, row.material) == pair and row is not own for row in rules(session)):
        raise RuleTakenError(pair)
    for name, value in asdict(fields).items():
        setattr(own, name, value)
    session.add(own)
    session.flush()
    return own
