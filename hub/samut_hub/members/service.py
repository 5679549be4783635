"""Members: find, add, change; their cards. No use case commits."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from samut_hub.members.models import Card, Member
from samut_hub.members.policy import normal_number


def member_by_number(session: Session, number: str) -> Member | None:
    """The library's member with this number; Thai digits, blanks and small letters are understood."""
    return session.scalar(select(Member).where(Member.number == normal_number(number)))


def member_by_card(session: Session, card_hash: str) -> Member | None:
    """Whose card this is; a card that was taken out of use is nobody's."""
    return session.scalar(select(Member).join(Card).where(Card.hash == card_hash, Card.active))
