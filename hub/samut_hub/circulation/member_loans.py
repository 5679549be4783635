"""What a member has and had, as far as a rule asks for it. All of it is found by index."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from samut_hub.catalogue.models import Item, Title
from samut_hub.circulation.models import Loan
from samut_hub.circulation.terms import name_of
from samut_hub.members.models import Member
from samut_rules.matrix import Kind, LoanTerms
from samut_rules.same_title import Spell

LOOKED_AT = 100
"""The latest loans of a title; no library allows as many in a row."""


def had_before(session: Session, member: Member, title_id: int, terms: LoanTerms | None) -> tuple[Spell, ...]:
    """The member's loans of any copy, the latest first, the present one among them; looked up only where a rule asks.

    Found by index, however much else the member or others have borrowed.
    """
    if terms is None or (terms.same_title_times is None and terms.same_title_wait is None):
        return ()
    wanted = select(Loan.lent_at, Loan.returned_at, Loan.renewals).join(Item, Loan.item_id == Item.id)
    own = wanted.where(Item.title_id == title_id, Loan.member_id == member.id)
    found = session.execute(own.order_by(Loan.lent_at.desc()).limit(LOOKED_AT))
    return tuple(Spell(*row) for row in found)


def held_by_kind(session: Session, member: Member, terms: LoanTerms | None) -> dict[Kind, int] | None:
    """How many open loans of each kind the member has taken home; None where no limit is of some kinds only."""
    if terms is None or all(limit.is_of_all for limit in terms.limits):
        return None
    kind = (Title.material, Item.category_id, Item.place_id)
    counted = select(*kind, func.count()).select_from(Loan).join(Item, Loan.item_id == Item.id)
    own = counted.join(Title, Item.title_id == Title.id).where(
        Loan.member_id == member.id, Loan.returned_at.is_(None), ~Loan.on_site
    )
    held: dict[Kind, int] = {}
    for material, category, place, count in session.execute(own.group_by(*kind)):
        seen = Kind(material, name_of(category) or "", name_of(place) or "")
        held[seen] = held.get(seen, 0) + count
    return held
