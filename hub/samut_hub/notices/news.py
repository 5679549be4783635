"""News to the members of chosen classes and types: written once, sent to each member once."""

from collections.abc import Collection

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from samut_hub.members.models import Member
from samut_hub.notices.gathering import PART
from samut_hub.notices.making import Making, Occasion, make
from samut_hub.notices.policy import Kind


def receivers(session: Session, groups: Collection[int], types: Collection[int]) -> list[int]:
    """Members of any of these classes or types, but for those who are blocked."""
    of = or_(Member.group_id.in_(groups), Member.type_id.in_(types))
    return list(session.scalars(select(Member.id).where(of, Member.blocked == "").order_by(Member.id)))


def tell_news(making: Making, news_id: int, said: dict[str, str], member_ids: Collection[int]) -> int:
    """How many messages were made; who was told before, or can be reached by nothing but paper, gets none.

    `said` has a title and a text.
    """
    occasions = [Occasion(member_id, Kind.NEWS, member_id, f"news {news_id}") for member_id in member_ids]
    return sum(make(making, occasions[at : at + PART], said) for at in range(0, len(occasions), PART))
