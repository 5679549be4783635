"""Who may be the same person as somebody who is about to be added: asked while the form is filled in."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from samut_hub.members.birth import same_birth
from samut_hub.members.models import Member
from samut_hub.members.policy import phone_key
from samut_hub.members.service import member_by_card, members_named

SHORTEST_PHONE = 9
LISTED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What is known so far. `card_hash` is that of the national ID, empty while it is not typed."""

    name_th: str = ""
    born: str = ""
    phone: str = ""
    card_hash: str = ""


@dataclass(frozen=True, slots=True)
class Alike:
    """A member, and whether it is the same person as far as can be told; of a family many have one phone."""

    member: Member
    by_name: bool = False
    by_national_id: bool = False
    by_phone: bool = False

    @property
    def is_probable(self) -> bool:
        return self.by_name or self.by_national_id


def find_alike(session: Session, typed: Typed, own_id: int | None = None) -> list[Alike]:
    """The most probable first, at most LISTED for each reason; never the member whose form it is."""
    named = [one.id for one in _named(session, typed)]
    holder = member_by_card(session, typed.card_hash) if typed.card_hash else None
    reached = [one.id for one in _reached(session, typed.phone)]
    ids = dict.fromkeys(([holder.id] if holder else []) + named + reached)
    ids.pop(own_id or 0, None)
    found = {one.id: one for one in session.scalars(select(Member).where(Member.id.in_(ids)))} if ids else {}
    return [Alike(found[one], one in named, holder is not None and one == holder.id, one in reached) for one in ids]


def _named(session: Session, typed: Typed) -> Sequence[Member]:
    if not typed.name_th:
        return ()
    return [one for one in members_named(session, typed.name_th) if same_birth(one.born, typed.born)]


def _reached(session: Session, phone: str) -> Sequence[Member]:
    key = phone_key(phone)
    if len(key) < SHORTEST_PHONE:
        return ()
    return session.scalars(select(Member).where(Member.phone_key == key).order_by(Member.id).limit(LISTED)).all()
