"""Change many members at once: choose, see what would change, do it, put it back. No use case commits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from samut_hub.members import batches
from samut_hub.members.models import Member, MemberBatch

KIND = "edit_many"


class Chosen(msgspec.Struct, frozen=True, kw_only=True):
    """Which members: those that fit all that is said. None does not narrow the choice."""

    group_id: int | None = None
    type_id: int | None = None
    expires_by: date | None = None

    @property
    def is_everybody(self) -> bool:
        return self == Chosen()


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """`change` names what is set, also to nothing: a class, a type, the last day of membership."""

    change: tuple[str, ...]
    group_id: int | None = None
    type_id: int | None = None
    expires_on: date | None = None

    def values(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.change}


class Edit(msgspec.Struct, frozen=True):
    """What is done to whom."""

    chosen: Chosen
    wanted: Wanted


@dataclass(frozen=True, slots=True)
class Preview:
    """`total` are chosen, `changing` of them become another; a page of these, by name."""

    total: int
    changing: int
    members: Sequence[Member]


def edit_of(batch: MemberBatch) -> Edit:
    return msgspec.convert(batch.plan, Edit)


def preview(session: Session, edit: Edit, page: int) -> Preview:
    """What would change."""
    total = session.scalar(select(func.count()).select_from(_chosen(edit.chosen).subquery())) or 0
    differing = _differing(edit)
    changing = session.scalar(select(func.count()).select_from(differing.subquery())) or 0
    ordered = differing.order_by(Member.sort_name, Member.id)
    shown = session.scalars(ordered.limit(batches.PAGE).offset((page - 1) * batches.PAGE)).all()
    return Preview(total, changing, shown)


def edit_part(session: Session, batch: MemberBatch, after: int, *, now: datetime) -> tuple[int, int | None]:
    """Change the members behind that id, PART of them: how many, and the id of the last, None at the end."""
    edit = edit_of(batch)
    wanted = _differing(edit).where(Member.id > after).order_by(Member.id).limit(batches.PART)
    part = session.scalars(wanted.with_for_update(of=Member)).all()
    changed = sum(batches.change(session, batch, member, edit.wanted.values(), now=now) for member in part)
    session.flush()
    return changed, part[-1].id if part else None


def _chosen(chosen: Chosen) -> Select[Member]:
    wanted = select(Member)
    if chosen.group_id is not None:
        wanted = wanted.where(Member.group_id == chosen.group_id)
    if chosen.type_id is not None:
        wanted = wanted.where(Member.type_id == chosen.type_id)
    if chosen.expires_by is not None:
        wanted = wanted.where(Member.expires_on <= chosen.expires_by)
    return wanted


def _differing(edit: Edit) -> Select[Member]:
    """Of those chosen, whoever is not yet so; members done already are no longer among them."""
    other = [getattr(Member, name).is_distinct_from(value) for name, value in edit.wanted.values().items()]
    any_other = other[0]
    for one in other[1:]:
        any_other = any_other | one
    return _chosen(edit.chosen).where(any_other)
