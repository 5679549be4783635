"""Rows of any table that name a member, found by their foreign keys so that a new table is not forgotten."""

from collections.abc import Collection
from functools import cache
from typing import Any

from sqlalchemy import Column, inspect, select
from sqlalchemy.orm import Session

from samut_hub.db import Base
from samut_hub.members.models import Card, Member

Pointer = tuple[type[Any], Column[Any]]
"""A model and its column that names a member."""


@cache
def pointers() -> tuple[Pointer, ...]:
    """Of all capabilities: whoever asks has loaded `samut_hub.models`."""
    columns = (
        (mapper.class_, column) for mapper in Base.registry.mappers for column in inspect(mapper).local_table.columns
    )
    return tuple(one for one in columns if any(key.column is Member.__table__.c.id for key in one[1].foreign_keys))


def used_among(session: Session, member_ids: Collection[int]) -> set[int]:
    """Those of whom something was noted that does not go with them, such as loans, charges and visits."""
    found: set[int] = set()
    for model, column in pointers():
        if model is not Card and not any(key.ondelete == "CASCADE" for key in column.foreign_keys):
            attribute = getattr(model, column.key)
            found.update(session.scalars(select(attribute).where(attribute.in_(member_ids)).distinct()))
    return found
