"""The roll-over of a school year: classes move up, the last one leaves, repeaters stay. No use case commits.

Whoever was moved is of the new school year, and nobody of that year is moved: done twice it does nothing more.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from samut_hub.members import batches
from samut_hub.members.models import Group, Member, MemberBatch

KIND = "rollover"
SCHOOL_ENDS = (3, 31)
"""Month and day on which a school year of Thai schools is over (regulation of the Ministry of Education)."""
_NUMBERED = re.compile(r"(\D*?)(\s*)(\d+)(.*)", re.DOTALL)
_NEXT_SCHOOL = {("อ.", 3): "ป.1", ("อนุบาล", 3): "ป.1", ("ป.", 6): "ม.1", ("ประถม", 6): "มัธยม 1"}
"""The first class of the school that follows, where one library serves both."""


class Step(msgspec.Struct, frozen=True):
    """What becomes of the members of a class: they move to another, or leave the school (`to` None).

    Who comes to another school in the same library, as from ป.6 to ม.1, may become of another type.
    """

    group_id: int
    to: int | None = None
    type_id: int | None = None


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """`year` is the school year that begins, in the Common Era. Who leaves may become of another type.

    `leaver_until` is their last day as members, None that of the school year which is over.
    """

    year: int
    steps: tuple[Step, ...]
    repeaters: tuple[int, ...] = ()
    leaver_type: int | None = None
    leaver_until: date | None = None

    @property
    def leavers_end(self) -> date | None:
        """When the memberships of those who leave end; None where nobody leaves."""
        if all(step.to is not None for step in self.steps):
            return None
        return self.leaver_until or date(self.year, *SCHOOL_ENDS)


@dataclass(frozen=True, slots=True)
class Moving:
    """How many move from a class, and of how many something is on loan."""

    step: Step
    members: int
    with_loans: int


def proposed(groups: Sequence[Group]) -> dict[int, int | None]:
    """Where each class with a number goes: `ป.1` to `ป.2`, `ป.1/2` to `ป.2/2`; None: it is the last and leaves."""
    by_name = {_plain(group.name): group.id for group in groups}
    found: dict[int, int | None] = {}
    for group in groups:
        read = _NUMBERED.fullmatch(_plain(group.name))
        if read is not None:
            name, blank, number, rest = read.groups()
            upper = f"{name}{blank}{int(number) + 1}{rest}"
            other = _NEXT_SCHOOL.get((name.strip(), int(number)), "") + rest
            found[group.id] = by_name.get(upper, by_name.get(other))
    return found


def ends_school(group: Group) -> bool:
    """Whether it is the last class of a school after which another one follows."""
    read = _NUMBERED.fullmatch(_plain(group.name))
    return read is not None and (read[1].strip(), int(read[3])) in _NEXT_SCHOOL


def plan_of(batch: MemberBatch) -> Plan:
    return msgspec.convert(batch.plan, Plan)


def moving(session: Session, plan: Plan) -> list[Moving]:
    """In the order of the plan; classes from which nobody moves too."""
    wanted = select(Member.group_id, func.count(), func.count().filter(Member.open_loans > 0))
    rows = session.execute(wanted.where(_concerned(plan), Member.id.not_in(plan.repeaters)).group_by(Member.group_id))
    counts = {group_id: (members, loans) for group_id, members, loans in rows}
    return [Moving(step, *counts.get(step.group_id, (0, 0))) for step in plan.steps]


def people(session: Session, plan: Plan, page: int, group_id: int | None = None) -> tuple[Sequence[Member], int]:
    """A page of those concerned, repeaters too, by class and name, and how many there are."""
    concerned = _concerned(plan) if group_id is None else _concerned(plan) & (Member.group_id == group_id)
    total = session.scalar(select(func.count()).select_from(Member).where(concerned)) or 0
    ordered = select(Member).where(concerned).order_by(Member.group_id, Member.sort_name, Member.id)
    return session.scalars(ordered.limit(batches.PAGE).offset((page - 1) * batches.PAGE)).all(), total


def end_of_leaver(plan: Plan, member: Member) -> date | None:
    """The last day as a member of one who leaves: no membership becomes longer by it."""
    ends = (member.expires_on, plan.leavers_end)
    return min((end for end in ends if end is not None), default=None)


def set_repeaters(batch: MemberBatch, shown: Sequence[int], ticked: Sequence[int]) -> None:
    """Of the members shown, those ticked repeat the year; what was said of others stays."""
    plan = plan_of(batch)
    others = [one for one in plan.repeaters if one not in set(shown)]
    repeaters = tuple(sorted({*others, *(one for one in ticked if one in set(shown))}))
    batch.plan = msgspec.to_builtins(msgspec.structs.replace(plan, repeaters=repeaters))


def move_part(session: Session, batch: MemberBatch, after: int, *, now: datetime) -> tuple[int, int | None]:
    """Move the members behind that id, PART of them: how many, and the id of the last, None when nobody is left."""
    plan = plan_of(batch)
    wanted = select(Member).where(_concerned(plan), Member.id > after).order_by(Member.id).limit(batches.PART)
    part = session.scalars(wanted.with_for_update(of=Member)).all()
    steps = {step.group_id: step for step in plan.steps}
    repeaters = set(plan.repeaters)
    moved = sum(
        batches.change(session, batch, member, _becomes(plan, steps, member, repeaters), now=now) for member in part
    )
    session.flush()
    return moved, part[-1].id if part else None


def _becomes(plan: Plan, steps: Mapping[int, Step], member: Member, repeaters: set[int]) -> dict[str, Any]:
    values: dict[str, Any] = {"school_year": plan.year}
    if member.id in repeaters or member.group_id is None:
        return values
    step = steps[member.group_id]
    becomes = plan.leaver_type if step.to is None else step.type_id
    values["group_id"] = step.to
    if becomes is not None:
        values["type_id"] = becomes
    if step.to is None:
        values["expires_on"] = end_of_leaver(plan, member)
    return values


def _concerned(plan: Plan) -> ColumnElement[bool]:
    earlier = or_(Member.school_year.is_(None), Member.school_year < plan.year)
    return Member.group_id.in_([step.group_id for step in plan.steps]) & earlier


def _plain(name: str) -> str:
    """With digits as Arabic ones."""
    return "".join(str(int(letter)) if letter.isdecimal() else letter for letter in name).strip()
