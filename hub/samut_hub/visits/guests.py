"""Passes of guests: a code for a while, for so many entries."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from samut_hub.visits.models import GuestPass
from samut_rules.reasons import Code, Reason
from samut_wire.cards import card_hash

GUEST = "guest"
"""The kind of card under which a pass's code is hashed, at the gate and here."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A pass to be made. `name` is what the gate greets with, if anything."""

    valid_from: datetime
    valid_until: datetime
    uses: int = 1
    name: str = ""


def make_pass(session: Session, code: str, wanted: Wanted, *, key: bytes, by: str, now: datetime) -> GuestPass:
    """`key` is the library's card key; the code is shown to the guest and kept only as its hash."""
    row = GuestPass(
        code_hash=card_hash(key, GUEST, code),
        name=wanted.name,
        valid_from=wanted.valid_from,
        valid_until=wanted.valid_until,
        uses=wanted.uses,
        made_at=now,
        made_by=by,
    )
    session.add(row)
    return row


def pass_by_hash(session: Session, code_hash: str) -> GuestPass | None:
    return session.scalar(select(GuestPass).where(GuestPass.code_hash == code_hash))


def against_pass(shown: GuestPass, now: datetime) -> tuple[Reason, ...]:
    """What stands against letting the guest in; empty when nothing does."""
    if not shown.valid_from <= now <= shown.valid_until:
        return (Reason(Code.PASS_ENDED),)
    return (Reason(Code.PASS_USED_UP),) if shown.used >= shown.uses else ()
