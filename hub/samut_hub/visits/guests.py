"""Passes of guests: a code for a while, for so many entries."""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from samut_hub.errors import NotFoundError
from samut_hub.visits.models import GuestPass
from samut_rules.reasons import Code, Reason
from samut_wire.cards import card_hash

GUEST = "guest"
"""The kind of card under which a pass's code is hashed, at the gate and here."""
MOST_AT_ONCE = 200
SHOWN_AFTER = timedelta(days=30)
"""How long a pass that has ended stays in the list."""
PAGE = 50
_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without those that people take for one another."""
_LENGTH = 9


@dataclass(frozen=True, slots=True)
class Wanted:
    """A pass to be made. `name` is what the gate greets with, if anything."""

    valid_from: datetime
    valid_until: datetime
    uses: int = 1
    name: str = ""


@dataclass(frozen=True, slots=True)
class Made:
    """A pass and its code, which is shown now and never again."""

    code: str
    row: GuestPass


@dataclass(frozen=True, slots=True)
class PassPage:
    passes: Sequence[GuestPass]
    total: int
    page: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE))


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


def make_passes(
    session: Session, command: str, wanted: Wanted, count: int, *, key: bytes, by: str, now: datetime
) -> list[Made]:
    """`count` passes of one form. The same `command` again makes no more: it shows those that it made."""
    codes = [_code(key, command, number) for number in range(count)]
    hashes = {code: card_hash(key, GUEST, code) for code in codes}
    there = session.scalars(select(GuestPass).where(GuestPass.code_hash.in_(hashes.values())))
    known = {row.code_hash: row for row in there}
    made = [
        Made(code, known.get(hashes[code]) or make_pass(session, code, wanted, key=key, by=by, now=now))
        for code in codes
    ]
    session.flush()
    return made


def passes(session: Session, now: datetime, page: int = 1) -> PassPage:
    """Those that still let somebody in or ended lately; those that end last stand first."""
    wanted = select(GuestPass).where(GuestPass.valid_until >= now - SHOWN_AFTER)
    total = session.scalar(wanted.with_only_columns(func.count())) or 0
    page = min(max(1, page), max(1, -(-total // PAGE)))
    in_order = wanted.order_by(GuestPass.valid_until.desc(), GuestPass.id.desc())
    return PassPage(session.scalars(in_order.limit(PAGE).offset((page - 1) * PAGE)).all(), total, page)


def revoke_pass(session: Session, pass_id: int, by: str, now: datetime) -> GuestPass:
    """Who was first stays."""
    row = session.scalar(select(GuestPass).where(GuestPass.id == pass_id))
    if row is None:
        raise NotFoundError(f"There is no guest pass {pass_id}.")
    if row.revoked_at is None:
        row.revoked_at, row.revoked_by = now, by
    return row


def pass_by_hash(session: Session, code_hash: str) -> GuestPass | None:
    return session.scalar(select(GuestPass).where(GuestPass.code_hash == code_hash))


def against_pass(shown: GuestPass, now: datetime) -> tuple[Reason, ...]:
    """What stands against letting the guest in; empty when nothing does."""
    if shown.revoked_at is not None or not shown.valid_from <= now <= shown.valid_until:
        return (Reason(Code.PASS_ENDED),)
    return (Reason(Code.PASS_USED_UP),) if shown.used >= shown.uses else ()


def _code(key: bytes, command: str, number: int) -> str:
    """About 44 bits that nobody can guess without the library's key."""
    drawn = int.from_bytes(hmac.new(key, f"guest pass:{command}:{number}".encode(), hashlib.sha256).digest())
    letters = []
    for _place in range(_LENGTH):
        drawn, letter = divmod(drawn, len(_LETTERS))
        letters.append(_LETTERS[letter])
    return "".join(letters)
