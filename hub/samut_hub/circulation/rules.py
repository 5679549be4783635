"""The matrix of loan rules: read, change, and ask what it says. No use case commits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import chain

from sqlalchemy import select
from sqlalchemy.orm import Session

from samut_hub.catalogue.models import Item
from samut_hub.circulation.facts import loan_facts, whereabouts
from samut_hub.circulation.models import LargerMaterial, LoanRule
from samut_hub.circulation.terms import material_tree, rule_rows
from samut_hub.errors import NotFoundError
from samut_hub.members.models import Member
from samut_rules.lending import decide_loan
from samut_rules.loan import Decision
from samut_rules.matrix import About, LoanTerms, terms_for

MAX_DAYS = 3_650
"""Ten years: more is a slip of the finger."""


class RuleTakenError(Exception):
    """There is a row of the same scope, from this day, already."""


class CircleError(Exception):
    """A material would belong to itself."""


SCOPE = ("member_type", "material", "category_id", "place_id", "effective_from")
Matrix = Mapping[str, Mapping[str, LoanTerms | None]]
"""By type of member, then by material."""


Said = int | str | date | None
"""What a row says of one value, as the database keeps it."""


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What would be decided, and what holds for this member and this item."""

    member: Member
    item: Item
    decision: Decision
    terms: LoanTerms | None


def rules(session: Session) -> Sequence[LoanRule]:
    """The library's rows, the most general first."""
    order = ((column.is_not(None), column) for column in (getattr(LoanRule, name) for name in SCOPE))
    return session.scalars(select(LoanRule).order_by(*chain.from_iterable(order))).all()


def rule(session: Session, rule_id: int) -> LoanRule:
    """The library's row; raises NotFoundError."""
    found = session.get(LoanRule, rule_id)
    if found is None:
        raise NotFoundError(f"There is no loan rule {rule_id} in this library.")
    return found


def add_rule(session: Session, said: Mapping[str, Said]) -> LoanRule:
    """A row that says this, by the names of the rules. Raises RuleTakenError."""
    return _write(session, LoanRule(), said)


def edit_rule(session: Session, own: LoanRule, said: Mapping[str, Said]) -> None:
    """Change what is named; the rest of the row stays. Raises RuleTakenError, and then nothing is changed."""
    _write(session, own, said)


def remove_rule(session: Session, own: LoanRule) -> None:
    session.delete(own)
    session.flush()


def what_if(session: Session, member: Member, item: Item, now: datetime, *, on_site: bool = False) -> WhatIf:
    """What the desk would decide now; nothing is lent."""
    facts = loan_facts(session, member, item, whereabouts(session, item, member, now).facts, now)
    return WhatIf(member, item, decide_loan(replace(facts, on_site=on_site), now), facts.terms)


def matrix(session: Session, member_types: Sequence[str], materials: Sequence[str], about: About) -> Matrix:
    """What holds for each type of member and each material of that category and place on that day; None where
    nothing is lent."""
    rows, about = rule_rows(session), replace(about, tree=material_tree(session))
    return {
        kind: {material: terms_for(rows, kind, material, about=about) for material in materials}
        for kind in member_types
    }


def larger_materials(session: Session) -> dict[str, str]:
    """For each material that belongs to a larger one, that."""
    found = session.execute(select(LargerMaterial.material, LargerMaterial.parent))
    return {row.material: row.parent for row in found}


def say_larger(session: Session, parents: Mapping[str, str]) -> None:
    """These and no others belong to larger ones. Raises CircleError, and then nothing is changed."""
    for material in parents:
        seen = {material}
        while (material := parents.get(material, "")) and material not in seen:
            seen.add(material)
        if material:
            raise CircleError(material)
    for row in session.scalars(select(LargerMaterial)):
        if parents.get(row.material) != row.parent:
            session.delete(row)
    session.flush()
    known = larger_materials(session)
    new = ((material, parent) for material, parent in parents.items() if material not in known)
    session.add_all(LargerMaterial(material=material, parent=parent) for material, parent in new)
    session.flush()


def _write(session: Session, own: LoanRule, said: Mapping[str, Said]) -> LoanRule:
    """NULLs are never equal to a database, so the scopes are compared here."""
    scope = tuple(said.get(name) for name in SCOPE)
    if any(tuple(getattr(row, name) for name in SCOPE) == scope and row is not own for row in rules(session)):
        raise RuleTakenError(scope)
    for name, value in said.items():
        setattr(own, name, value)
    session.add(own)
    session.flush()
    return own
