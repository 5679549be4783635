"""Chip cards of members. A card number is hashed at once and never kept."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from samut_hub.members.models import Card, CardKind, Member
from samut_hub.members.policy import hint_of
from samut_wire.cards import card_hash


class CardTakenError(Exception):
    """The card is another member's."""

    def __init__(self, holder: Member) -> None:
        super().__init__(f"The card belongs to member {holder.number}.")
        self.holder = holder


def add_card(session: Session, member: Member, *, key: bytes, kind: CardKind, value: str, now: datetime) -> Card:
    """Give the member a card. `key` is the library's; a card out of use may change hands. Raises CardTakenError."""
    digest = card_hash(key, kind, value)
    known = session.scalar(select(Card).where(Card.hash == digest).options(joinedload(Card.member)))
    if known is not None and known.active and known.member_id != member.id:
        raise CardTakenError(known.member)
    card = known or Card(kind=kind, hash=digest, hint=hint_of(value), library_id=member.library_id)
    card.member, card.active, card.added_at = member, True, now
    session.add(card)
    session.flush()
    return card


def remove_card(session: Session, card: Card) -> None:
    """Take a card out of use, for instance a lost one: from now on it is nobody's."""
    card.active = False
    session.flush()
