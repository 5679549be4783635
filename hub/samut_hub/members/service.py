"""Members: find, list, add, change, block. No use case commits."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

import icu
from sqlalchemy import ColumnElement, Select, bindparam, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from samut_hub.db import prepared
from samut_hub.errors import NotFoundError
from samut_hub.members.models import Card, CardState, Member
from samut_hub.members.policy import (
    LONGEST,
    NumberFault,
    number_after,
    number_fault,
    number_range,
    phone_key,
)
from samut_hub.members.prefixes import without_prefix
from samut_wire.numbers import NATIONAL_ID_DIGITS, member_number

FIRST_NUMBER = "10001"
PAGE = 25

_NUMBERED = prepared(select(Member).where(Member.number == bindparam("number")))
_COLLATION = icu.Collator.createInstance(icu.Locale("th"))


class WrongNumberError(Exception):
    """The text cannot be a member number."""

    def __init__(self, number: str, fault: NumberFault) -> None:
        super().__init__(f"“{number}” cannot be a member number: {fault}.")
        self.fault = fault


class NumberTakenError(Exception):
    """Another member of the library has the number already."""

    def __init__(self, holder: Member) -> None:
        super().__init__(f"Member number {holder.number} is taken.")
        self.holder = holder


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberFields:
    """What staff fill in about a member. `expires_on` is the last day of membership, None when it never ends.

    `born` is as `birth` keeps it, `level` a step of education.
    """

    number: str
    type_id: int
    name_th: str
    name_en: str = ""
    group_id: int | None = None
    phone: str = ""
    email: str = ""
    note: str = ""
    expires_on: date | None = None
    level: int | None = None
    born: str = ""
    address: str = ""
    facebook: str = ""
    line_id: str = ""
    guardian_name: str = ""
    guardian_phone: str = ""
    guardian_relation: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """One page of members, which one it is, and how many members there are on all pages."""

    members: Sequence[Member]
    total: int
    page: int

    @property
    def pages(self) -> int:
        return _pages(self.total)


def sort_key(name: str) -> bytes:
    """Where the name stands in a list: Thai collation, leading vowels after their consonant (ICU).

    What stands before the name, as นางสาว, does not count. Where this changes, `sorting.PREFIXES` goes up.
    """
    key: bytes = _COLLATION.getSortKey(without_prefix(name))
    return key


def member_by_id(session: Session, member_id: int) -> Member:
    """The library's member; raises NotFoundError."""
    found = session.get(Member, member_id)
    if found is None:
        raise NotFoundError(f"There is no member {member_id} in this library.")
    return found


def member_by_number(session: Session, number: str) -> Member | None:
    """The library's member with this number; Thai digits, blanks and small letters are understood."""
    return session.scalar(_NUMBERED, {"number": member_number(number)})


def member_by_card(session: Session, card_hash: str) -> Member | None:
    """Whose card this is, also a lost one: then `card_lost` refuses. One that was taken out of use is nobody's."""
    in_use = Card.active | (Card.state == CardState.LOST)
    return session.scalar(select(Member).join(Card).where(Card.hash == card_hash, in_use))


def members_named(session: Session, name_th: str) -> Sequence[Member]:
    """Who has this name already; asked before a member is added."""
    return session.scalars(select(Member).where(Member.sort_name == sort_key(name_th)).limit(5)).all()


def list_members(session: Session, words: str = "", *, group_id: int | None = None, page: int = 1) -> Found:
    """Members in the order of their names. `words` is the beginning of a number, or parts of a name in any script.

    Behind the last page comes the last page again.
    """
    wanted = [*_meant(words), *([] if group_id is None else [Member.group_id == group_id])]
    total = session.scalar(select(func.count()).select_from(Member).where(*wanted)) or 0
    page = min(max(1, page), _pages(total))
    return Found(session.scalars(_page(page).where(*wanted)).all(), total, page)


def next_number(session: Session) -> str:
    """A free number that follows those given last; national IDs are not counted on."""
    latest = session.scalar(
        select(Member.number)
        .where(func.length(Member.number) != NATIONAL_ID_DIGITS)
        .order_by(Member.id.desc())
        .limit(1)
    )
    if latest is None:
        return FIRST_NUMBER
    low, high = number_range(latest)
    same_kind = (func.length(Member.number) == len(latest), Member.number.between(low, high))
    return number_after(session.scalar(select(func.max(Member.number)).where(*same_kind)) or latest)


def add_member(session: Session, fields: MemberFields, *, now: datetime, joined_on: date) -> Member:
    """A new member. Raises WrongNumberError and NumberTakenError."""
    number = _free_number(session, fields.number, None)
    member = Member(joined_on=joined_on)
    _fill(member, fields, number, now)
    try:
        with session.begin_nested():
            session.add(member)
    except IntegrityError:
        raise _taken(session, number) from None
    return member


def edit_member(session: Session, member: Member, fields: MemberFields, *, now: datetime) -> None:
    """Change what staff filled in. Raises WrongNumberError and NumberTakenError, and then nothing is changed."""
    number = _free_number(session, fields.number, member)
    try:
        with session.begin_nested():
            _fill(member, fields, number, now)
    except IntegrityError:
        raise _taken(session, number) from None


def renumber(session: Session, member: Member, number: str, *, now: datetime) -> None:
    """Another number, as a new card needs it. Raises WrongNumberError and NumberTakenError."""
    free = _free_number(session, number, member)
    try:
        with session.begin_nested():
            member.number, member.changed_at = free, now
    except IntegrityError:
        raise _taken(session, free) from None


def block(session: Session, member: Member, note: str, *, now: datetime) -> None:
    """Refuse the member everything; `note` is what the member reads."""
    member.blocked, member.changed_at = note, now
    session.flush()


def unblock(session: Session, member: Member, *, now: datetime) -> None:
    """Let the member borrow and pass the gate again."""
    block(session, member, "", now=now)


def set_photo(session: Session, member: Member, content: bytes, *, now: datetime) -> None:
    """Keep what `photos.drawn_photo` made of a file."""
    member.photo, member.has_photo, member.changed_at = content, True, now
    session.flush()


def _meant(words: str) -> list[ColumnElement[bool]]:
    number = member_number(words)
    if any(character.isdigit() for character in number):
        return [Member.number.between(number, number + "Z" * LONGEST), Member.number.startswith(number)]
    return [Member.name_th.icontains(word) | Member.name_en.icontains(word) for word in words.split()]


def _pages(total: int) -> int:
    return max(1, -(-total // PAGE))


def _page(page: int) -> Select[Member]:
    return select(Member).order_by(Member.sort_name, Member.id).limit(PAGE).offset((page - 1) * PAGE)


def _fill(member: Member, fields: MemberFields, number: str, now: datetime) -> None:
    for name, value in asdict(fields).items():
        setattr(member, name, value)
    member.number, member.sort_name, member.changed_at = number, sort_key(fields.name_th), now
    member.phone_key = phone_key(fields.phone)


def _free_number(session: Session, text: str, own: Member | None) -> str:
    number = member_number(text)
    fault = number_fault(number)
    if fault is not None:
        raise WrongNumberError(text, fault)
    if own is None or own.number != number:
        holder = member_by_number(session, number)
        if holder is not None:
            raise NumberTakenError(holder)
    return number


def _taken(session: Session, number: str) -> Exception:
    holder = member_by_number(session, number)
    return NumberTakenError(holder) if holder else WrongNumberError(number, NumberFault.STRANGE_CHARACTER)
