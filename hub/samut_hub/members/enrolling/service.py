"""Enrolling by national ID card: asked for, read at a desk, saved or forgotten. No use case commits."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from samut_hub.members.cards import CardTakenError, set_state
from samut_hub.members.enrolling.models import CardReading, KeptNumber, NumberKeeping
from samut_hub.members.merging.models import MovedRow
from samut_hub.members.models import Card, CardKind, CardState, Member
from samut_hub.members.service import sort_key
from samut_hub.sealing import SealedError, put_into, seal, take_out, unseal
from samut_wire.messages import IdentityRead

PATIENCE = timedelta(minutes=2)
"""How long a card is waited for."""
KEPT = timedelta(minutes=5)
"""How long what it told is kept for the form."""
COMPARED = ("name_th", "name_en", "born", "address")
"""What a card says that a member's record says too."""


@dataclass(frozen=True, slots=True)
class Difference:
    """The card says something else than the record. `field` is the record's."""

    field: str
    before: str
    after: str


def begin(session: Session, reading: CardReading) -> None:
    """Wait for this card; what others read and did not save in time goes."""
    forget_old(session, reading.asked_at)
    session.add(reading)


def note_identity(session: Session, reading_id: str, station: str, identity: IdentityRead, now: datetime) -> None:
    """Keep what the card told for the browser that asked; what nobody asked for, or asks for no more, is dropped."""
    reading = session.get(CardReading, reading_id)
    if reading is None or reading.station != station or reading.read_at is not None or has_ended(reading, now):
        return
    reading.sealed, reading.read_at = put_into(reading.box, msgspec.json.encode(identity)), now


def note_fault(session: Session, reading_id: str, station: str, fault: str) -> None:
    """The desk could not read a card."""
    reading = session.get(CardReading, reading_id)
    if reading is not None and reading.station == station and reading.read_at is None:
        reading.fault = fault


def has_ended(reading: CardReading, now: datetime) -> bool:
    """No card came, or what it told was kept for long enough."""
    if reading.read_at is not None:
        return now > reading.read_at + KEPT
    return bool(reading.fault) or now > reading.asked_at + PATIENCE


def told_by(reading: CardReading, key: bytes) -> IdentityRead | None:
    """What the card told; None while it was not read, and for every key but that of the browser that asked."""
    if reading.sealed is None:
        return None
    try:
        return msgspec.json.decode(take_out(key, reading.sealed), type=IdentityRead)
    except SealedError:
        return None


def forget(session: Session, reading: CardReading) -> None:
    session.delete(reading)


def forget_old(session: Session, now: datetime) -> None:
    """What was read and not saved, and cards that never came."""
    unread = (CardReading.read_at.is_(None), CardReading.asked_at < now - PATIENCE - KEPT)
    session.execute(delete(CardReading).where(or_(CardReading.read_at < now - KEPT, unread[0] & unread[1])))


def differences(member: Member, identity: IdentityRead) -> list[Difference]:
    """What the card says otherwise; what it does not say at all is no difference."""
    pairs = [(name, str(getattr(member, name)), str(getattr(identity, name))) for name in COMPARED]
    return [Difference(name, before, after) for name, before, after in pairs if after and before != after]


def take_over(session: Session, member: Member, identity: IdentityRead, fields: set[str], now: datetime) -> None:
    """Put into the record what the card says, of the fields that were ticked."""
    for difference in differences(member, identity):
        if difference.field in fields:
            setattr(member, difference.field, difference.after)
    member.sort_name, member.changed_at = sort_key(member.name_th), now
    session.flush()


def give_card(
    session: Session, member: Member, digest: str, now: datetime, *, kind: CardKind = CardKind.NATIONAL_ID
) -> None:
    """Let the card with this hash be the member's. Raises CardTakenError when it is another's."""
    known = session.scalar(select(Card).where(Card.hash == digest))
    if known is not None and known.state != CardState.REPLACED and known.member_id != member.id:
        raise CardTakenError(known.member)
    card = known or Card(hash=digest, hint="", library_id=member.library_id)
    card.member, card.kind, card.added_at = member, kind, now
    session.add(card)
    set_state(session, card, CardState.ACTIVE)


def keeps_numbers(session: Session, library_id: int) -> NumberKeeping | None:
    """The library's decision to keep national IDs themselves; None where it keeps none."""
    return session.get(NumberKeeping, library_id)


def decide_to_keep(session: Session, library_id: int, *, by: str, now: datetime) -> None:
    if keeps_numbers(session, library_id) is None:
        session.add(NumberKeeping(library_id=library_id, decided_by=by, decided_at=now))


def keep_no_more(session: Session, library_id: int) -> None:
    """From now on none is kept, and those that were are erased, also those that merges of members keep."""
    session.execute(delete(NumberKeeping).where(NumberKeeping.library_id == library_id))
    session.execute(delete(KeptNumber).where(KeptNumber.library_id == library_id))
    of_numbers = (MovedRow.library_id == library_id, MovedRow.table == KeptNumber.__tablename__)
    session.execute(delete(MovedRow).where(*of_numbers))


def keep_number(session: Session, member: Member, number: str, key: bytes) -> None:
    """Seal the number; only where the library decided so."""
    if number and keeps_numbers(session, member.library_id) is not None:
        kept = session.get(KeptNumber, member.id) or KeptNumber(member_id=member.id, library_id=member.library_id)
        kept.sealed = seal(key, number.encode())
        session.add(kept)


def kept_number(session: Session, member: Member, key: bytes) -> str:
    """The member's national ID, where it is kept; else nothing."""
    kept = session.get(KeptNumber, member.id)
    return "" if kept is None else unseal(key, kept.sealed).decode()
