"""Types of member and groups, as many as each library defines for itself. No use case commits."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from samut_hub.errors import NotFoundError
from samut_hub.members.models import Group, Member, MemberType


class NameTakenError(Exception):
    """There is one with this code or name already."""


class InUseError(Exception):
    """Members belong to it, so it stays. `members` says how many."""

    def __init__(self, members: int) -> None:
        super().__init__(f"{members} members belong to it.")
        self.members = members


@dataclass(frozen=True, slots=True)
class Validity:
    """How long a renewed membership lasts: so many months, or (None) until the school year ends, MM-DD."""

    months: int | None = None
    year_ends: str = "03-31"


SCHOOL_YEAR = Validity()


def member_types(session: Session) -> Sequence[MemberType]:
    """The library's types of member, as they were made."""
    return session.scalars(select(MemberType).order_by(MemberType.id)).all()


def groups(session: Session) -> Sequence[Group]:
    """The library's classes and departments by name."""
    return session.scalars(select(Group).order_by(Group.name)).all()


def member_type(session: Session, type_id: int) -> MemberType:
    """The library's type of member; raises NotFoundError."""
    found = session.get(MemberType, type_id)
    if found is None:
        raise NotFoundError(f"There is no type of member {type_id} in this library.")
    return found


def group(session: Session, group_id: int) -> Group:
    """The library's group; raises NotFoundError."""
    found = session.get(Group, group_id)
    if found is None:
        raise NotFoundError(f"There is no group {group_id} in this library.")
    return found


def people_by_type(session: Session) -> dict[int, int]:
    """How many members each type has."""
    return _counts(session, select(Member.type_id, func.count()).group_by(Member.type_id))


def people_by_group(session: Session) -> dict[int, int]:
    """How many members each group has."""
    return _counts(session, select(Member.group_id, func.count()).group_by(Member.group_id))


def add_type(session: Session, code: str, name_th: str, name_en: str, validity: Validity = SCHOOL_YEAR) -> MemberType:
    """`code` is what loan rules name it by and stays as it is. Raises NameTakenError."""
    if session.scalar(select(MemberType).where(MemberType.code == code)):
        raise NameTakenError(code)
    added = MemberType(code=code, name_th=name_th, name_en=name_en)
    added.valid_months, added.year_ends = validity.months, validity.year_ends
    session.add(added)
    session.flush()
    return added


def change_type(session: Session, kind: MemberType, names: tuple[str, str], validity: Validity) -> None:
    """`names` are in Thai and in English."""
    kind.name_th, kind.name_en = names
    kind.valid_months, kind.year_ends = validity.months, validity.year_ends
    session.flush()


def remove_type(session: Session, kind: MemberType) -> None:
    """Raises InUseError while members are of this type."""
    _refuse_if_used(session, Member.type_id == kind.id)
    session.delete(kind)
    session.flush()


def add_group(session: Session, name: str, level: int | None = None) -> Group:
    """`level` is the step of education of those in it. Raises NameTakenError."""
    _refuse_taken(session, name, None)
    added = Group(name=name, level=level)
    session.add(added)
    session.flush()
    return added


def change_group(session: Session, own: Group, name: str, level: int | None) -> None:
    """Raises NameTakenError."""
    _refuse_taken(session, name, own)
    own.name, own.level = name, level
    session.flush()


def remove_group(session: Session, own: Group) -> None:
    """Raises InUseError while members belong to the group."""
    _refuse_if_used(session, Member.group_id == own.id)
    session.delete(own)
    session.flush()


def _counts(session: Session, counted: Select[int | None, int]) -> dict[int, int]:
    return {key: count for key, count in session.execute(counted) if key is not None}


def _refuse_taken(session: Session, name: str, own: Group | None) -> None:
    holder = session.scalar(select(Group).where(Group.name == name))
    if holder is not None and holder is not own:
        raise NameTakenError(name)


def _refuse_if_used(session: Session, belongs: ColumnElement[bool]) -> None:
    members = session.scalar(select(func.count()).select_from(Member).where(belongs)) or 0
    if members:
        raise InUseError(members)
