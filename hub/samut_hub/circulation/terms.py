"""What the matrix of a library says for a member and an item, read once and kept until a rule changes."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from samut_hub.catalogue.models import Item, Title
from samut_hub.circulation.models import LoanRule
from samut_hub.libraries.keeping import kept
from samut_hub.libraries.service import calendar_of, library_of
from samut_hub.members.models import Member
from samut_rules.matrix import About, LoanTerms, OwnTerms, RuleRow, terms_for

RULE_COLUMNS = tuple(column.key for column in LoanRule.__table__.columns if column.key not in ("id", "library_id"))
"""What a row says, by the names of the fields of `RuleRow`."""


def rule_rows(session: Session) -> list[RuleRow]:
    """The library's matrix as the rules want it."""
    rows = session.execute(select(*(getattr(LoanRule, name) for name in RULE_COLUMNS)).order_by(LoanRule.id))
    return [RuleRow.of(rule_key(row.member_type, row.material, row.effective_from), row._asdict()) for row in rows]


def rule_key(member_type: str | None, material: str | None, begins: date | None) -> str:
    """How a row of the matrix is called in traces."""
    return f"{member_type or '*'} × {material or '*'}" + (f" @ {begins}" if begins else "")


def terms_of(session: Session, member: Member, item: Item, now: datetime) -> LoanTerms | None:
    """What holds for this member and this item on that day."""
    own, library = OwnTerms(item.loan_days, item.fine_per_day), library_of(session, member.library_id)
    about = About(on=calendar_of(session, library).local_day(now))
    return terms_for(kept_rows(session, member), member.type.code, item.title.material, own, about=about)


def title_terms(session: Session, member: Member, title: Title, now: datetime) -> LoanTerms | None:
    """What holds for this member and any copy of the title on that day."""
    about = About(on=calendar_of(session, library_of(session, member.library_id)).local_day(now))
    return terms_for(kept_rows(session, member), member.type.code, title.material, about=about)


def kept_rows(session: Session, member: Member) -> list[RuleRow]:
    """The rows of the member's library."""
    return kept(session, library_of(session, member.library_id), "loan rules", lambda: rule_rows(session))
