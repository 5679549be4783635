"""What the matrix of a library says for a member and an item, read once and kept until a rule changes."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from samut_hub.catalogue.models import Item, Place, Title
from samut_hub.circulation.models import LargerMaterial, LoanRule
from samut_hub.db import prepared
from samut_hub.libraries.keeping import kept
from samut_hub.libraries.service import calendar_of, library_of
from samut_hub.members.models import Member
from samut_rules.holds import USUAL
from samut_rules.matrix import About, LoanTerms, OwnTerms, RuleRow, Tree, terms_for

RULE_COLUMNS = tuple(column.key for column in LoanRule.__table__.columns if column.key not in ("id", "library_id"))
"""What a row says, by the names of the database."""


def rule_rows(session: Session) -> list[RuleRow]:
    """The library's matrix as the rules want it."""
    rows = session.execute(select(*(getattr(LoanRule, name) for name in RULE_COLUMNS)).order_by(LoanRule.id))
    return [_rule_row(row._asdict()) for row in rows]


_ASKING = prepared(
    select(LoanRule.id)
    .where(or_(LoanRule.same_title_times.is_not(None), LoanRule.same_title_wait.is_not(None)))
    .limit(1)
)


def asks_of_titles(session: Session) -> bool:
    """Whether any rule of the session's library asks how often a member had one title."""
    return session.scalar(_ASKING) is not None


def _rule_row(said: dict[str, Any]) -> RuleRow:
    """Categories and places are named by their ids."""
    scope = {"category": name_of(said["category_id"]), "location": name_of(said["place_id"])}
    return RuleRow.of(rule_key({**said, **scope}), {**said, **scope})


def rule_key(scope: Mapping[str, Any]) -> str:
    """How a row of the matrix is called in traces: `pupil × * × category 3 @ 2026-12-01`."""
    named = [scope["member_type"] or "*", scope["material"] or "*"]
    named += [f"{name} {scope[name]}" for name in ("category", "location") if scope[name]]
    begins = scope["effective_from"]
    return " × ".join(named) + (f" @ {begins}" if begins else "")


def material_tree(session: Session) -> Tree:
    """Which materials belong to larger ones, and which places lie in which."""
    parents = session.execute(select(LargerMaterial.material, LargerMaterial.parent))
    places = session.execute(select(Place.id, Place.parent_id).where(Place.parent_id.is_not(None)))
    return Tree({row.material: row.parent for row in parents}, {str(row.id): str(row.parent_id) for row in places})


def terms_of(session: Session, member: Member, item: Item, now: datetime) -> LoanTerms | None:
    """What holds for this member and this item on that day."""
    about = About(
        name_of(item.category_id) or "",
        name_of(item.place_id) or "",
        kept_tree(session, member),
        _day(session, member, now),
    )
    own = OwnTerms(item.loan_days, item.fine_per_day)
    return terms_for(kept_rows(session, member), member.type.code, item.title.material, own, about=about)


def title_terms(session: Session, member: Member, title: Title, now: datetime) -> LoanTerms | None:
    """What holds for this member and any copy of the title on that day."""
    about = About(tree=kept_tree(session, member), on=_day(session, member, now))
    return terms_for(kept_rows(session, member), member.type.code, title.material, about=about)


def member_terms(session: Session, member: Member, now: datetime) -> LoanTerms:
    """What holds for this member on that day whatever the material; as always where no rule is of all materials."""
    about = About(on=_day(session, member, now))
    return terms_for(kept_rows(session, member), member.type.code, "", about=about) or USUAL


def kept_rows(session: Session, member: Member) -> list[RuleRow]:
    """The rows of the member's library."""
    return kept(session, library_of(session, member.library_id), "loan rules", lambda: rule_rows(session))


def kept_tree(session: Session, member: Member) -> Tree:
    """What belongs to what in the member's library."""
    return kept(session, library_of(session, member.library_id), "tree", lambda: material_tree(session))


def _day(session: Session, member: Member, now: datetime) -> date:
    return calendar_of(session, library_of(session, member.library_id)).local_day(now)


def name_of(row_id: int | None) -> str | None:
    """How the rules call a category or a place."""
    return None if row_id is None else str(row_id)
