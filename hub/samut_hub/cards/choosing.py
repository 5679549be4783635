"""Which members get cards: those without one, all of a class or type, or those whose numbers are given."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from samut_hub.cards.models import CardRun, PrintedCard
from samut_hub.members.models import Group, Member
from samut_wire.numbers import member_number

MOST_CARDS = 2_000
"""Cards of one making."""
AT_ONCE = 500


class Which(StrEnum):
    """How the members are chosen."""

    NEW = "new"
    ALL = "all"
    NUMBERS = "numbers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Class and type narrow the choice but for given numbers; there and only there are also members that ended."""

    today: date
    which: Which = Which.NEW
    group_id: int | None = None
    type_id: int | None = None
    numbers: str = ""
    with_photo: bool = False


@dataclass(frozen=True, slots=True)
class Chosen:
    """Members in their order, at most MOST_CARDS of all `total`; `unknown` are numbers of nobody here."""

    ids: Sequence[int]
    total: int
    without_photo: int
    unknown: Sequence[str] = ()


def choose(session: Session, choice: Choice) -> Chosen:
    """The members that are asked for, class by class and by name; by numbers as these were given."""
    if choice.which is Which.NUMBERS:
        return _by_numbers(session, choice)
    conditions = _conditions(choice)
    counted = select(func.count(), func.count().filter(~Member.has_photo)).select_from(Member).where(*conditions)
    total, without = session.execute(counted).one()
    wanted = _in_order(select(Member.id).where(*conditions)).limit(MOST_CARDS)
    return Chosen(session.scalars(wanted).all(), total, without)


def numbers_in(text: str) -> list[str]:
    """The member numbers of a text, one in a line or with commas, tabs or semicolons between; each only once."""
    parts = (member_number(part) for part in re.split(r"[\n\r,;\t]+", text))
    return list(dict.fromkeys(part for part in parts if part))


def has_no_card() -> ColumnElement[bool]:
    """Members of whom no card with their number was printed and came out right."""
    printed = (
        select(PrintedCard.id)
        .join(CardRun)
        .where(
            PrintedCard.member_id == Member.id,
            PrintedCard.number == Member.number,
            CardRun.confirmed_at.is_not(None),
        )
        .correlate(Member)
    )
    return ~printed.exists()


def _by_numbers(session: Session, choice: Choice) -> Chosen:
    numbers = numbers_in(choice.numbers)
    known: dict[str, tuple[int, bool]] = {}
    for start in range(0, len(numbers), AT_ONCE):
        some = numbers[start : start + AT_ONCE]
        found = session.execute(select(Member.number, Member.id, Member.has_photo).where(Member.number.in_(some)))
        known.update({row.number: (row.id, row.has_photo) for row in found})
    wanted = [known[number] for number in numbers if number in known]
    ids = [member_id for member_id, has_photo in wanted if has_photo or not choice.with_photo]
    without = 0 if choice.with_photo else sum(not has_photo for _, has_photo in wanted)
    return Chosen(ids[:MOST_CARDS], len(ids), without, [number for number in numbers if number not in known])


def _conditions(choice: Choice) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [Member.expires_on.is_(None) | (Member.expires_on >= choice.today)]
    if choice.which is Which.NEW:
        conditions.append(has_no_card())
    if choice.group_id is not None:
        conditions.append(Member.group_id == choice.group_id)
    if choice.type_id is not None:
        conditions.append(Member.type_id == choice.type_id)
    if choice.with_photo:
        conditions.append(Member.has_photo.is_(True))
    return conditions


def _in_order(wanted: Select[int]) -> Select[int]:
    by_class = wanted.outerjoin(Group, Member.group_id == Group.id)
    return by_class.order_by(Group.name.is_(None), Group.name, Member.sort_name, Member.id)
