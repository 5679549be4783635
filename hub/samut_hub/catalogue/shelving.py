"""Items without a call number of their own stand where their title's puts them, also when that changes.

It hangs on the session's own events, so that no use case can forget it; what writes titles or moves items past the
session calls `follow_titles`.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import event, inspect, select, update
from sqlalchemy.orm import Session, UOWTransaction

from samut_hub.catalogue.models import Item, Title


def follow_titles(session: Session, title_ids: Iterable[int]) -> None:
    """Put the items of these titles, in all libraries, where the titles' call numbers are. One statement."""
    key = select(Title.call_key).where(Title.id == Item.title_id).scalar_subquery()
    theirs = (Item.title_id.in_(list(title_ids)), Item.call_number == "")
    session.connection().execute(update(Item).where(*theirs).values(call_key=key))


@event.listens_for(Session, "after_flush")
def _follow(session: Session, context: UOWTransaction) -> None:
    moved = [title.id for title in session.dirty if isinstance(title, Title) and _has_moved(title)]
    if moved:
        follow_titles(session, moved)


def _has_moved(title: Title) -> bool:
    state: Any = inspect(title)
    return bool(state.attrs.call_key.history.has_changes())
