"""What a library has: how much, and which titles it has come to have or has no longer."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, bindparam, func, select, update
from sqlalchemy.orm import Session

from samut_hub.catalogue.models import Item, Title
from samut_rules.loan import ItemStatus

FEW = 3_000
"""Items. What is looked for among a library's titles begins with them where they are few: to go through so many costs
what it costs to step over others' titles until a page of own ones is full."""
_ITEMS = Item.__table__.c
_COUNTED = select(func.count()).select_from(
    select(_ITEMS.id).where(_ITEMS.library_id == bindparam("library", type_=Integer)).limit(FEW + 1).subquery()
)


def holds_few(session: Session, library_id: int) -> bool:
    """Whether the library has at most `FEW` items; no more are counted."""
    return (session.connection().execute(_COUNTED, {"library": library_id}).scalar() or 0) <= FEW


def crossed(before: Mapping[str, Any], item: Item) -> set[int]:
    """The titles to which a copy came, or of which one went, as the item was changed from `before`."""
    was = () if before["status"] == ItemStatus.WITHDRAWN else (before["title_id"],)
    now = () if item.status == ItemStatus.WITHDRAWN else (item.title_id,)
    return set(was) ^ set(now)


def note_holdings(session: Session, moved: Mapping[int, Iterable[int]], *, now: datetime) -> None:
    """Items, by id, came to titles or went from them: a library's first copy of a title, or its last, is told."""
    title_ids = {title_id for ids in moved.values() for title_id in ids}
    if not title_ids:
        return
    others = select(Item.title_id).where(
        Item.title_id.in_(title_ids), Item.status != ItemStatus.WITHDRAWN.value, Item.id.not_in(list(moved))
    )
    tell_again(session, title_ids - set(session.scalars(others.distinct())), now=now)


def tell_again(session: Session, title_ids: Collection[int], *, now: datetime) -> None:
    """Harvesters are told of these titles once more. Their versions stay, as nothing is said otherwise of them."""
    if title_ids:
        session.execute(update(Title).where(Title.id.in_(title_ids), Title.changed_at < now).values(changed_at=now))
