"""Cards of members, several each. What a card says is hashed at once and never kept."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from samut_hub.members.models import Card, CardKind, CardState, Member
from samut_hub.members.policy import hint_of, is_national_id
from samut_hub.members.service import member_by_number, renumber
from samut_wire.cards import card_hash
from samut_wire.numbers import member_number


class CardTakenError(Exception):
    """The card is another member's."""

    def __init__(self, holder: Member) -> None:
        super().__init__(f"The card belongs to member {holder.number}.")
        self.holder = holder


class WrongCardError(Exception):
    """These are no thirteen digits with a right check digit, so no national ID."""


def hash_of_card(key: bytes, kind: CardKind, value: str) -> str:
    """`key` is the library's. A printed code is read like a chip's number, so both are hashed alike."""
    if kind is CardKind.NATIONAL_ID:
        return card_hash(key, CardKind.NATIONAL_ID, member_number(value))
    return card_hash(key, CardKind.UID, value if kind is CardKind.UID else member_number(value))


def add_card(session: Session, member: Member, *, key: bytes, kind: CardKind, value: str, now: datetime) -> Card:
    """Give the member a card. `key` is the library's; a card out of use may change hands.

    Raises CardTakenError, also for the member number of another, and WrongCardError.
    """
    if kind is CardKind.NATIONAL_ID and not is_national_id(member_number(value)):
        raise WrongCardError
    digest = hash_of_card(key, kind, value)
    known = session.scalar(select(Card).where(Card.hash == digest).options(joinedload(Card.member)))
    holder = known.member if known is not None and known.state != CardState.REPLACED else None
    holder = holder or member_by_number(session, value)
    if holder is not None and holder.id != member.id:
        raise CardTakenError(holder)
    card = known or Card(hash=digest, hint=hint_of(value), library_id=member.library_id)
    card.member, card.kind, card.added_at = member, kind, now
    session.add(card)
    set_state(session, card, CardState.ACTIVE)
    return card


def set_state(session: Session, card: Card, state: CardState) -> None:
    """With a lost card its member borrows nothing until it is found, or another has taken its place."""
    card.state, card.active = state.value, state is CardState.ACTIVE
    session.flush()
    lost = select(Card.id).where(Card.member_id == card.member_id, Card.state == CardState.LOST).limit(1)
    card.member.card_lost = session.scalar(lost) is not None
    session.flush()


def remove_card(session: Session, card: Card) -> None:
    """Take a card out of use, for instance one handed back: from now on it is nobody's."""
    set_state(session, card, CardState.REPLACED)


def report_lost(session: Session, member: Member, *, key: bytes, now: datetime) -> Card:
    """The printed card, which says the member number, is gone."""
    card = add_card(session, member, key=key, kind=CardKind.BARCODE, value=member.number, now=now)
    set_state(session, card, CardState.LOST)
    return card


def lost_printed_card(session: Session, member: Member, *, key: bytes) -> Card | None:
    """The printed card with the member's number, where it was reported lost."""
    printed = hash_of_card(key, CardKind.BARCODE, member.number)
    return session.scalar(
        select(Card).where(Card.member_id == member.id, Card.hash == printed, Card.state == CardState.LOST)
    )


def replace_lost(session: Session, member: Member, *, number: str, key: bytes, now: datetime) -> None:
    """The lost printed card is nobody's any more, and the next one says another number, if `number` is another.

    With the same number the lost card works again for whoever finds it. Raises WrongNumberError and NumberTakenError.
    """
    lost = lost_printed_card(session, member, key=key)
    renumber(session, member, number, now=now)
    if lost is not None:
        set_state(session, lost, CardState.REPLACED)
