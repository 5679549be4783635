"""How much a library has: what is looked for among its titles begins with them where they are few."""

from sqlalchemy import Integer, bindparam, func, select
from sqlalchemy.orm import Session

from samut_hub.catalogue.models import Item

FEW = 3_000
"""Items. To go through so many costs what it costs to step over others' titles until a page of own ones is full."""
_ITEMS = Item.__table__.c
_COUNTED = select(func.count()).select_from(
    select(_ITEMS.id).where(_ITEMS.library_id == bindparam("library", type_=Integer)).limit(FEW + 1).subquery()
)


def holds_few(session: Session, library_id: int) -> bool:
    """Whether the library has at most `FEW` items; no more are counted."""
    return (session.connection().execute(_COUNTED, {"library": library_id}).scalar() or 0) <= FEW
