"""Items without a call number of their own stand where their title's puts them, also when that changes.

It hangs on the session's own events, so that no use case can forget it; what writes titles or moves items past the
session calls `follow_titles`.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, event, inspect, select, update
from sqlalchemy.orm import Session, UOWTransaction

from samut_hub.catalogue.models import Item, Title


def follow_titles(session: Session, title_ids: Iterable[int]) -> None:
    """Put the items of these titles, in all libraries, where the titles' call numbers are. One statement."""
    _follow(session, Item.title_id.in_(list(title_ids)))


@event.listens_for(Session, "after_flush")
def _follow_changes(session: Session, context: UOWTransaction) -> None:
    titles = [row.id for row in session.dirty if isinstance(row, Title) and _has_changed(row, "call_key")]
    items = [row.id for row in session.dirty if isinstance(row, Item) and _has_changed(row, "title_id")]
    if titles:
        follow_titles(session, titles)
    if items:
        _follow(session, Item.id.in_(items))


def _follow(session: Session, which: ColumnElement[bool]) -> None:
    key = select(Title.call_key).where(Title.id == Item.title_id).scalar_subquery()
    session.connection().execute(update(Item).where(which, Item.call_number == "").values(call_key=key))


def _has_changed(row: Title | Item, name: str) -> bool:
    state: Any = inspect(row)
    return bool(state.attrs[name].history.has_changes())
